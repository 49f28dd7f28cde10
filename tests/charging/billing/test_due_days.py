"""When a bill is to be paid: by its period, whatever the day of posting, or as the run says."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.charging.billing import form, run
from app.charging.billing.run import PlanChanged, ShownPlan
from app.charging.ledger import balances
from app.charging.ledger.bill_models import Bill, BillingRun
from app.charging.pricing import changes
from app.charging.pricing.plan_notes import due_days
from app.collection import owing as arrears
from app.core.values import clock
from app.core.values.errors import DomainError
from app.core.values.period import Cycle, Period
from tests.charging.estate import Estate
from tests.charging.pricing.test_pricing import ALWAYS, terms
from tests.charging.pricing.test_pricing import bill as priced


@pytest.fixture
def estate(books):
    return Estate(books)


def by_hand(year, month, days):
    """The day so many days after the first of a month, counted month by month."""
    day = 1 + days
    while day > calendar.monthrange(year, month)[1]:
        day -= calendar.monthrange(year, month)[1]
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, day)


TABLE = [
    # period, cycle, days of the item, posted on, due
    ("2026-11", "month", 30, date(2026, 11, 1), date(2026, 12, 1)),
    ("2026-11", "month", 30, date(2026, 11, 28), date(2026, 12, 1)),
    ("2026-12", "month", 30, date(2026, 11, 5), date(2026, 12, 31)),
    ("2024-02", "month", 30, date(2026, 11, 5), date(2024, 3, 2)),
    ("2026-02", "month", 28, date(2026, 2, 1), date(2026, 3, 1)),
    ("2026-11", "month", 0, date(2026, 11, 20), date(2026, 11, 1)),
    ("2026-Q4", "quarter", 15, date(2026, 12, 20), date(2026, 10, 16)),
    ("2024", "year", 30, date(2026, 11, 5), date(2024, 1, 31)),
    ("2024", "year", 366, date(2024, 1, 2), date(2025, 1, 1)),
]


@pytest.mark.parametrize(("period", "cycle", "days", "posted", "due"), TABLE)
def test_the_day_to_pay_follows_the_period(estate, period, cycle, days, posted, due):
    when = Period.parse(period)
    estate.unit()
    estate.assign(estate.standard(estate.item(due_days=days), cycle=cycle), unit_kind="flat")
    with clock.fixed(datetime(posted.year, posted.month, posted.day, 9, 0)):
        made = run.plan(estate.session, estate.request(when))
        [said] = due_days(made, clock.today()).values()
        run.post(estate.session, estate.request(when))
        estate.session.commit()
        [bill] = estate.session.query(Bill)
        owing = arrears.owing(estate.session)[0]
    assert bill.due_on == due == by_hand(when.first.year, when.first.month, days)
    assert (said.first, said.last, said.bills) == (due, due, 1)
    # What was past on the day of the posting is late, said before and owed after it.
    assert said.late == (due < posted)
    assert (owing.not_due == 0) == (due <= posted)


@given(
    day=st.dates(date(2023, 1, 1), date(2027, 1, 1)),
    cycle=st.sampled_from(Cycle),
    days=st.integers(0, 366),
    offset=st.none() | st.integers(-400, 364),
)
def test_who_is_charged_from_a_later_day_has_the_days_from_there(day, cycle, days, offset):
    period = Period.containing(day, cycle)
    start = None if offset is None else period.first + timedelta(days=offset)
    line = priced(period, terms((ALWAYS, "2.8"), cycle=cycle), "89.5", start=start)
    if start is not None and start > period.last:
        return
    first = max(period.first, start or period.first)
    assert line.first + timedelta(days=days) == by_hand_from(first, days)


def by_hand_from(first, days):
    return date.fromordinal(by_hand(first.year, first.month, days + first.day - 1).toordinal())


def test_a_flat_handed_over_in_autumn_is_not_late_with_its_year(estate):
    estate.unit("1-1-101")
    estate.unit("1-1-102", handover_date=date(2026, 10, 15))
    estate.assign(estate.standard(estate.item(), cycle="year"), unit_kind="flat")
    with clock.fixed(datetime(2026, 10, 20, 9, 0)):
        made = run.plan(estate.session, estate.request(Period.parse("2026")))
        [said] = due_days(made, clock.today()).values()
        run.post(estate.session, estate.request(Period.parse("2026")))
    assert (said.first, said.last, said.late) == (date(2026, 1, 31), date(2026, 11, 14), 1)
    assert [bill.due_on for bill in estate.session.query(Bill).order_by(Bill.id)] == [
        date(2026, 1, 31),
        date(2026, 11, 14),
    ]


def test_the_run_may_name_the_day(estate):
    estate.ordinary()
    asked = estate.request(Period.parse("2024-01"))
    named = form.from_arguments({**form.arguments(asked), "due": "2026-12-20"})
    assert form.arguments(named)["due"] == "2026-12-20"
    assert "due" not in form.arguments(asked)
    with clock.fixed(datetime(2026, 11, 20, 9, 0)):
        assert run.plan(estate.session, asked).digest != (run.plan(estate.session, named).digest)
        run.post(estate.session, named)
        estate.session.commit()
        unit = estate.session.query(Bill).first().unit_id
        assert balances.open_bills(estate.session, unit)[0].due_on == date(2026, 12, 20)
        assert arrears.owing(estate.session)[0].not_due == Decimal("250.60")
    assert estate.session.query(BillingRun).one().due_on == date(2026, 12, 20)
    assert {bill.due_on for bill in estate.session.query(Bill)} == {date(2026, 12, 20)}


def test_other_days_to_pay_are_another_plan_and_are_named(estate):
    estate.ordinary()
    made = run.plan(estate.session, estate.request())
    shown = ShownPlan(made.digest, changes.marks(made), made)
    estate.items[0].due_days = 45
    estate.session.commit()
    with pytest.raises(PlanChanged) as caught:
        run.post(estate.session, estate.request(), shown)
    assert [(one.message, one.count) for one in caught.value.changes] == [(changes.DUE, 1)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", None),
        ("2026-12-20", date(2026, 12, 20)),
        ("20261220", date(2026, 12, 20)),
        ("2026年12月20日", date(2026, 12, 20)),
        (" 2025-11-01 ", date(2025, 11, 1)),
        ("2027-11-30", date(2027, 11, 30)),
    ],
)
def test_a_day_is_read_as_people_write_it(typed, found):
    assert form.due_day(typed, Period.parse("2026-11")) == found


@pytest.mark.parametrize(
    "typed",
    ["2026-02-31", "NaN", "月底", "2025-10-31", "2027-12-01", "0001-01-01", "9999-99-99", "-1"],
)
def test_a_day_that_cannot_be_meant_is_refused_at_its_field(typed):
    with pytest.raises(DomainError) as caught:
        form.due_day(typed, Period.parse("2026-11"))
    assert caught.value.field == "due"
