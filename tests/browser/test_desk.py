"""At the desk by the keyboard alone: found, collected, printed once; then one is voided."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.charging import ledger
from app.charging.arrears import arrears
from app.charging.payment_models import Payment, Receipt, Tender
from app.core import scope
from app.estate.models import Unit
from app.extensions import db

pytestmark = pytest.mark.browser

COUNT_PRINTS = "window.printed = 0; window.print = () => { window.printed += 1; };"


def in_arrears(site, place: int) -> tuple[int, str, Decimal]:
    """A unit that owes, whose room no other estate has: its key, room and all that is owed."""
    with site.app.app_context(), scope.use(scope.EVERYTHING):
        single = set(
            db.session.scalars(select(Unit.code).group_by(Unit.code).having(func.count() == 1))
        )
        row = [row for row in arrears(db.session) if row.code in single][place]
        return row.unit_id, row.code, ledger.owed(db.session, [row.unit_id])[row.unit_id]


def last_payment(site, unit_id: int) -> Payment:
    with site.app.app_context():
        return db.session.scalars(
            select(Payment).where(Payment.unit_id == unit_id).order_by(Payment.id.desc()).limit(1)
        ).one()


def desk(site, page):
    page.add_init_script(COUNT_PRINTS)
    page.goto(f"{site.address}/desk/")
    return page


def printed(page, times: int) -> None:
    """Wait until a receipt is on the paper and the printer was asked so many times."""
    page.locator("#receipt-print .receipt").wait_for(state="attached")
    assert page.evaluate("window.printed") == times


def test_four_actions_from_search_to_receipt(site, enter, shot):
    unit_id, code, owed = in_arrears(site, 0)
    page = desk(site, enter("collector"))
    shot(page, "desk-empty")
    page.keyboard.type(code)
    page.locator(".desk-hits .hit").first.wait_for()
    shot(page, "desk-search")
    page.keyboard.press("Enter")
    page.locator("#desk-form").wait_for()
    assert page.locator("#desk-due").inner_text() == f"{owed:,.2f}"
    shot(page, "desk")
    page.keyboard.press("Enter")
    page.locator("#desk-done").wait_for()
    printed(page, 1)
    payment = last_payment(site, unit_id)
    assert (payment.amount, payment.state) == (owed, "posted")
    with site.app.app_context():
        receipt = db.session.scalars(select(Receipt).filter_by(payment_id=payment.id)).one()
        assert ledger.owed(db.session, [unit_id]) == {}
    assert receipt.prints == 1
    assert receipt.number in page.locator("#receipt-print").inner_html()
    assert page.evaluate("document.activeElement.id") == "desk-box"
    shot(page, "desk-done")
    page.emulate_media(media="print")
    shot(page, "receipt")


def test_several_tenders_change_and_enter_pressed_twice(site, enter, shot):
    unit_id, code, owed = in_arrears(site, 1)
    page = desk(site, enter("collector"))
    before = last_key(site)
    page.keyboard.type(code)
    page.locator(".desk-hits .hit").first.wait_for()
    page.keyboard.press("Enter")
    page.locator("#desk-form").wait_for()
    page.keyboard.press("Alt+2")
    page.keyboard.type("100")
    page.keyboard.press("+")
    page.keyboard.press("Control+a")
    page.keyboard.type(str(owed))
    assert page.locator("#desk-change strong").inner_text() == "100.00"
    shot(page, "desk-tenders")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.locator("#desk-done").wait_for()
    printed(page, 1)
    payment = last_payment(site, unit_id)
    assert payment.amount == owed
    with site.app.app_context():
        tenders = db.session.scalars(
            select(Tender).where(Tender.payment_id == payment.id).order_by(Tender.id)
        ).all()
        assert db.session.scalar(select(func.count()).where(Payment.id > before)) == 1
    assert [(row.kind, row.change) for row in tenders] == [
        ("wechat", Decimal("0.00")), ("cash", Decimal("100.00"))]


def last_key(site) -> int:
    with site.app.app_context():
        return db.session.scalar(select(func.max(Payment.id)))


def test_a_wrong_receipt_is_voided_by_the_supervisor(site, enter, shot):
    unit_id, code, owed = in_arrears(site, 2)
    page = desk(site, enter("collector"))
    page.keyboard.type(code)
    page.locator(".desk-hits .hit").first.wait_for()
    page.keyboard.press("Enter")
    page.locator("#desk-form").wait_for()
    page.keyboard.press("Control+a")
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    page.locator("#desk-done").wait_for()
    payment = last_payment(site, unit_id)

    boss = enter("supervisor")
    boss.goto(f"{site.address}/payments/show/{payment.id}")
    boss.fill("#void-reason", "房号选错，当面退还")
    boss.click(".void-form button")
    boss.click("#ask [data-answer=yes]")
    boss.locator(".receipt-stamp").wait_for()
    shot(boss, "payment-void", whole=True)
    with site.app.app_context():
        assert db.session.get(Payment, payment.id).state == "void"
        assert ledger.owed(db.session, [unit_id]) == {unit_id: owed}


def test_arrears_and_takings_are_seen_as_they_are(site, enter, shot):
    page = enter("manager")
    for address, name in (("arrears/", "arrears"), ("payments/", "payments"),
                          ("payments/day", "takings")):
        page.goto(f"{site.address}/{address}")
        page.locator("table.wide, .empty").first.wait_for()
        shot(page, name)
