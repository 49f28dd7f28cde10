"""Setting whose logs a post reviews and whether its people owe logs (O04)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select

from app.access.naming import Names
from app.core.db import audit
from app.core.values.errors import N_, DomainError, NotFound, Stale
from app.duty.base import people
from app.duty.base.models import Reach, ReviewRule
from app.duty.base.reviewing import PostDuty, post_duty, reviews

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Post:
    """A role of the office with the name that people call it by, and what it owes and reviews."""

    name: str
    label: str
    duty: PostDuty


def posts(session: Session) -> list[Post]:
    """Every role that writes or reviews logs, in the order of their keys."""
    names = Names(session)
    rows = session.execute(
        select(
            Role.id,
            Role.name,
            people.role_may(people.WRITE),
            people.role_may(people.REVIEW),
            ReviewRule.owes,
            ReviewRule.reach,
            ReviewRule.chosen,
        )
        .outerjoin(ReviewRule, ReviewRule.role_id == Role.id)
        .where(Role.name.in_(names.roles))
        .order_by(Role.id)
    )
    found = [Post(row[1], names.role(row[1]), post_duty(*row[:4], row[4:])) for row in rows]
    return [post for post in found if post.duty.counts]


def unreviewed(every: Collection[Post]) -> list[Post]:
    """Posts that owe logs which nobody reviews: worth a word on the page."""
    return [
        post
        for post in every
        if post.duty.writes
        and post.duty.owes
        and not any(reviews([other.duty], [post.duty]) for other in every)
    ]


def state_of(duty: PostDuty) -> str:
    """A short word for what is set for a post: says whether it is still as it was shown."""
    text = f"{duty.owes} {duty.reach} {sorted(duty.chosen)}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def change(
    session: Session,
    role: str,
    *,
    owes: bool,
    reach: str,
    chosen: Collection[int],
    seen: str,
) -> bool:
    """Set what a post owes and whom it reviews; False when that is so already.

    `chosen` are keys of roles and count only with `Reach.CHOSEN`. `seen` is the state as the
    page showed it: `Stale` when somebody changed it meanwhile.
    """
    key = session.scalar(select(Role.id).where(Role.name == role).with_for_update())
    every = {post.name: post for post in posts(session)}
    if key is None or role not in every:
        raise NotFound(N_("There is no role “%(role)s”."), role=role[:80])
    duty = every[role].duty
    if state_of(duty) != seen:
        raise Stale(N_("Somebody else has changed this role meanwhile; look at it again."))
    wanted, named = _reach(duty, reach, {post.duty.role_id for post in every.values()}, chosen)
    if (owes, wanted, named) == (duty.owes, duty.reach, duty.chosen):
        return False
    row = session.get(ReviewRule, key)
    if row is None:
        row = ReviewRule(role_id=key)
        session.add(row)
    row.owes, row.reach, row.chosen = owes, wanted, sorted(named)
    labels = {post.duty.role_id: post.label for post in every.values()}
    audit.record(
        session,
        "write",
        "log_reviewers",
        key,
        title=every[role].label,
        details=_details(duty, row, labels),
    )
    session.flush()
    return True


def _reach(
    duty: PostDuty, reach: str, known: set[int], chosen: Collection[int]
) -> tuple[Reach, frozenset[int]]:
    """What the form says of a reviewing post; a post without the right keeps what it had."""
    if not duty.may_review:
        return duty.reach, duty.chosen
    if reach not in set(Reach):
        raise DomainError(N_("Choose whose logs this post reviews."), field="reach")
    wanted = Reach(reach)
    named = frozenset(chosen) if wanted is Reach.CHOSEN else frozenset()
    if not named <= known:
        raise NotFound(N_("One of the chosen posts no longer exists; look at the page again."))
    if wanted is Reach.CHOSEN and not named:
        raise DomainError(N_("Tick at least one post whose logs are reviewed."), field="chosen")
    return wanted, named


def _details(duty: PostDuty, row: ReviewRule, labels: dict[int, str]) -> dict[str, object]:
    """What changed, in the words of the record of changes."""
    details: dict[str, object] = {}
    if row.owes != duty.owes:
        details["owes_log"] = {"old": duty.owes, "new": row.owes}
    old = _words(duty.reach, duty.chosen, labels)
    new = _words(Reach(row.reach), frozenset(row.chosen), labels)
    if old != new:
        details["reviews"] = {"old": old, "new": new}
    return details


def _words(reach: Reach, chosen: frozenset[int], labels: dict[int, str]) -> str | list[str]:
    """The posts by name where they are named, else the code of the reach."""
    if reach is Reach.CHOSEN:
        return [labels[key] for key in sorted(chosen) if key in labels]
    return str(reach)
