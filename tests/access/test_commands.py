"""`anju roles` and `anju users`: what they print and what they store."""

import json

import pytest
from sqlalchemy import select

from app.access import cells
from app.access.commands import roles, users
from app.access.models import Staff
from app.core.db import audit
from app.core.db.models import AuditEntry
from app.core.values.errors import DomainError


@pytest.fixture
def anju(app):
    """Run a command; what it printed, as JSON where that was asked for."""

    def run(group, *words):
        result = app.test_cli_runner().invoke(group, words)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return json.loads(result.output) if "--json" in words else result.output

    return run


def test_roles_are_listed_and_shown_in_chinese_and_as_json(anju):
    assert "客服经理" in anju(roles, "list")
    listed = {row["role"]: row for row in anju(roles, "list", "--json")}
    assert listed["clerk"]["people"] == 1
    assert listed["clerk"]["rights"] == len(cells.default_cells("clerk"))
    shown = anju(roles, "show", "clerk", "--json")["rights"]
    assert {(s, v) for s, verbs in shown.items() for v in verbs} == cells.default_cells("clerk")
    assert "收费台" in anju(roles, "show", "collector")


def test_why_answers_for_programs_and_people(anju):
    answer = anju(roles, "why", "collector", "desk", "--verb", "post", "--json")
    assert answer["allowed"] is True
    assert answer["through"] == ["collector"]
    assert anju(roles, "why", "clerk", "desk", "--json")["allowed"] is False
    assert "没有" in anju(roles, "why", "clerk", "desk")
    for wrong in (("nobody", "desk"), ("clerk", "nothing")):
        with pytest.raises(DomainError):
            anju(roles, "why", *wrong)


def test_restore_puts_the_default_back(anju, session):
    role = cells.role(session, "clerk")
    cells.write_cells(session, role.id, [], [("units", "write")])
    session.commit()
    changed = anju(roles, "restore", "--role", "clerk", "--json")
    assert changed == {"clerk": {"added": [["units", "write"]], "removed": []}}
    session.rollback()
    assert cells.cells_of_roles(session)["clerk"] == cells.default_cells("clerk")
    assert "没有改动" in anju(roles, "restore")


def test_people_are_created_reset_and_unlocked(anju, session):
    made = anju(
        users, "create", "lisi", "--family", "李", "--given", "四", "--role", "clerk", "--json"
    )
    user = session.scalars(select(Staff).filter_by(username="lisi")).one()
    assert user.all_communities
    first = user.password
    assert made["password"] not in first
    session.rollback()
    assert anju(users, "reset-password", "lisi", "--json")["password"] != made["password"]
    session.rollback()
    session.refresh(user)
    assert user.password != first
    user.fail_login_count = 3
    session.commit()
    anju(users, "unlock", "LISI")
    session.rollback()
    session.refresh(user)
    assert user.fail_login_count == 0
    assert "李四" in anju(users, "list")
    entries = session.scalars(select(AuditEntry)).all()
    assert {entry.user_name for entry in entries} == {audit.COMMAND_LINE.name}


def test_a_wrong_role_or_community_is_refused_with_a_sentence(anju, session):
    base = ("create", "lisi", "--family", "李", "--given", "四")
    for wrong in (("--role", "nobody"), ("--role", "clerk", "--community", "不存在")):
        with pytest.raises(DomainError):
            anju(users, *base, *wrong)
        session.rollback()
    assert session.scalar(select(Staff).filter_by(username="lisi")) is None
