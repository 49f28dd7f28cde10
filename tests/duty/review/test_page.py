"""The reviewer's page: queue, decisions, days off, problems, trend, workbook."""

import re
from io import BytesIO

import pytest
from python_calamine import load_workbook
from sqlalchemy import select

from app.core.values import clock
from app.duty.base.models import DailyLog, DayOff, LogProblem, LogRemark
from tests.duty.conftest import FRIDAY, THURSDAY, at


@pytest.fixture
def page(session, cast, enter):
    """赵六's browser on Friday evening; 王五 and 李四 have handed in."""
    cast.hand_in(cast.wang, THURSDAY, done="周四的事")
    cast.hand_in(cast.wang, FRIDAY, done="收费", entries=[{"text": "漏水", "unit_id": cast.room}])
    cast.hand_in(cast.li, FRIDAY, done="接待")
    cast.hand_in(cast.sun, FRIDAY, done="翠湖苑的事")
    session.commit()
    with clock.fixed(at(FRIDAY, 18)):
        yield enter(cast.zhao)


def fields(text: str) -> dict[str, str]:
    """The hidden fields of the decision's form."""
    form = text[text.index('id="decide"') :]
    return dict(re.findall(r'name="(csrf_token|form_key|log|version|day)" value="([^"]*)"', form))


def states(session) -> dict[tuple[int, str], str]:
    session.rollback()
    session.expire_all()
    rows = session.execute(select(DailyLog.user_id, DailyLog.day, DailyLog.state))
    return {(user, day.isoformat()): state for user, day, state in rows}


def test_the_page_shows_the_own_people_and_no_others(cast, page):
    text = page.get("/log-review/").get_data(as_text=True)
    assert "王五" in text
    assert "李四" in text
    assert "孙八" not in text
    assert "钱七" not in text


def test_approving_leads_to_the_next_that_waits(session, cast, page):
    shown = page.get("/log-review/").get_data(as_text=True)
    answers = []
    for _ in range(3):
        answer = page.post("/log-review/decide", data=fields(shown) | {"act": "approve"})
        assert answer.status_code == 302
        answers.append(answer.location)
        shown = page.get(answer.location).get_data(as_text=True)
    assert "2026-11-20" in answers[0]
    assert "2026-11-19" in answers[1]
    assert states(session) == {
        (cast.wang, "2026-11-19"): "approved",
        (cast.wang, "2026-11-20"): "approved",
        (cast.li, "2026-11-20"): "approved",
        (cast.sun, "2026-11-20"): "submitted",
    }


def test_a_return_without_reason_keeps_the_page(session, cast, page):
    shown = page.get("/log-review/").get_data(as_text=True)
    answer = page.post("/log-review/decide", data=fields(shown) | {"act": "return", "text": " "})
    assert answer.status_code == 400
    assert "returned" not in states(session).values()


def test_a_comment_is_stored_as_typed(session, cast, page):
    shown = page.get("/log-review/").get_data(as_text=True)
    words = "<b>好</b> ' \" =1+1"
    page.post("/log-review/decide", data=fields(shown) | {"act": "comment", "text": words})
    assert session.scalars(select(LogRemark.text).filter_by(act="comment")).all() == [words]
    assert "<b>好</b>" not in page.get("/log-review/").get_data(as_text=True)


def test_an_outdated_decision_is_refused_and_its_text_kept(session, cast, page):
    shown = fields(page.get("/log-review/").get_data(as_text=True))
    page.post("/log-review/decide", data=shown | {"act": "approve"})
    again = shown | {"form_key": "another-key", "act": "return", "text": "写明户数"}
    answer = page.post("/log-review/decide", data=again)
    assert answer.status_code == 400
    assert "写明户数" in answer.get_data(as_text=True)
    assert "returned" not in states(session).values()


def test_ticked_logs_are_approved_together(session, cast, page):
    text = page.get("/log-review/?day=2026-11-20").get_data(as_text=True)
    chosen = re.findall(r'name="chosen" value="(\d+:\d+)"', text)
    assert len(chosen) == 2
    base = fields(text)
    page.post(
        "/log-review/approve-all",
        data={
            "csrf_token": base.get("csrf_token", ""),
            "form_key": "k" * 20,
            "chosen": chosen,
            "day": "2026-11-20",
        },
    )
    assert states(session)[cast.li, "2026-11-20"] == "approved"
    assert states(session)[cast.wang, "2026-11-20"] == "approved"


def test_a_far_log_cannot_be_opened_or_decided(session, cast, page):
    far = session.scalars(select(DailyLog).filter_by(user_id=cast.sun)).one()
    number, version = far.id, far.version
    session.rollback()
    assert page.get(f"/log-review/?log={number}").status_code == 404
    answer = page.post(
        "/log-review/decide",
        data={
            "log": number,
            "version": version,
            "act": "approve",
            "form_key": "k" * 20,
        },
    )
    assert answer.status_code in {302, 400, 404}
    assert states(session)[cast.sun, "2026-11-20"] == "submitted"


def test_a_day_off_is_noted_from_the_board(session, cast, page):
    page.post(
        "/log-review/day-off",
        data={
            "day": "2026-11-19",
            "user": cast.li,
            "reason": "年假",
        },
    )
    assert session.scalars(select(DayOff.reason)).all() == ["年假"]
    assert "年假" in page.get("/log-review/?day=2026-11-19").get_data(as_text=True)


def test_a_problem_is_closed_from_the_list(session, cast, page):
    number = session.scalars(select(LogProblem.id)).one()
    session.rollback()
    text = page.get("/log-review/problems").get_data(as_text=True)
    assert "漏水" in text
    assert "1-1-101<" in text
    answer = page.post(
        "/log-review/problems/close",
        data={
            "problem": number,
            "result": "已修好",
            "form_key": "k" * 20,
        },
    )
    assert answer.status_code == 302
    session.expire_all()
    assert session.get(LogProblem, number).state == "closed"
    assert "已修好" in page.get("/log-review/problems?closed=1").get_data(as_text=True)


def test_the_trend_and_the_workbook_open(session, cast, page):
    text = page.get("/log-review/trend").get_data(as_text=True)
    assert "<svg" in text
    assert "王五" in text
    answer = page.get("/log-review/export")
    book = load_workbook(BytesIO(answer.data))
    rows = book.get_sheet_by_index(0).to_python()
    names = [row[1] for row in rows]
    assert names.count("王五") == 2
    assert "孙八" not in names
    assert any("漏水" in str(row) for row in book.get_sheet_by_index(1).to_python())


@pytest.mark.parametrize("span", ["first=2026-11-20&last=2026-11-19", "first=2020-01-01", "last=x"])
def test_a_foolish_span_is_refused(page, span):
    assert page.get(f"/log-review/export?{span}").status_code == 400


@pytest.mark.parametrize("post", ["collector", "front_desk", "clerk", "administrator"])
def test_who_reviews_nobody_is_kept_out(session, login, post):
    client = login(post)
    for address in ("/log-review/", "/log-review/problems", "/log-review/trend"):
        assert client.get(address).status_code == 403
    assert client.get("/log-review/export").status_code == 403
    for address in ("decide", "approve-all", "day-off", "problems/close"):
        assert client.post(f"/log-review/{address}", data={}).status_code == 403


def test_a_stranger_is_sent_to_the_login(client):
    assert client.get("/daily-log/").status_code == 302
    assert "/login" in client.get("/log-review/").location


def test_the_board_takes_few_queries(page, count_queries):
    with count_queries() as queries:
        page.get("/log-review/")
    assert len(queries) <= 30, queries
