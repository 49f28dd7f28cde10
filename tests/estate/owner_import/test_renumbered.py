"""A room that the file knows under another number: a hint, a way to say so, and its undo."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.imports import undo
from app.estate.base.models import Building, Unit
from app.estate.base.remembered import FormerRoom
from app.estate.owner_import import answers, post

DAY = date(2026, 11, 22)
NEW = ["1-1-101A", 89.5, "张三", "", ""]


def hints(plan):
    return [(one.code, one.old) for one in plan.extras.get("renumbered", ())]


@pytest.fixture
def bring_as(session, community):
    """`bring_as(path, {"new": "old"})`: an import in which rooms are said to be renumbered."""

    def run(path, renumbered):
        incoming = post.read(path, path.name, answers.remembered(session))
        incoming.renumbered = renumbered
        answer = post.post(session, incoming, community.id, DAY)
        session.commit()
        return answer

    return run


def test_the_same_owner_and_area_under_another_number_is_a_hint(session, unit, write, bring):
    plan, _ = bring(write(NEW))
    assert hints(plan) == [("1-1-101A", "1-1-101")]
    assert plan.counts()["new"] == 1


@pytest.mark.parametrize(
    "row",
    [
        ["1-1-101A", 90, "张三", "", ""],
        ["1-1-101A", 89.5, "李四", "", ""],
        ["7-1-205", 89.5, "张三", "", ""],
    ],
)
def test_another_area_owner_or_building_is_none(session, unit, write, bring, row):
    assert hints(bring(write(row))[0]) == []


def test_a_stored_room_that_the_file_names_is_not_renumbered(session, unit, write, bring):
    assert hints(bring(write(["1-1-101", 89.5, "张三", "", ""], NEW))[0]) == []


def test_said_to_be_renumbered_the_unit_stays_the_same_one(session, unit, write, bring_as):
    plan, batch = bring_as(write(NEW), {"1-1-101A": "1-1-101"})
    assert plan.counts() == {"new": 0, "changed": 1, "unchanged": 0, "conflict": 0}
    assert plan.lines[0].changes[0].field == "room"
    session.expire_all()
    (one,) = session.query(Unit)
    assert (one.id, one.code, one.number) == (unit.id, "1-1-101A", "101A")
    former = session.query(FormerRoom).one()
    assert (former.unit_id, former.code, former.changed_on) == (unit.id, "1-1-101", DAY)
    undo.undo(session, batch)
    session.commit()
    assert session.query(Unit).one().code == "1-1-101"
    assert session.query(FormerRoom).count() == 0


def test_a_renumbered_room_may_lie_in_a_new_building(session, unit, write, bring_as):
    _, batch = bring_as(write(["6-1-101", 89.5, "张三", "", ""]), {"6-1-101": "1-1-101"})
    session.expire_all()
    (one,) = session.query(Unit)
    assert one.code == "6-1-101"
    assert session.get(Building, one.building_id).name == "6"
    undo.undo(session, batch)
    session.commit()
    assert [one.name for one in session.query(Building)] == ["1"]
    assert session.query(Unit).one().code == "1-1-101"
