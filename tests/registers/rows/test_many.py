"""An action on all rows that were ticked: asked once, taken by all or by none (L05, L06, N09)."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.access.models import Staff, UserCommunity
from app.core.db.models import AuditEntry
from app.core.db.one_time_keys import fresh
from app.core.values import clock
from app.registers import catalogue
from app.roles import Verb
from tests.registers.conftest import NOON, furnish
from tests.registers.shipped.walking import Walk, by_whom

TELL = "/registers/mail_item/step/many/tell"
RETURN = "/registers/key_loan/step/many/return"


@pytest.fixture
def walk(session, login, place):
    with clock.fixed(NOON):
        yield Walk(session, login, place)


def ticked(walk, name, count=3):
    """Rows of a register in their first state; their keys."""
    return [walk.create(name).id for _ in range(count)]


def states(walk, name):
    return [row.state for row in walk.rows(name)]


def steps_told(walk):
    return walk.session.scalars(select(AuditEntry).filter_by(act="step")).all()


def test_a_morning_of_parcels_is_told_in_one_go(walk, login):
    keys = ticked(walk, "mail_item")
    desk = login("front_desk")
    form = desk.post(TELL, data={"id": keys})
    assert form.status_code == 200
    assert "：3 条记录" in form.text
    assert all(str(row) in form.text for row in walk.rows("mail_item"))
    assert set(states(walk, "mail_item")) == {"arrived"}, "a question changes nothing"
    asked = next(one for one in walk.definition("mail_item").fields if one.name == "told_how")
    how = asked.choices[0].value
    sent = {"id": keys[:2], "form_key": fresh(), "told_how": how}
    answer = desk.post(TELL, data=sent)
    assert answer.location == "/registers/mail_item/?f.state.is=arrived"
    assert states(walk, "mail_item") == ["told", "told", "arrived"]
    assert [row.told_how for row in walk.rows("mail_item")] == [how, how, None]
    assert len(steps_told(walk)) == 2
    desk.post(TELL, data=sent)
    assert len(steps_told(walk)) == 2, "the same form twice"


def test_what_asks_nothing_is_done_by_the_tick_alone(walk, login):
    keys = ticked(walk, "key_loan")
    answer = login("front_desk").post(RETURN, data={"id": keys})
    assert answer.location == "/registers/key_loan/?f.state.is=lent"
    assert set(states(walk, "key_loan")) == {"returned"}
    assert {row.received_by_id for row in walk.rows("key_loan")} == {walk.person("front_desk")}


def test_one_row_that_may_not_keeps_all_of_them_back_and_is_named(walk, login):
    keys = ticked(walk, "key_loan")
    desk = login("front_desk")
    desk.post(RETURN, data={"id": keys[1]})
    was = [walk.stored("key_loan", key) for key in keys]
    page = desk.post(RETURN, data={"id": keys}, headers={"Accept": "application/json"})
    assert page.status_code == 400
    second = walk.row("key_loan", keys[1]).number
    assert second in page.json["error"]
    assert "所选记录都没有改动" in page.json["error"]
    assert [walk.stored("key_loan", key) for key in keys] == was


def test_nobody_decides_about_himself_in_a_heap_either(walk, login):
    name = "leave_request"
    action = next(one for one in walk.definition(name).actions if one.not_by)
    rows = [walk.bring_to(name, action.origins[0]) for _ in range(2)]
    approver = walk.actor(name, action, rows[0])
    setattr(rows[1], by_whom(action), walk.person(approver))
    walk.session.commit()
    keys = [row.id for row in rows]
    route = walk.address(name, action, "many")
    sent = {"id": keys, "form_key": fresh()}
    answer = login(approver).post(route, data=sent, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert "须由他人" in answer.json["error"]
    assert {row.state for row in walk.rows(name)} == {action.origins[0]}


@pytest.mark.parametrize("post", ["collector", "manager", "administrator"])
def test_who_may_not_take_it_on_one_may_not_on_many(walk, login, post):
    keys = ticked(walk, "key_loan", 2)
    assert login(post).post(RETURN, data={"id": keys}).status_code == 403
    assert states(walk, "key_loan") == ["lent", "lent"]


def test_only_ticked_rows_of_the_own_scope_and_only_by_a_form(walk, login, session):
    (key,) = ticked(walk, "key_loan", 1)
    desk = login("front_desk")
    assert desk.get(RETURN).status_code == 404
    assert desk.post("/registers/key_loan/step/many/no_such", data={"id": key}).status_code == 404
    json = {"Accept": "application/json"}
    assert desk.post(RETURN, data={}, headers=json).status_code == 400
    for wrong in ("987654", "x", "-1", "1 or 1=1"):
        answer = desk.post(RETURN, data={"id": [key, wrong]}, headers=json)
        assert answer.status_code == 404, wrong
    assert states(walk, "key_loan") == ["lent"]


def test_rows_of_a_foreign_community_are_not_ticked_by_hand(walk, login, session):
    (mine,) = ticked(walk, "key_loan", 1)
    here, walk.place = walk.place, furnish(session, "别处小区", "BC")
    (theirs,) = ticked(walk, "key_loan", 1)
    person = session.get(Staff, walk.person("front_desk"))
    person.all_communities = False
    person.communities = [UserCommunity(community_id=here.community)]
    session.commit()
    answer = login("front_desk").post(
        RETURN, data={"id": [mine, theirs]}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 404
    assert states(walk, "key_loan") == ["lent"]
    walk.place = here
    assert states(walk, "key_loan") == ["lent"]


def test_the_bar_stands_in_the_tab_of_a_state_for_whoever_may(walk, login):
    ticked(walk, "mail_item", 1)
    page = login("front_desk").get("/registers/mail_item/?f.state.is=arrived").text
    offered = re.findall(r'formaction="([^"]*)"', page)
    assert TELL in offered
    assert all("/many/" in one for one in offered)
    assert "/reopen" not in "".join(offered), "not from this state"
    assert "formaction" not in login("front_desk").get("/registers/mail_item/").text
    assert "formaction" not in login("manager").get("/registers/mail_item/?f.state.is=arrived").text


def test_what_is_left_empty_stays_in_each_row_as_it_is(walk, login):
    name = "service_catalogue"
    keys = ticked(walk, name, 2)
    was = [row.procedure for row in walk.rows(name)]
    assert all(was)
    clerk, at = login(walk.keeper(name)), f"/registers/{name}/step/many/review"
    assert "留空的项目保持各条记录原样" in clerk.post(at, data={"id": keys}).text
    sent = {"id": keys, "form_key": fresh(), "review_on": "2027-11-20"}
    assert clerk.post(at, data=sent).status_code == 302
    assert [str(row.review_on) for row in walk.rows(name)] == ["2027-11-20"] * 2
    assert [row.procedure for row in walk.rows(name)] == was
    changed = {**sent, "form_key": fresh(), "procedure": "凭身份证办理"}
    assert clerk.post(at, data=changed).status_code == 302
    assert {row.procedure for row in walk.rows(name)} == {"凭身份证办理"}


def test_two_rows_that_may_not_stand_together_are_told_by_name(walk, login):
    keys = ticked(walk, "key_loan", 2)
    desk = login("front_desk")
    desk.post(RETURN, data={"id": keys})
    first, second = (walk.row("key_loan", key) for key in keys)
    second.unit_id, second.key_name = first.unit_id, first.key_name
    walk.session.commit()
    at = "/registers/key_loan/step/many/reopen"
    sent = {"id": keys, "form_key": fresh(), "step_reason": "登记错了"}
    page = desk.post(at, data=sent)
    assert page.status_code == 422
    assert f"{walk.row('key_loan', keys[1]).number}" in page.text
    assert "：已有相同的记录" in page.text
    assert states(walk, "key_loan") == ["returned", "returned"]


def test_a_unique_rule_is_no_crash_where_nothing_is_asked(walk, login):
    name = "plate_label"
    keys = ticked(walk, name, 2)
    action = walk.definition(name).actions[0]
    rows = walk.rows(name)
    rows[1].space = rows[0].space
    walk.session.commit()
    sent = {"id": keys, "form_key": fresh()}
    json = {"Accept": "application/json"}
    address = walk.address(name, action, "many")
    page = login(walk.keeper(name)).post(address, data=sent, headers=json)
    assert page.status_code in {400, 422}
    assert "已有相同的记录" in page.text or "已有相同的记录" in page.json["error"]
    assert len(set(states(walk, name))) == 1


def test_an_action_that_demands_a_small_table_is_taken_one_by_one(walk, login):
    tried = 0
    for name, model in catalogue.models().items():
        lines = {field.name for field in model.definition.of_kind("lines")}
        for action in model.definition.actions:
            if lines & set(action.fill):
                tried += 1
                post = next(
                    post for post, verbs in walk.rights(name).items() if Verb(action.right) in verbs
                )
                page = login(post).post(walk.address(name, action, "many"), data={"id": 1})
                assert page.status_code == 404, (name, action.name)
    assert tried
