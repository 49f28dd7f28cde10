"""What was paid ahead before purses had owners is carried over to whom it belongs."""

from __future__ import annotations

import pytest
from alembic.command import downgrade, upgrade
from sqlalchemy import text

from app import create_app
from app.charging.ledger.checks import ledger_problems
from app.core.db.extensions import db
from app.install import alembic_config
from tests import postgres

OLD = """
INSERT INTO community (id, name, short_code, version) VALUES (1, '安居花园', 'AJ', 1);
INSERT INTO building (id, community_id, name, sort_key, version) VALUES (1, 1, '1', '1', 1);
INSERT INTO unit (id, community_id, building_id, code, sort_key, entrance, number, gross_area,
  kind, occupancy, version) VALUES (1, 1, 1, '1-1-101', '1', '1', '101', 895000, 'flat',
  'owner', 1);
INSERT INTO customer (id, community_id, name, initials, kind, version)
  VALUES (1, 1, '张三', 'zs', 'person', 1), (2, 1, '李四', 'ls', 'person', 1)
"""
# payment → payer, whether it is void, its prepayment entries in fen in their order.
PAYMENTS = {
    1: (1, False, [100000]),  # 张三 puts 1,000 in
    2: (None, False, [5000]),  # nobody known puts 50 in
    3: (2, False, [3000]),  # 李四 puts 30 in
    4: (2, False, [-10000]),  # 李四 spends 100: his 30, the 50 of nobody, 20 of 张三
    5: (1, True, [700, -700]),  # void: put in and taken back
    6: (None, True, [-600, 600]),  # void: spent and put back
}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def old(request, tmp_path, monkeypatch):
    """A database as the version before left it."""
    monkeypatch.setenv("ANJU_INSTANCE", str(tmp_path))
    monkeypatch.delenv("ANJU_DATABASE_URL", raising=False)
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
        monkeypatch.setenv("ANJU_DATABASE_URL", postgres.make_database(server, bare=True))
    app = create_app(TESTING=True)
    with app.app_context():
        upgrade(alembic_config(), "0002")
        yield app
        db.session.remove()
        db.engine.dispose()


def fill():
    for statement in OLD.split(";"):
        db.session.execute(text(statement))
    for key, (payer, void, entries) in PAYMENTS.items():
        db.session.execute(
            text(
                "INSERT INTO payment (id, community_id, unit_id, payer_id, payer_name, amount,"
                " received_on, received_at, collector_name, key, state, voided_on)"
                " VALUES (:id, 1, 1, :payer, '某人', 1, '2026-04-10',"
                " '2026-04-10 01:00:00', '', :key, :state, :void)"
            ),
            {
                "id": key,
                "payer": payer,
                "key": f"k{key}",
                "state": "void" if void else "posted",
                "void": "2026-04-10" if void else None,
            },
        )
        for amount in entries:
            db.session.execute(
                text(
                    "INSERT INTO prepayment_entry (community_id, unit_id, payment_id, amount,"
                    " entered_on) VALUES (1, 1, :id, :amount, '2026-04-10')"
                ),
                {"id": key, "amount": amount},
            )
    db.session.commit()


def test_each_purse_gets_what_its_payer_put_in_and_none_falls_below_nothing(old):
    fill()
    upgrade(alembic_config(), "head")
    rows = db.session.execute(
        text("SELECT customer_id, SUM(amount) FROM prepayment_entry GROUP BY customer_id")
    ).all()
    assert {who: int(fen) for who, fen in rows} == {1: 98000, 2: 0, None: 0}
    by_payment = db.session.execute(
        text("SELECT payment_id, SUM(amount) FROM prepayment_entry GROUP BY payment_id")
    ).all()
    assert {key: int(fen) for key, fen in by_payment} == {
        key: sum(entries) for key, (_, _, entries) in PAYMENTS.items()
    }
    broken = {problem.code for problem in ledger_problems(db.session)}
    assert not broken & {"PREPAYMENT_NEGATIVE", "PREPAYMENT_ASTRAY", "PURSE_ASTRAY"}
    db.session.rollback()
    downgrade(alembic_config(), "0002")
    assert db.session.scalar(text("SELECT SUM(amount) FROM prepayment_entry")) == 98000
