"""Key loans through the pages: lent, overdue after closing time, returned, reopened."""

from __future__ import annotations

from datetime import datetime

import pytest

from app.core.db.models import AuditEntry
from app.core.db.one_time_keys import fresh
from app.core.values import clock
from app.registers import catalogue

NOON = datetime(2026, 11, 20, 12, 0)
EVENING = datetime(2026, 11, 20, 18, 1)


def loans(session):
    return session.query(catalogue.models()["key_loan"]).order_by("id").all()


def lend(client, place, **changes):
    form = {
        "form_key": fresh(),
        "unit": place.unit,
        "key_name": "入户门",
        "key_count": "1",
        "borrower": "",
        "phone": "13800000001",
        "identity_checked": "1",
        "purpose": "viewing",
        "lent_at": "2026-11-20 12:00",
        **changes,
    }
    return client.post("/registers/key_loan/add", data=form)


def test_a_key_is_lent_with_a_number_and_the_owner_is_the_borrower(session, login, place):
    desk = login("front_desk")
    with clock.fixed(NOON):
        answer = lend(desk, place, borrower="张三")
    assert answer.status_code == 302, answer.text
    (loan,) = loans(session)
    assert (loan.number, loan.state, loan.borrower) == ("YS202611-0001", "lent", "张三")
    assert loan.unit_id == place.unit
    assert loan.community_id == place.community
    assert clock.local(loan.due_at).strftime("%m-%d %H:%M") == "11-20 18:00"
    page = desk.get(f"/registers/key_loan/show/{loan.id}")
    assert page.status_code == 200
    assert "归还" in page.text
    assert "138****0001" in page.text
    assert "13800000001" not in page.text


def test_no_key_is_lent_twice_but_again_after_its_return(session, login, place):
    desk = login("front_desk")
    with clock.fixed(NOON):
        lend(desk, place, borrower="张三")
        twice = lend(desk, place, borrower="李四")
        assert twice.status_code == 422
        assert "已有" in twice.text
        (loan,) = loans(session)
        key = loan.id
        desk.post(f"/registers/key_loan/step/{key}/return", data={"form_key": fresh()})
        assert lend(desk, place, borrower="李四").status_code == 302
    first, second = loans(session)
    assert (first.state, second.state) == ("returned", "lent")
    assert (first.number, second.number) == ("YS202611-0001", "YS202611-0002")


@pytest.mark.parametrize(("changes", "said"), [
    ({"identity_checked": ""}, "已核对业主身份"),
    ({"phone": "12345"}, "电话"),
    ({"unit": ""}, "房号"),
    ({"key_count": "0"}, "不能小于 1"),
])  # fmt: skip
def test_what_the_file_forbids_is_refused_at_its_field(session, login, place, changes, said):
    answer = lend(login("front_desk"), place, **({"borrower": "张三"} | changes))
    assert answer.status_code == 422
    assert said in answer.text
    assert loans(session) == []


def test_a_key_that_is_out_after_closing_time_is_overdue(login, session, place):
    desk = login("front_desk")
    with clock.fixed(NOON):
        lend(desk, place, borrower="张三")
        assert "row-bad" not in desk.get("/registers/key_loan/").text
    with clock.fixed(EVENING):
        page = desk.get("/registers/key_loan/").text
        assert "row-bad" in page
        (loan,) = loans(session)
        assert "已逾期" in desk.get(f"/registers/key_loan/show/{loan.id}").text


def test_returned_is_stamped_and_reopened_with_a_reason_that_stays(login, session, place):
    desk = login("front_desk")
    with clock.fixed(NOON):
        lend(desk, place, borrower="张三")
        key = loans(session)[0].id
        desk.post(f"/registers/key_loan/step/{key}/return", data={"form_key": fresh()})
        loan = loans(session)[0]
        assert loan.state == "returned"
        assert clock.local(loan.returned_at).hour == 12
        assert loan.received_by_id == loan.created_by_id
        assert loan.due_at is None
        refused = desk.post(f"/registers/key_loan/step/{key}/reopen", data={"form_key": fresh()})
        assert refused.status_code == 422
        desk.post(
            f"/registers/key_loan/step/{key}/reopen",
            data={"form_key": fresh(), "step_reason": "登记错了"},
        )
    loan = loans(session)[0]
    assert (loan.state, loan.returned_at, loan.received_by_id) == ("lent", None, None)
    trace = session.query(AuditEntry).filter_by(act="step").order_by(AuditEntry.id.desc()).first()
    assert trace.details["step_reason"] == "登记错了"
    assert trace.details["returned_at"] == ["2026-11-20 12:00", ""]


def test_a_step_that_the_state_does_not_permit_is_refused_in_the_model(login, session, place):
    desk = login("front_desk")
    with clock.fixed(NOON):
        lend(desk, place, borrower="张三")
    key = loans(session)[0].id
    answer = desk.post(
        f"/registers/key_loan/step/{key}/reopen", data={"form_key": fresh(), "step_reason": "x"}
    )
    assert answer.status_code in {302, 400}
    assert loans(session)[0].state == "lent"


@pytest.mark.parametrize("post", ["collector", "clerk"])
def test_who_does_not_work_with_the_register_sees_nothing_of_it(login, post):
    client = login(post)
    assert client.get("/registers/key_loan/").status_code == 403
    assert "钥匙借用" not in client.get("/home/").text


def test_the_slip_carries_number_fields_and_signatures(login, session, place):
    desk = login("front_desk")
    with clock.fixed(NOON):
        lend(desk, place, borrower="张三")
    page = desk.get(f"/registers/key_loan/slip/{loans(session)[0].id}")
    assert page.status_code == 200
    for word in ("YS202611-0001", "1-1-101", "张三", "借用人签字", "请于当日下班前归还"):
        assert word in page.text


def test_archive_months_and_export_open(login, session, place):
    desk = login("front_desk")
    with clock.fixed(NOON):
        lend(desk, place, borrower="张三")
        assert desk.get("/registers/key_loan/months").status_code == 200
        for name in ("archive?month=2026-11", "export"):
            answer = desk.get(f"/registers/key_loan/{name}")
            assert answer.status_code == 200
            assert answer.data.startswith(b"PK")


def test_the_unit_page_shows_the_rows_and_begins_new_ones(login, session, place):
    desk = login("front_desk")
    with clock.fixed(NOON):
        lend(desk, place, borrower="张三")
    page = desk.get(f"/units/show/{place.unit}").text
    assert "YS202611-0001" in page
    assert f"/registers/key_loan/add?unit={place.unit}" in page
    assert "YS202611-0001" not in login("collector").get(f"/units/show/{place.unit}").text


def test_overdue_keys_are_counted_at_home_and_in_the_log_of_the_day(login, session, place):
    desk = login("front_desk")
    with clock.fixed(NOON):
        lend(desk, place, borrower="张三")
        assert "钥匙借用登记 <small>逾期" not in desk.get("/home/").text
    with clock.fixed(EVENING):
        assert "钥匙借用登记 <small>逾期" in desk.get("/home/").text
        assert "台账逾期" in desk.get("/daily-log/").text
