"""The history of a row names what changed: no value that stayed, no name that is missing."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.core.db.models import AuditEntry
from app.core.values import clock
from app.registers import catalogue
from tests.registers.conftest import NOON
from tests.registers.shipped.walking import Walk


@pytest.fixture
def walk(session, login, place):
    with clock.fixed(NOON):
        yield Walk(session, login, place)


def enter(walk, name, **changes):
    by = walk.keeper(name)
    fields = [field for field in walk.definition(name).fields if field.form]
    form = walk.typed(fields, by) | {"unit": str(walk.place.unit)} | changes
    answer = walk.login(by).post(f"/registers/{name}/add", data=form)
    assert answer.status_code == 302, answer.text
    return walk.rows(name)[-1], form


def change(walk, name, key, form, **changes):
    browser = walk.login(walk.keeper(name))
    page = browser.get(f"/registers/{name}/edit/{key}").text
    version = re.search(r'name="version" value="([^"]*)"', page)[1]
    answer = browser.post(
        f"/registers/{name}/edit/{key}", data=form | {"version": version} | changes
    )
    assert answer.status_code == 302, answer.text


def details(walk, name, act):
    """What the latest entry of this act says of rows of the register."""
    walk.session.rollback()
    return walk.session.scalars(
        select(AuditEntry.details)
        .filter_by(screen=f"register_{name}", act=act)
        .order_by(AuditEntry.id.desc())
    ).first()


def shown(walk, name, key):
    page = walk.login(walk.keeper(name)).get(f"/registers/{name}/show/{key}").text
    return page[page.index("history") :]


def test_what_the_program_fills_in_stands_in_the_history(walk):
    row, form = enter(walk, "mail_item", recipient="")
    assert row.recipient == "张三"
    assert details(walk, "mail_item", "create")["recipient"] == ["", "张三"]
    change(walk, "mail_item", row.id, form, recipient="张三", carrier="顺丰")
    assert list(details(walk, "mail_item", "write")) == ["carrier"]


def test_a_masked_number_that_changed_is_told_without_the_number(walk):
    row, form = enter(walk, "key_loan", phone="13800000001")
    change(walk, "key_loan", row.id, form, phone="13811110001")
    assert details(walk, "key_loan", "write") == {"phone": {"changed": True}}
    text = shown(walk, "key_loan", row.id)
    assert "内容已更改" in text
    assert "138****0001 → 138****0001" not in text


@pytest.mark.usefixtures("app")
def test_a_step_tells_only_what_it_changed(walk):
    renewals = [
        (name, action)
        for name, model in sorted(catalogue.models().items())
        for action in model.definition.actions
        if action.to in action.origins and model.definition.states[0].name in action.origins
    ]
    assert renewals
    for name, action in renewals[:6]:
        row = walk.create(name)
        walk.take(name, row, action)
        told = details(walk, name, "step")
        assert "state" not in told
        assert all(value[0] != value[1] for value in told.values() if isinstance(value, list))


@pytest.mark.usefixtures("app")
def test_a_link_that_is_emptied_is_gone_and_told_by_its_name(walk):
    emptied = 0
    for name, model in sorted(catalogue.models().items()):
        fields = [
            one
            for one in model.definition.fields
            if one.form
            and one.kind in {"unit", "customer", "user", "register"}
            and not one.required
            and not one.required_if
        ]
        for field in fields:
            row, form = enter(walk, name)
            key, link = row.id, f"{field.name}_id"
            if getattr(row, link) is None or row.steps.state(row.state).locked:
                continue
            change(walk, name, key, form, **{field.name: ""})
            assert getattr(walk.row(name, key), link) is None, (name, field.name)
            old, new = details(walk, name, "write")[field.name]
            assert old, (name, field.name)
            assert new == "", (name, field.name)
            emptied += 1
            break  # one of each register
    assert emptied > 8
