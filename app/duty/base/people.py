"""Who writes daily logs, who owes one, and who may review whose (O04)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from sqlalchemy import ColumnElement, func, or_, select, true

from app.access.models import Staff, UserCommunity
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import N_, DomainError, NotFound
from app.duty.base import service
from app.duty.base.deadlines import is_workday
from app.duty.base.models import DailyLog, DayOff, Reach, ReviewRule
from app.duty.base.reviewing import PostDuty, post_duty, reviews
from app.roles import Verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

WRITE = ("daily_log", f"can_{Verb.WRITE}")
REVIEW = ("log_review", f"can_{Verb.READ}")


@dataclass(frozen=True, slots=True)
class Person:
    """A writer or reviewer of logs: `since` is the first day that counts, `owes` whether a log
    is owed as things are now, `served` the days on which one was.

    `duties` holds, for each of the person's roles, what its people owe and review.
    """

    id: int
    name: str
    posts: tuple[str, ...]
    owes: bool
    since: date
    duties: tuple[PostDuty, ...]
    served: tuple[service.Span, ...] = ()

    def served_on(self, day: date) -> bool:
        """Did this person's post owe a log of that day? Not before joining, nor after leaving."""
        return any(span.holds(day) for span in self.served)

    def owed_on(self, day: date) -> bool:
        """The same, and did the office write logs by then?"""
        return self.since <= day and self.served_on(day)

    @property
    def writes(self) -> bool:
        """May this person write logs at all?"""
        return any(duty.writes for duty in self.duties)

    @property
    def may_review(self) -> bool:
        """Does any of the roles bring the page of reviews? Deciding there is a right of its own."""
        return any(duty.may_review for duty in self.duties)

    def reviews(self, other: Person) -> bool:
        """May this person review the other's logs? Never one's own."""
        return other.id != self.id and reviews(self.duties, other.duties)

    @property
    def rank(self) -> int:
        """The place in lists: 2 reviews everybody, 1 may review, 0 writes only."""
        everybody = any(d.may_review and d.reach is Reach.EVERYBODY for d in self.duties)
        return 2 if everybody else int(self.may_review)


def role_may(right: tuple[str, str]) -> ColumnElement[bool]:
    """Has the role of the enclosing query this right (screen and permission)?"""
    return (
        select(assoc_permissionview_role.c.role_id)
        .join(
            PermissionView,
            PermissionView.id == assoc_permissionview_role.c.permission_view_id,
        )
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .where(
            assoc_permissionview_role.c.role_id == Role.id,
            ViewMenu.name == right[0],
            Permission.name == right[1],
        )
        .correlate(Role)
        .exists()
    )


def within_scope() -> ColumnElement[bool]:
    """The condition on `Staff`: people whose communities overlap with the present scope."""
    allowed = data_scope.current().communities
    if allowed is None:
        return true()
    overlap = (
        select(UserCommunity.user_id)
        .where(UserCommunity.user_id == Staff.id, UserCommunity.community_id.in_(allowed))
        .exists()
    )
    return or_(Staff.all_communities, overlap)


def writers(session: Session, *, inactive: bool = False) -> dict[int, Person]:
    """Everybody in the scope who may write logs, by id, in the order of posts and names.

    `inactive` adds people who have left: their old logs can still be seen and reviewed.
    """
    found = _people(session, true() if inactive else Staff.active.is_(True))
    writing = [person for person in found if person.writes]
    writing.sort(key=lambda person: (-person.rank, person.posts, person.id))
    return {person.id: person for person in writing}


def _people(
    session: Session, chosen: ColumnElement[bool], user_id: int | None = None
) -> list[Person]:
    """The chosen people inside the scope, in the order of their keys; `user_id`: one alone."""
    if user_id is not None:
        chosen = chosen & (Staff.id == user_id)
    first_log = select(func.min(DailyLog.day)).where(DailyLog.user_id == Staff.id).scalar_subquery()
    house_first = select(func.min(DailyLog.day)).scalar_subquery()
    rows = session.execute(
        select(
            Staff.id,
            Staff.last_name,
            Staff.first_name,
            Staff.active,
            Staff.created_on,
            first_log,
            Role.name,
            role_may(WRITE),
            role_may(REVIEW),
            house_first,
            Role.id,
            ReviewRule.owes,
            ReviewRule.reach,
            ReviewRule.chosen,
        )
        .join(assoc_user_role, assoc_user_role.c.user_id == Staff.id)
        .join(Role, Role.id == assoc_user_role.c.role_id)
        .outerjoin(ReviewRule, ReviewRule.role_id == Role.id)
        .where(within_scope(), chosen)
        .order_by(Staff.id, Role.id)
    )
    turns = service.turns(session, user_id)
    rows = list(rows)
    duties = _duties(session, rows, turns)
    return [
        _person(list(group), turns.get(user_id, ()), duties)
        for user_id, group in groupby(rows, key=itemgetter(0))
    ]


def _duties(
    session: Session, rows: list[Any], turns: dict[int, list[service.Turn]]
) -> dict[str, PostDuty]:
    """What each role owes and reviews, by name: those held now, and those that people had."""
    held = {row[6]: post_duty(row[10], *row[6:9], row[11:14]) for row in rows}
    past = {name for found in turns.values() for turn in found for name in turn.roles or ()}
    if missing := past - held.keys():
        more = session.execute(
            select(
                Role.id,
                Role.name,
                role_may(WRITE),
                role_may(REVIEW),
                ReviewRule.owes,
                ReviewRule.reach,
                ReviewRule.chosen,
            )
            .outerjoin(ReviewRule, ReviewRule.role_id == Role.id)
            .where(Role.name.in_(missing))
        )
        held |= {row[1]: post_duty(*row[:4], row[4:]) for row in more}
    return held


def _person(
    rows: list[Any], turns: Iterable[service.Turn], duties: Mapping[str, PostDuty]
) -> Person:
    """One person from the rows of the query above, one row for each role held."""

    def owed_with(roles: frozenset[str]) -> bool:
        found = [duties[name] for name in roles if name in duties]
        return any(duty.writes for duty in found) and all(duty.owes for duty in found)

    user_id, family, given, active, created, first, *_ = rows[0]
    posts = tuple(row[6] for row in rows)
    joined = service.joined_on(created, first)
    served = service.spans(joined, frozenset(posts), turns, owed_with, active=bool(active))
    # Nobody is behind with logs of a time before the office began to write any.
    since = max(joined, rows[0][9] or clock.today())
    # Who holds a post that owes none answers to nobody on this page.
    held = tuple(duties[name] for name in posts)
    owes = bool(active) and all(duty.owes for duty in held)
    return Person(user_id, f"{family}{given}", posts, owes, since, held, served)


@dataclass(frozen=True, slots=True)
class Owed:
    """Of which days somebody owes a log, and the first day that concerns this person at all."""

    days: frozenset[date]
    begins: date


def owed_by(session: Session, user_id: int, days: Iterable[date]) -> Owed:
    """Those working days of `days` of which this person owes a log: served, and no day off."""
    with data_scope.use(data_scope.EVERYTHING):
        person = next(iter(_people(session, Staff.active.is_(True), user_id)), None)
    if person is None or not person.writes:
        return Owed(frozenset(), date.min)
    served = [day for day in days if is_workday(day) and person.served_on(day)]
    off = set(
        session.scalars(select(DayOff.day).where(DayOff.user_id == user_id, DayOff.day.in_(served)))
    )
    begins = min((span.first for span in person.served), default=date.min)
    return Owed(frozenset(served) - off, begins)


def reviewed_by(session: Session, reviewer_id: int, *, inactive: bool = False) -> list[Person]:
    """The people whose logs this reviewer looks after; empty for who reviews nobody."""
    everybody = writers(session, inactive=inactive)
    reviewer = everybody.get(reviewer_id) or _reviewer(session, reviewer_id)
    return [person for person in everybody.values() if reviewer.reviews(person)]


def _reviewer(session: Session, user_id: int) -> Person:
    """A reviewer who stands outside the scope of the moment or writes no logs."""
    with data_scope.use(data_scope.EVERYTHING):
        found = _people(session, true(), user_id)
    return found[0] if found else Person(user_id, "", (), False, date.max, ())


def must_review(session: Session, reviewer_id: int, writer_id: int) -> None:
    """Refuse a reviewer who may not review this writer's logs."""
    if reviewer_id == writer_id:
        raise DomainError(N_("Nobody reviews the own log: ask your manager to do it."))
    if writer_id not in {p.id for p in reviewed_by(session, reviewer_id, inactive=True)}:
        raise NotFound(N_("This log does not exist, or its writer is not one whom you review."))
