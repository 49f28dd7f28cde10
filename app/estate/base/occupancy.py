"""Who is in a unit on a day: the one derivation that every list, page, file and figure uses.

The unit's file holds a *statement*: what somebody recorded (未登记, 未交付, 空置, 自住, 出租).
Dates on file know better where they speak. In this order:

1. A tenancy runs on the day: **let** (its first and its last day belong to it), whatever the
   statement says.
2. The handover date lies after the day: **not handed over**.
3. The statement says "let", but every tenancy on file that could mean is over: **vacant**.
   The tenant's term ended and nobody has said who came then; whoever knows better (the owner
   moved in, the tenant stayed) records it, or the new tenancy.
4. Otherwise the statement counts. So after a tenancy a unit that was recorded as
   owner-occupied is owner-occupied again, and "let" without any tenancy stays let (the check
   of owner files asks for its tenant).

`occupancy_on` says it to the database, `occupancy_of` of loaded rows; a test holds that both
say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, select

from app.core.values import clock
from app.estate.base.codes import Occupancy
from app.estate.base.models import Tenancy, Unit
from app.estate.base.occupants import slices, valid_on

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


def occupancy_on(day: date) -> ColumnElement[str]:
    """Who is in the unit of the enclosing query on that day, as a word of `Occupancy`."""
    own = select(Tenancy.id).where(Tenancy.unit_id == Unit.id).correlate(Unit)
    return case(
        (own.where(valid_on(Tenancy, day)).exists(), Occupancy.LET.value),
        (Unit.handover_date > day, Occupancy.UNDELIVERED.value),
        (
            and_(Unit.occupancy == Occupancy.LET.value, own.where(Tenancy.ends_on < day).exists()),
            Occupancy.VACANT.value,
        ),
        else_=Unit.occupancy,
    )


def occupancy_today() -> ColumnElement[str]:
    """`occupancy_on` for lists: what they are filtered and sorted by."""
    return occupancy_on(clock.today())


def occupancy_of(
    stated: str, handover: date | None, tenancies: Iterable[Any], day: date
) -> Occupancy:
    """The same of loaded rows; `tenancies` are all of the unit (anything with two days)."""
    ended = False
    for one in tenancies:
        begun = one.starts_on is None or one.starts_on <= day
        over = one.ends_on is not None and one.ends_on < day
        if begun and not over:
            return Occupancy.LET
        ended = ended or over
    if handover is not None and handover > day:
        return Occupancy.UNDELIVERED
    if stated == Occupancy.LET and ended:
        return Occupancy.VACANT
    return Occupancy(stated)


def of_unit(unit: Unit) -> Occupancy:
    """Who is in a loaded unit today; its tenancies must be loaded with it."""
    return occupancy_of(unit.occupancy, unit.handover_date, unit.tenancies, clock.today())


def of_units(session: Session, unit_ids: Collection[int], day: date) -> dict[int, Occupancy]:
    """Who is in each of these units on that day."""
    return {
        key: Occupancy(word)
        for part in slices(unit_ids)
        for key, word in session.execute(
            select(Unit.id, occupancy_on(day)).where(Unit.id.in_(part))
        )
    }
