"""Settles rooms that an owner file names more than once, without ever guessing (pure).

Rows of one room are one unit only where the office says so: the room's cell is merged over them,
or every row states the owner's share and the shares make up the whole. A row that repeats another
word for word is dropped with a warning. Any other repetition keeps all its rows out (DUP_ROOM),
because nothing tells which of them is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any, TypeVar

from app.core.cells import Severity
from app.core.errors import N_
from app.core.sheet import Problem
from app.estate.owner_rows import Owner, OwnerRow

T = TypeVar("T")

_DUPLICATE = N_("The room %(room)s stands in the file more than once, also in %(others)s.")
_REPEATED = N_("The row says the same as %(others)s and was left out.")
_WHOLE = Decimal("0.00001")
_UNIT_FACTS = tuple(
    field.name
    for field in fields(OwnerRow)
    if field.name not in ("sheet", "row", "key", "owners", "family", "plates")
)


def settle(
    rows: Sequence[OwnerRow], continued: set[int]
) -> tuple[list[OwnerRow], list[Problem]]:
    """Return one row for each room, in the order of the file, and the problems.

    `continued` holds the indexes of rows whose room cell is merged with the row above.
    """
    places: dict[tuple[str, str, str], list[int]] = {}
    for index, row in enumerate(rows):
        key = row.key
        places.setdefault((key.building, key.entrance, key.number), []).append(index)
    if len(places) == len(rows):
        return list(rows), []
    good: list[OwnerRow] = []
    problems: list[Problem] = []
    for indexes in places.values():
        group = [rows[index] for index in indexes]
        if len(group) == 1:
            good.append(group[0])
            continue
        merged = all(index in continued for index in indexes[1:])
        settled, faults = _settle_group(group, merged=merged)
        problems.extend(faults)
        if settled:
            good.append(settled)
    return good, problems


def _settle_group(
    group: list[OwnerRow], *, merged: bool
) -> tuple[OwnerRow | None, list[Problem]]:
    first = group[0]
    if not merged and all(_without_place(row) == _without_place(first) for row in group):
        repeated = (_problem(row, [first], _REPEATED, Severity.WARNING) for row in group[1:])
        return first, list(repeated)
    if merged or _shares_make_up_the_whole(group):
        joined = _joined(group)
        if joined:
            return joined, []
    return None, [
        _problem(row, [other for other in group if other is not row], _DUPLICATE, Severity.ERROR)
        for row in group
    ]


def _without_place(row: OwnerRow) -> OwnerRow:
    return replace(row, sheet="", row=0)


def _shares_make_up_the_whole(group: Iterable[OwnerRow]) -> bool:
    shares = [owner.share for row in group for owner in row.owners]
    known = [share for share in shares if share is not None]
    complete = len(known) == len(shares) >= 1
    return complete and abs(sum(known, start=Decimal(-1))) < _WHOLE


def _joined(group: list[OwnerRow]) -> OwnerRow | None:
    """One row of several; None when they contradict each other about the unit or an owner."""
    first = group[0]
    facts: dict[str, Any] = {}
    for name in _UNIT_FACTS:
        said = {value for row in group if (value := getattr(row, name)) is not None}
        if len(said) > 1:
            return None
        facts[name] = said.pop() if said else None
    owners: dict[str, Owner] = {}
    for owner in (owner for row in group for owner in row.owners):
        known = owners.get(owner.name)
        if known is None:
            owners[owner.name] = owner
        elif (known.id_number or owner.id_number) != (owner.id_number or known.id_number):
            return None
        else:
            owners[owner.name] = replace(known, phones=_union((known.phones, owner.phones)))
    return replace(
        first,
        owners=tuple(owners.values()),
        family=_union(row.family for row in group),
        plates=_union(row.plates for row in group),
        **facts,
    )


def _union(parts: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(item for part in parts for item in part))


def _problem(
    row: OwnerRow, others: list[OwnerRow], message: str, severity: Severity
) -> Problem:
    places = "、".join(f"{other.sheet}!{other.row}" for other in others[:5])
    return Problem(
        sheet=row.sheet,
        row=row.row,
        column="房号",
        value=row.key.code,
        code="DUP_ROOM",
        severity=severity,
        message=message,
        params={"room": row.key.code, "others": places},
    )
