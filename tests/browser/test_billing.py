"""A collector bills the next month: looks at the plan, posts it, prints the notices."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.charging.ledger.balances import fen
from app.charging.ledger.bill_models import Bill, BillingRun
from app.core.values import clock
from app.core.values.money import from_fen, in_capitals
from app.core.values.period import Period
from app.estate.base.models import Building, Community, Unit
from tests.browser.hands import agree, follow

pytestmark = pytest.mark.browser


def plan(page, period: Period) -> None:
    page.goto("/billing/")
    page.select_option("#community", label="安居花园")
    page.select_option("#period", value=str(period))
    follow(page, ".billing-go")
    assert "/billing/plan" in page.url


def bills_of(session, run: BillingRun) -> tuple[int, Decimal]:
    """How many bills were stored for the run, and their sum."""
    count, amount = session.execute(
        select(func.count(), func.sum(fen(Bill.amount))).where(Bill.run_id == run.id)
    ).one()
    return count, from_fen(amount)


def newest_run(session) -> BillingRun:
    return session.scalars(select(BillingRun).order_by(BillingRun.id.desc())).first()


def test_a_month_is_planned_posted_and_printed(site, enter, shot):
    period = Period.containing(clock.today()).next
    with site.stored() as session:
        before = session.scalar(select(func.count()).select_from(Bill))
        last = newest_run(session).id
    collector = enter("collector")
    plan(collector, period)
    amount = collector.locator(".figure-main b").inner_text()
    lines = collector.locator(".plan-figures .figure:nth-child(2) b").inner_text()
    assert collector.locator("#skipped .plan-skips tbody tr").count() > 0
    assert "㎡" in collector.locator("#lines .sentence").first.inner_text()
    shot(collector, "billing-plan")
    with site.stored() as session:
        assert session.scalar(select(func.count()).select_from(Bill)) == before

    collector.click(".actions form button")
    assert lines in collector.locator("#ask-text").inner_text()
    shot(collector, "billing-question")
    agree(collector)
    collector.wait_for_url("**/billing/runs/*")
    assert collector.locator(".figure-main b").inner_text() == amount
    shot(collector, "billing-run")
    with site.stored() as session:
        run = newest_run(session)
        count, total = bills_of(session, run)
        assert run.id > last
        assert (f"{count:,}", f"{total:,.2f}") == (lines, amount)
        assert (run.lines, run.amount) == (count, total)
        assert (run.period_start, run.period_end) == (period.first, period.last)
        assert collector.url.endswith(f"/{run.id}")
        building = session.scalars(
            select(Building)
            .join(Community, Community.id == Building.community_id)
            .where(Community.name == "安居花园", Building.name == "3")
        ).one()
        billed = session.scalars(
            select(Unit)
            .join(Bill, Bill.unit_id == Unit.id)
            .where(Unit.building_id == building.id, Bill.run_id == run.id)
            .distinct()
            .order_by(Unit.sort_key)
        ).all()
        first = session.scalars(
            select(Bill).where(Bill.run_id == run.id, Bill.unit_id == billed[0].id)
        ).all()

    follow(collector, ".actions a.btn-primary")
    with collector.expect_navigation():
        collector.select_option("#building", label="3")
    assert "building=" in collector.url
    shot(collector, "notices-choose")
    with collector.expect_popup() as opened:
        collector.click(".notice-batches button")
    paper = opened.value
    paper.wait_for_load_state()
    notices = paper.locator("article.notice")
    assert notices.count() == len(billed)
    assert paper.locator(".notice-to b").all_inner_texts() == [unit.code for unit in billed]
    text = notices.first.inner_text()
    for bill in first:
        assert bill.sentence in text
        assert f"{bill.amount:,.2f}" in text
    owed = notices.first.locator("tfoot th").last.inner_text().lstrip("¥").replace(",", "")
    assert in_capitals(Decimal(owed)) in text
    assert "安居花园" in text
    shot(paper, "notices-print")

    plan(collector, period)
    assert collector.locator(".figure-main b").inner_text() == "0.00"
    assert collector.locator(".empty").first.is_visible()
    assert collector.locator(".actions form").count() == 0
    shot(collector, "billing-nothing-missing")
    with site.stored() as session:
        assert newest_run(session).id == run.id
