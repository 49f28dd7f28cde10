"""The warning that somebody deals with something of this unit already (I23)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.access.models import Staff
from app.duty.base.models import LogProblem, ProblemState
from app.duty.base.warnings import unit_has_open_case
from app.estate.base.models import Unit


def note(session, place, text, **more):
    """A problem of the unit in somebody's log."""
    user = session.scalars(select(Staff).order_by(Staff.id)).first()
    session.add(
        LogProblem(
            user_id=user.id,
            unit_id=place.unit,
            community_id=place.community,
            text=text,
            opened_on=date(2026, 11, 19),
            **more,
        )
    )
    session.commit()


def test_an_open_problem_of_the_unit_is_told_where_it_is_chosen(session, login, place):
    desk = login("front_desk")
    unit = session.get(Unit, place.unit)
    assert unit_has_open_case(session, unit) is None
    note(session, place, "厨房漏水")
    note(session, place, "门铃已修", state=ProblemState.CLOSED, closed_on=date(2026, 11, 20))
    answer = desk.get(f"/registers/exit_slip/warnings?unit={place.unit}")
    assert answer.json == {"warnings": ["1-1-101 有未办结事项：厨房漏水"]}
