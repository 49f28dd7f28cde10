"""Texts of an owner file that no column can keep are refused with their place, never cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.core.values.errors import N_, DomainError
from app.estate.base.models import Customer, Resident, Unit, Vehicle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.estate.owner_file.rows import OwnerRow

TOO_LONG = N_(
    "Sheet %(sheet)s, row %(row)s: “%(text)s…” has more than %(limit)s characters. Shorten it."
)
CONTROL = N_("Sheet %(sheet)s, row %(row)s holds an invisible control character. Type it again.")
NAME: int = Customer.__table__.c.name.type.length
ADDRESS: int = Customer.__table__.c.address.type.length
EMAIL: int = Customer.__table__.c.email.type.length
RESIDENT: int = Resident.__table__.c.name.type.length
RELATION: int = Resident.__table__.c.relation.type.length
SPACE: int = Vehicle.__table__.c.space.type.length
ROOM: int = Unit.__table__.c.number.type.length
REMARK = 20_000


def _texts(row: OwnerRow) -> Iterator[tuple[str | None, int]]:
    """Every text of a row that people write freely, with the most that can be kept."""
    yield row.key.number, ROOM
    yield row.key.building, ROOM
    yield row.remark, REMARK
    yield row.address, ADDRESS
    yield row.email, EMAIL
    yield row.space, SPACE
    for owner in row.owners:
        yield owner.name, NAME
    if row.tenant is not None:
        yield row.tenant.name, NAME
    for member in row.family:
        yield member.name, RESIDENT
        yield member.relation, RELATION


def check(row: OwnerRow) -> None:
    """Refuse a row with a text that is too long or holds NUL (PostgreSQL keeps neither).

    :raises DomainError: it names sheet and row.
    """
    for text, limit in _texts(row):
        if text is None:
            continue
        if len(text) > limit:
            raise DomainError(
                TOO_LONG, field="file", sheet=row.sheet, row=row.row, text=text[:20], limit=limit
            )
        if "\x00" in text:
            raise DomainError(CONTROL, field="file", sheet=row.sheet, row=row.row)
