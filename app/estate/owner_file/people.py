"""Puts the people of a row together: who owns, who rents, who lives there (pure)."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from app.core.parsing.cells import Doubt, Severity
from app.core.parsing.identity import is_credit_code
from app.core.sheets.layout import ParsedRow
from app.core.values.errors import N_
from app.estate.owner_file.names import Member, is_company
from app.estate.owner_file.rows import FileOwner, FileTenant

_NAME_MISSING = N_("The owner's name is missing.")
_TENANT_MISSING = N_("The tenant's name is missing; what else is said of the tenant was left out.")
_IDS_DO_NOT_FIT = N_(
    "%(owners)s owners and %(numbers)s ID numbers; write one for each owner, in the same order."
)
_SHARES_DO_NOT_FIT = N_(
    "The shares do not fit %(owners)s owners; write one for each, together not above 100%%."
)
_WHOSE_FAMILY = N_("It is not clear whose this is; write family members like 李四(妻) 13900000001.")
# States and uses of units that may well have no owner in the file.
_OWNERLESS_STATES = frozenset(("undelivered", "vacant"))
_OWNERLESS_KINDS = frozenset(("parking", "storage", "advertising"))
_OF_OWNERS = ("owner_phones", "id_numbers", "share")


class Reporter(Protocol):
    """Where doubts about a row go."""

    fields: set[str]

    def report(self, row: ParsedRow, name: str, doubt: Doubt) -> None: ...

    def has_problem(self, row: ParsedRow, name: str) -> bool: ...


def owners_of(row: ParsedRow, kind: str | None, reporter: Reporter) -> tuple[FileOwner, ...]:
    """The owners of a row; NAME_MISSING unless the unit may be without one.

    Several phones belong to the owners in order where there are as many of each, otherwise all
    to the first, who is the one to call. ID numbers and shares must be as many as the owners.
    """
    values = row.values
    names: tuple[str, ...] = values.get("owner_names", ())
    if not names:
        _check_missing(row, kind, reporter)
        return ()
    phones: tuple[str, ...] = values.get("owner_phones", ())
    numbers = _numbers(row, len(names), reporter)
    parts = _shares(row, len(names), reporter)
    paired = len(phones) == len(names)
    owners = []
    for place, (name, number, part) in enumerate(zip(names, numbers, parts, strict=True)):
        is_code = number is not None and is_credit_code(number)
        owners.append(
            FileOwner(
                name,
                is_code or is_company(name),
                part,
                (phones[place],) if paired else phones if place == 0 else (),
                None if is_code else number,
                number if is_code else None,
            )
        )
    return tuple(owners)


def tenant_of(row: ParsedRow, reporter: Reporter) -> FileTenant | None:
    """The tenant of a row; a lease without a name is a warning."""
    values = row.values
    names: tuple[str, ...] = values.get("tenant_name", ())
    rest = [name for name in ("tenant_phones", "lease_start", "lease_end") if name in values]
    if not names:
        named = "tenant_name" in reporter.fields
        if rest and named and not reporter.has_problem(row, "tenant_name"):
            reporter.report(row, "tenant_name", Doubt("NAME_MISSING", _TENANT_MISSING))
        return None
    name = "、".join(names)
    return FileTenant(
        name,
        is_company(name),
        values.get("tenant_phones", ()),
        values.get("lease_start"),
        values.get("lease_end"),
    )


def with_relation(row: ParsedRow, reporter: Reporter) -> tuple[Member, ...]:
    """The family members; relation and phone of their own columns go to a single member."""
    values = row.values
    family: tuple[Member, ...] = values.get("family", ())
    relation, phones = values.get("family_relation"), values.get("family_phones", ())
    if not relation and not phones:
        return family
    if len(family) != 1 or len(phones) > 1:
        name = "family_relation" if relation else "family_phones"
        reporter.report(row, name, Doubt("VALUE_INVALID", _WHOSE_FAMILY))
        return family
    member = family[0]
    phone = member.phone or (phones[0] if phones else None)
    return (Member(member.name, member.relation or relation, phone),)


def _check_missing(row: ParsedRow, kind: str | None, reporter: Reporter) -> None:
    if "owner_names" not in reporter.fields or row.continued:
        return
    if reporter.has_problem(row, "owner_names") or "owner_names" in row.values:
        return
    said = any(name in row.values for name in _OF_OWNERS)
    may_lack = kind in _OWNERLESS_KINDS or row.values.get("occupancy") in _OWNERLESS_STATES
    if said or not may_lack:
        doubt = Doubt("NAME_MISSING", _NAME_MISSING, severity=Severity.ERROR)
        reporter.report(row, "owner_names", doubt)


def _numbers(row: ParsedRow, owners: int, reporter: Reporter) -> tuple[str | None, ...]:
    numbers: tuple[str, ...] = row.values.get("id_numbers", ())
    if len(numbers) == owners:
        return numbers
    if numbers:
        params = {"owners": owners, "numbers": len(numbers)}
        reporter.report(row, "id_numbers", Doubt("ID_LENGTH", _IDS_DO_NOT_FIT, params))
    return (None,) * owners


def _shares(row: ParsedRow, owners: int, reporter: Reporter) -> tuple[Decimal | None, ...]:
    """One share for each owner; a single 50 % beside two owners is the share of each."""
    parts: tuple[Decimal, ...] = row.values.get("share", ())
    if len(parts) == 1 and owners > 1 and abs(parts[0] * owners - 1) < Decimal("0.00001"):
        return parts * owners
    if len(parts) == owners and sum(parts) <= 1:
        return parts
    if parts:
        doubt = Doubt("VALUE_INVALID", _SHARES_DO_NOT_FIT, {"owners": owners})
        reporter.report(row, "share", doubt)
    return (None,) * owners
