"""Tables follow their declaration on both databases: rows stay, what loses data is refused."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import IntegrityError

from app.core.db.types import metadata
from app.core.declared import sync
from app.core.declared.columns import one_of
from app.core.values.errors import DomainError

NAME, OTHER = "sync_umbrella", "sync_borrowing"


@pytest.fixture
def declare(monkeypatch):
    """The table as a file would declare it; each call is a new version of the file."""

    def version(*more, words=("red", "blue"), length=10, subject=True):
        house = MetaData(naming_convention=metadata.naming_convention)
        monkeypatch.setattr(sync, "metadata", house)
        told = [Column("subject", String(length), nullable=False)] if subject else []
        return Table(
            NAME,
            house,
            Column("id", Integer, primary_key=True),
            *told,
            Column("colour", String(10)),
            one_of("colour", words),
            *more,
        )

    return version


def bring(engine, *tables, **options):
    """The kinds of the steps that were taken."""
    return [step.kind for step in sync.bring(engine, list(tables), **options)]


def stored(engine, table=NAME):
    """The rows as dictionaries."""
    with engine.connect() as connection:
        found = Table(table, MetaData(), autoload_with=connection)
        return [dict(row) for row in connection.execute(select(found).order_by("id")).mappings()]


def put(engine, table, *rows):
    with engine.begin() as connection:
        connection.execute(insert(table), list(rows))


@pytest.fixture
def begun(engine, declare):
    """The first version of the table, made, with two rows."""
    table = declare()
    assert bring(engine, table) == ["table"]
    put(engine, table, {"subject": "雨伞", "colour": "red"}, {"subject": "阳伞", "colour": None})
    return table


def test_a_plan_changes_nothing(engine, declare):
    table = declare()
    assert bring(engine, table, only_plan=True) == ["table"]
    assert not inspect(engine).has_table(NAME)


def test_a_required_field_may_be_empty_in_the_rows_of_before(engine, declare, begun):
    table = declare(Column("day", Date, nullable=False))
    assert bring(engine, table) == ["column"]
    assert [row["day"] for row in stored(engine)] == [None, None]
    put(engine, table, {"subject": "新", "day": date(2026, 11, 20)})
    assert len(stored(engine)) == 3
    assert bring(engine, table) == []


def test_a_text_is_widened_and_keeps_what_it_holds(engine, declare, begun):
    table = declare(length=50)
    assert bring(engine, table) == ["rebuild"]
    put(engine, table, {"subject": "伞" * 50})
    assert [row["subject"] for row in stored(engine)] == ["雨伞", "阳伞", "伞" * 50]
    assert bring(engine, table) == []


@pytest.mark.parametrize("changes", [{"length": 5}, {"more": Integer}])
def test_a_text_that_would_be_cut_or_become_a_number_is_refused(engine, declare, begun, changes):
    if "more" in changes:
        table = declare(Column("subject", Integer), subject=False)
    else:
        table = declare(**changes)
    with pytest.raises(DomainError, match=r"subject|column"):
        bring(engine, table)
    assert [row["subject"] for row in stored(engine)] == ["雨伞", "阳伞"]


def test_a_word_that_rows_hold_cannot_be_taken_away_another_can(engine, declare, begun):
    with pytest.raises(DomainError) as refused:
        bring(engine, declare(words=("blue", "green")))
    assert refused.value.params["word"] == "red"
    with pytest.raises(IntegrityError):
        put(engine, begun, {"subject": "x", "colour": "green"})
    table = declare(words=("red", "green"))
    assert bring(engine, table) == ["words"]
    put(engine, table, {"subject": "x", "colour": "green"})
    with pytest.raises(IntegrityError):
        put(engine, table, {"subject": "x", "colour": "blue"})
    assert [row["colour"] for row in stored(engine)] == ["red", None, "green"]


def test_several_changes_that_were_never_brought_come_at_once(engine, declare, begun):
    table = declare(
        Column("day", Date, nullable=False),
        Column("size", String(5)),
        one_of("size", ["s", "l"]),
        Index(f"uq_{NAME}_subject", "subject", unique=True),
        Index(f"ix_{NAME}_day", "day"),
        words=("red", "blue", "green"),
        length=60,
    )
    kinds = bring(engine, table)
    assert sorted(set(kinds)) == ["column", "index", "rebuild", "words"]
    assert bring(engine, table) == []
    put(
        engine,
        table,
        {"subject": "长" * 60, "colour": "green", "size": "s", "day": date(2026, 1, 1)},
    )
    for wrong in ({"subject": "雨伞"}, {"subject": "y", "size": "m"}):
        with pytest.raises(IntegrityError):
            put(engine, table, {"day": date(2026, 1, 1), **wrong})
    assert [row["subject"] for row in stored(engine)] == ["雨伞", "阳伞", "长" * 60]


def test_what_is_there_twice_cannot_become_unique(engine, declare, begun):
    put(engine, begun, {"subject": "雨伞"})
    table = declare(Index(f"uq_{NAME}_subject", "subject", unique=True), length=60)
    with pytest.raises(DomainError) as refused:
        bring(engine, table)
    assert refused.value.params["column"] == "subject"
    assert len(stored(engine)) == 3
    with engine.connect() as connection:
        (subject,) = [
            one for one in inspect(connection).get_columns(NAME) if one["name"] == "subject"
        ]
    assert subject["type"].length == 10, "of a refused plan nothing at all is done"


def test_a_field_that_was_taken_out_keeps_its_values_and_is_no_longer_asked(engine, declare, begun):
    table = declare(subject=False)
    assert bring(engine, table) == ["relax"]
    put(engine, table, {"colour": "blue"})
    assert [row["subject"] for row in stored(engine)] == ["雨伞", "阳伞", None]
    assert bring(engine, table) == []


def test_a_table_to_which_others_point_is_changed_and_their_rows_stay(engine, declare, begun):
    other = Table(
        OTHER,
        begun.metadata,
        Column("id", Integer, primary_key=True),
        Column("umbrella_id", ForeignKey(f"{NAME}.id"), nullable=False),
    )
    bring(engine, begun, other)
    put(engine, other, {"umbrella_id": 1})
    assert set(bring(engine, declare(words=("red", "blue", "green"), length=60))) == {
        "rebuild",
        "words",
    }
    assert stored(engine, OTHER) == [{"id": 1, "umbrella_id": 1}]
    with pytest.raises(IntegrityError):
        put(engine, other, {"umbrella_id": 99})


@pytest.mark.parametrize("at", ["_add_column", "CreateIndex"])
def test_killed_half_way_the_old_table_is_whole(engine, declare, begun, monkeypatch, at):
    table = declare(
        Index(f"ix_{NAME}_colour", "colour"),
        Column("day", Date),
        words=("red", "blue", "green"),
        length=60,
    )
    real, calls = getattr(sync, at), []

    def dies(*given, **more):
        calls.append(given)
        if at == "CreateIndex":
            raise KeyboardInterrupt
        real(*given, **more)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sync, at, dies)
        with pytest.raises(KeyboardInterrupt):
            bring(engine, table)
    assert calls
    engine.dispose()
    assert stored(engine) == [
        {"id": 1, "subject": "雨伞", "colour": "red"},
        {"id": 2, "subject": "阳伞", "colour": None},
    ]
    assert f"{NAME}_new" not in inspect(engine).get_table_names()
    with pytest.raises(IntegrityError):
        put(engine, begun, {"subject": "x", "colour": "green"})
    assert set(bring(engine, table)) == {"column", "rebuild", "words", "index"}
    assert bring(engine, table) == []
    assert [row["subject"] for row in stored(engine)] == ["雨伞", "阳伞"]
