"""Reads lists of one row per person: who owns, who lives there, who rents (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from app.core.parsing.cells import Doubt, Severity, folded, plain
from app.core.sheets.layout import Header, ParsedRow
from app.core.values.errors import N_
from app.core.workbook.reader import SheetData
from app.estate.owner_file.names import Member, is_company
from app.estate.owner_file.rows import FileTenant, OwnerRow

if TYPE_CHECKING:
    from app.estate.owner_file.people import Reporter

_NO_RELATION = N_("It is not said whether this is the owner, a member of the family or a tenant.")
_ONE_NAME = N_("The row of one person must name one person.")
_MORE_PHONES = N_("A resident has one phone; the others were left out.")
_OWNER = re.compile(
    r"(业主|户主)?本人|主?业主|户主|产权人|房主|(产权)?共有人|共同产权人|共有(业主|产权人)"
)
_TENANT = re.compile(r"(租户|租客|承租人|承租户|租赁户|租住|租住人|租房)")


def goes_on_below(sheet: SheetData, header: Header) -> bool:
    """Whether the room stands only beside the owner, and the others follow without it.

    A file where some of the others state their room leaves it open whose a blank one is.
    """
    room, relation = header.index_of("room"), header.index_of("person_relation")
    if room is None or relation is None:
        return False
    for row in sheet.rows.between(header.last + 1, header.until):
        word = folded(row[relation]) if len(row) > relation else ""
        if (
            word
            and not _OWNER.fullmatch(word)
            and plain(row[room])
            and word != folded(header.labels[relation])
        ):
            return False
    return True


def is_other(row: ParsedRow) -> bool:
    """Whether the person of a row is said to be somebody else than the owner."""
    relation = row.values.get("person_relation")
    return relation is not None and not _OWNER.fullmatch(folded(relation))


class Role(StrEnum):
    """What a person is to a unit."""

    OWNER = "owner"
    RESIDENT = "resident"
    TENANT = "tenant"


def role_of(row: ParsedRow, reporter: Reporter) -> Role:
    """Who the person of a row is; a blank relation is an error, for it may be anybody."""
    relation = row.values.get("person_relation")
    if relation is None:
        if "owner_names" in row.values:
            doubt = Doubt("RELATION_MISSING", _NO_RELATION, severity=Severity.ERROR)
            reporter.report(row, "person_relation", doubt)
        return Role.OWNER
    word = folded(relation)
    if _OWNER.fullmatch(word):
        return Role.OWNER
    role = Role.TENANT if _TENANT.fullmatch(word) else Role.RESIDENT
    if len(row.values.get("owner_names", ())) != 1:
        doubt = Doubt("NAME_MISSING", _ONE_NAME, severity=Severity.ERROR)
        reporter.report(row, "owner_names", doubt)
    elif role is Role.RESIDENT and len(row.values.get("owner_phones", ())) > 1:
        reporter.report(row, "owner_phones", Doubt("PHONE_LEFT_OUT", _MORE_PHONES))
    return role


def as_person(made: OwnerRow, row: ParsedRow, role: Role) -> OwnerRow:
    """The row of a resident or a tenant: the columns of the owner speak of them."""
    values = row.values
    name = values["owner_names"][0]
    phones: tuple[str, ...] = values.get("owner_phones", ())
    number = next(iter(values.get("id_numbers", ())), None)
    if role is Role.RESIDENT:
        relation = values["person_relation"]
        member = Member(name, relation, phones[0] if phones else None, number)
        return replace(made, family=(*made.family, member), address=None, email=None)
    company = is_company(name)
    tenant = FileTenant(
        name,
        company,
        phones,
        values.get("lease_start"),
        values.get("lease_end"),
        None if company else number,
        number if company else None,
    )
    return replace(made, tenant=tenant, address=None, email=None)


def in_one_unit(group: Sequence[OwnerRow]) -> list[OwnerRow] | None:
    """The rows of one unit ready to be joined; None where nobody of them is the owner.

    A unit has one tenant; further ones live there too.
    """
    if not any(row.owners for row in group):
        return None
    rows: list[OwnerRow] = []
    tenant: FileTenant | None = None
    for row in group:
        if row.tenant is not None and tenant is not None and row.tenant != tenant:
            other = row.tenant
            phone = other.phones[0] if other.phones else None
            member = Member(other.name, "租客", phone, other.id_number)
            rows.append(replace(row, tenant=None, family=(*row.family, member)))
        else:
            tenant = row.tenant or tenant
            rows.append(row)
    return rows
