"""The editor through the browser's eyes: typed, refused, kept, handed in."""

import re

import pytest
from sqlalchemy import select

from app.core.values import clock
from app.duty.base.models import DailyLog, LogFollowUp, LogProblem
from app.duty.log import logs
from app.duty.review import decisions
from tests.duty.conftest import FRIDAY, MONDAY, THURSDAY, at


@pytest.fixture
def page(session, cast, enter):
    """王五's browser on Friday afternoon."""
    session.commit()
    with clock.fixed(at(FRIDAY)):
        yield enter(cast.wang)


def key_of(client, address="/daily-log/") -> dict[str, str]:
    """The hidden fields of the form as the page has them."""
    text = client.get(address).get_data(as_text=True)
    hidden = dict(re.findall(r'name="(csrf_token|form_key|version|day)" value="([^"]*)"', text))
    assert "form_key" in hidden, text[:2000]
    return hidden


def send(client, **fields):
    base = key_of(client, fields.pop("address", "/daily-log/"))
    named = {name.replace("_0_", "-0-").replace("_1_", "-1-"): v for name, v in fields.items()}
    return client.post("/daily-log/save", data=base | named)


def test_the_page_starts_empty_and_saves_nothing(session, cast, page):
    text = page.get("/daily-log/").get_data(as_text=True)
    assert "2026-11-20" in text
    assert session.scalars(select(DailyLog)).all() == []


def test_a_log_is_written_with_a_problem_and_handed_in(session, cast, page):
    answer = send(
        page,
        act="submit",
        done="收费\r\n回访",
        plan="催缴",
        problem_0_text="厨房漏水",
        problem_0_room="1栋1单元101",
        problem_0_follow_up="已报修",
    )
    assert answer.status_code == 302
    log = session.scalars(select(DailyLog)).one()
    assert (log.user_id, log.day, log.state) == (cast.wang, FRIDAY, "submitted")
    assert (log.done, log.plan) == ("收费\n回访", "催缴")
    problem = session.scalars(select(LogProblem)).one()
    assert (problem.text, problem.unit_id) == ("厨房漏水", cast.room)
    assert session.scalars(select(LogFollowUp.text)).all() == ["已报修"]


def test_what_was_typed_stays_when_it_is_refused(session, cast, page):
    answer = send(
        page,
        act="submit",
        done="收费十二户",
        plan="",
        problem_0_text="漏水<script>",
        problem_0_room="9-9-999",
    )
    text = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "收费十二户" in text
    assert "漏水&lt;script&gt;" in text
    assert "9-9-999" in text
    assert "<script>漏" not in text
    assert session.scalars(select(DailyLog)).all() == []


def test_the_same_form_twice_writes_once(session, cast, page):
    fields = key_of(page) | {"act": "save", "done": "甲", "plan": "", "problem-0-text": "漏水"}
    assert page.post("/daily-log/save", data=fields).status_code == 302
    assert page.post("/daily-log/save", data=fields).status_code == 302
    assert len(session.scalars(select(LogProblem)).all()) == 1


def test_a_second_window_sees_both_texts_and_then_may_save(session, cast, page):
    old = key_of(page) | {"act": "save", "done": "窗口甲", "plan": ""}
    assert send(page, act="save", done="窗口乙", plan="").status_code == 302
    answer = page.post("/daily-log/save", data=old)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "窗口甲" in text
    assert "窗口乙" in text
    fields = dict(re.findall(r'name="(csrf_token|form_key|version|day)" value="([^"]*)"', text))
    again = page.post("/daily-log/save", data=fields | {"act": "save", "done": "合并", "plan": ""})
    assert again.status_code == 302
    session.expire_all()
    assert session.scalars(select(DailyLog.done)).all() == ["合并"]


def test_a_carried_problem_is_followed_up_and_closed_on_the_page(session, cast, page):
    cast.hand_in(cast.wang, THURSDAY, entries=[{"text": "漏水", "unit_id": cast.room}])
    session.commit()
    number = session.scalars(select(LogProblem.id)).one()
    session.rollback()
    assert "漏水" in page.get("/daily-log/").get_data(as_text=True)
    answer = send(
        page,
        act="save",
        done="",
        plan="",
        problem_0_id=str(number),
        problem_0_follow_up="复查",
        problem_0_closed="1",
        problem_0_result="已修好",
    )
    assert answer.status_code == 302
    session.expire_all()
    problem = session.get(LogProblem, number)
    assert (problem.state, problem.result, problem.unit_id) == ("closed", "已修好", cast.room)


def test_the_reason_of_a_return_stands_on_top(session, cast, page):
    log = cast.hand_in(cast.wang, FRIDAY)
    decisions.send_back(session, log.id, cast.zhao, "请写明户数", version=log.version)
    session.commit()
    text = page.get("/daily-log/").get_data(as_text=True)
    assert "请写明户数" in text
    assert text.index("请写明户数") < text.index("log-form")


def test_a_log_in_review_is_read_only(session, cast, page):
    cast.hand_in(cast.wang, FRIDAY, done="已交内容")
    session.commit()
    text = page.get("/daily-log/").get_data(as_text=True)
    assert "已交内容" in text
    assert 'name="done"' not in text


@pytest.mark.parametrize("day", ["abc", "2026-13-40", "99999999", "1e400", "'--"])
def test_a_day_that_is_none_is_refused_with_a_page(page, day):
    assert page.get("/daily-log/", query_string={"day": day}).status_code == 400


@pytest.mark.parametrize("value", ["-1", "NaN", "1e400", "9" * 20, "abc", "0"])
def test_hostile_numbers_change_nothing(session, cast, page, value):
    answer = send(
        page,
        act="save",
        done="x",
        plan="",
        problem_0_id=value,
        problem_0_text="t",
        problem_0_unit=value,
        problem_0_known="k",
        problem_0_room="k",
    )
    assert answer.status_code in {302, 400}
    assert session.scalars(select(LogProblem.unit_id)).all() in ([], [None])


def test_nobody_opens_the_log_of_another(session, cast, page):
    cast.hand_in(cast.li, FRIDAY, done="李四的内容")
    session.commit()
    assert "李四的内容" not in page.get("/daily-log/").get_data(as_text=True)


def test_a_late_log_can_be_written_from_the_page(session, cast, enter):
    session.commit()
    with clock.fixed(at(MONDAY)):
        client = enter(cast.wang)
        answer = send(
            client, act="submit", done="补", plan="补", address="/daily-log/?day=2026-11-20"
        )
    assert answer.status_code == 302
    log = session.scalars(select(DailyLog)).one()
    assert (log.day, log.late) == (FRIDAY, True)


def test_the_page_takes_few_queries(session, cast, page, count_queries):
    for day in (THURSDAY, FRIDAY):
        cast.write(cast.wang, day, entries=[{"text": "漏水", "unit_id": cast.room}])
    session.commit()
    with count_queries() as queries:
        page.get("/daily-log/")
    assert len(queries) <= 29, queries


def test_logs_is_the_only_door(session, cast):
    assert logs.find(session, cast.wang, FRIDAY) is None
