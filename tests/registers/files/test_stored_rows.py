"""Rows that were there before their file changed get numbers and due moments, on both databases."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from sqlalchemy import select

from app.core.db import sequences
from app.core.db.extensions import db
from app.core.db.models import Counter
from app.core.declared import backfill
from tests.registers.conftest import furnish
from tests.registers.files.own_files import BEGUN, changed, umbrellas

NUMBER = 'number  = "TZ{year}{month}-{seq:4}"'
PLAIN = changed((NUMBER, ""))
NUMBERED = "register_umbrella: 6 records of before get a number, in the order of their entry"
FIVE = ("day + 3 days", "day + 5 days")


@pytest.fixture
def book(everywhere, tmp_path, monkeypatch):
    """An office's own register; its rows are handled three at a time."""
    monkeypatch.setattr(backfill, "PORTION", 3)
    with umbrellas(tmp_path, monkeypatch) as made:
        yield made


def fill(book, closing=None, **options):
    """What is said of the rows; it is stored as the command stores it."""
    declared = [(book.table, book.definition.head.number, book.definition.states)]
    steps = list(backfill.fill(db.session, declared, lambda _: closing or {}, **options))
    db.session.commit()
    return [step.said % step.params for step in steps]


def entered(moment, subject, **more):
    return {
        "created_at": moment,
        "subject": subject,
        "day": date(2026, 11, 2),
        "state": "open",
        "due_at": datetime(2026, 11, 5, 10),
        "version": 1,
        **more,
    }


def test_rows_of_before_are_numbered_in_the_order_of_their_entry(book, everywhere):
    here, elsewhere = everywhere.place.community, None
    elsewhere = furnish(db.session, name=f"乐居苑{here}", short_code=f"L{here}").community
    book.bring(PLAIN)
    # Entered out of order; 16:30 UTC on 31 October is the 1st of November in the office.
    book.put(
        here,
        entered(datetime(2026, 11, 3, 4), "c"),
        entered(datetime(2026, 10, 1, 4), "a"),
        entered(datetime(2026, 10, 31, 16, 30), "b"),
        entered(datetime(2026, 11, 3, 4), "d"),
        entered(datetime(2026, 11, 4, 4), "e"),
    )
    book.put(elsewhere, entered(datetime(2026, 11, 3, 5), "x"))
    before = book.rows("subject", "version")
    book.declare(BEGUN)
    assert fill(book, only_plan=True) == [NUMBERED]
    book.bring(BEGUN)
    assert fill(book, only_plan=True) == [NUMBERED]
    assert {number for (number,) in book.rows("number")} == {None}
    assert len(fill(book)) == 1
    assert book.rows("subject", "number") == [
        ("c", "TZ202611-0002"),
        ("a", "TZ202610-0001"),
        ("b", "TZ202611-0001"),
        ("d", "TZ202611-0003"),
        ("e", "TZ202611-0004"),
        ("x", "TZ202611-0001"),
    ]
    assert book.rows("subject", "version") == before
    # The next row goes on without a gap, and nothing is left to do.
    pattern = book.definition.head.number
    assert (
        sequences.filled(db.session, here, "register_umbrella", pattern, date(2026, 11, 20))
        == "TZ202611-0005"
    )
    db.session.rollback()
    assert fill(book) == []
    last = select(Counter.span, Counter.last).where(
        Counter.series == "register_umbrella", Counter.community_id == here
    )
    assert dict(db.session.execute(last).all()) == {"202610": 1, "202611": 4}


def test_a_number_that_was_away_for_a_while_goes_on_where_it_was(book, everywhere):
    here, pattern = everywhere.place.community, "TZ{year}{month}-{seq:4}"
    book.bring(BEGUN)
    first = sequences.filled(db.session, here, "register_umbrella", pattern, date(2026, 11, 1))
    book.put(here, entered(datetime(2026, 11, 1, 4), "a", number=first))
    book.bring(PLAIN)
    book.put(here, entered(datetime(2026, 11, 2, 4), "b"))
    book.bring(BEGUN)
    assert len(fill(book)) == 1
    assert book.rows("subject", "number") == [("a", first), ("b", "TZ202611-0002")]


def test_a_changed_due_rule_is_worked_out_for_the_rows_of_before(book, everywhere):
    here = everywhere.place.community
    book.bring(PLAIN)
    soon, later = datetime(2026, 11, 5, 10), datetime(2026, 11, 7, 10)
    book.put(
        here,
        *(entered(datetime(2026, 11, 2, 4), f"{at}") for at in range(7)),
        entered(datetime(2026, 11, 2, 4), "done", state="done", due_at=None),
        entered(datetime(2026, 11, 2, 4), "stale", state="done", due_at=soon),
    )
    longer = changed((NUMBER, ""), FIVE)
    book.bring(longer)
    assert fill(book, only_plan=True) == [
        "register_umbrella: 8 records are due at another time now"
    ]
    assert [due for (due,) in book.rows("due_at")] == [*[soon] * 7, None, soon]
    assert len(fill(book)) == 1
    assert [due for (due,) in book.rows("due_at")] == [*[later] * 7, None, None]
    assert fill(book) == []


def test_a_rule_that_begins_with_a_new_field_is_due_never_until_it_is_filled(book, everywhere):
    book.bring(PLAIN)
    book.put(everywhere.place.community, entered(datetime(2026, 11, 2, 4), "a"))
    since = '\n[[fields]]\nname = "since"\nkind = "date"\nlabel = { zh = "起", en = "Since" }\n'
    first = '\n[[states]]\nname = "open"'
    begun = changed((NUMBER, ""), ("day + 3 days", "since + 3 days"), (first, since + first))
    book.declare(begun)
    assert fill(book, only_plan=True) == [
        "register_umbrella: 1 records are due at another time now"
    ]
    book.bring(begun)
    assert len(fill(book)) == 1
    assert book.rows("due_at") == [(None,)]


def test_states_that_are_new_make_the_rows_of_before_due(book, everywhere):
    book.bring(changed((NUMBER, "")).partition("[[states]]")[0])
    row = {"created_at": datetime(2026, 11, 2, 4), "subject": "a", "day": date(2026, 11, 2)}
    book.put(everywhere.place.community, row)
    book.declare(PLAIN)
    assert len(fill(book, only_plan=True)) == 1
    book.bring(PLAIN)
    assert len(fill(book, {everywhere.place.community: time(17, 30)})) == 1
    assert book.rows("state", "due_at") == [("open", datetime(2026, 11, 5, 9, 30))]
