"""When a log is due, overdue and closed; how a person stands."""

from datetime import date, datetime

import pytest

from app.duty.base.deadlines import Standing, deadline, is_late, latest_workday, standing, writable
from app.duty.base.models import LogState

FRIDAY = date(2026, 11, 20)


def test_a_log_is_overdue_from_nine_the_next_morning():
    assert deadline(FRIDAY) == datetime(2026, 11, 21, 9, 0)
    assert not is_late(FRIDAY, datetime(2026, 11, 21, 8, 59))
    assert is_late(FRIDAY, datetime(2026, 11, 21, 9, 0))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 20), date(2026, 11, 20)),
        (date(2026, 11, 21), date(2026, 11, 20)),
        (date(2026, 11, 22), date(2026, 11, 20)),
        (date(2026, 11, 23), date(2026, 11, 23)),
    ],
)
def test_the_latest_working_day_skips_the_weekend(day, expected):
    assert latest_workday(day) == expected


def test_a_log_may_be_written_for_a_week_and_not_ahead():
    today = date(2026, 11, 20)
    assert writable(date(2026, 11, 13), today)
    assert not writable(date(2026, 11, 12), today)
    assert not writable(date(2026, 11, 21), today)


BEFORE, AFTER = datetime(2026, 11, 20, 19, 0), datetime(2026, 11, 21, 10, 0)


@pytest.mark.parametrize(
    ("state", "moment", "owed", "off", "expected"),
    [
        (None, BEFORE, True, False, Standing.MISSING),
        (None, AFTER, True, False, Standing.OVERDUE),
        (LogState.DRAFT, BEFORE, True, False, Standing.MISSING),
        (LogState.DRAFT, AFTER, True, False, Standing.OVERDUE),
        (None, AFTER, False, False, Standing.FREE),
        (None, AFTER, True, True, Standing.OFF),
        (LogState.SUBMITTED, AFTER, True, True, Standing.SUBMITTED),
        (LogState.SUBMITTED, AFTER, False, False, Standing.SUBMITTED),
        (LogState.RETURNED, AFTER, True, False, Standing.RETURNED),
        (LogState.APPROVED, AFTER, True, False, Standing.APPROVED),
    ],
)
def test_the_standing_of_a_person_on_a_day(state, moment, owed, off, expected):
    assert standing(FRIDAY, state, moment=moment, owed=owed, off=off) == expected
