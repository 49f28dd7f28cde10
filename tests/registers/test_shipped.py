"""Every register that is shipped: entered, listed, shown, printed, and each of its actions."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from app.core import clock
from app.core.formkeys import fresh
from app.registers import catalogue, kinds, loading
from app.registers.definition import Kind
from app.roles import POSTS, Verb
from tests.registers.walking import Walk

NAMES = sorted(path.stem for path in Path(loading.SHIPPED).glob("*.toml"))
MORNING = datetime(2026, 11, 5, 9, 30)


@pytest.fixture
def walk(session, login, place):
    with clock.fixed(MORNING):
        yield Walk(session, login, place)


@pytest.mark.parametrize("name", NAMES)
def test_a_row_is_entered_listed_shown_and_printed(walk, name):
    definition = walk.definition(name)
    row = walk.create(name)
    key = row.id
    for field in definition.fields:
        if field.form and field.required and field.kind not in {Kind.COMPUTED, Kind.ATTACHMENT}:
            assert getattr(row, kinds.KINDS.stored_name(field)) not in (None, "", []), field.name
    if definition.states:
        assert row.state == definition.states[0].name
    client = walk.login(walk.keeper(name))
    for address in ("", f"show/{key}", f"edit/{key}", "add"):
        answer = client.get(f"/registers/{name}/{address}")
        assert answer.status_code == 200, address
        assert definition.head.title.zh in answer.text or (definition.head.one
                and definition.head.one.zh in answer.text), address  # fmt: skip
    slip = definition.slip
    if slip and (not slip.states or definition.states[0].name in slip.states):
        page = client.get(f"/registers/{name}/slip/{key}")
        assert page.status_code == 200
        for one in slip.signatures:
            assert one.zh in page.text


@pytest.mark.parametrize("name", NAMES)
def test_every_action_leads_where_the_file_says(walk, name):
    definition = walk.definition(name)
    todo = {(start, one.name): one for one in definition.actions for start in one.origins}
    if not todo:
        assert not definition.states
        return
    row = walk.create(name)
    for _ in range(4 * len(todo)):
        action = _next_step(definition, row.state, todo)
        if action is None:
            row = walk.create(name)
            action = _next_step(definition, row.state, todo)
        assert action is not None, f"no way to {sorted(todo)}"
        todo.pop((row.state, action.name), None)
        row = walk.take(name, row, action)
        assert row.state == action.to
        for stamped in action.stamps:
            column = kinds.KINDS.stored_name(definition.field(stamped))
            assert getattr(row, column) is not None, stamped
        if not todo:
            break
    assert todo == {}


def _next_step(definition, state, todo):
    """The first action on the shortest way from `state` to one that was not yet taken."""
    ways = [(state, None)]
    seen = {state}
    for at, first in ways:
        for action in definition.actions:
            if at not in action.origins:
                continue
            if (at, action.name) in todo:
                return first or action
            if action.to not in seen:
                seen.add(action.to)
                ways.append((action.to, first or action))
    return None


@pytest.mark.parametrize("name", NAMES)
def test_who_has_no_right_can_neither_enter_nor_act(walk, name):
    definition = walk.definition(name)
    row = walk.create(name)
    key, before = row.id, len(walk.rows(name))
    rights = catalogue.rights_of(definition)
    tried = 0
    for post in POSTS:
        client = walk.login(post)
        if Verb.WRITE not in rights[post]:
            answer = client.post(f"/registers/{name}/add", data={"form_key": fresh()})
            assert answer.status_code == 403, post
            tried += 1
        for action in definition.actions:
            if Verb(action.right) not in rights[post]:
                answer = client.post(
                    walk.address(name, action, key), data={"form_key": fresh()}
                )
                assert answer.status_code == 403, (post, action.name)
    assert tried
    rows = walk.rows(name)
    assert len(rows) == before
    if definition.states:
        assert rows[-1].state == definition.states[0].name


@pytest.mark.parametrize("name", NAMES)
def test_every_state_can_be_reached_and_its_texts_are_there(name):
    definition = catalogue.models()[name].definition
    reached = {definition.states[0].name} if definition.states else set()
    for _ in definition.states:
        reached |= {one.to for one in definition.actions if reached & set(one.origins)}
    assert reached == {state.name for state in definition.states}
