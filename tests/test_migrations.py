"""The migrations make the very tables of the models, on both databases, and can be taken back."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import downgrade, upgrade
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect, text

from app import create_app
from app.core.fields import metadata
from app.extensions import db
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
        context = MigrationContext.configure(connection, opts={
            "compare_type": True, "target_metadata": metadata,
        })
        found = [str(one) for one in compare_metadata(context, metadata)]
        there = inspect(connection)
        for table in metadata.sorted_tables:
            stored = {one["name"]: one["sqltext"]
                      for one in there.get_check_constraints(table.name)}
            wanted = {str(one.name): str(one.sqltext) for one in table.constraints
                      if isinstance(one, CheckConstraint)}
            found += [f"{table.name}: {name}" for name in sorted(wanted.keys() ^ stored.keys())]
            if connection.dialect.name == "sqlite":  # PostgreSQL words them anew
                found += [f"{table.name}: {name} says {stored[name]}"
                          for name in wanted.keys() & stored.keys()
                          if stored[name].strip() != wanted[name].strip()]
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
