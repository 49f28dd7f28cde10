"""Which standard applies to a unit on which days: the narrowest assignment of the item wins.

Unit before building and kind, before building, before kind (`Assignment` in the ledger).
Two standards equally narrow on the same day are a conflict: the unit is skipped and listed,
never guessed. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.charging.pricing.price import Piece, Reason, Skip, Terms
from app.core.values.period import Period


@dataclass(frozen=True, slots=True)
class AssignmentRule:
    """An assignment as the resolution needs it; None in a target means "any"."""

    terms: Terms
    unit_kind: str | None = None
    building_id: int | None = None
    unit_id: int | None = None
    exempt: bool = False
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def breadth(self) -> int:
        """0 for a unit, 1 building and kind, 2 building, 3 kind: the smaller wins."""
        if self.unit_id is not None:
            return 0
        if self.building_id is not None:
            return 1 if self.unit_kind is not None else 2
        return 3

    def meets(self, unit_id: int, building_id: int, unit_kind: str) -> bool:
        """Is the unit among its targets?"""
        if self.unit_id is not None:
            return self.unit_id == unit_id
        return self.building_id in (None, building_id) and self.unit_kind in (None, unit_kind)

    def covers(self, day: date) -> bool:
        """Does it apply on that day?"""
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_on is None or day <= self.ends_on
        )


def resolve(rules: Sequence[AssignmentRule], period: Period) -> tuple[Piece, ...] | Skip:
    """The pieces of `period` with their standard, from the rules that meet one unit.

    Days without a standard, or exempt ones, give no piece. Standards of another cycle than
    the period's are left to their own run; if nothing else applies, that is the reason.
    """
    pieces: list[Piece] = []
    exempt = False
    other: Terms | None = None
    for first, last in _stretches(rules, period):
        active = [rule for rule in rules if rule.covers(first)]
        if not active:
            continue
        narrowest = min(rule.breadth for rule in active)
        chosen = [rule for rule in active if rule.breadth == narrowest]
        names = {rule.terms.name for rule in chosen if not rule.exempt}
        if len(names) > 1 or (names and any(rule.exempt for rule in chosen)):
            return Skip(Reason.CONFLICT, tuple(sorted({rule.terms.name for rule in chosen})))
        terms = chosen[0].terms
        if chosen[0].exempt:
            exempt = True
        elif terms.cycle.months != period.months:
            other = terms
        elif pieces and pieces[-1].terms is terms and pieces[-1].last + timedelta(days=1) == first:
            pieces[-1] = Piece(pieces[-1].first, last, terms)
        else:
            pieces.append(Piece(first, last, terms))
    if pieces:
        return tuple(pieces)
    if other is not None:
        return Skip(Reason.OTHER_CYCLE, (other.name, other.cycle.value))
    return Skip(Reason.EXEMPT if exempt else Reason.NO_STANDARD)


def _stretches(rules: Iterable[AssignmentRule], period: Period) -> list[tuple[date, date]]:
    """The period cut wherever one of the rules begins or ends."""
    cuts = {period.first}
    for rule in rules:
        if rule.starts_on is not None:
            cuts.add(rule.starts_on)
        if rule.ends_on is not None and rule.ends_on < date.max:
            cuts.add(rule.ends_on + timedelta(days=1))
    starts = sorted(cut for cut in cuts if period.first <= cut <= period.last)
    ends = [start - timedelta(days=1) for start in starts[1:]] + [period.last]
    return list(zip(starts, ends, strict=True))
