"""Money is taken by whoever means it: by no held key, burst of Enter or word of an input method."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from app.charging.ledger.bill_models import Bill, BillingRun
from app.charging.ledger.payment_models import Payment
from tests.browser.hands import at, hammer, hold, peck, thrice
from tests.browser.tills import debtors, payments_of, printed, taken

pytestmark = pytest.mark.browser

ASK = "() => { window.said = null; window.ANJU.ask('？').then(yes => { window.said = yes; }); }"


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


@pytest.mark.parametrize("how", [hold, hammer, thrice])
def test_a_restless_space_bar_on_the_button_takes_nothing(site, desk, how):
    page, unit = desk
    before = taken(site)
    page.keyboard.type(unit.code)
    page.keyboard.press("Enter")
    page.locator("#desk-form").wait_for()
    page.keyboard.type("5")
    page.focus("#desk-pay")
    how(page, " ")
    expect(page.locator("#desk-confirm")).to_be_visible()
    assert taken(site) == before
    at(page, "#desk-yes")
    with page.expect_response("**/desk/receive"):
        page.keyboard.press(" ")
    printed(page, 1)
    assert taken(site) == before + 1


def test_a_restless_mouse_takes_nothing(site, desk):
    page, unit = desk
    before = taken(site)
    page.keyboard.type(unit.code)
    page.keyboard.press("Enter")
    page.locator("#desk-form").wait_for()
    page.keyboard.type("5")
    for button in ("#desk-pay", "#desk-yes"):
        peck(page, button)
        expect(page.locator("#desk-confirm")).to_be_visible()
        assert taken(site) == before


def test_what_was_pressed_before_the_button_woke_is_not_for_it(site, desk):
    """A busy machine hears it late: the time of the press counts, not that of the hearing."""
    page, unit = desk
    before = taken(site)
    page.keyboard.type(unit.code)
    page.keyboard.press("Enter")
    page.locator("#desk-form").wait_for()
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    at(page, "#desk-yes")
    refused = page.evaluate("""() => {
        const yes = document.getElementById("desk-yes");
        const late = (event, seconds) => {
            Object.defineProperty(event, "timeStamp", {value: performance.now() - seconds * 1000});
            return !yes.dispatchEvent(event);
        };
        const how = {bubbles: true, cancelable: true};
        const made = [new KeyboardEvent("keydown", {key: "Enter", ...how}),
                      new KeyboardEvent("keydown", {key: " ", ...how}),
                      new MouseEvent("click", how)];
        return made.map(event => late(event, 60));
    }""")
    assert refused == [True, True, True]
    page.wait_for_timeout(300)
    assert taken(site) == before


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
    chrome.send(
        "Input.dispatchKeyEvent",
        {
            "type": "rawKeyDown",
            "key": "Enter",
            "code": "Enter",
            "windowsVirtualKeyCode": 229,
        },
    )
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


def test_a_question_left_by_escape_is_answered_no_each_time(enter):
    """Chromium does not say of a second Escape in a row that it cancels."""
    page = enter("supervisor")
    page.goto("/payments/")
    for _ in range(3):
        page.evaluate(ASK)
        page.locator("#ask").wait_for()
        page.keyboard.press("Escape")
        page.wait_for_function("() => window.said === false")
    page.evaluate(ASK)
    at(page, "#ask [data-answer=yes]")
    page.keyboard.press("Enter")
    page.wait_for_function("() => window.said === true")


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
