"""What the forms of the estate refuse: dates, places, shares, numbers of cards and codes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from app.core.parsing import identity as ids
from app.core.parsing import normal_forms
from app.core.parsing.cells import Doubt
from app.core.values.errors import N_, DomainError
from app.estate.base.codes import CustomerKind
from app.estate.base.models import Building, Ownership, Unit
from app.estate.rooms.room_key import RoomKey
from app.estate.rooms.spellings import normal_building, normal_entrance, normal_number

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

ENDS_EARLY = N_("The last day lies before the first.")
OTHER_COMMUNITY = N_("The customer belongs to another community than the unit.")
TOO_MUCH = N_("All shares of the unit together would be more than 1 (%(sum)s).")


def interval(values: dict[str, Any]) -> None:
    """The end is not before the beginning."""
    first, last = values.get("starts_on"), values.get("ends_on")
    if first and last and last < first:
        raise DomainError(ENDS_EARLY, field="ends_on")


def same_community(values: dict[str, Any]) -> None:
    """A customer and a unit that are brought together are of one community."""
    unit, customer = values.get("unit"), values.get("customer")
    if unit and customer and unit.community_id != customer.community_id:
        raise DomainError(OTHER_COMMUNITY, field="customer")


def shares(session: Session, values: dict[str, Any], own_id: int | None) -> None:
    """On no day do the shares of a unit add up to more than one."""
    unit, first, last = values["unit"], values.get("starts_on"), values.get("ends_on")
    others = select(Ownership).where(Ownership.unit_id == unit.id)
    if own_id is not None:
        others = others.where(Ownership.id != own_id)
    if first:
        others = others.where(or_(Ownership.ends_on.is_(None), Ownership.ends_on >= first))
    if last:
        others = others.where(or_(Ownership.starts_on.is_(None), Ownership.starts_on <= last))
    rows = list(session.scalars(others))
    # The sum can only rise on a day on which one of them begins.
    days = {first, *(row.starts_on for row in rows)}
    for day in days:
        total = values["share"] + sum(
            (row.share for row in rows if _runs(row, day)), start=Decimal(0)
        )
        if total > 1 and (day is None or first is None or day >= first):
            raise DomainError(TOO_MUCH, field="share", sum=f"{total.normalize():f}")


def _runs(row: Ownership, day: date | None) -> bool:
    begun = row.starts_on is None or (day is not None and row.starts_on <= day)
    return begun and (day is None or row.ends_on is None or row.ends_on >= day)


def identity(kind: str, id_number: str | None, credit_code: str | None) -> None:
    """The card of a person or the code of a company is one (domain rules 11)."""
    for name, value in (("id_number", id_number), ("credit_code", credit_code)):
        if not value:
            continue
        read = ids.identity(value)
        # Early credit codes have wrong check digits: the doubt keeps the number.
        if isinstance(read, Doubt) and read.value is None:
            raise DomainError(read.message, field=name, **read.params)
    if kind == CustomerKind.COMPANY and id_number:
        raise DomainError(N_("A company has a credit code, not an ID number."), field="id_number")


def room(building: Building, entrance: str | None, number: str) -> RoomKey:
    """The one key of a room from what was typed in three fields."""
    door = normal_entrance(entrance or "")
    if door is None:
        raise DomainError(
            N_("“%(text)s” is no entrance; write 1, 2 or leave it empty."),
            field="entrance",
            text=(entrance or "")[:20],
        )
    room_number = normal_number(number)
    if room_number is None:
        raise DomainError(
            N_("“%(text)s” is no room number; write it like 101 or A03."),
            field="number",
            text=number[:20],
        )
    return RoomKey(building.name, door, room_number)


def building_name(text: str) -> str:
    """The normal name of a building: 1栋 → 1, S01 → S1."""
    name = normal_building(text)
    if name is None:
        raise DomainError(
            N_("“%(text)s” is no building; write it like 1, 12 or S1."),
            field="name",
            text=text[:20],
        )
    return name


def room_is_free(session: Session, community_id: int, code: str, own_id: int | None) -> None:
    """No other unit of the community has this room."""
    query = select(Unit.id).where(Unit.community_id == community_id, Unit.code == code)
    if own_id is not None:
        query = query.where(Unit.id != own_id)
    if session.scalar(query) is not None:
        raise DomainError(
            N_("The room %(code)s exists already in this community."), field="number", code=code
        )


def plate(text: str) -> str:
    """A number plate in its normal form."""
    return normal_forms.plate(text, "plate")


def phone(text: str | None, field: str = "phone") -> str | None:
    """One phone in its normal form; None when nothing was typed."""
    return normal_forms.phone(text, field) if text else None


def sort_key_of(building: str) -> str:
    """What orders buildings: 2 before 10."""
    return RoomKey(building, "", "").sort_key.rstrip("-")
