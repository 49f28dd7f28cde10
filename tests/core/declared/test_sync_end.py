"""After a plan that was only shown or refused, SQLite watches its references again."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine

from app.core.db.engine import prepare
from app.core.declared import sync
from app.core.declared.columns import one_of
from app.core.values.errors import DomainError


def table(*words):
    return Table(
        "sync_umbrella",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("colour", String(10)),
        one_of("colour", words),
    )


@pytest.mark.parametrize("only_plan", [True, False])
def test_afterwards_references_are_watched_again(tmp_path, only_plan):
    engine = create_engine(f"sqlite:///{tmp_path / 'sync.db'}")
    prepare(engine)
    list(sync.bring(engine, [table("red", "blue")]))
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO sync_umbrella (colour) VALUES ('red')")
    if only_plan:
        list(sync.bring(engine, [table("red", "blue", "green")], only_plan=True))
    else:
        with pytest.raises(DomainError):
            list(sync.bring(engine, [table("blue")]))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()
