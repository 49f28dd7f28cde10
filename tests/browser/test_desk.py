"""The desk by keyboard alone: whoever stands there, found, paid and printed in few actions."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.charging.ledger import balances, purses
from app.core.values import clock
from app.core.values.money import in_capitals
from app.estate.base.models import Community, Customer, CustomerPhone, Ownership, Unit, Vehicle
from tests.browser.conftest import TABLET
from tests.browser.hands import at
from tests.browser.tills import debtors, payments_of, printed

pytestmark = pytest.mark.browser


class Keys:
    """A collector's hands: every word typed and every key pressed is one action."""

    def __init__(self, page) -> None:
        self.page = page
        self.actions = 0

    def type(self, text: str) -> None:
        self.actions += 1
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        self.actions += 1
        self.page.keyboard.press(key)


def hits(page) -> list[str]:
    page.locator("#desk-hits .hit, #desk-hits .none").first.wait_for()
    return page.locator("#desk-hits .hit .code").all_inner_texts()


def find(page, typed: str) -> list[str]:
    """What the box offers for these words."""
    page.fill("#desk-box", "")
    with page.expect_response("**/desk/search*"):
        page.keyboard.type(typed)
    return hits(page)


def confirmed(page, keys: Keys) -> None:
    """The last step: what would be done is read, and Enter counts again."""
    keys.press("Enter")
    at(page, "#desk-yes")
    keys.press("Enter")


def opened(page, unit) -> None:
    """The unit lies open, and whoever opened it has looked at it."""
    page.locator("#desk-form").wait_for()
    page.mouse.click(3, 3)
    page.locator("[name=tender_sum]").focus()


def test_five_actions_from_the_search_to_the_receipt(site, enter, shot):
    with site.stored() as session:
        unit = debtors(session, "安居花园")
        open_ = balances.open_bills(session, unit.id)
        bills = [bill.id for bill in open_ if bill.due_on <= clock.today()]
        owed = sum(bill.balance for bill in open_ if bill.id in bills)
        rest = balances.owed(session, [unit.id])[unit.id] - owed
        assert payments_of(session, unit) == []
    page = enter("collector")
    page.goto("/desk/")
    at(page, "#desk-box")
    keys = Keys(page)
    keys.type(unit.code)
    keys.press("Enter")
    assert hits(page) == [unit.code, unit.code], "the same number in both estates: look first"
    shot(page, "desk-hits")
    keys.press("Enter")
    page.locator("#desk-form").wait_for()
    assert page.locator("#desk-due").inner_text() == f"{owed:,.2f}"
    assert page.locator(".desk-bills tbody tr").count() == len(open_)
    assert page.locator("[name=bill]:checked").count() == len(bills), "what is due, and no more"
    shot(page, "desk")
    opened(page, unit)
    keys.press("Enter")
    at(page, "#desk-yes")
    assert page.locator("#desk-question strong").inner_text() == f"确认收取 现金 {owed:,.2f} 元？"
    shot(page, "desk-confirm")
    keys.press("Enter")
    printed(page, 1)
    assert keys.actions <= 5
    receipt = page.locator("#desk-unit .receipt").inner_text()
    shot(page, "desk-receipt")
    with site.stored() as session:
        (payment,) = payments_of(session, unit)
        assert payment.amount == owed
        assert payment.collector_name == "王五"
        assert [(row.kind, row.amount) for row in payment.tenders] == [("cash", owed)]
        assert sorted(row.bill_id for row in payment.allocations) == sorted(bills)
        assert payment.receipt.prints == 1
        assert balances.owed(session, [unit.id]).get(unit.id, 0) == rest
    assert payment.receipt.number in receipt
    assert in_capitals(owed) in receipt
    assert f"{owed:,.2f}" in page.locator("#desk-done").inner_text()
    assert page.evaluate("document.activeElement.id") == "desk-box", "ready for the next one"


def test_part_of_it_in_two_tenders_and_the_receipt_once_more(site, enter, shot):
    with site.stored() as session:
        unit = debtors(session, "锦绣新城")
        first, second, *_rest = balances.open_bills(session, unit.id)
        owed = balances.owed(session, [unit.id])[unit.id]
    part = first.balance + second.balance / 2
    cash = Decimal(int(part / 3))
    page = enter("collector2")
    page.goto("/desk/")
    at(page, "#desk-box")
    keys = Keys(page)
    keys.type(unit.code)
    keys.press("Enter")
    page.locator("#desk-form").wait_for()
    keys.press("F9")
    keys.press("F9")
    keys.type(str(cash))
    keys.press("+")
    keys.type(f"{part - cash:.2f}")
    assert page.locator("#desk-change strong").inner_text() == f"{owed - part:,.2f}"
    shot(page, "desk-two-tenders")
    confirmed(page, keys)
    printed(page, 1)
    with site.stored() as session:
        (payment,) = payments_of(session, unit)
        assert [(row.kind, row.amount) for row in payment.tenders] == [
            ("cash", cash),
            ("wechat", part - cash),
        ]
        assert [(row.bill_id, row.amount) for row in payment.allocations] == [
            (first.id, first.balance),
            (second.id, part - first.balance),
        ], "the oldest first"
        assert balances.owed(session, [unit.id])[unit.id] == owed - part
    assert "补打" not in page.locator("#desk-unit .receipt").inner_text()

    keys.type(unit.code)
    keys.press("Enter")
    page.locator("#desk-form").wait_for()
    page.locator("[data-reprint]").first.click()
    printed(page, 2)
    page.emulate_media(media="print")
    assert "补打" in page.locator("#receipt-print .receipt").inner_text()
    shot(page, "receipt-reprint")
    with site.stored() as session:
        assert payments_of(session, unit)[0].receipt.prints == 2


def test_enter_twice_pays_once_and_too_much_goes_to_the_prepayment(site, enter):
    with site.stored() as session:
        unit = debtors(session, "锦绣新城", skip=1)
        owed = balances.owed(session, [unit.id])[unit.id]
        before = sum(one.amount for one in purses.of_unit(session, unit.id))
    page = enter("collector2")
    page.goto("/desk/")
    at(page, "#desk-box")
    keys = Keys(page)
    keys.type(unit.code)
    keys.press("Enter")
    page.locator("#desk-form").wait_for()
    keys.press("F9")
    keys.press("F9")
    keys.type(str(owed + 50))
    keys.press("F8")
    confirmed(page, keys)
    keys.press("Enter")
    printed(page, 1)
    with site.stored() as session:
        (payment,) = payments_of(session, unit)
        assert payment.amount == owed + 50
        assert sum(one.amount for one in purses.of_unit(session, unit.id)) == before + 50
        assert balances.owed(session, [unit.id]) == {}
    assert page.evaluate("window.printed") == 1


def test_name_initials_phone_tail_and_plate_find_the_unit(site, enter, shot):
    with site.stored() as session:
        unit, owner, phone, plate = session.execute(
            select(Unit, Customer, CustomerPhone, Vehicle.plate)
            .join(Ownership, Ownership.unit_id == Unit.id)
            .join(Customer, Customer.id == Ownership.customer_id)
            .join(CustomerPhone, CustomerPhone.customer_id == Customer.id)
            .join(Vehicle, Vehicle.unit_id == Unit.id)
            .join(Community, Community.id == Unit.community_id)
            .where(Community.name == "锦绣新城", Unit.kind == "flat", Ownership.ends_on.is_(None))
            .where(func.length(Customer.name) == 3)
            .order_by(Unit.sort_key.desc())
            .limit(1)
        ).one()
    page = enter("collector2")
    page.goto("/desk/")
    at(page, "#desk-box")
    building, entrance, number = unit.code.split("-")
    for typed in (
        owner.name,
        phone.tail,
        plate,
        plate[-5:],
        f"{building}栋{entrance}单元{number}",
        f"{building}#{entrance}-{number}室",
    ):
        assert unit.code in find(page, typed), typed
    assert owner.initials.isascii()
    found = find(page, owner.initials)
    assert unit.code in found or len(found) == 10, "initials are shared; the list is full then"
    shot(page, "desk-initials")


def test_the_desk_on_a_tablet(site, enter, shot):
    with site.stored() as session:
        unit = debtors(session, "锦绣新城", skip=2)
    page = enter("collector2", size=TABLET)
    page.goto(f"/desk/?unit={unit.id}")
    page.locator("#desk-form").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    button = page.locator("#desk-pay").bounding_box()
    assert button["y"] + button["height"] <= TABLET["height"], "the button is in sight"
    shot(page, "desk-tablet")
    page.goto("/units/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(page, "units-tablet")
