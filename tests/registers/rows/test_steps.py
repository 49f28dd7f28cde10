"""Steps in the model itself: what was cleared keeps its name, refused ones leave the row alone."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.core.db import audit
from app.core.db.audit import Actor
from app.core.db.models import AuditEntry
from app.core.db.one_time_keys import fresh
from app.core.values import clock
from app.core.values.errors import DomainError
from app.core.workflow import states
from tests.registers.conftest import NOON
from tests.registers.shipped.walking import Walk


@pytest.fixture
def walk(session, login, place):
    with clock.fixed(NOON):
        yield Walk(session, login, place)


def take(walk, row, name, by, **more):
    """The action in the name of a person, without any page."""
    values = more.pop("values", {})
    with audit.acting(Actor(walk.person(by), by)):
        states.take(walk.session, row, name, values, **more)
    walk.session.commit()


def refused(walk, row, name, by, **more):
    """The message with which the model refuses; the row is as before."""
    before, key = walk.stored(row.register, row.id), row.id
    register = row.register
    row = walk.row(register, key)
    with pytest.raises(DomainError) as said:
        take(walk, row, name, by, **more)
    walk.session.rollback()
    assert walk.stored(register, key) == before
    return said.value.message


def entries(walk):
    return list(
        walk.session.scalars(
            select(AuditEntry).where(AuditEntry.act == "step").order_by(AuditEntry.id)
        )
    )


def test_who_was_cleared_stays_in_the_history_by_name(walk):
    row = walk.create("key_loan")
    take(walk, row, "return", "front_desk")
    walk.session.expunge_all()
    row = walk.row("key_loan", 1)
    assert "received_by" not in row.__dict__, "its receiver is not loaded"
    take(walk, row, "reopen", "front_desk", reason="登记错了")
    assert row.received_by_id is None
    details = entries(walk)[-1].details
    name, after = details["received_by"]
    assert "front_desk" in name
    assert after == ""
    assert details["step_reason"] == "登记错了"
    assert details["state"] == ["已归还", "借出"]


def test_what_an_action_asks_for_must_be_there_and_is_told_with_what_it_was(walk):
    row = walk.create(name := "service_catalogue")
    assert "“%(label)s”" in refused(
        walk, row, "review", walk.keeper(name), values={"review_on": None}
    )
    row = walk.row(name, row.id)
    day = clock.today().replace(year=2027)
    take(walk, row, "review", walk.keeper(name), values={"review_on": day})
    assert row.review_on == day
    assert row.state == "in_use"
    assert entries(walk)[-1].details["review_on"][1] == "2027-11-20"
    assert row.due_at == clock.datetime(2027, 11, 20, 10), "the new day moves the due moment on"


def test_nobody_decides_about_himself(walk):
    row = walk.create("leave_request")
    mine = walk.keeper("leave_request")
    action = next(one for one in row.definition.actions if one.not_by)
    if row.state not in action.origins:
        row = walk.bring_to("leave_request", action.origins[0])
    assert refused(walk, row, action.name, mine) == states.FOUR_EYES
    with audit.acting(Actor(walk.person("collector"), "李四")):
        assert states.by_another(row, action)


def test_a_step_that_the_state_does_not_permit_is_refused_in_every_way(walk):
    row = walk.create("key_loan")
    assert refused(walk, row, "reopen", "front_desk", reason="x") == states.ILLEGAL
    row = walk.row("key_loan", 1)
    assert refused(walk, row, "no_such_step", "front_desk") == states.ILLEGAL
    row = walk.row("key_loan", 1)
    take(walk, row, "return", "front_desk")
    assert refused(walk, row, "return", "front_desk") == states.ILLEGAL
    row = walk.row("key_loan", 1)
    with pytest.raises(DomainError) as said:
        row.state = "lost"
    assert said.value.message == states.ILLEGAL
    assert walk.row("key_loan", 1).state == "returned"
    assert len(entries(walk)) == 1


@pytest.mark.parametrize("reason", [None, "", "  \n"])
def test_a_reason_that_says_nothing_is_none(walk, reason):
    row = walk.create("key_loan")
    assert refused(walk, row, "report_loss", "front_desk", reason=reason) == states.NO_REASON


def test_a_renewal_asks_for_its_day_anew_and_says_the_old_one(walk, login):
    row = walk.bring_to("access_card", "valid")
    old, at = row.valid_until, f"/registers/access_card/step/{row.id}/renew"
    desk = login(walk.keeper("access_card"))
    page = desk.get(at).text
    assert f"原为 {old}" in page
    assert re.search(r'name="valid_until"[^>]*value=""', page)
    assert desk.post(at, data={"form_key": fresh(), "valid_until": ""}).status_code == 422
    assert walk.row("access_card", row.id).valid_until == old
    desk.post(at, data={"form_key": fresh(), "valid_until": "2027-11-20"})
    assert str(walk.row("access_card", row.id).valid_until) == "2027-11-20"


def test_what_somebody_saved_meanwhile_is_not_overwritten_by_a_step(walk, login):
    name = "service_catalogue"
    row = walk.create(name)
    keeper = login(walk.keeper(name))
    at = f"/registers/{name}/step/{row.id}/review"
    version = re.search(r'name="version" value="([^"]*)"', keeper.get(at).text)[1]
    walk.row(name, row.id).procedure = "改为网上办理"
    walk.session.commit()
    sent = {"form_key": fresh(), "version": version, "review_on": "2027-11-20", "procedure": "旧的"}
    page = keeper.post(at, data=sent)
    assert page.status_code == 409
    assert "改为网上办理" in page.text
    stored = walk.row(name, row.id)
    assert (stored.procedure, str(stored.review_on) == "2027-11-20") == ("改为网上办理", False)
    newer = re.search(r'name="version" value="([^"]*)"', page.text)[1]
    assert keeper.post(at, data={**sent, "version": newer}).status_code == 302
    assert walk.row(name, row.id).procedure == "旧的"
