"""Money is taken by whoever means it: by no held key, burst of Enter or word of an input method."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from app.charging import ledger
from app.charging.models import Bill, BillingRun
from app.charging.payment_models import Payment
from app.core import clock
from tests.browser.hands import at
from tests.browser.test_desk import debtors, find, payments_of, printed
from tests.charging.rules import RULES

pytestmark = pytest.mark.browser

BURST = 40
"""Presses of a key that a person holds for a second and more."""


def taken(site) -> int:
    with site.stored() as session:
        return session.scalar(select(func.count(Payment.id)))


def hold(page, times: int = BURST) -> None:
    """The key goes down and stays there: every further press says that it repeats."""
    for _ in range(times):
        page.keyboard.down("Enter")
        page.wait_for_timeout(30)
    page.keyboard.up("Enter")


def hammer(page, times: int = BURST, pause: int = 30) -> None:
    """Single presses as some remote desktops send them for a key that is held."""
    for _ in range(times):
        page.keyboard.press("Enter")
        page.wait_for_timeout(pause)


def thrice(page) -> None:
    for _ in range(3):
        page.keyboard.press("Enter")
        page.wait_for_timeout(60)


@pytest.fixture
def desk(site, enter):
    """The desk of a collector who sees one community, a debtor's room, payments before."""
    with site.stored() as session:
        unit = debtors(session, "锦绣新城", skip=3)
    page = enter("collector2")
    page.goto("/desk/")
    at(page, "#desk-box")
    return page, unit


@pytest.mark.parametrize("how", [hold, hammer, thrice])
def test_a_room_and_a_restless_enter_take_nothing(site, desk, how):
    page, unit = desk
    before = taken(site)
    page.keyboard.type(unit.code)
    how(page)
    page.locator("#desk-form").wait_for()
    how(page)
    page.wait_for_timeout(800)
    assert taken(site) == before
    assert page.evaluate("window.printed") == 0
    assert page.locator("#desk-form").is_visible(), "the unit lies open and waits"


@pytest.mark.parametrize("how", [hold, hammer, thrice])
def test_before_the_last_step_a_restless_enter_takes_nothing(site, desk, how):
    page, unit = desk
    before = taken(site)
    page.keyboard.type(unit.code)
    page.keyboard.press("Enter")
    page.locator("#desk-form").wait_for()
    page.keyboard.type("5")
    how(page)
    expect(page.locator("#desk-confirm")).to_be_visible()
    assert taken(site) == before
    page.keyboard.press("Escape")
    at(page, "[name=tender_sum]")
    assert page.locator("#desk-confirm").is_hidden()
    assert page.input_value("[name=tender_sum]") == "5"


def test_two_clicks_on_the_button_take_nothing(site, desk):
    page, unit = desk
    before = taken(site)
    page.keyboard.type(unit.code)
    page.keyboard.press("Enter")
    page.dblclick("#desk-pay")
    page.mouse.dblclick(*middle(page, "#desk-yes"))
    page.wait_for_timeout(300)
    assert taken(site) == before


def middle(page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_change_after_the_question_takes_it_back(site, desk):
    page, unit = desk
    before = taken(site)
    page.keyboard.type(unit.code)
    page.keyboard.press("Enter")
    page.locator("#desk-form").wait_for()
    page.keyboard.type("5")
    for change in ("F7", "F8", "F9", "Alt+2", "+"):
        page.keyboard.press("Enter")
        at(page, "#desk-yes")
        if change == "+":
            page.focus("[name=tender_sum]")
        page.keyboard.press(change)
        expect(page.locator("#desk-confirm")).to_be_hidden()
        page.locator("[name=tender_sum]").first.fill("5")
    assert taken(site) == before


def test_the_enter_of_an_input_method_is_not_that_of_the_form(site, desk):
    page, unit = desk
    before = taken(site)
    page.keyboard.type(unit.code)
    page.keyboard.press("Enter")
    page.locator("#desk-form").wait_for()
    page.fill("[name=tender_sum]", "5")
    page.focus("[name=payer]")
    chrome = page.context.new_cdp_session(page)
    word = {"text": "张san", "selectionStart": 4, "selectionEnd": 4}
    chrome.send("Input.imeSetComposition", word)
    chrome.send("Input.dispatchKeyEvent", {
        "type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229,
    })  # fmt: skip
    for options in ({"isComposing": True}, {"keyCode": 229}):
        page.evaluate(
            """options => document.querySelector("[name=payer]").dispatchEvent(new KeyboardEvent(
               "keydown", {key: "Enter", bubbles: true, cancelable: true, ...options}))""",
            options,
        )
    assert page.locator("#desk-confirm").is_hidden()
    chrome.send("Input.insertText", {"text": "张三"})
    page.keyboard.press("Enter")
    expect(page.locator("#desk-confirm")).to_be_visible()
    assert "张三" in page.locator("#desk-question").inner_text()
    assert taken(site) == before


def test_a_single_enter_after_a_look_takes_it_once(site, desk):
    page, unit = desk
    before = taken(site)
    page.keyboard.type(unit.code)
    page.keyboard.press("Enter")
    page.locator("#desk-form").wait_for()
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    at(page, "#desk-yes")
    hold(page)
    printed(page, 1)
    at(page, "#desk-box")
    assert taken(site) == before + 1
    with site.stored() as session:
        assert payments_of(session, unit)[-1].amount == 1


def test_nothing_is_billed_by_a_restless_enter(site, enter):
    """The question before a billing run, as before every act, sleeps until nobody presses."""
    with site.stored() as session:
        bills = session.scalar(select(func.count(Bill.id)))
        runs = session.scalar(select(func.count(BillingRun.id)))
    page = enter("supervisor")
    page.goto("/payments/")
    for how in (hold, hammer, thrice):
        page.evaluate("""() => {
            window.said = null;
            document.activeElement.blur();
            window.ANJU.ask("过账？").then(yes => { window.said = yes; });
        }""")
        how(page)
        assert page.evaluate("window.said") is None
        at(page, "#ask [data-answer=yes]")
        page.keyboard.press("Escape")
        page.wait_for_function("window.said === false")
    with site.stored() as session:
        assert session.scalar(select(func.count(Bill.id))) == bills
        assert session.scalar(select(func.count(BillingRun.id))) == runs


def test_a_held_enter_voids_nothing(site, enter):
    with site.stored() as session:
        unit = debtors(session, "锦绣新城", skip=5)
    collector = enter("collector2")
    collector.goto(f"/desk/?unit={unit.id}")
    collector.fill("[name=tender_sum]", "1")
    collector.press("[name=tender_sum]", "Enter")
    at(collector, "#desk-yes")
    collector.keyboard.press("Enter")
    printed(collector, 1)
    with site.stored() as session:
        payment = payments_of(session, unit)[-1].id
    page = enter("supervisor")
    page.goto(f"/payments/show/{payment}")
    page.fill("#void-reason", "收错了房号")
    for how in (hold, hammer, thrice):
        how(page)
        at(page, "#ask [data-answer=yes]")
        with site.stored() as session:
            assert session.get(Payment, payment).state == "posted"
        page.keyboard.press("Escape")
        page.focus("#void-reason")
        page.keyboard.press("End")


def test_the_script_says_of_every_sum_what_the_server_says(desk):
    page, _unit = desk
    said = page.evaluate(
        """rules => rules.map(rule => {
            const of = value => AnjuDesk.fen(value);
            const made = AnjuDesk.settle(of(rule.due), rule.tenders.map(([kind, text]) =>
                ({kind, text})), of(rule.purse), rule.keep);
            if (made.refused) return made;
            return Object.fromEntries(Object.entries(made).map(([name, value]) =>
                [name, AnjuDesk.plainSum(value)]));
        })""",
        RULES,
    )
    for rule, made in zip(RULES, said, strict=True):
        wanted = rule["says"]
        if "refused" in wanted:
            values = {name: str(value) for name, value in made["values"].items()}
            assert (made["refused"], made["row"], values) == (
                wanted["refused"], wanted["row"], wanted.get("values", {})), rule["name"]
        else:
            assert made == wanted, rule["name"]


def test_no_change_is_promised_that_cannot_be_given(site, desk, shot):
    page, unit = desk
    before = taken(site)
    page.keyboard.type(unit.code)
    page.keyboard.press("Enter")
    page.locator("#desk-form").wait_for()
    page.keyboard.press("Alt+2")
    page.keyboard.type("99999")
    line = page.locator("#desk-change")
    expect(line).to_contain_text("非现金不能找零")
    assert "找零 9" not in line.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#desk-error")).to_contain_text("非现金不能找零")
    assert page.locator("#desk-refresh").is_hidden(), "only a new list is worth a look"
    at(page, "[name=tender_sum]")
    assert page.input_value("[name=tender_sum]") == "99999"
    shot(page, "desk-no-change")
    page.fill("[name=tender_sum]", "1")
    expect(page.locator("#desk-error")).to_be_hidden()
    page.fill("[name=payer]", " ")
    page.press("[name=tender_sum]", "Enter")
    expect(page.locator("#desk-error")).to_contain_text("请填写交款人")
    at(page, "[name=payer]")
    assert page.locator("#desk-refresh").is_hidden()
    assert page.input_value("[name=tender_sum]") == "1"
    assert taken(site) == before


def test_a_new_list_keeps_what_was_typed_and_ticked(site, enter, complaints):
    with site.stored() as session:
        unit = debtors(session, "锦绣新城", skip=6)
        bills = ledger.open_bills(session, unit.id)
    mine, other = enter("collector2"), enter("collector2")
    for page in (mine, other):
        page.goto(f"/desk/?unit={unit.id}")
        page.locator("#desk-form").wait_for()
    for bill in bills:
        mine.set_checked(f"#bill{bill.id}", True)
        other.set_checked(f"#bill{bill.id}", bill is bills[0])
    mine.set_checked(f"#bill{bills[1].id}", False)
    other.press("[name=tender_sum]", "Enter")
    at(other, "#desk-yes")
    other.keyboard.press("Enter")
    printed(other, 1)
    mine.fill("[name=tender_sum]", "7")
    mine.fill("[name=remark]", "代交")
    mine.press("[name=tender_sum]", "Enter")
    at(mine, "#desk-yes")
    with mine.expect_response("**/desk/receive"):
        mine.keyboard.press("Enter")
    expect(mine.locator("#desk-refresh")).to_be_visible()
    assert "409" in complaints.pop()
    at(mine, "#desk-refresh")
    with mine.expect_response("**/desk/unit/*"):
        mine.click("#desk-refresh")
    expect(mine.locator(f"#bill{bills[0].id}")).to_have_count(0)
    assert mine.input_value("[name=tender_sum]") == "7"
    assert mine.input_value("[name=remark]") == "代交"
    assert not mine.is_checked(f"#bill{bills[1].id}")
    assert mine.is_checked(f"#bill{bills[2].id}")


def test_what_is_not_due_is_ticked_when_it_is_asked_for(site, enter):
    today = clock.today()
    with site.stored() as session:
        unit = session.get_one(type(debtors(session, "锦绣新城")), session.scalar(
            select(Bill.unit_id).where(
                Bill.due_on > today, ledger.standing(today), ledger.owed_on_bill(today) > 0
            ).order_by(Bill.id).limit(1)
        ))  # fmt: skip
        early = [b for b in ledger.open_bills(session, unit.id) if b.due_on > today]
    page = enter("collector")
    page.goto(f"/desk/?unit={unit.id}")
    for bill in early:
        assert not page.is_checked(f"#bill{bill.id}")
    asked = page.locator(".desk-early")
    expect(asked).to_contain_text(f"{len(early)} 笔 {sum(b.balance for b in early):,.2f} 元")
    page.keyboard.press("F7")
    for bill in early:
        assert page.is_checked(f"#bill{bill.id}")
    assert page.is_checked("#desk-early")
    page.click("#desk-early")
    for bill in early:
        assert not page.is_checked(f"#bill{bill.id}")
    page.click("#desk-all")
    assert page.locator("[name=bill]:not(:checked)").count() == 0
    page.click("#desk-all")
    assert page.locator("[name=bill]:checked").count() == 0


def test_one_offers_flats_before_car_parks(site, desk):
    page, _unit = desk
    find(page, "1")
    kinds = page.locator("#desk-hits .hit .where").all_inner_texts()
    assert kinds
    assert kinds == sorted(kinds, key=lambda kind: kind != "住宅")
    assert kinds[0] == "住宅"
