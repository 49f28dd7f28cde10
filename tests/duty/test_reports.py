"""收费进度与日报审核: logs counted as they stood on the day, against a month made by hand."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select

from app.access.models import RoleLabel, Staff
from app.core.reports.output import as_data
from app.core.values import clock
from app.core.values.period import Period
from app.duty import reports
from app.duty.base.models import DailyLog, DayOff, LogProblem, LogRemark

MAY = Period.parse("2026-05")
FRIDAY = date(2026, 5, 8)


@pytest.fixture
def clerk(session):
    """The clerk, in the house since 4 May 2026, a Monday."""
    person = session.scalars(select(Staff).filter_by(username="clerk")).one()
    person.created_on = datetime(2026, 5, 4)
    session.flush()
    return person


def log(session, person, day, *acts):
    """A log of a day with its acts as pairs of act and office moment."""
    last = {"submit": "submitted", "return": "returned", "approve": "approved"}[acts[-1][0]]
    made = DailyLog(
        user_id=person.id,
        day=day,
        done="对账",
        plan="催费",
        state=last,
        submitted_at=clock.span_of(day)[0],
    )
    session.add(made)
    session.flush()
    for act, moment in acts:
        begins, _ends = clock.span_of(moment.date())
        at = begins + (moment - datetime.combine(moment.date(), datetime.min.time()))
        session.add(LogRemark(log_id=made.id, user_id=person.id, act=act, at=at))
    session.flush()


def line_of(session, day):
    with clock.fixed(datetime(2026, 6, 15, 12, 0)):
        data = as_data(reports.progress, session, {"community": None, "month": MAY, "day": day})
    rows = next(sheet for sheet in data["sheets"] if sheet["name"] == "logs")["rows"]
    return next(row for row in rows if row["name"] == "王clerk")


@pytest.fixture
def week(session, clerk):
    """Monday approved, Tuesday late and returned, Wednesday off, no Thursday, Friday waits."""
    days = [date(2026, 5, number) for number in range(4, 9)]
    log(
        session,
        clerk,
        days[0],
        ("submit", datetime(2026, 5, 4, 17, 30)),
        ("approve", datetime(2026, 5, 5, 9, 0)),
    )
    log(
        session,
        clerk,
        days[1],
        ("submit", datetime(2026, 5, 6, 15, 0)),
        ("return", datetime(2026, 5, 8, 10, 0)),
    )
    session.add(
        DayOff(
            user_id=clerk.id,
            day=days[2],
            reason="调休",
            noted_by_id=clerk.id,
            noted_at=datetime(2026, 5, 5),
        )
    )
    log(session, clerk, days[4], ("submit", datetime(2026, 5, 8, 18, 0)))
    session.add(
        LogProblem(
            user_id=clerk.id,
            text="漏水",
            state="closed",
            result="已修",
            opened_on=days[0],
            closed_on=date(2026, 5, 20),
        )
    )
    session.flush()
    return days


def test_the_logs_of_a_week_are_those_counted_by_hand(session, week):
    line = line_of(session, FRIDAY)
    assert {key: line[key] for key in ("owed", "on_time", "late", "missing")} == {
        "owed": 4,
        "on_time": 2,
        "late": 1,
        "missing": 1,
    }
    assert (line["submitted"], line["returned"], line["approved"]) == (1, 1, 1)
    assert line["rate"] == "0.7500"
    assert line["problems"] == 1


def test_a_past_day_does_not_see_what_was_approved_or_closed_later(session, clerk, week):
    before = line_of(session, FRIDAY)
    tuesday = session.scalars(select(DailyLog).filter_by(day=week[1])).one()
    for act, at in (("submit", datetime(2026, 5, 11, 2)), ("approve", datetime(2026, 5, 11, 3))):
        session.add(LogRemark(log_id=tuesday.id, user_id=clerk.id, act=act, at=at))
    tuesday.state = "approved"
    log(session, clerk, week[3], ("submit", datetime(2026, 5, 12, 9, 0)))
    session.add(
        DayOff(
            user_id=clerk.id,
            day=FRIDAY,
            reason="补休",
            noted_by_id=clerk.id,
            noted_at=datetime(2026, 5, 12),
        )
    )
    session.flush()
    assert line_of(session, FRIDAY) == before
    assert line_of(session, date(2026, 5, 12))["approved"] == 2


def test_a_day_inside_the_week_sees_the_state_of_that_evening(session, week):
    line = line_of(session, date(2026, 5, 5))
    assert (line["owed"], line["approved"], line["submitted"], line["missing"]) == (2, 1, 0, 1)


def test_the_month_of_another_period_is_empty_before_it_began(session, week):
    with clock.fixed(datetime(2026, 6, 15, 12, 0)):
        data = as_data(
            reports.progress,
            session,
            {"community": None, "month": MAY, "day": date(2026, 4, 30)},
        )
    logs = next(sheet for sheet in data["sheets"] if sheet["name"] == "logs")
    assert all(row["owed"] == 0 for row in logs["rows"])


def test_a_post_is_called_as_the_office_calls_it(session, week):
    assert line_of(session, FRIDAY)["posts"] == "文员"
    role = session.scalars(select(Role).filter_by(name="clerk")).one()
    session.add(RoleLabel(role_id=role.id, label="夜班文员"))
    session.flush()
    assert line_of(session, FRIDAY)["posts"] == "夜班文员"
