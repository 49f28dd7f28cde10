"""A field that a file no longer has is told with what it holds; nothing of it is lost."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from app.core.db.extensions import db
from app.core.declared import leftovers
from tests.registers.files.own_files import BEGUN, changed, umbrellas

SUBJECT = 'name = "subject"'
LEFT = (
    "register_umbrella: the column subject is no longer in the file: its 2 values stay stored "
    "but are no longer shown."
)


@pytest.fixture
def book(everywhere, tmp_path, monkeypatch):
    """A register with two rows."""
    with umbrellas(tmp_path, monkeypatch) as made:
        made.bring(BEGUN)
        made.put(
            everywhere.place.community,
            *(
                {
                    "created_at": datetime(2026, 11, 2, 4),
                    "subject": word,
                    "day": date(2026, 11, 2),
                    "state": "open",
                    "number": word,
                    "version": 1,
                }
                for word in ("雨伞", "阳伞")
            ),
        )
        yield made


def told(book):
    """What is said of the table as the file now is."""
    db.session.commit()
    steps = list(leftovers.notes(db.engine, [book.table]))
    assert {step.kind for step in steps} <= {"note"}
    return [step.said % step.params for step in steps]


def test_a_file_that_has_every_column_has_nothing_to_say(book):
    book.declare(changed(('zh = "事项"', 'zh = "物品"')))
    assert told(book) == []


def test_a_renamed_field_is_a_new_empty_one(book):
    renamed = changed((SUBJECT, 'name = "matter"'))
    book.declare(renamed)
    (said,) = told(book)
    assert said.startswith(LEFT + " If you renamed it, matter is a new, empty field")
    book.bring(renamed)
    assert book.rows("matter") == [(None,), (None,)]
    assert told(book) == [LEFT], "from now on the new field is there"
    book.bring(BEGUN)
    assert told(book) == []
    assert book.rows("subject") == [("雨伞",), ("阳伞",)]


@pytest.mark.parametrize(
    "more",
    [
        "",
        '[[fields]]\nname = "note"\nkind = "text"\nlabel = { zh = "备注", en = "Note" }\n',
    ],
)
def test_without_one_single_new_field_of_the_kind_nothing_is_guessed(book, more):
    kind = SUBJECT + '\nkind = "text"'
    count = 'name = "matter"\nkind = "text"' if more else 'name = "count"\nkind = "integer"'
    book.declare(changed((kind, count), more=more))
    assert told(book) == [LEFT]


def test_an_empty_column_is_not_worth_a_word(book):
    more = '[[fields]]\nname = "note"\nkind = "text"\nlabel = { zh = "备注", en = "Note" }\n'
    book.bring(changed(more=more))
    book.declare(BEGUN)
    assert told(book) == []
