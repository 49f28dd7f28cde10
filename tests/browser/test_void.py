"""A void through two posts: the collector asks, the supervisor decides from the home page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.charging.ledger import balances
from app.charging.ledger.payment_models import Payment
from tests.browser.hands import agree, at, follow
from tests.browser.tills import debtors, payments_of, printed

pytestmark = pytest.mark.browser

LINE = ".home-todos a:has-text('待审批的作废申请')"


@pytest.fixture
def received(site, enter):
    """`received(skip)`: a collector's page on a payment of 1 yuan that he has just received."""

    def receive(skip: int):
        with site.stored() as session:
            unit = debtors(session, "锦绣新城", skip=skip)
            owed = balances.owed(session, [unit.id])
        page = enter("collector2")
        page.goto(f"/desk/?unit={unit.id}")
        page.fill("[name=tender_sum]", "1")
        page.press("[name=tender_sum]", "Enter")
        at(page, "#desk-yes")
        page.keyboard.press("Enter")
        printed(page, 1)
        with site.stored() as session:
            payment = payments_of(session, unit)[-1]
        page.goto(f"/desk/?unit={unit.id}")
        follow(page, f".desk-last a:has-text('{payment.receipt.number}')")
        return page, payment, owed

    return receive


def ask(page, reason: str) -> None:
    page.fill("#void-reason", reason)
    follow(page, "form[action$='/ask-void'] button")


def test_asked_for_and_granted(site, enter, received, shot):
    page, payment, owed = received(8)
    shot(page, "void-ask")
    ask(page, "收错了房号")
    expect(page.locator(".void-asked")).to_contain_text("等待审批")
    shot(page, "void-asked")

    boss = enter("supervisor")
    boss.goto("/home/")
    expect(boss.locator(f"{LINE} .home-count")).not_to_have_text("0")
    shot(boss, "void-home")
    follow(boss, LINE)
    shot(boss, "void-list")
    row = boss.locator(f"tr:has-text('{payment.receipt.number}')")
    expect(row).to_contain_text("收错了房号")
    with boss.expect_navigation():
        row.click()
    shot(boss, "void-decide")
    boss.click("text=同意作废")
    agree(boss)
    expect(boss.locator(".alert-success")).to_contain_text("已作废")
    shot(boss, "void-granted")

    page.reload()
    expect(page.locator(".void-asked")).to_contain_text("已同意")
    expect(page.locator(".receipt-stamp")).to_be_visible()
    with site.stored() as session:
        stored = session.get(Payment, payment.id)
        assert (stored.state, stored.void_reason) == ("void", "收错了房号")
        assert balances.owed(session, [stored.unit_id]) == owed


def test_asked_for_and_refused(site, enter, received, shot):
    page, payment, _owed = received(9)
    ask(page, "业主改用微信付")
    boss = enter("supervisor")
    boss.goto("/home/")
    follow(boss, LINE)
    with boss.expect_navigation():
        boss.locator(f"tr:has-text('{payment.receipt.number}')").click()
    boss.fill("#void-answer", "票据没有收回")
    follow(boss, "form[action$='/refuse'] button")
    page.reload()
    expect(page.locator(".void-asked")).to_contain_text("票据没有收回")
    shot(page, "void-refused")
    with site.stored() as session:
        assert session.get(Payment, payment.id).state == "posted"
    ask(page, "票据已收回")
    expect(page.locator(".void-asked")).to_contain_text("等待审批")


def test_two_clicks_ask_once_and_grant_once(site, enter, received, complaints):
    page, payment, _owed = received(10)
    page.fill("#void-reason", "收错了房号")
    with page.expect_navigation():
        page.dblclick("form[action$='/ask-void'] button")
    expect(page.locator(".void-asked")).to_contain_text("等待审批")
    boss, second = enter("supervisor"), enter("manager")
    boss.goto("/home/")
    follow(boss, LINE)
    with boss.expect_navigation():
        boss.locator(f"tr:has-text('{payment.receipt.number}')").click()
    second.goto(boss.url)
    boss.dblclick("text=同意作废")
    agree(boss)
    second.click("text=同意作废")
    agree(second)
    expect(second.locator(".alert-danger")).to_contain_text("没有重复办理")
    assert "422" in complaints.pop()
    with site.stored() as session:
        assert session.get(Payment, payment.id).state == "void"
