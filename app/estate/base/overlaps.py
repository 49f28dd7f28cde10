"""Nobody lets or sells the same thing twice: what a new ownership or tenancy must not meet (H06).

Both are intervals of whole days; the last day still belongs to one, an open end reaches for
ever. What is refused:

- a second tenancy of a unit on any day on which another one runs,
- a parking space let after it was sold: its owner holds it on a day of the tenancy and was
  its owner when the tenancy began (a space that is sold while it is let keeps its tenant),
- the same customer twice as owner on one day, and shares of more than the whole
  (`checks.shares`).

Who asks holds the lock of the community until his transaction ends: of two people who let the
same unit at the same moment the second is told. What stood there before these rules is never
in the way of anything else; `estate.screens.conflicts` lists it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from sqlalchemy import and_, or_, select

from app.core.values.errors import N_, DomainError
from app.estate.base.codes import UnitKind
from app.estate.base.models import Community, Customer, Ownership, Tenancy, Unit

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

LET = N_(
    "%(unit)s is let to %(name)s (%(days)s) on some of these days. Choose other days, or end "
    "that tenancy first."
)
SOLD = N_(
    "The parking space %(unit)s is sold to %(name)s (%(days)s): it can be let only on days "
    "before that."
)
LET_LATER = N_(
    "The parking space %(unit)s is let to %(name)s (%(days)s), which begins after this owner: "
    "end that tenancy first."
)
TWICE = N_("%(name)s is an owner of %(unit)s on some of these days already (%(days)s).")


AGAIN = N_(
    "Undone, %(name)s (%(days)s) would be on %(unit)s again, on days that %(other)s (%(others)s) "
    "has now. Settle that one first."
)


def lock(session: Session, community_id: int) -> None:
    """Let whoever changes owners and tenants of a community follow one another."""
    session.execute(
        select(Community.id).where(Community.id == community_id).with_for_update(key_share=True)
    ).one()


def meets(model: Any, first: date | None, last: date | None) -> ColumnElement[bool]:
    """The stored interval has a day in common with that from `first` to `last`."""
    conditions = []
    if first is not None:
        conditions.append(or_(model.ends_on.is_(None), model.ends_on >= first))
    if last is not None:
        conditions.append(or_(model.starts_on.is_(None), model.starts_on <= last))
    return and_(True, *conditions)


def days(first: date | None, last: date | None) -> str:
    """An interval in words: 2026-01-01 to 2026-12-31, with open ends said as such."""
    if first is None and last is None:
        return gettext("without dates")
    begins = first.isoformat() if first else gettext("always")
    return gettext(
        "%(first)s to %(last)s",
        first=begins,
        last=last.isoformat() if last else gettext("open end"),
    )


def within(first: date | None, last: date | None, old: Any) -> bool:
    """The days from `first` to `last` are all among those of the stored interval."""
    begins = old.starts_on is None or (first is not None and first >= old.starts_on)
    ends = old.ends_on is None or (last is not None and last <= old.ends_on)
    return begins and ends


def _others(
    session: Session, model: Any, unit: Unit, interval: tuple[Any, Any], own_id: int | None
) -> list[Any]:
    """Other rows of the unit that have a day in common with the interval, with their names."""
    first, last = interval
    query = (
        select(model.id, model.customer_id, Customer.name, model.starts_on, model.ends_on)
        .join(Customer, Customer.id == model.customer_id)
        .where(model.unit_id == unit.id, meets(model, first, last))
        .order_by(model.starts_on, model.id)
    )
    if own_id is not None:
        query = query.where(model.id != own_id)
    return list(session.execute(query))


def _refuse(message: str, unit: Unit, row: Any, field: str) -> None:
    raise DomainError(
        message, field=field, unit=unit.code, name=row.name, days=days(row.starts_on, row.ends_on)
    )


def begins_by(one: date | None, other: date | None) -> bool:
    """An interval that begins on `one` has begun when one begins on `other`."""
    return one is None or (other is not None and one <= other)


def restored(session: Session, model: Any, keys: Collection[int]) -> None:
    """Refuse that rows which run again meet others that were entered meanwhile.

    Owners stand beside each other as long as their shares allow it; what met among the
    restored rows themselves did so before.
    """
    for key in sorted(keys):
        one = session.get(model, key)
        unit = session.get(Unit, one.unit_id) if one is not None else None
        if one is None or unit is None:
            continue
        met = [
            row
            for row in _others(session, model, unit, (one.starts_on, one.ends_on), key)
            if row.id not in keys
        ]
        if model is Ownership and one.share + _shares(session, met) <= 1:
            met = [row for row in met if row.customer_id == one.customer_id]
        if met:
            name = session.get(Customer, one.customer_id)
            raise DomainError(
                AGAIN,
                unit=unit.code,
                name=name,
                days=days(one.starts_on, one.ends_on),
                other=met[0].name,
                others=days(met[0].starts_on, met[0].ends_on),
            )


def _shares(session: Session, rows: Collection[Any]) -> Decimal:
    """The shares of these ownerships together, as if they all ran on one day."""
    keys = [row.id for row in rows]
    found = session.scalars(select(Ownership.share).where(Ownership.id.in_(keys)))
    return sum(found, Decimal(0))


def tenancy(
    session: Session, unit: Unit, first: date | None, last: date | None, own_id: int | None = None
) -> None:
    """Refuse a tenancy that meets another one, or lets a parking space that is sold."""
    for row in _others(session, Tenancy, unit, (first, last), own_id):
        _refuse(LET, unit, row, "starts_on")
    if unit.kind != UnitKind.PARKING:
        return
    for row in _others(session, Ownership, unit, (first, last), None):
        if begins_by(row.starts_on, first):
            _refuse(SOLD, unit, row, "starts_on")


def ownership(
    session: Session,
    unit: Unit,
    customer_id: int,
    first: date | None,
    last: date | None,
    *,
    own_id: int | None = None,
) -> None:
    """Refuse an ownership of whoever owns the unit already, or under which a space was let."""
    for row in _others(session, Ownership, unit, (first, last), own_id):
        if row.customer_id == customer_id:
            _refuse(TWICE, unit, row, "customer")
    if unit.kind != UnitKind.PARKING:
        return
    for row in _others(session, Tenancy, unit, (first, last), None):
        if begins_by(first, row.starts_on):
            _refuse(LET_LATER, unit, row, "starts_on")
