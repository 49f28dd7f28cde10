"""A log is written, handed in, returned, mended and approved, each by its own post."""

import pytest
from sqlalchemy import select

from app.access.models import Staff
from app.core import clock
from app.duty.models import DailyLog, LogProblem, LogRemark
from app.extensions import db

pytestmark = pytest.mark.browser


def log_of_today(site, username) -> tuple[DailyLog, list[tuple[str, str]]]:
    """The stored log and the lines under it."""
    with site.app.app_context():
        log = db.session.scalars(
            select(DailyLog)
            .join(Staff, Staff.id == DailyLog.user_id)
            .where(Staff.username == username, DailyLog.day == clock.today())
        ).one()
        remarks = db.session.scalars(
            select(LogRemark).where(LogRemark.log_id == log.id).order_by(LogRemark.id)
        )
        return log, [(remark.act, remark.text) for remark in remarks]


def test_a_log_goes_all_the_way(site, enter, shot):
    writer = enter("collector")
    writer.goto(f"{site.address}/daily-log/")
    writer.keyboard.type("上午电话催缴 3 栋逾期 12 户，7 户约定本周内缴费。")
    line = writer.locator("#problem-lines tbody tr").last
    line.locator("textarea").first.fill("业主反映厨房吊顶漏水，要求物业协调楼上住户尽快检修")
    line.locator("[data-room]").press_sequentially("1-1-201")
    writer.locator(".room-list li").first.wait_for()
    line.locator("[data-room]").press("Enter")
    line.locator("textarea").last.fill("已联系工程部，约明早查看")
    writer.fill("#plan", "上午跟进漏水；下午催缴 4 栋。")
    shot(writer, "daily-log")
    writer.keyboard.press("Control+Enter")
    writer.locator(".alert-success").wait_for()
    log, _remarks = log_of_today(site, "collector")
    assert log.state == "submitted"
    with site.app.app_context():
        newest = select(LogProblem).where(LogProblem.user_id == log.user_id).order_by(
            LogProblem.id.desc()
        )
        problem = db.session.scalars(newest.limit(1)).one()
        assert problem.unit_id is not None

    reviewer = enter("supervisor")
    reviewer.goto(f"{site.address}/log-review/?day={log.day}&log={log.id}")
    reviewer.fill("#decide textarea", "请写明 12 户的房号和约定日期。")
    shot(reviewer, "log-review")
    reviewer.click("button[value=return]")
    reviewer.locator(".alert-success").wait_for()

    writer.goto(f"{site.address}/daily-log/")
    assert "请写明 12 户的房号" in writer.locator(".returned").inner_text()
    shot(writer, "daily-log-returned")
    writer.fill("#done", writer.input_value("#done") + "\n明细：3-1-101 等 12 户，周五前缴清。")
    writer.click("#hand-in")
    writer.locator(".alert-success").wait_for()

    reviewer.goto(f"{site.address}/log-review/?day={log.day}&log={log.id}")
    reviewer.keyboard.press("Enter")
    reviewer.locator(".alert-success").wait_for()
    log, remarks = log_of_today(site, "collector")
    assert log.state == "approved"
    assert remarks == [
        ("submit", ""), ("return", "请写明 12 户的房号和约定日期。"), ("submit", ""),
        ("approve", ""),
    ]
    assert log.done.endswith("明细：3-1-101 等 12 户，周五前缴清。")


def test_the_manager_sees_the_whole(site, enter, shot):
    manager = enter("manager")
    shot(manager, "home-manager")
    manager.goto(f"{site.address}/log-review/trend")
    assert manager.locator(".heat tbody tr").count() >= 4
    assert manager.locator(".trend-chart rect").count() > 10
    shot(manager, "log-trend")
    manager.goto(f"{site.address}/log-review/problems")
    assert manager.locator(".problem-table tbody tr").count() > 0
    shot(manager, "log-problems")


@pytest.mark.parametrize(
    "username", ["supervisor", "frontdesk", "collector", "clerk", "admin"]
)
def test_each_post_has_its_home_page(site, enter, shot, username):
    page = enter(username)
    assert page.url == f"{site.address}/home/"
    assert page.locator(".home-todos li, .home-figure").count() >= 3
    shot(page, f"home-{username}")
