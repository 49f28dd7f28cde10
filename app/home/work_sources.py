"""Counts of one's own day, of the people one reviews, and of what the administrator watches."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, or_, select

from app.access.models import LoginEvent, Staff
from app.core.db.models import Job
from app.core.values import clock
from app.core.values.errors import N_
from app.duty.base import deadlines, people
from app.duty.base.models import DailyLog, LogProblem, LogState, ProblemState
from app.home.viewer import Count, Viewer, todo


def own_log(viewer: Viewer) -> Count:
    """Is a log returned, that of the last working day missing, today's written? (O05)"""
    rows = viewer.session.execute(
        select(DailyLog.day, DailyLog.state).where(
            DailyLog.user_id == viewer.user_id,
            or_(
                DailyLog.day.in_([viewer.today, viewer.last_workday]),
                DailyLog.state == LogState.RETURNED,
            ),
        )
    )
    states = dict(rows.all())
    if returned := sum(state == LogState.RETURNED for state in states.values()):
        return Count(
            word=N_("returned to you"),
            tone="bad",
            note=N_("%(count)s to mend"),
            note_count=returned,
        )
    if states.get(viewer.last_workday, LogState.DRAFT) == LogState.DRAFT and _owed(viewer):
        return Count(
            word=N_("last one missing"),
            tone="bad",
            note=N_("that of %(count)s"),
            note_count=f"{viewer.last_workday:%m-%d}",
        )
    state = states.get(viewer.today)
    if state in {LogState.SUBMITTED, LogState.APPROVED}:
        return Count(word=N_("Handed in"), tone="ok")
    due = clock.local(clock.now()).time() >= deadlines.DUE_AT
    if state == LogState.DRAFT:
        return Count(word=N_("saved, not handed in"), tone="bad" if due else "warn")
    return Count(word=N_("not written yet"), tone="bad" if due else "warn")


def _owed(viewer: Viewer) -> bool:
    """Was a log of the last working day owed: overdue by now, no day off, this post then?"""
    day = viewer.last_workday
    late = deadlines.is_late(day, clock.local(clock.now()))
    return late and day in people.owed_by(viewer.session, viewer.user_id, [day]).days


def own_problems(viewer: Viewer) -> Count:
    return todo(
        viewer.count(
            LogProblem, LogProblem.user_id == viewer.user_id, LogProblem.state == ProblemState.OPEN
        )
    )


def logs_to_review(viewer: Viewer) -> Count:
    return todo(viewer.review.waiting)


def logs_absent(viewer: Viewer) -> Count:
    return todo(viewer.review.absent, urgent=True)


def problems_open(viewer: Viewer) -> Count:
    old = viewer.review.old_problems
    return Count(
        viewer.review.problems,
        tone="bad" if old else "warn" if viewer.review.problems else "ok",
        note=N_("%(count)s open for a week or longer") if old else None,
        note_count=old,
    )


def locked_accounts(viewer: Viewer) -> Count:
    return todo(viewer.count(Staff, Staff.locked_until > clock.now()), urgent=True)


def first_passwords(viewer: Viewer) -> Count:
    return todo(viewer.count(Staff, Staff.active.is_(True), Staff.must_change_password.is_(True)))


def failed_jobs(viewer: Viewer) -> Count:
    since = clock.now() - timedelta(days=7)
    return todo(viewer.count(Job, Job.state == "failed", Job.created_at >= since), urgent=True)


def refused_logins(viewer: Viewer) -> Count:
    since = clock.now() - timedelta(hours=24)
    refused = LoginEvent.outcome.in_(["failure", "locked"])
    number = viewer.count(LoginEvent, refused, LoginEvent.at >= since)
    return Count(number, tone="warn" if number >= 5 else "ok" if not number else "idle")


def people_today(viewer: Viewer) -> Count:
    begins, _ends = clock.span_of(viewer.today)
    return Count(
        viewer.session.scalar(
            select(func.count(LoginEvent.user_id.distinct())).where(
                LoginEvent.outcome == "success", LoginEvent.at >= begins
            )
        )
    )
