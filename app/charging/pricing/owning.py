"""Who owes for a period: its first owner; and every change of owners inside the period.

A bill is not cut at a sale: whoever owned the unit on its first billed day owes the whole of
it (domain-rules 1, owner change). So a sale inside the period is a thing to look at. Where the
seller's last day and the buyer's first are one day on file, that day is the buyer's.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import or_, select

from app.charging.pricing.chunks import many
from app.charging.pricing.facts import Sale, Units
from app.core.values.period import Period
from app.estate.base.models import Ownership

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

OWNED = Ownership.__table__.c


class Owned(NamedTuple):
    """An interval of ownership; both days belong to it, None is open."""

    unit_id: int
    customer_id: int
    starts_on: date | None
    ends_on: date | None


def add_owners(
    session: Session, community_id: int, period: Period, units: Units
) -> tuple[Sale, ...]:
    """Fill in the owners of `units` (0: nobody); the changes inside the period, by place."""
    rows = many(
        session,
        select(OWNED.unit_id, OWNED.customer_id, OWNED.starts_on, OWNED.ends_on)
        .where(
            OWNED.community_id == community_id,
            or_(OWNED.starts_on.is_(None), OWNED.starts_on <= period.last),
            or_(OWNED.ends_on.is_(None), OWNED.ends_on >= period.first),
        )
        .order_by(OWNED.unit_id, OWNED.position, OWNED.id),
    )
    units.owners.extend([0] * len(units))
    first = period.first.toordinal()
    place, count = 0, len(units)
    moving: dict[int, list[Owned]] = {}
    leaving: dict[int, int] = {}
    for row in rows:
        # Both sides rise by unit id, so one walk meets every pair.
        while place < count and units.ids[place] < row.unit_id:
            place += 1
        if place == count:
            break
        if units.ids[place] != row.unit_id:
            continue
        day = date.fromordinal(max(first, units.starts[place]))
        owned = Owned(*row)
        if _covers(owned, day):
            last = leaving.get(place)
            if not units.owners[place] or (last is not None and owned.starts_on == day):
                # The seller's last day is the buyer's first: the day is the buyer's.
                units.owners[place] = owned.customer_id
                leaving.pop(place, None)
                if owned.ends_on == day and owned.starts_on != day:
                    leaving[place] = owned.customer_id
        if (
            owned.starts_on == day
            or _begins_after(owned, day)
            or (_ends_within(owned, day, period.last))
        ):
            moving.setdefault(place, []).append(owned)
    return tuple(
        sale
        for place, intervals in moving.items()
        for sale in changes(
            place, intervals, date.fromordinal(max(first, units.starts[place])), period.last
        )
    )


def changes(place: int, intervals: Iterable[Owned], first: date, last: date) -> Iterator[Sale]:
    """The changes of owners after `first` and up to `last`, in the order of their days.

    A buyer usually begins the day after the seller's last; where both have the same day on
    file, the seller's last day counts as the day of the change.
    """
    intervals = list(intervals)
    days: dict[date, tuple[list[int], list[int]]] = {}
    for one in intervals:
        if one.ends_on is not None and _ends_within(one, first, last):
            eve = one.ends_on
            taken = any(
                other.starts_on == eve
                for other in intervals
                if other.customer_id != one.customer_id
            )
            day = eve if taken and one.starts_on != eve else eve + timedelta(days=1)
            if first < day <= last:
                days.setdefault(day, ([], []))[0].append(one.customer_id)
        if one.starts_on is not None and _begins_after(one, first):
            days.setdefault(one.starts_on, ([], []))[1].append(one.customer_id)
    for day, (sellers, buyers) in sorted(days.items()):
        # The same people on both sides: a share was entered anew, nobody sold.
        if set(sellers) != set(buyers):
            yield Sale(place, day, tuple(sellers), tuple(buyers))


def _covers(owned: Owned, day: date) -> bool:
    return (owned.starts_on is None or owned.starts_on <= day) and (
        owned.ends_on is None or day <= owned.ends_on
    )


def _begins_after(owned: Owned, day: date) -> bool:
    return owned.starts_on is not None and owned.starts_on > day


def _ends_within(owned: Owned, first: date, last: date) -> bool:
    return owned.ends_on is not None and first <= owned.ends_on <= last
