"""When something is due: closing time of an office day, hours from the moment itself."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from app.core.values.due_rules import begins_with, by_hours, due_moment


def due(rule, begins):
    """The due moment of a row whose field `begins` holds this."""
    return due_moment(rule, {"begins": begins}.__getitem__)


@pytest.mark.parametrize(("rule", "begins", "stored"), [
    # 18:00 in the office is 10:00 as stored.
    ("begins", date(2026, 11, 20), datetime(2026, 11, 20, 10)),
    ("begins + 0 days", date(2026, 11, 20), datetime(2026, 11, 20, 10)),
    ("begins - 1 day", date(2026, 11, 1), datetime(2026, 10, 31, 10)),
    ("begins + 1 month", date(2026, 1, 31), datetime(2026, 2, 28, 10)),
    ("begins + 1 month", date(2028, 1, 31), datetime(2028, 2, 29, 10)),
    ("begins - 1 month", date(2026, 3, 31), datetime(2026, 2, 28, 10)),
    ("begins + 13 months", date(2026, 12, 31), datetime(2028, 1, 31, 10)),
    ("begins + 1 year", date(2028, 2, 29), datetime(2029, 2, 28, 10)),
    ("begins+2years", date(2026, 11, 20), datetime(2028, 11, 20, 10)),
    # 23:30 UTC on the 20th is half past seven on the 21st in the office.
    ("begins + 0 days", datetime(2026, 11, 20, 23, 30), datetime(2026, 11, 21, 10)),
    ("begins + 1 month", datetime(2026, 1, 30, 23, 30), datetime(2026, 2, 28, 10)),
    ("begins + 2 hours", datetime(2026, 11, 20, 23, 30), datetime(2026, 11, 21, 1, 30)),
    ("begins + 3 hours", datetime(2026, 12, 31, 15, 0), datetime(2026, 12, 31, 18, 0)),
    ("begins - 1 hour", datetime(2027, 1, 1, 0, 15), datetime(2026, 12, 31, 23, 15)),
])  # fmt: skip
def test_a_rule_gives_the_stored_moment(rule, begins, stored):
    assert due(rule, begins) == stored


@pytest.mark.parametrize(("rule", "begins"), [
    (None, date(2026, 11, 20)), ("", date(2026, 11, 20)), ("begins + 3 days", None),
    ("begins + 3 weeks", date(2026, 11, 20)), ("begins + x days", date(2026, 11, 20)),
    ("begins + 99999 days", date(2026, 11, 20)),
])  # fmt: skip
def test_without_a_rule_or_a_beginning_nothing_is_due(rule, begins):
    assert due(rule, begins) is None


def test_an_office_that_closes_at_another_time_ends_its_day_then():
    early = time(17, 30)
    given = {"begins": date(2026, 11, 20), "moment": datetime(2026, 11, 20, 23, 30)}
    assert due_moment("begins + 1 day", given.__getitem__, early) == datetime(2026, 11, 21, 9, 30)
    assert due_moment("moment + 1 month", given.__getitem__, early) == datetime(2026, 12, 21, 9, 30)
    # Hours run from the moment itself.
    assert due_moment("moment + 2 hours", given.__getitem__, early) == datetime(2026, 11, 21, 1, 30)


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ("lent_at", "lent_at"),
        ("lent_at + 3 days", "lent_at"),
        ("ends_on-1month", "ends_on"),
    ],
)
def test_a_rule_names_the_field_with_which_it_begins(rule, field):
    assert begins_with(rule) == field


@pytest.mark.parametrize(("rule", "hours"), [
    ("begins + 2 hours", True), ("begins-1hour", True), ("begins + 2 days", False),
    ("begins", False), ("begins + 1 month", False), ("", False), (None, False),
])  # fmt: skip
def test_only_a_rule_that_counts_hours_names_one(rule, hours):
    assert by_hours(rule) == hours
