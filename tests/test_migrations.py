"""The migrations make the very tables of the models, on both databases, and can be taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import downgrade, upgrade
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect, text

from app import create_app
from app.core.db.extensions import db
from app.core.db.types import metadata
from app.estate.base.models import Unit
from app.install import alembic_config, bring_up_to_date
from tests import postgres


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def bare(request, tmp_path, monkeypatch):
    """An application over an empty database."""
    monkeypatch.setenv("ANJU_INSTANCE", str(tmp_path))
    monkeypatch.delenv("ANJU_DATABASE_URL", raising=False)
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
        monkeypatch.setenv("ANJU_DATABASE_URL", postgres.make_database(server, bare=True))
    yield from _open()


def _open():
    app = create_app(TESTING=True)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def differences() -> list[str]:
    """What the migrated database lacks or has beyond the models, checks and types included."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "target_metadata": metadata,
            },
        )
        found = [str(one) for one in compare_metadata(context, metadata)]
        there = inspect(connection)
        for table in metadata.sorted_tables:
            stored = {
                one["name"]: one["sqltext"] for one in there.get_check_constraints(table.name)
            }
            wanted = {
                str(one.name): str(one.sqltext)
                for one in table.constraints
                if isinstance(one, CheckConstraint)
            }
            found += [f"{table.name}: {name}" for name in sorted(wanted.keys() ^ stored.keys())]
            if connection.dialect.name == "sqlite":  # PostgreSQL words them anew
                found += [
                    f"{table.name}: {name} says {stored[name]}"
                    for name in wanted.keys() & stored.keys()
                    if stored[name].strip() != wanted[name].strip()
                ]
    return found


def tables() -> set[str]:
    with db.engine.connect() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_the_migrated_tables_are_those_of_the_models(bare):
    upgrade(alembic_config(), "head")
    assert tables() == {table.name for table in metadata.sorted_tables}
    assert differences() == []


def test_all_of_it_can_be_taken_back_and_made_again(bare):
    bring_up_to_date()
    bring_up_to_date()
    with db.engine.connect() as connection:
        rights = connection.execute(text("SELECT count(*) FROM ab_permission_view")).scalar()
    assert rights > 100
    db.session.remove()
    downgrade(alembic_config(), "base")
    assert tables() == set()
    upgrade(alembic_config(), "head")
    assert differences() == []


OLD_AREAS = {1: (89_500, 75_250), 2: (77_709, None), 3: (None, None), 4: (1, 123_456_789_012)}
"""Unit → gross and net area in thousandths of a square metre, as they were stored before."""


def _areas() -> dict[int, tuple[int | None, int | None]]:
    found = db.session.execute(text("SELECT id, gross_area, net_area FROM unit ORDER BY id")).all()
    db.session.rollback()
    return {key: (gross, net) for key, gross, net in found}


def test_areas_of_three_places_are_carried_over_exactly(bare):
    upgrade(alembic_config(), "0005")
    db.session.execute(
        text(
            "INSERT INTO community (id, name, short_code, version) VALUES (1, '安居花园', 'AJ', 1)"
        )
    )
    db.session.execute(
        text(
            "INSERT INTO building (id, community_id, name, sort_key, version)"
            " VALUES (1, 1, '1', '1', 1)"
        )
    )
    for key, (gross, net) in OLD_AREAS.items():
        db.session.execute(
            text(
                "INSERT INTO unit (id, community_id, building_id, code, sort_key, entrance, number,"
                " gross_area, net_area, kind, occupancy, version)"
                " VALUES (:key, 1, 1, :code, '1', '1', '101', :gross, :net, 'flat', 'owner', 1)"
            ),
            {"key": key, "code": f"1-1-10{key}", "gross": gross, "net": net},
        )
    db.session.commit()
    upgrade(alembic_config(), "head")
    assert _areas() == {
        key: tuple(area and area * 10 for area in areas) for key, areas in OLD_AREAS.items()
    }
    assert db.session.get(Unit, 1).gross_area == Decimal("89.5")
    assert db.session.get(Unit, 2).gross_area == Decimal("77.709")
    assert db.session.get(Unit, 4).charged_area is None
    db.session.remove()
    downgrade(alembic_config(), "0005")
    assert _areas() == OLD_AREAS
