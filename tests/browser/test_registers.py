"""Registers in a real browser: a key lent, overdue and returned; goods released with arrears."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, time

import pytest
from sqlalchemy import func, select

from app.charging.ledger import balances
from app.charging.ledger.bill_models import Bill
from app.core.values import clock
from app.estate.base.models import Unit
from app.registers import catalogue
from tests.browser.hands import agree, follow
from tests.clock import at as from_now_at

pytestmark = pytest.mark.browser


@pytest.fixture
def at():
    """`at(18, 1)`: the office's clock shows that time of today, for the server as well."""
    with ExitStack() as until_the_end:

        def show(hour: int, minute: int = 0) -> None:
            moment = datetime.combine(clock.today(), time(hour, minute))
            until_the_end.enter_context(from_now_at(moment))

        yield show


def choose(page, name: str, text: str) -> None:
    """Type into a look-up and take its first answer."""
    page.fill(f"#{name}", text)
    page.locator(f".remote:has(#{name}) li[data-id]", has_text=text).first.click()


def test_a_key_is_lent_overdue_after_closing_time_and_returned(site, enter, shot, at):
    at(10)
    page = enter("frontdesk")
    page.goto("/registers/key_loan/add")
    with site.stored() as session:
        code = session.scalars(
            select(Unit.code).where(Unit.kind == "flat").order_by(Unit.id)
        ).first()
    choose(page, "unit", code)
    page.fill("#borrower", "张三")
    page.fill("#phone", "13800000001")
    page.check("#identity_checked")
    page.select_option("#purpose", "viewing")
    shot(page, "register-form", whole=True)
    follow(page, ".save-bar .btn-primary")
    assert "/show/" in page.url
    shot(page, "register-row", whole=True)
    at(18, 1)
    number = page.locator("h1").inner_text().split()[0]
    mine = page.locator("tr.row-bad", has_text=number)
    page.goto("/registers/key_loan/")
    assert mine.count() == 1
    shot(page, "register-list")
    page.goto("/home/")
    assert page.get_by_text("钥匙借用登记 逾期").count() == 1
    shot(page, "register-home", whole=True)
    page.goto("/registers/key_loan/")
    with page.expect_navigation():
        mine.locator(".row-link").first.click()
    page.click("button:has-text('归还')")
    agree(page)
    assert page.locator(".alert-success").count() == 1
    page.goto("/registers/key_loan/")
    assert mine.count() == 0
    with site.stored() as session:
        model = catalogue.models()["key_loan"]
        loan = session.scalars(select(model).where(model.number == number)).one()
        assert (loan.state, loan.due_at) == ("returned", None)


def test_goods_leave_a_unit_in_arrears_with_a_warning_and_a_slip(site, enter, shot, at):
    at(10)
    with site.stored() as session:
        late = select(func.count()).where(
            Bill.unit_id == Unit.id,
            balances.standing(clock.today()),
            Bill.due_on < clock.today(),
            balances.owed_on_bill(clock.today()) > 0,
        )
        code = session.scalars(
            select(Unit.code)
            .where(Unit.kind == "flat", late.scalar_subquery() > 0)
            .order_by(Unit.id)
        ).first()
    page = enter("frontdesk")
    page.goto("/registers/goods_release/add")
    choose(page, "unit", code)
    page.wait_for_selector("[data-warned] .alert-warning")
    assert "欠费" in page.locator("[data-warned]").inner_text()
    page.fill("#applicant", "李师傅")
    page.select_option("#relation", "worker")
    page.fill("#phone", "13800000002")
    page.check("#identity_checked")
    page.locator("[name='goods.item']").first.fill("沙发")
    page.locator("[name='goods.count']").first.fill("2")
    page.click("[data-add-line=goods]")
    assert page.locator("[name='goods.item']").count() == 4
    page.select_option("#reason", index=1)
    shot(page, "release-form", whole=True)
    follow(page, ".save-bar .btn-primary")
    assert "/show/" in page.url
    assert "欠费" in page.locator(".alert-warning").inner_text()
    shot(page, "release-row", whole=True)
    follow(page, "a:has-text('业主已确认')")
    page.fill("#confirmed_with", "张三")
    page.select_option("#confirmed_how", "phone")
    shot(page, "release-step", whole=True)
    follow(page, ".save-bar .btn-primary")
    assert "/show/" in page.url
    page.goto(page.url.replace("/show/", "/slip/"))
    text = page.locator(".slip").inner_text()
    assert "沙发" in text
    assert "FX" in text
    shot(page, "release-slip", whole=True)
