"""A sold flat in a real browser: seller and buyer each have a row and a notice of their own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.cashier.prepayments import lists
from app.charging.ledger import balances
from app.charging.ledger.bill_models import Bill, BillingRun
from app.charging.ledger.covering import open_bills
from app.charging.ledger.payment_models import PrepaymentEntry
from app.core.i18n import filters
from app.core.values import clock
from app.core.values.money import from_fen
from app.estate.base.models import Community, Customer, CustomerPhone, Ownership, Unit
from tests.browser.hands import follow

pytestmark = pytest.mark.browser


def sell(session) -> tuple[int, str, str, dict[str, str]]:
    """The unit that owes longest goes to 钱买受 today: run, room, seller, what each owes."""
    today = clock.today()
    run = session.scalars(
        select(BillingRun)
        .join(Community, Community.id == BillingRun.community_id)
        .where(Community.name == "安居花园")
        .order_by(BillingRun.period_start.desc(), BillingRun.id)
    ).first()
    open_ = open_bills(today)
    alone = (
        select(Ownership.unit_id).group_by(Ownership.unit_id).having(func.count(Ownership.id) == 1)
    )
    mine = Bill.run_id == run.id
    billed = select(Bill.unit_id).where(mine)
    unit = session.scalars(
        select(Unit)
        .join(open_, open_.c.unit_id == Unit.id)
        .where(Unit.id.in_(alone), Unit.id.in_(billed), open_.c.net > 0)
        .group_by(Unit.id)
        .having(func.count(open_.c.id) > 2)
        .order_by(func.min(open_.c.due_on), Unit.id)
    ).first()
    own = session.scalars(select(Ownership).filter_by(unit_id=unit.id)).one()
    seller = session.get_one(Customer, own.customer_id)
    own.ends_on = today - timedelta(days=1)
    buyer = Customer(
        community_id=unit.community_id,
        name="钱买受",
        initials="qms",
        phones=[CustomerPhone(community_id=unit.community_id, number="13711112222", tail="2222")],
    )
    session.add(buyer)
    session.flush()
    session.add(
        Ownership(
            community_id=unit.community_id, unit_id=unit.id, customer_id=buyer.id, starts_on=today
        )
    )
    # What the run billed is the buyer's here: all else was billed to the seller.
    for bill in session.scalars(select(Bill).where(mine, Bill.unit_id == unit.id)):
        bill.customer_id = buyer.id
    session.commit()
    open_ = open_bills(today, Bill.unit_id == unit.id)
    rows = session.execute(
        select(Customer.name, func.sum(open_.c.net))
        .join(Customer, Customer.id == open_.c.customer_id)
        .group_by(Customer.name)
    )
    return (
        run.id,
        unit.code,
        seller.name,
        {name: filters.money(from_fen(int(fen))) for name, fen in rows},
    )


def test_seller_and_buyer_have_a_row_and_a_notice_each(site, enter, shot):
    with site.stored() as session:
        run_id, code, seller, owed = sell(session)
    assert owed[seller] != owed["钱买受"]
    page = enter("collector")
    page.goto(f"/notices/{run_id}?first={code}&last={code}")
    assert "2 份" in page.locator("h2").first.inner_text()
    shot(page, "notices-sold")
    with page.expect_popup() as popup:
        page.click(".notice-batches button")
    stack = popup.value
    stack.wait_for_load_state()
    notices = stack.locator("article.notice")
    assert notices.count() == 2
    for name in (seller, "钱买受"):
        (mine,) = [one for one in notices.all() if name in one.locator(".notice-to").inner_text()]
        other = seller if name == "钱买受" else "钱买受"
        assert other not in mine.inner_text()
        assert f"¥{owed[name]}" in mine.locator("tfoot").inner_text()
    shot(stack, "notices-sold-print")
    page.goto("/arrears/")
    row = page.locator("tr", has_text=code).filter(has_text=seller).first
    assert "原业主" in row.inner_text()
    reminder = row.locator("[data-copy]").get_attribute("data-copy")
    assert seller in reminder
    assert "钱买受" not in reminder
    row.locator("[data-copy]").click()
    row.locator("text=已复制").wait_for()
    shot(page, "arrears-debtors")


def test_money_of_nobody_known_is_assigned_on_its_page(site, enter, shot):
    with site.stored() as session:
        first = lists.held(session, lists.held_statement().limit(1))[0]
        unit_id, held = first.unit_id, first.amount
        for one in session.scalars(select(PrepaymentEntry).filter_by(unit_id=unit_id)):
            one.customer_id = None
        session.commit()
    page = enter("supervisor")
    assert "未归属的预存款" in page.locator("main").inner_text()
    page.goto("/prepayments/?show=unassigned")
    shot(page, "prepayments")
    follow(page, "td .btn-primary")
    page.check("input[name=customer] >> nth=0")
    page.fill("#reason", "交款人出示了收据")
    shot(page, "prepayment-assign")
    follow(page, "#assign form[method=post] button")
    assert "已归属给" in page.locator("main").inner_text()
    with site.stored() as session:
        found = balances.purses_of_unit(session, unit_id)
        assert None not in found
        assert sum(found.values()) == held
