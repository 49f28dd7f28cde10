"""What numbers and rules of a table mean may not change under its rows, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    insert,
    inspect,
    text,
)
from sqlalchemy.exc import IntegrityError

from app.core.db.types import metadata
from app.core.declared import sync
from app.core.declared.columns import one_of
from app.core.values.errors import DomainError

NAME = "sync_umbrella"


@pytest.fixture
def declare(monkeypatch):
    """The table as a file would declare it; each call is a new version of the file."""

    def version(*, places=2, target="sync_left", states=("open",), unique=True):
        house = MetaData(naming_convention=metadata.naming_convention)
        monkeypatch.setattr(sync, "metadata", house)
        others = [
            Table(name, house, Column("id", Integer, primary_key=True))
            for name in ("sync_left", "sync_right")
        ]
        where = text("state IN ({})".format(", ".join(f"'{one}'" for one in states)))
        rules = (
            [
                Index(
                    "uq_sync_umbrella_subject",
                    "subject",
                    unique=True,
                    sqlite_where=where,
                    postgresql_where=where,
                )
            ]
            if unique
            else []
        )
        size = f"'{places} places'"
        table = Table(
            NAME,
            house,
            Column("id", Integer, primary_key=True),
            Column("subject", String(10)),
            Column("state", String(10)),
            Column("amount", Integer),
            Column("who_id", ForeignKey(house.tables[target].c.id)),
            *rules,
            CheckConstraint(f"amount IS NULL OR {size} = {size}", name="amount_places"),
        )
        return [*others, table]

    return version


@pytest.fixture
def made(engine, declare):
    """The first version, with a row."""
    tables = declare()
    assert [one.kind for one in sync.bring(engine, tables)] == ["table"] * 3
    with engine.begin() as connection:
        connection.execute(insert(tables[0]).values(id=1))
        connection.execute(insert(tables[1]).values(id=1))
        connection.execute(
            insert(tables[2]).values(id=1, subject="a", state="open", amount=1234, who_id=1)
        )
    yield engine
    with engine.begin() as connection:
        for name in (NAME, "sync_left", "sync_right"):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")


@pytest.mark.parametrize("changed", [{"places": 3}, {"target": "sync_right"}])
def test_what_stored_numbers_mean_cannot_change(made, declare, changed):
    with pytest.raises(DomainError):
        list(sync.bring(made, declare(**changed)))
    assert list(sync.bring(made, declare())) == []


def test_a_unique_rule_follows_the_file_in_both_directions(made, declare):
    wider = declare(states=("open", "done"))
    assert [one.kind for one in sync.bring(made, wider)] == ["drop", "index"]
    assert list(sync.bring(made, wider)) == []
    with made.begin() as connection:
        connection.execute(insert(wider[2]).values(id=2, subject="b", state="done"))
    with pytest.raises(IntegrityError), made.begin() as connection:
        connection.execute(insert(wider[2]).values(id=3, subject="b", state="done"))
    free = declare(unique=False)
    assert [one.kind for one in sync.bring(made, free)] == ["drop"]
    assert inspect(made).get_indexes(NAME) == []
    with made.begin() as connection:
        connection.execute(insert(free[2]).values(id=3, subject="b", state="done"))
        assert connection.scalar(text(f"SELECT count(*) FROM {NAME}")) == 3
    with pytest.raises(DomainError):
        list(sync.bring(made, declare(states=("open", "done"))))


def test_rows_of_before_begin_in_the_first_state_and_what_was_required_may_be_empty(
    engine, monkeypatch
):
    def version(*more, required):
        house = MetaData(naming_convention=metadata.naming_convention)
        monkeypatch.setattr(sync, "metadata", house)
        return Table(
            NAME,
            house,
            Column("id", Integer, primary_key=True),
            Column("subject", String(10), nullable=not required),
            *more,
        )

    first = version(required=True)
    assert [one.kind for one in sync.bring(engine, [first])] == ["table"]
    with engine.begin() as connection:
        connection.execute(insert(first).values(id=1, subject="a"))
    state = Column("state", String(10), nullable=False, default="open")
    second = version(state, required=False)
    assert sorted(one.kind for one in sync.bring(engine, [second])) == ["column", "relax"]
    assert list(sync.bring(engine, [second])) == []
    with engine.begin() as connection:
        assert connection.scalar(text(f"SELECT state FROM {NAME}")) == "open"
        connection.execute(insert(second).values(id=2, subject=None))
        connection.exec_driver_sql(f"DROP TABLE {NAME}")


def test_a_choice_that_becomes_a_text_takes_every_text(engine, monkeypatch):
    def version(*rules, length):
        house = MetaData(naming_convention=metadata.naming_convention)
        monkeypatch.setattr(sync, "metadata", house)
        return Table(
            NAME,
            house,
            Column("id", Integer, primary_key=True),
            Column("colour", String(length)),
            *rules,
        )

    first = version(one_of("colour", ("red", "blue")), length=10)
    list(sync.bring(engine, [first]))
    with engine.begin() as connection:
        connection.execute(insert(first).values(id=1, colour="red"))
    second = version(length=50)
    assert "free" in [one.kind for one in sync.bring(engine, [second])]
    assert list(sync.bring(engine, [second])) == []
    with engine.begin() as connection:
        connection.execute(insert(second).values(id=2, colour="red,blue"))
        connection.exec_driver_sql(f"DROP TABLE {NAME}")
