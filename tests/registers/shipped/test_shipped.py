"""Every register that is shipped, on both databases: entered, listed, printed, each action."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core.db import audit
from app.core.db.models import AuditEntry
from app.core.db.one_time_keys import fresh
from app.core.values import clock
from app.core.values.errors import DomainError
from app.core.workflow import states
from app.registers import catalogue, loading
from app.registers.definition import RegisterKind
from app.registers.kinds import KINDS
from app.roles import Verb
from tests.registers.shipped.walking import assert_stored, by_whom, next_step

NAMES = sorted(path.stem for path in Path(loading.SHIPPED).glob("*.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_a_row_is_entered_listed_and_shown(everywhere, name):
    walk, definition = everywhere, everywhere.definition(name)
    keeper = walk.keeper(name)
    row = walk.create(name)
    key = row.id
    assert_stored(row, [field for field in definition.fields if field.form], walk.sent)
    assert row.created_by_id == walk.person(keeper)
    if definition.states:
        assert row.state == definition.states[0].name
    if definition.head.number:
        assert re.search(r"(?<!\d)0*1$", row.number), row.number
    client = walk.login(keeper)
    for address in ("", f"show/{key}", f"edit/{key}", "add"):
        answer = client.get(f"/registers/{name}/{address}")
        assert answer.status_code == 200, address
        assert definition.head.title.zh in answer.text or (
            definition.head.one and definition.head.one.zh in answer.text
        ), address
        if not address:
            assert f"/registers/{name}/show/{key}" in answer.text


@pytest.mark.parametrize("name", NAMES)
def test_who_has_no_right_enters_imports_and_exports_nothing(everywhere, name):
    walk = everywhere
    for verb, address in (
        (Verb.WRITE, "add"),
        (Verb.IMPORT, "import/"),
        (Verb.IMPORT, "template.xlsx"),
        (Verb.EXPORT, "export"),
    ):
        strangers = walk.without(name, verb)
        assert strangers or verb is not Verb.WRITE
        for post in strangers:
            client = walk.login(post)
            send = client.get if "." in address or verb is Verb.EXPORT else client.post
            answer = send(f"/registers/{name}/{address}", data={"form_key": fresh()})
            assert answer.status_code == 403, (post, address)
    assert walk.rows(name) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_action_leads_where_the_file_says_and_nobody_else_takes_it(everywhere, name):
    walk, definition = everywhere, everywhere.definition(name)
    todo = {(start, one.name) for one in definition.actions for start in one.origins}
    if not todo:
        assert not definition.states
        return
    row = walk.create(name)
    seen = set()
    for _ in range(4 * len(todo)):
        if row.state not in seen:
            seen.add(row.state)
            _refused_here(walk, name, row)
            _printed_here(walk, name, row)
            row = walk.rows(name)[-1]
        if not todo:
            break
        action = next_step(definition, row.state, todo)
        if action is None:
            row = walk.create(name)
            action = next_step(definition, row.state, todo)
        assert action is not None, f"no way to {sorted(todo)}"
        if (row.state, action.name) in todo:
            todo.discard((row.state, action.name))
            _not_taken_by_others(walk, name, row, action)
        row = _taken(walk, name, row.id, action)
    assert todo == set()
    assert seen == {state.name for state in definition.states}


def _not_taken_by_others(walk, name, row, action):
    """Neither a post without the right, nor the person of `not_by`, nor with a field empty."""
    key, address = row.id, walk.address(name, action, row.id)
    before = walk.stored(name, key)
    for post in walk.without(name, Verb(action.right))[:1]:
        answer = walk.login(post).post(address, data={"form_key": fresh()})
        assert answer.status_code == 403, (post, action.name)
    actor = walk.actor(name, action, walk.row(name, key))
    asked = [walk.definition(name).field(one) for one in action.fill]
    if action.reason or any(field.kind is not RegisterKind.YES_NO for field in asked):
        answer = walk.login(actor).post(address, data={"form_key": fresh()})
        assert answer.status_code == 422, f"{action.name} without what it asks for"
    assert walk.stored(name, key) == before, action.name
    if action.not_by:
        _set(walk, name, key, by_whom(action), walk.person(actor))
        answer = walk.login(actor).post(address, data={"form_key": fresh(), "step_reason": "x"})
        assert walk.row(name, key).state == before["state"], f"{action.name} by the same person"
        page = walk.login(actor).get(f"/registers/{name}/show/{key}").text
        assert address not in page, f"{action.name} is offered to the same person"
        _set(walk, name, key, by_whom(action), before[by_whom(action)])
    assert walk.stored(name, key) == before, action.name


def _set(walk, name, key, column, value):
    table = catalogue.models()[name].__table__
    walk.session.execute(table.update().where(table.c.id == key).values({column: value}))
    walk.session.commit()


def _taken(walk, name, key, action):
    """Take the action; what it fills, stamps and clears is stored, and who did it is on record."""
    definition, before = walk.definition(name), walk.stored(name, key)
    actor = walk.person(walk.actor(name, action, walk.row(name, key)))
    row = walk.take(name, walk.row(name, key), action)
    assert row.state == action.to
    assert row.version > before["version"]
    asked = [definition.field(one) for one in (*action.fill, *action.may_fill)]
    assert_stored(row, [one for one in asked if one.name not in action.stamps], walk.sent)
    for one in action.stamps:
        field = definition.field(one)
        wanted = {
            RegisterKind.USER: actor,
            RegisterKind.DATE: clock.today(),
            RegisterKind.DATETIME: clock.now(),
            RegisterKind.TIME: "09:30",
        }[field.kind]
        assert getattr(row, KINDS.stored_name(field)) == wanted, one
    for one in set(action.clears) - {*action.fill, *action.may_fill, *action.stamps}:
        assert getattr(row, KINDS.stored_name(definition.field(one))) is None, one
    trace = walk.session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.screen == f"register_{name}",
            AuditEntry.act == "step",
            AuditEntry.record_id == str(key),
        )
        .order_by(AuditEntry.id.desc())
    ).first()
    assert trace.user_id == actor
    assert trace.details["action"] == action.label.zh
    return row


def _refused_here(walk, name, row):
    """Actions of other states are refused on the page's address and in the model itself."""
    definition, key, state = walk.definition(name), row.id, row.state
    before = walk.stored(name, key)
    illegal = [one for one in definition.actions if state not in one.origins]
    for action in illegal:
        with audit.acting(audit.Actor(None, "test")), pytest.raises(DomainError):
            states.take(walk.session, walk.row(name, key), action.name, {}, reason="x")
    legal = {one.to for one in definition.actions if state in one.origins} | {state}
    for other in definition.states:
        if other.name not in legal:
            with pytest.raises(DomainError):
                walk.row(name, key).state = other.name
    for action in illegal[:1]:
        actor = walk.actor(name, action, walk.row(name, key))
        data = {"form_key": fresh(), "step_reason": "x"}
        answer = walk.login(actor).post(walk.address(name, action, key), data=data)
        assert answer.status_code in {302, 400, 422}, action.name
    assert walk.stored(name, key) == before, state


def _printed_here(walk, name, row):
    """The slip of a row in this state, or the refusal where the file prints none."""
    definition, key, number = row.definition, row.id, getattr(row, "number", None)
    slip, keeper = definition.slip, walk.keeper(name)
    texts = {one.name: getattr(row, one.name) for one in definition.of_kind(RegisterKind.TEXT)}
    assert walk.login(keeper).get(f"/registers/{name}/").status_code == 200
    if slip is None:
        assert walk.login(keeper).get(f"/registers/{name}/slip/{key}").status_code == 404
        return
    keeper = walk.keeper(name, Verb.PRINT)
    fits = not slip.states or row.state in slip.states
    page = walk.login(keeper).get(f"/registers/{name}/slip/{key}")
    link = f"/registers/{name}/slip/{key}"
    assert (link in walk.login(keeper).get(f"/registers/{name}/show/{key}").text) == fits
    if not fits:
        assert page.status_code == 400, row.state
        return
    assert page.status_code == 200
    words = [one.zh for one in slip.signatures]
    if not slip.template:
        fields = [definition.field(one) for one in slip.fields if one != "state"]
        words += [slip.note.zh] if slip.note else []
        words += [(slip.title or definition.head.title).zh, number or ""]
        words += [
            one.label.zh
            for one in fields
            if one.kind is not RegisterKind.LINES or getattr(row, one.name)
        ]
        words += [texts[one.name] for one in fields if texts.get(one.name)]
    for word in words:
        assert word in page.text, word
    stranger = walk.without(name, Verb.PRINT)[0]
    assert walk.login(stranger).get(link).status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_every_state_can_be_reached(name):
    definition = catalogue.models()[name].definition
    reached = {definition.states[0].name} if definition.states else set()
    for _ in definition.states:
        reached |= {one.to for one in definition.actions if reached & set(one.origins)}
    assert reached == {state.name for state in definition.states}


def test_what_is_shipped_is_checked_once_however_often_it_is_asked_for(tmp_path, monkeypatch):
    first, problems = loading.load(None, catalogue.CHECKS)
    assert problems == []
    checked = []
    monkeypatch.setattr(loading, "check", lambda path, *_more: checked.append(path.name) or ())
    (tmp_path / "umbrella.toml").write_text(
        (loading.SHIPPED / "phone_book.toml").read_text("utf-8"), "utf-8"
    )
    again, problems = loading.load(tmp_path, catalogue.CHECKS)
    assert problems == []
    assert checked == ["umbrella.toml"]
    assert [again[name] is one for name, one in first.items()] == [True] * len(first)


USUAL = {
    "archive_index.medium",
    "archive_index.retention",
    "assigned_task.urgency",
    "attendance.shift",
    "attendance.status",
    "contractor_check.kind",
    "document_register.secrecy",
    "file_loan.kind",
    "mail_item.kind",
    "training.method",
}
"""Choices that are nearly always so, or the rule of the house. What a person must look at, judge
or ask first (who stands there, how a thing was found, what is paid) has no default: it would
be a guess in the office's name."""


@pytest.mark.usefixtures("app")
def test_no_form_guesses_what_somebody_must_find_out():
    guessed = {
        f"{name}.{field.name}"
        for name, model in catalogue.models().items()
        for field in model.definition.fields
        if field.kind in {"choice", "yes_no", "integer", "money", "quantity"}
        and field.default not in {None, 0, 1}
    } | {
        f"{name}.{field.name}"
        for name, model in catalogue.models().items()
        for field in model.definition.of_kind("yes_no")
        if field.default
    }
    assert guessed == USUAL
