"""The page on which people say what the columns of their file mean, as plain facts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from app.core.parsing.cells import plain
from app.core.values.errors import N_, DomainError
from app.estate.owner_file.layout import owner_layout
from app.estate.owner_import.said import check_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.core.sheets.layout import Header
    from app.core.workbook.reader import Workbook

EXAMPLES = 3
NOTHING = N_("Every sheet is left out; keep the one that holds the list.")


@dataclass(frozen=True, slots=True)
class MatchedColumn:
    """One column of the file: its header, some of its values, and what it means."""

    index: int
    label: str
    examples: tuple[str, ...]
    field: str


@dataclass(frozen=True, slots=True)
class Group:
    """The sheets that share one header; `left_out` when they are not imported."""

    fingerprint: str
    sheets: tuple[str, ...]
    columns: tuple[MatchedColumn, ...]
    left_out: bool = False


def choices() -> list[tuple[str, str]]:
    """Our columns as (name, label) in the reader's language."""
    return [(column.name, gettext(column.label)) for column in owner_layout().columns]


def groups(
    workbook: Workbook,
    headers: Sequence[Header],
    typed: Mapping[str, str] | None,
    left_out: frozenset[str],
) -> list[Group]:
    """The headers of the file, each once, with what was typed in place of what was matched.

    A sheet that does not look like a list starts left out where another one does.
    """
    sheets = {sheet.name: sheet for sheet in workbook.visible}
    found: dict[str, list[Header]] = {}
    for header in headers:
        found.setdefault(header.fingerprint, []).append(header)
    lists = any("room" in header.fields.values() for header in headers)
    made = []
    for fingerprint, same in found.items():
        header = same[0]
        # Lists side by side share their rows: a column without a name may be the neighbour's.
        alone = sum(one.sheet == header.sheet for one in headers) == 1
        rows = list(islice(sheets[header.sheet].rows, header.last + 1, header.last + 40))
        columns = tuple(
            MatchedColumn(
                index, _label(header, index), _examples(rows, index), _chosen(header, index, typed)
            )
            for index, label in enumerate(header.labels)
            if label or (alone and _examples(rows, index))
        )
        names = tuple(dict.fromkeys(one.sheet for one in same))
        out = left_out.issuperset(names) or (lists and "room" not in header.fields.values())
        if typed is not None:
            out = f"out.{fingerprint}" in typed
        made.append(Group(fingerprint, names, columns, out))
    return made


def _chosen(header: Header, index: int, typed: Mapping[str, str] | None) -> str:
    if typed is None:
        return header.fields.get(index, "")
    return typed.get(f"{header.fingerprint}.{index}", "")


def _label(header: Header, index: int) -> str:
    caption = header.captions[index] if index < len(header.captions) else ""
    label = header.labels[index]
    return f"{caption} / {label}" if caption and caption != label else label


def _examples(rows: list[list[Any]], index: int) -> tuple[str, ...]:
    """The first different values of a column."""
    seen: dict[str, None] = {}
    for row in rows:
        if index < len(row) and (shown := plain(row[index])):
            seen.setdefault(shown[:30])
            if len(seen) == EXAMPLES:
                break
    return tuple(seen)


@dataclass(frozen=True, slots=True)
class Matching:
    """What was chosen: fingerprint → column index → our column, and the sheets left out."""

    columns: Mapping[str, Mapping[int, str]]
    left_out: frozenset[str]


def read_matching(headers: Sequence[Header], form: Mapping[str, str]) -> Matching:
    """What was chosen for each header; `out.<fingerprint>` leaves its sheets out.

    :raises DomainError: a list without a room or with one of ours twice; it names the sheet.
    """
    known = {column.name for column in owner_layout().columns}
    found: dict[str, dict[int, str]] = {}
    left, kept = set(), set()
    for header in headers:
        if f"out.{header.fingerprint}" in form:
            left.add(header.sheet)
            continue
        kept.add(header.sheet)
        fields = {
            index: name
            for index in range(len(header.labels))
            if (name := form.get(f"{header.fingerprint}.{index}", "")) in known
        }
        check_columns(header.sheet, fields.values())
        found[header.fingerprint] = fields
    if not found:
        raise DomainError(NOTHING)
    return Matching(found, frozenset(left - kept))
