"""Until when a notice asks to be paid, where bills of other periods fall due on other days."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from app.cashier.payments.receive import PaymentLine, receive
from app.charging.billing import notice_choice, notices, run
from app.charging.billing.notice_choice import NoticeChoice
from app.charging.ledger.bill_models import Bill
from app.charging.ledger.settling import Given, TenderKind
from app.core.db import audit
from app.core.values import clock
from tests.charging.estate import DECEMBER, Estate

NOW = datetime(2026, 11, 20, 9, 0)
EARLY, LATER = date(2026, 12, 1), date(2026, 12, 31)


@pytest.fixture
def estate(books):
    """November is due on 1 December, December on the 31st, 250.60 each."""
    estate = Estate(books)
    [estate.flat] = estate.ordinary("1-1-101")
    with clock.fixed(NOW):
        run.post(estate.session, estate.request())
        estate.run_id = run.post(estate.session, estate.request(DECEMBER)).run_id
        estate.session.commit()
        yield estate


def notice(estate):
    keys = notice_choice.addressees(estate.session, NoticeChoice(estate.run_id))
    return notices.notices(estate.session, estate.run_id, keys)[0]


def pay(estate, amount, bills=()):
    owner = notice(estate).customer_id
    with audit.acting(estate.books.collector):
        receive(
            estate.session,
            unit_id=estate.flat.id,
            payer="",
            payer_id=owner,
            lines=[PaymentLine(one.id) for one in bills],
            keep_surplus=True,
            key=amount,
            tenders=[Given(TenderKind.CASH, Decimal(amount))],
        )
    estate.session.commit()


def days(estate):
    found = notice(estate)
    return found.due_on, found.sooner, found.late


def test_a_bill_of_another_period_that_falls_due_earlier_has_its_day(estate):
    found = notice(estate)
    assert days(estate) == (LATER, True, False)
    assert [(row.late, row.due_on) for row in found.arrears] == [(False, EARLY)]


def test_what_is_late_already_has_no_day_to_come(estate):
    with clock.fixed(datetime(2026, 12, 2, 9, 0)):
        assert [(row.late, row.due_on) for row in notice(estate).arrears] == [(True, None)]
        assert days(estate) == (LATER, False, False)


@pytest.mark.parametrize(
    ("ahead", "wanted"),
    [
        # The purse pays what falls due first.
        ("100", (LATER, True, False)),
        ("250.60", (LATER, False, False)),
        ("300", (LATER, False, False)),
        ("501.20", (None, False, False)),
    ],
)
def test_what_the_purse_covers_asks_for_no_day(estate, ahead, wanted):
    pay(estate, ahead)
    assert days(estate) == wanted


def test_who_has_paid_the_period_is_asked_by_the_day_of_the_rest(estate):
    bills = estate.session.query(Bill).filter_by(run_id=estate.run_id).all()
    pay(estate, "250.60", bills)
    assert days(estate) == (EARLY, False, False)
    # The day of what is paid already accuses nobody, however long ago it was.
    with clock.fixed(datetime(2027, 1, 5, 9, 0)):
        assert days(estate) == (None, False, False)
        assert notice(estate).to_pay == Decimal("250.60")
