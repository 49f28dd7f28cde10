"""Payment notices: what the owner reads, in the order in which one walks."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.cashier.payments.receive import receive
from app.charging.billing import notice_choice, notices, run
from app.charging.billing.notice_choice import NoticeChoice
from app.charging.ledger import balances
from app.charging.ledger.bill_models import Bill
from app.charging.ledger.settling import Given, TenderKind
from app.charging.reports import rates
from app.collection import owing
from app.core.db import audit
from app.core.values import clock
from app.core.values.errors import DomainError
from app.estate.base.models import Ownership, Unit
from tests.charging.estate import DECEMBER, Estate


@pytest.fixture
def estate(books):
    estate = Estate(books)
    estate.ordinary("1-1-102", "1-1-101", "1-2-101")
    with clock.fixed(datetime(2026, 11, 1, 9, 0)):
        run.post(estate.session, estate.request())
    with clock.fixed(datetime(2026, 12, 1, 9, 0)):
        estate.run_id = run.post(estate.session, estate.request(DECEMBER)).run_id
        estate.session.commit()
        yield estate


def codes(estate, **choice):
    units = notice_choice.addressees(estate.session, NoticeChoice(estate.run_id, **choice))
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
        notice_choice.addressees(estate.session, NoticeChoice(estate.run_id, first=room))


def test_a_notice_has_the_sentence_the_arrears_and_the_sum_in_capitals(estate):
    units = notice_choice.addressees(estate.session, NoticeChoice(estate.run_id))
    notice = notices.notices(estate.session, estate.run_id, units)[0]
    assert (notice.names, notice.former) == ("张三", False)
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
    units = notice_choice.addressees(estate.session, NoticeChoice(estate.run_id - 1))
    notice = notices.notices(estate.session, estate.run_id - 1, units)[0]
    assert notice.arrears == ()
    assert notice.total == Decimal("250.60")


def first_notice(estate):
    return stack(estate)[0]


@pytest.mark.parametrize(
    ("day", "late", "asks"),
    [
        # November is due on 1 December, December on the 31st.
        (date(2026, 11, 20), [False], "请于"),
        (date(2026, 12, 1), [False], "请于"),
        (date(2026, 12, 2), [True], "请于"),
        (date(2026, 12, 31), [True], "请于"),
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
    assert notice_choice.buildings_of(estate.session, estate.run_id) == []
    for bill in estate.session.query(Bill).filter(Bill.run_id != estate.run_id):
        bill.amount = Decimal(0)
    estate.session.commit()
    assert balances.open_bills(estate.session, first.unit_id) == []
    assert owing.owing(estate.session) == []
    assert rates.households(estate.session, DECEMBER, date(2026, 12, 31)) == {}


def sell(estate, code, buyer, last_day):
    """The owner's interval ends; the buyer's begins the day after."""
    unit = estate.session.scalars(select(Unit).filter_by(code=code)).one()
    (own,) = estate.session.scalars(select(Ownership).filter_by(unit_id=unit.id))
    own.ends_on = last_day
    first = date.fromordinal(last_day.toordinal() + 1)
    estate.books.owner(unit, buyer, phone=None, starts_on=first)
    return unit, own.customer_id


def prepay(estate, unit, customer_id, amount):
    with audit.acting(estate.books.collector):
        receive(
            estate.session,
            unit_id=unit.id,
            payer="",
            payer_id=customer_id,
            lines=[],
            tenders=[Given(TenderKind.CASH, Decimal(amount))],
            keep_surplus=True,
            key=f"{unit.id}-{customer_id}-{amount}",
        )
    estate.session.commit()


def stack(estate, run_id=None, **choice):
    run_id = run_id or estate.run_id
    keys = notice_choice.addressees(estate.session, NoticeChoice(run_id, **choice))
    return notices.notices(estate.session, run_id, keys)


def test_a_sold_flat_gets_a_notice_for_the_seller_and_one_for_the_buyer(books):
    estate = Estate(books)
    estate.ordinary("1-1-101", "1-1-102")
    with clock.fixed(datetime(2026, 11, 1, 9, 0)):
        run.post(estate.session, estate.request())
    unit, seller = sell(estate, "1-1-101", "王五", date(2026, 11, 30))
    with clock.fixed(datetime(2026, 12, 1, 9, 0)):
        run_id = run.post(estate.session, estate.request(DECEMBER)).run_id
        estate.session.commit()
        found = stack(estate, run_id)
        assert [(one.code, one.names, one.former, one.total) for one in found] == [
            ("1-1-101", "王五", False, Decimal("250.60")),
            ("1-1-101", "张三", True, Decimal("250.60")),
            ("1-1-102", "张三", False, Decimal("501.20")),
        ]
        assert (found[0].arrears, found[1].lines) == ((), ())
        # What the seller paid ahead is his: it settles his notice, the buyer's stays.
        prepay(estate, unit, seller, "250.60")
        assert [(one.names, one.to_pay) for one in stack(estate, run_id, last="1-1-101")] == [
            ("王五", Decimal("250.60"))
        ]
        november = stack(estate, run_id - 1, last="1-1-101")
        assert [(one.names, one.total, one.to_pay) for one in november] == [
            ("张三", Decimal("250.60"), Decimal(0))
        ]


def test_a_notice_says_what_is_prepaid_and_what_is_still_to_be_paid(estate):
    unit = estate.session.scalars(select(Unit).filter_by(code="1-1-101")).one()
    owner = estate.session.scalars(select(Ownership).filter_by(unit_id=unit.id)).one()
    prepay(estate, unit, owner.customer_id, "100.00")
    notice = stack(estate)[0]
    assert (notice.total, notice.prepayment, notice.to_pay) == (
        Decimal("501.20"),
        Decimal("100.00"),
        Decimal("401.20"),
    )
    assert notice.capitals == "人民币肆佰零壹元贰角整"
    prepay(estate, unit, owner.customer_id, "900.00")
    notice = stack(estate)[0]
    assert (notice.covered, notice.to_pay, notice.capitals) == (Decimal("501.20"), 0, "")


def test_joint_owners_stand_together_on_the_notice(books):
    estate = Estate(books)
    (unit,) = estate.ordinary("1-1-101")
    books.owner(unit, "王五", phone=None)
    with clock.fixed(datetime(2026, 11, 1, 9, 0)):
        run_id = run.post(estate.session, estate.request()).run_id
        estate.session.commit()
    own = estate.session.scalars(select(Ownership).order_by(Ownership.id)).first()
    own.ends_on = date(2026, 11, 15)
    estate.session.commit()
    with clock.fixed(datetime(2026, 11, 20, 9, 0)):
        (notice,) = stack(estate, run_id)
    assert (notice.names, notice.former) == ("张三、王五", False)
