"""Payment notices: what the owner reads, in the order in which one walks."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from app.charging import arrears, billing, ledger, notices, rates
from app.charging.models import Bill
from app.charging.notices import Choice
from app.core import clock
from app.core.errors import DomainError
from tests.charging.estate import DECEMBER, Estate


@pytest.fixture
def estate(books):
    estate = Estate(books)
    estate.ordinary("1-1-102", "1-1-101", "1-2-101")
    with clock.fixed(datetime(2026, 11, 1, 9, 0)):
        billing.post(estate.session, estate.request())
    with clock.fixed(datetime(2026, 12, 1, 9, 0)):
        estate.run_id = billing.post(estate.session, estate.request(DECEMBER)).run_id
        estate.session.commit()
        yield estate


def codes(estate, **choice):
    units = notices.unit_ids(estate.session, Choice(estate.run_id, **choice))
    return [notice.code for notice in notices.notices(estate.session, estate.run_id, units)]


def test_notices_stand_in_walking_order(estate):
    assert codes(estate) == ["1-1-101", "1-1-102", "1-2-101"]


def test_a_range_of_rooms_is_chosen(estate):
    assert codes(estate, first="1-1-102") == ["1-1-102", "1-2-101"]
    assert codes(estate, first="1-1-101", last="1-1-102") == ["1-1-101", "1-1-102"]
    assert codes(estate, building_id=estate.books.building.id + 1) == []


@pytest.mark.parametrize("room", ["9-9-999", "'; --", "房" * 40])
def test_a_room_that_does_not_exist_is_said_so(estate, room):
    with pytest.raises(DomainError, match="not one room"):
        notices.unit_ids(estate.session, Choice(estate.run_id, first=room))


def test_a_notice_has_the_sentence_the_arrears_and_the_sum_in_capitals(estate):
    units = notices.unit_ids(estate.session, Choice(estate.run_id))
    notice = notices.notices(estate.session, estate.run_id, units)[0]
    assert notice.owner == "张三"
    assert [(line.item, line.sentence) for line in notice.lines] == [
        ("物业服务费", "89.50㎡ × 2.80元/㎡·月 × 1个月 = 250.60")
    ]
    assert [(row.item, row.first, row.last, row.bills, row.amount) for row in notice.arrears] == [
        ("物业服务费", date(2026, 11, 1), date(2026, 11, 30), 1, Decimal("250.60"))
    ]
    assert notice.total == Decimal("501.20")
    assert notice.capitals == "人民币伍佰零壹元贰角整"
    assert notice.due_on == date(2026, 12, 31)


def test_the_november_notice_does_not_ask_for_december(estate):
    units = notices.unit_ids(estate.session, Choice(estate.run_id - 1))
    notice = notices.notices(estate.session, estate.run_id - 1, units)[0]
    assert notice.arrears == ()
    assert notice.total == Decimal("250.60")


def first_notice(estate):
    units = notices.unit_ids(estate.session, Choice(estate.run_id))
    return notices.notices(estate.session, estate.run_id, units)[0]


@pytest.mark.parametrize(
    ("day", "late", "asks"),
    [
        # November is due on 1 December, December on the 31st.
        (date(2026, 11, 20), [False], "请于"), (date(2026, 12, 1), [False], "请于"),
        (date(2026, 12, 2), [True], "请于"), (date(2026, 12, 31), [True], "请于"),
        (date(2027, 1, 1), [True], "已过，请尽快缴纳"),
    ],
)
def test_only_what_was_due_before_is_called_earlier(estate, day, late, asks):
    with clock.fixed(datetime(day.year, day.month, day.day, 9, 0)):
        notice = first_notice(estate)
    assert [row.late for row in notice.arrears] == late
    assert notice.late == (asks != "请于")


def test_bills_of_nothing_from_older_versions_are_on_no_notice(estate):
    """A bill of 0.00 can be stored no more; those of old stay, and nobody is asked for them."""
    [first, *others] = estate.session.query(Bill).filter_by(run_id=estate.run_id)
    first.amount = Decimal(0)
    estate.session.commit()
    assert codes(estate) == ["1-1-101", "1-2-101"]
    for bill in others:
        bill.amount = Decimal(0)
    estate.session.commit()
    assert codes(estate) == []
    assert notices.buildings_of(estate.session, estate.run_id) == []
    for bill in estate.session.query(Bill).filter(Bill.run_id != estate.run_id):
        bill.amount = Decimal(0)
    estate.session.commit()
    assert ledger.open_bills(estate.session, first.unit_id) == []
    assert arrears.owing(estate.session) == []
    assert rates.households(estate.session, DECEMBER, date(2026, 12, 31)) == {}
