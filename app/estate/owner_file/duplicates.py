"""Settles rooms that an owner file names more than once, without ever guessing (pure).

Rows of one room are one unit only where the office says so: the room's cell is merged over them,
or every row states the owner's share and the shares make up the whole. A row that repeats another
word for word is dropped with a warning. Any other repetition keeps all its rows out (DUP_ROOM),
because nothing tells which of them is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any, TypeVar

from app.core.parsing.cells import Severity
from app.core.sheets.layout import CellFault
from app.core.values.errors import N_
from app.estate.owner_file.roles import in_one_unit
from app.estate.owner_file.rows import FileOwner, OwnerRow

T = TypeVar("T")

_DUPLICATE = N_("The room %(room)s stands in the file more than once, also in %(others)s.")
_NO_OWNER = N_("None of the rows of the room %(room)s is the owner (本人, 户主 or 业主).")
_REPEATED = N_("The row says the same as %(others)s and was left out.")
_WHOLE = Decimal("0.00001")
_UNIT_FACTS = tuple(
    one.name
    for one in fields(OwnerRow)
    if one.name not in ("sheet", "row", "key", "owners", "family", "plates", "remark")
)


@dataclass(slots=True)
class Settled:
    """One row for each room, the problems, and the positions of the rows that stayed out."""

    good: list[OwnerRow] = field(default_factory=list)
    problems: list[CellFault] = field(default_factory=list)
    out: list[int] = field(default_factory=list)


def settle(rows: Sequence[OwnerRow], continued: set[int], persons: set[int]) -> Settled:
    """Return one row for each room, in the order of the file, and the problems.

    `continued` holds the positions of rows whose room cell is merged with the row above,
    `persons` those of lists with one row per person.
    """
    places: dict[tuple[str, str, str], list[int]] = {}
    for index, row in enumerate(rows):
        key = row.key
        places.setdefault((key.building, key.entrance, key.number), []).append(index)
    found = Settled()
    if len(places) == len(rows) and not persons:
        found.good = list(rows)
        return found
    for indexes in places.values():
        group = [rows[index] for index in indexes]
        each = persons.issuperset(indexes)
        if len(group) == 1 and not each:
            found.good.append(group[0])
            continue
        if each:
            settled, faults = _settle_persons(group)
        else:
            merged = all(index in continued for index in indexes[1:])
            settled, faults = _settle_group(group, merged=merged)
        found.problems.extend(faults)
        if settled:
            found.good.append(settled)
        wrong = {(fault.sheet, fault.row) for fault in faults}
        found.out += [at for at in indexes if (rows[at].sheet, rows[at].row) in wrong]
    return found


def _settle_persons(group: list[OwnerRow]) -> tuple[OwnerRow | None, list[CellFault]]:
    """The unit of several people, each on a row: one is the owner, or the owners share it."""
    kept = [row for at, row in enumerate(group) if not _repeats(row, group[:at])]
    twice = [
        _problem(
            row,
            [one for one in group[:at] if _without_place(one) == _without_place(row)],
            _REPEATED,
            Severity.WARNING,
        )
        for at, row in enumerate(group)
        if _repeats(row, group[:at])
    ]
    rows = in_one_unit(kept)
    if rows is None:
        return None, [_problem(row, [], _NO_OWNER, Severity.ERROR) for row in group]
    joined = rows[0] if len(rows) == 1 else _joined(rows)
    if joined is None:
        return None, [
            _problem(row, [one for one in group if one is not row], _DUPLICATE, Severity.ERROR)
            for row in group
        ]
    return joined, twice


def _repeats(row: OwnerRow, before: list[OwnerRow]) -> bool:
    return any(_without_place(row) == _without_place(other) for other in before)


def _settle_group(
    group: list[OwnerRow], *, merged: bool
) -> tuple[OwnerRow | None, list[CellFault]]:
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
    owners: dict[str, FileOwner] = {}
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
        remark=_remarks(group),
        plates=_union(row.plates for row in group),
        **facts,
    )


def _remarks(group: list[OwnerRow]) -> str | None:
    """The remarks of all rows, each once: every person may have one."""
    return "；".join(dict.fromkeys(row.remark for row in group if row.remark)) or None


def _union(parts: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(item for part in parts for item in part))


def _problem(row: OwnerRow, others: list[OwnerRow], message: str, severity: Severity) -> CellFault:
    places = "、".join(f"{other.sheet}!{other.row}" for other in others[:5])
    return CellFault(
        sheet=row.sheet,
        row=row.row,
        column="房号",
        value=row.key.code,
        code="DUP_ROOM",
        severity=severity,
        message=message,
        params={"room": row.key.code, "others": places},
    )
