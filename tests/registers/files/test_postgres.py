"""The same on PostgreSQL: a key is lent once, numbered without gaps; sync adds and widens."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, select, text

from app.access import sessions
from app.access.models import Staff
from app.core.db.extensions import db
from app.core.db.one_time_keys import fresh
from app.core.declared import sync, sync_plan
from app.core.records import data_scope
from app.core.values import clock
from app.registers import catalogue
from tests.house import build_on_postgres, close
from tests.registers.conftest import furnish
from tests.registers.shipped.test_key_loans import EVENING, NOON, lend, loans

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def house(tmp_path_factory, postgres_server):
    """The application on a database of this module."""
    app = build_on_postgres(tmp_path_factory.mktemp("registers-postgres"), postgres_server)
    with data_scope.use(data_scope.EVERYTHING), app.app_context():
        yield app
    close(app)


@pytest.fixture
def desk(house):
    """A browser of the front desk."""
    person = db.session.scalars(select(Staff).filter_by(username="front_desk")).one()
    values = sessions.begin(db.session, person)
    db.session.commit()
    client = house.test_client()
    with client.session_transaction() as cookie:
        cookie.update(values)
    return client


def test_lend_twice_overdue_and_return(house, desk):
    place = furnish(db.session)
    with clock.fixed(NOON):
        assert lend(desk, place, borrower="张三").status_code == 302
        assert lend(desk, place, borrower="李四").status_code == 422
        key = loans(db.session)[0].id
    with clock.fixed(EVENING):
        assert "row-bad" in desk.get("/registers/key_loan/").text
        desk.post(f"/registers/key_loan/step/{key}/return", data={"form_key": fresh()})
        assert lend(desk, place, borrower="李四").status_code == 302
        assert desk.get("/registers/key_loan/export").status_code == 200
        assert desk.get(f"/units/show/{place.unit}").status_code == 200
        assert desk.get("/home/").status_code == 200
    assert [(one.number, one.state) for one in loans(db.session)] == [
        ("YS202611-0001", "returned"),
        ("YS202611-0002", "lent"),
    ]


def test_sync_finds_nothing_to_do_and_mends_what_lags_behind(house):
    tables = [model.__table__ for model in catalogue.models().values()]
    db.session.remove()
    with db.engine.connect() as connection:
        assert sync_plan.plan(connection, tables) == []
        for statement in (
            "ALTER TABLE register_key_loan DROP COLUMN purpose",
            "ALTER TABLE register_key_loan ALTER COLUMN key_name TYPE VARCHAR(10)",
            "DROP INDEX uq_register_key_loan_key_name",
            "ALTER TABLE register_key_loan DROP CONSTRAINT ck_register_key_loan_state_known",
            "ALTER TABLE register_key_loan ADD CONSTRAINT ck_register_key_loan_state_known"
            " CHECK (state IN ('lent', 'returned', 'lost'))",
        ):
            connection.execute(text(statement))
        steps = sync_plan.plan(connection, tables)
        assert {step.kind for step in steps} == {"column", "rebuild", "index", "words"}
        sync.carry_out(connection, steps)
        assert sync_plan.plan(connection, tables) == []
        assert "purpose" in {
            one["name"] for one in inspect(connection).get_columns("register_key_loan")
        }
        connection.rollback()
