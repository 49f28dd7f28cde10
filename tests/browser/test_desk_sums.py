"""What the desk says of sums, and which bills it ticks: the script as the server has it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.charging.ledger import balances
from app.charging.ledger.bill_models import Bill
from app.core.values import clock
from tests.browser.hands import at
from tests.browser.test_desk import find
from tests.browser.tills import debtors, printed, taken
from tests.cashier.desk.rules import RULES

pytestmark = pytest.mark.browser


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
                wanted["refused"],
                wanted["row"],
                wanted.get("values", {}),
            ), rule["name"]
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
        bills = balances.open_bills(session, unit.id)
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
        unit = session.get_one(
            type(debtors(session, "锦绣新城")),
            session.scalar(
                select(Bill.unit_id)
                .where(
                    Bill.due_on > today, balances.standing(today), balances.owed_on_bill(today) > 0
                )
                .order_by(Bill.id)
                .limit(1)
            ),
        )
        early = [b for b in balances.open_bills(session, unit.id) if b.due_on > today]
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
