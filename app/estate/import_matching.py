"""The page on which people say what the columns of their file mean, as plain facts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from app.core.cells import plain
from app.core.errors import N_, DomainError
from app.estate.owner_layout import owner_layout

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.core.sheet import Header
    from app.core.workbook import Workbook

EXAMPLES = 3
NO_ROOM = N_("Say which column holds the room: without it no row can be imported.")
TWICE = N_("“%(label)s” was chosen for two columns; choose it once.")


@dataclass(frozen=True, slots=True)
class MatchedColumn:
    """One column of the file: its header, some of its values, and what it means."""

    index: int
    label: str
    examples: tuple[str, ...]
    field: str


@dataclass(frozen=True, slots=True)
class Group:
    """The sheets that share one header."""

    fingerprint: str
    sheets: tuple[str, ...]
    columns: tuple[MatchedColumn, ...]


def choices() -> list[tuple[str, str]]:
    """Our columns as (name, label) in the reader's language."""
    return [(column.name, gettext(column.label)) for column in owner_layout().columns]


def groups(
    workbook: Workbook, headers: Sequence[Header], typed: Mapping[str, Mapping[int, str]] | None
) -> list[Group]:
    """The headers of the file, each once, with what was typed in place of what was matched."""
    sheets = {sheet.name: sheet for sheet in workbook.visible}
    found: dict[str, list[Header]] = {}
    for header in headers:
        found.setdefault(header.fingerprint, []).append(header)
    made = []
    for fingerprint, same in found.items():
        header = same[0]
        fields = (typed or {}).get(fingerprint, header.fields)
        # Lists side by side share their rows: a column without a name may be the neighbour's.
        alone = sum(one.sheet == header.sheet for one in headers) == 1
        rows = list(islice(sheets[header.sheet].rows, header.last + 1, header.last + 40))
        columns = tuple(
            MatchedColumn(index, _label(header, index), _examples(rows, index),
                          fields.get(index, ""))
            for index, label in enumerate(header.labels)
            if label or (alone and _examples(rows, index))
        )  # fmt: skip
        made.append(Group(fingerprint, tuple(one.sheet for one in same), columns))
    return made


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


def read_matching(
    headers: Sequence[Header], form: Mapping[str, str]
) -> dict[str, dict[int, str]]:
    """What was chosen for each header: fingerprint → column index → our column.

    :raises DomainError: no column is the room, or one of ours was chosen twice.
    """
    columns = {column.name: column for column in owner_layout().columns}
    found: dict[str, dict[int, str]] = {}
    for header in headers:
        fields: dict[int, str] = {}
        for index in range(len(header.labels)):
            name = form.get(f"{header.fingerprint}.{index}", "")
            if name not in columns:
                continue
            if name in fields.values() and not columns[name].several:
                raise DomainError(TWICE, label=gettext(columns[name].label))
            fields[index] = name
        if fields and "room" not in fields.values():
            raise DomainError(NO_ROOM)
        if fields:
            found[header.fingerprint] = fields
    if not found:
        raise DomainError(NO_ROOM)
    return found
