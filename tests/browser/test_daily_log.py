"""A log is written, handed in, returned, mended and approved, each by its own post."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.access.models import Staff
from app.core.values import clock
from app.duty.base.models import DailyLog, LogProblem, LogRemark
from app.estate.base.models import Unit
from tests.browser.hands import at, follow, press

pytestmark = pytest.mark.browser

DONE = "上午接待来访 14 批，接听电话 22 个；为 3 户办理装修出入证。"
LEAK = "业主反映厨房吊顶漏水，要求协调楼上住户尽快检修"
REASON = "请写明 3 户的房号和出入证编号。"
MORE = "\n装修出入证：1-1-302（0071）、2-1-502（0072）、3-2-201（0073）。"


def log_of_today(site, username) -> tuple[DailyLog, list[tuple[str, str]]]:
    """The stored log and the lines under it."""
    with site.stored() as session:
        log = session.scalars(
            select(DailyLog)
            .join(Staff, Staff.id == DailyLog.user_id)
            .where(Staff.username == username, DailyLog.day == clock.today())
        ).one()
        remarks = session.scalars(
            select(LogRemark).where(LogRemark.log_id == log.id).order_by(LogRemark.id)
        )
        return log, [(remark.act, remark.text) for remark in remarks]


def leak_of(site, user_id: int) -> LogProblem:
    """The problem that the log brought in, with its follow-ups."""
    with site.stored() as session:
        return session.scalars(
            select(LogProblem)
            .where(LogProblem.user_id == user_id, LogProblem.text == LEAK)
            .options(selectinload(LogProblem.follow_ups))
        ).one()


def test_a_log_goes_all_the_way(site, enter, shot):
    writer = enter("frontdesk")
    writer.goto("/daily-log/")
    at(writer, "#done")
    writer.keyboard.type(DONE)
    line = writer.locator("#problem-lines tbody tr").last
    line.locator("textarea").first.fill(LEAK)
    line.locator("[name$=room]").press_sequentially("1-1-201")
    line.locator("li[data-id]", has_text="1-1-201").first.wait_for()
    line.locator("[name$=room]").press("Enter")
    line.locator("textarea").last.fill("已联系工程部，约明早查看")
    writer.fill("#plan", "上午跟进 1-1-201 漏水；下午整理装修档案。")
    shot(writer, "daily-log")
    press(writer, "Control+Enter")
    assert writer.locator(".alert-success").count() == 1
    log, _remarks = log_of_today(site, "frontdesk")
    assert (log.state, log.done) == ("submitted", DONE)
    leak = leak_of(site, log.user_id)
    with site.stored() as session:
        assert session.get(Unit, leak.unit_id).code == "1-1-201"

    reviewer = enter("supervisor")
    reviewer.goto(f"/log-review/?day={log.day}&log={log.id}")
    reviewer.fill("#decide textarea", REASON)
    shot(reviewer, "log-review")
    follow(reviewer, "button[value=return]")
    assert reviewer.locator(".alert-success").count() == 1

    writer.goto("/daily-log/")
    assert REASON in writer.locator(".returned").inner_text()
    shot(writer, "daily-log-returned")
    writer.fill("#done", writer.input_value("#done") + MORE)
    follow(writer, "#hand-in")
    assert writer.locator(".alert-success").count() == 1

    reviewer.goto(f"/log-review/?day={log.day}&log={log.id}")
    at(reviewer, "button[value=approve]")
    press(reviewer, "Enter")
    assert reviewer.locator(".alert-success").count() == 1
    log, remarks = log_of_today(site, "frontdesk")
    assert log.state == "approved"
    assert remarks == [("submit", ""), ("return", REASON), ("submit", ""), ("approve", "")]
    assert log.done.endswith(MORE)

    with site.tomorrow() as tomorrow:
        writer = enter("frontdesk")
        writer.goto("/daily-log/")
        assert tomorrow.isoformat() in writer.locator(".day-title").inner_text()
        carried = writer.locator("#problem-lines tr.carried", has_text=LEAK)
        assert "1-1-201" in carried.inner_text()
        assert "已联系工程部" in carried.inner_text(), "what was done about it before"
        shot(writer, "daily-log-next-day")
        carried.locator("textarea").fill("工程部已更换楼上软管，现场不再渗漏")
        carried.locator("[data-close]").check()
        carried.locator("[data-result]").fill("已修复，业主确认")
        writer.fill("#done", "回访 1-1-201。")
        follow(writer, "button[value=save]")
        assert writer.locator(".alert-success").count() == 1
    leak = leak_of(site, log.user_id)
    assert (leak.opened_on, leak.closed_on) == (log.day, tomorrow)
    assert (leak.state, leak.result) == ("closed", "已修复，业主确认")
    assert [entry.day for entry in leak.follow_ups] == [log.day, tomorrow]


def test_the_manager_sees_the_whole(site, enter, shot):
    manager = enter("manager")
    shot(manager, "home-manager")
    manager.goto("/log-review/trend")
    assert manager.locator(".heat tbody tr").count() >= 4
    assert manager.locator(".trend-chart rect").count() > 10
    shot(manager, "log-trend")
    manager.goto("/log-review/problems")
    assert manager.locator(".problem-table tbody tr").count() > 0
    shot(manager, "log-problems")


@pytest.mark.parametrize("username", ["supervisor", "frontdesk", "collector", "clerk", "admin"])
def test_each_post_has_its_home_page(site, enter, shot, username):
    page = enter(username)
    assert page.url == f"{site.address}/home/"
    assert page.locator(".home-todos li, .home-figure").count() >= 3
    shot(page, f"home-{username}")
