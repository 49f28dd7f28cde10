"""The demo's registers: no list is empty, every state occurs, some of what is due is overdue."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from app.access.models import Staff
from app.core.db import audit
from app.core.db.models import AuditEntry
from app.core.values import clock
from app.demo import registers
from app.demo.estates import add_community, declared
from app.demo.load import import_file
from app.registers import catalogue

POSTS = {"frontdesk": "front_desk", "collector2": "collector"}
"""Accounts of the demo that are called otherwise among the test's people."""
MANY = {"key_loan", "goods_release", "mail_item", "visitor"}


@pytest.fixture(params=[datetime(2026, 11, 20, 12, 0), datetime(2026, 3, 1, 6, 30)])
def loaded(request, session):
    """Two estates with the rows of every register, at noon and early on the first of a month."""
    with clock.fixed(request.param):
        estates = []
        for entry in declared()["communities"]:
            community = add_community(session, entry)
            import_file(session, community, entry["file"])
            estates.append(community.id)
        staff = {one.username: one for one in session.scalars(select(Staff))}
        people = {}
        for name in ("manager", "supervisor", "frontdesk", "collector", "collector2", "clerk"):
            one = staff[POSTS.get(name, name)]
            people[name] = audit.Actor(one.id, one.get_full_name())
        made = registers.fill(session, estates, people)
        session.flush()
        yield made


def test_every_list_has_rows_in_every_state_and_what_is_due_is_overdue(loaded, session):
    models = catalogue.models()
    assert set(registers.declared()) == set(models)
    now, total = clock.now(), 0
    for name, model in models.items():
        rows = session.scalars(select(model)).all()
        total += len(rows)
        assert 40 <= len(rows) <= 60 if name in MANY else 5 <= len(rows) <= 35, (name, len(rows))
        definition = model.definition
        if definition.states:
            assert {one.state for one in rows} == {one.name for one in definition.states}, name
        assert all(one.created_by_id for one in rows), name
        assert all(one.created_at <= now for one in rows), name
        dated = [one for one in rows if getattr(one, "due_at", None) is not None]
        assert not dated or any(one.due_at < now for one in dated), name
    assert total == loaded


def test_the_record_of_changes_tells_each_row_from_its_first_day(loaded, session):
    entered = {
        (one.screen, one.record_id): one.at
        for one in session.scalars(select(AuditEntry).where(AuditEntry.act == "create"))
    }
    for model in catalogue.models().values():
        for row in session.scalars(select(model)):
            assert entered[model.__tablename__, str(row.id)] == row.created_at


def test_numbers_are_taken_in_the_order_of_the_days_without_gaps(loaded, session):
    model = catalogue.models()["goods_release"]
    rows = session.scalars(select(model).order_by(model.created_at, model.id)).all()
    by_month = {}
    for row in rows:
        month, _, taken = row.number.rpartition("-")
        by_month.setdefault(month, []).append(int(taken))
    assert len(by_month) >= 2
    assert all(taken == [*range(1, len(taken) + 1)] for taken in by_month.values())


def test_lines_texts_and_people_are_filled_in(loaded, session):
    release = catalogue.models()["goods_release"]
    moving = session.scalars(
        select(release).where(release.reason == "moving_out", release.confirmed_how == "present")
    ).first()
    assert [one["count"] for one in moving.goods] == [1, 2, 1, 15]
    assert (moving.state, moving.guard) == ("released", "张强")
    words = {
        word
        for row in session.scalars(select(catalogue.models()["key_loan"]))
        for word in (row.borrower, row.key_name)
    }
    assert "地下室门钥匙" in words
    assert not any("{" in word for word in words)
