"""What a post owes and whose logs it reviews: the default, and what was set on the page (O04)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.duty.base.models import Reach

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DEFAULTS = {
    "manager": (False, Reach.EVERYBODY),
    "administrator": (False, Reach.OTHERS),
}
"""Shipped posts that differ from `USUAL`: whether they owe logs, and whom they review."""
USUAL = (True, Reach.OTHERS)
"""Every other post owes logs and, given the right, reviews those who have it not."""


@dataclass(frozen=True, slots=True)
class PostDuty:
    """One post: may its people write and review logs, do they owe them, whom do they review?

    `reach` and `chosen` count only where the post has the right to review.
    """

    role_id: int
    writes: bool
    may_review: bool
    owes: bool
    reach: Reach
    chosen: frozenset[int]

    @property
    def counts(self) -> bool:
        """Does the post have anything to do with logs?"""
        return self.writes or self.may_review


def post_duty(
    role_id: int, name: str, writes: bool, may_review: bool, stored: Sequence[Any]
) -> PostDuty:
    """A role's duty: `stored` is (owes, reach, chosen) of its row, Nones where it has none."""
    owes, reach = DEFAULTS.get(name, USUAL)
    chosen: Iterable[int] = ()
    if stored[1] is not None:
        owes, reach, chosen = bool(stored[0]), Reach(stored[1]), stored[2] or ()
    return PostDuty(role_id, bool(writes), bool(may_review), owes, reach, frozenset(chosen))


def reviews(reviewer: Iterable[PostDuty], writer: Sequence[PostDuty]) -> bool:
    """Does somebody with these posts review somebody with those?

    Where single posts are named, all posts that make the writer a writer must be among them:
    a supervisor who also helps at the desk is no front desk.
    """
    duties = [duty for duty in reviewer if duty.may_review]
    reaches = {duty.reach for duty in duties}
    if Reach.EVERYBODY in reaches:
        return True
    if Reach.OTHERS in reaches and not any(duty.may_review for duty in writer):
        return True
    named = {role for d in duties if d.reach is Reach.CHOSEN for role in d.chosen}
    counted = {duty.role_id for duty in writer if duty.counts}
    return bool(counted) and counted <= named
