"""A void over HTTP: the collector asks, the supervisor finds it on the home page and decides."""

from __future__ import annotations

import re
from datetime import UTC, timedelta

import pytest
from sqlalchemy import select

from app.charging.ledger.payment_models import Payment
from app.charging.ledger.void_models import VoidRequest
from app.core.values import clock
from tests.cashier.desk.pages.forms import receive, rows

REASON = "收错了房号"


@pytest.fixture
def payment(collector, books):
    return receive(collector, books).get_json()["payment"]


def ask(client, payment, reason=REASON):
    return client.post(f"/payments/{payment}/ask-void", data={"reason": reason})


def page(client, payment):
    return client.get(f"/payments/show/{payment}").text


def asked(session):
    session.expire_all()
    return session.scalars(select(VoidRequest).order_by(VoidRequest.id.desc())).first()


def state(session, payment):
    session.expire_all()
    return session.get(Payment, payment).state


def todo(client, line):
    """The number behind a line of the home page."""
    found = re.search(rf"{line}.*?home-count\">\s*(\d+)", client.get("/home/").text, re.DOTALL)
    return int(found[1])


def test_the_collector_asks_and_the_supervisor_grants_from_the_home_page(
    login, collector, payment, session
):
    assert "申请作废" in page(collector, payment)
    answer = ask(collector, payment)
    assert answer.status_code == 302
    shown = page(collector, payment)
    assert REASON in shown
    assert "等待审批" in shown
    assert "ask-void" not in shown
    assert todo(collector, "我的作废申请") == 1
    boss = login("supervisor")
    assert todo(boss, "待审批的作废申请") == 1
    link = re.search(r'href="([^"]*void-requests[^"]*f\.state[^"]*)"', boss.get("/home/").text)[1]
    offered = boss.get(link.replace("&amp;", "&")).text
    number = asked(session).id
    assert f"/void-requests/show/{number}" in offered
    assert f"/void-requests/{number}/grant" in boss.get(f"/void-requests/show/{number}").text
    done = boss.post(f"/void-requests/{number}/grant")
    assert "已作废" in boss.get(done.location).text
    assert state(session, payment) == "void"
    assert todo(boss, "待审批的作废申请") == 0
    assert "已同意" in page(collector, payment)
    assert "今天已审批 1 件" in collector.get("/home/").text


def test_a_refusal_needs_a_reason_and_the_collector_reads_it(login, collector, payment, session):
    ask(collector, payment)
    boss, number = login("supervisor"), asked(session).id
    refused = boss.post(f"/void-requests/{number}/refuse", data={"answer": " "})
    assert (refused.status_code, "请填写不同意作废的原因" in refused.text) == (422, True)
    assert asked(session).state == "open"
    boss.post(f"/void-requests/{number}/refuse", data={"answer": "票据还在业主手里"})
    assert "票据还在业主手里" in page(collector, payment)
    assert state(session, payment) == "posted"
    assert ask(collector, payment, "票据已收回").status_code == 302
    assert rows(session, VoidRequest) == [2]


def test_what_was_typed_is_kept_and_twice_is_told(collector, payment, session):
    short = ask(collector, payment, "错")
    assert (short.status_code, 'value="错"' in short.text) == (422, True)
    ask(collector, payment)
    again = ask(collector, payment, "再说一次")
    assert again.status_code == 422
    assert "已在" in again.text
    assert "不必重复申请" in again.text
    assert rows(session, VoidRequest) == [1]


def test_deciding_twice_is_told_and_done_once(login, collector, payment, session):
    ask(collector, payment)
    boss, number = login("supervisor"), asked(session).id
    boss.post(f"/void-requests/{number}/grant")
    for act, data in (("grant", {}), ("refuse", {"answer": "不行"})):
        told = boss.post(f"/void-requests/{number}/{act}", data=data)
        assert (told.status_code, "没有重复办理" in told.text) == (422, True)
    assert asked(session).state == "granted"


def test_a_payment_voided_meanwhile_is_told_to_both(login, collector, payment, session):
    ask(collector, payment)
    boss, number = login("supervisor"), asked(session).id
    boss.post(f"/payments/{payment}/void", data={"reason": "当面作废"})
    assert "没有重复办理" in login("manager").post(f"/void-requests/{number}/grant").text
    assert "已经作废" in ask(collector, payment).text


def test_after_midnight_the_pages_say_what_is_left_to_do(login, collector, payment, session):
    ask(collector, payment)
    number = asked(session).id
    with clock.fixed(clock.now().replace(tzinfo=UTC) + timedelta(days=1)):
        boss, collector = login("supervisor"), login("collector")
        assert todo(boss, "待审批的作废申请") == 0
        for told in (
            boss.get(f"/void-requests/show/{number}").text,
            boss.post(f"/void-requests/{number}/grant").text,
            boss.post(f"/payments/{payment}/void", data={"reason": REASON}).text,
            page(boss, payment),
            page(collector, payment),
            ask(collector, payment).text,
        ):
            assert "已不能再作废" in told
            assert "红冲" not in told
        assert (
            f"/void-requests/{number}/grant" not in boss.get(f"/void-requests/show/{number}").text
        )
        assert "ask-void" not in page(collector, payment)
        assert "已过期" in page(collector, payment)
    assert state(session, payment) == "posted"


def test_each_post_may_do_its_part_alone(login, collector, payment, session):
    ask(collector, payment)
    number = asked(session).id
    for who in ("collector", "front_desk", "clerk", "administrator"):
        client = login(who)
        for act in ("grant", "refuse"):
            assert client.post(f"/void-requests/{number}/{act}").status_code == 403
    for who in ("front_desk", "clerk", "administrator", "manager"):
        assert ask(login(who), payment).status_code == 403
    assert asked(session).state == "open"
    assert login("manager").post(f"/void-requests/{number}/grant").status_code == 302


def test_the_supervisors_own_receipt_is_decided_by_the_manager(login, books, session):
    boss = login("supervisor")
    payment = receive(boss, books).get_json()["payment"]
    shown = page(boss, payment)
    assert f"/payments/{payment}/void" not in shown, "nothing is offered that is refused"
    ask(boss, payment)
    number = asked(session).id
    own = boss.get(f"/void-requests/show/{number}").text
    assert "须由他人审批" in own
    assert f"/{number}/grant" not in own
    assert todo(boss, "待审批的作废申请") == 0
    manager = login("manager")
    assert todo(manager, "待审批的作废申请") == 1
    manager.post(f"/void-requests/{number}/grant")
    assert state(session, payment) == "void"


def test_empty_lists_and_unknown_numbers_are_friendly(login):
    boss = login("supervisor")
    assert "还没有作废申请" in boss.get("/void-requests/").text
    assert boss.get("/void-requests/show/987654").status_code == 404
    assert boss.post("/void-requests/987654/grant").status_code in {302, 404}


def test_the_collector_takes_his_request_back(login, collector, payment, session):
    ask(collector, payment)
    address = f"/void-requests/show/{asked(session).id}"
    take = f"/void-requests/{asked(session).id}/drop"
    assert "撤回申请" in collector.get(address).text
    boss = login("supervisor")
    assert "撤回申请" not in boss.get(address).text
    assert boss.post(take).status_code in (403, 422)
    assert asked(session).state == "open"
    assert collector.post(take).status_code == 302
    assert asked(session).state == "dropped"
    assert "已撤回" in page(collector, payment)
    assert "ask-void" in page(collector, payment), "it may be asked anew"
    assert todo(boss, "待审批的作废申请") == 0
    assert todo(collector, "我的作废申请") == 0
    answer = boss.post(f"/void-requests/{asked(session).id}/grant").text
    assert "已撤回这个申请" in answer
    assert state(session, payment) == "posted"
