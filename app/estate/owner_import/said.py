"""What somebody says of an uploaded file in its preview, kept beside the file until it is imported.

Cells, sheets and rows are this file's own; answers to lasting questions and whole headers are
remembered for the office when the file is imported (`import_answers`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from app.core.sheets.questions import Answers
from app.core.values.errors import N_, DomainError
from app.estate.owner_file.layout import owner_layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.core.web.uploads import Upload

LONGEST = 500
NOT_OFFERED = N_("This answer is not offered; choose one of the list.")
TOO_LONG = N_("At most %(limit)s characters fit into a cell.")
NO_ROOM = N_("Sheet %(sheet)s: say which column holds the room; without it no row can be imported.")
TWICE = N_("Sheet %(sheet)s: “%(label)s” was chosen for two columns; choose it once.")


def own(upload: Upload) -> Answers:
    """What was said of this file."""
    return Answers.from_facts(upload.facts.get("answers", {}))


def renumbered(upload: Upload) -> dict[str, str]:
    """The stored rooms that this file knows under another number: new code → old code."""
    return dict(upload.facts.get("renumbered", {}))


def keep(upload: Upload, answers: Answers, moved: Mapping[str, str]) -> None:
    """Write it down beside the file."""
    upload.facts["answers"] = answers.as_facts()
    upload.facts["renumbered"] = dict(moved)


def read_form(form: Any, facts: Mapping[str, Any], before: Answers) -> Answers:
    """The answers of a form of the preview, over those given before.

    Fields: `cell.<sheet>.<row>.<column>` (the sheet by its place), `said.<question>`,
    `column.<fingerprint>.<index>`, `sheet.<place>` with `take` or `leave`, `row.<sheet>.<row>`.

    :raises DomainError: an answer that is not offered, or columns that make no list.
    """
    found = before
    names = [sheet["name"] for sheet in facts["sheets"]]
    offered = {one["key"]: [choice[0] for choice in one["choices"]] for one in facts["questions"]}
    if form.get("reset") == "cells":
        found = replace(found, cells={})
    columns: dict[str, dict[int, str]] = {}
    for name, value in form.items(multi=True):
        what, _, rest = name.partition(".")
        if what == "cell":
            if form.get(f"was.{rest}") != value:
                found = _cell(found, names, rest, value)
        elif what == "said" and rest in offered and value != "?":
            if value not in offered[rest]:
                raise DomainError(NOT_OFFERED)
            found = found.with_answer(rest, value)
        elif what == "column":
            fingerprint, _, index = rest.partition(".")
            if index.isascii() and index.isdigit():
                columns.setdefault(fingerprint, {})[int(index)] = value
        elif what == "sheet" and (place := _number(rest)) is not None and place < len(names):
            left = found.sheets_left_out - {names[place]}
            chosen = left | {names[place]} if value == "leave" else left
            found = replace(found, sheets_left_out=frozenset(chosen))
        elif what == "row":
            found = _row(found, names, rest, value)
    return _columns(found, facts, columns)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else None


def _place(names: list[str], text: str, parts: int) -> tuple[Any, ...] | None:
    numbers = [_number(part) for part in text.split(".")]
    if len(numbers) != parts or None in numbers or (numbers[0] or 0) >= len(names):
        return None
    return (names[numbers[0] or 0], *numbers[1:])


def _cell(before: Answers, names: list[str], text: str, value: str) -> Answers:
    place = _place(names, text, 3)
    if place is None:
        return before
    if len(value) > LONGEST:
        raise DomainError(TOO_LONG, limit=LONGEST)
    return replace(before, cells={**before.cells, place: value.strip()})


def _row(before: Answers, names: list[str], text: str, value: str) -> Answers:
    place = _place(names, text, 2)
    if place is None:
        return before
    left = before.rows_left_out - {place}
    return replace(before, rows_left_out=frozenset(left | {place} if value == "leave" else left))


def _columns(
    before: Answers, facts: Mapping[str, Any], chosen: Mapping[str, Mapping[int, str]]
) -> Answers:
    """Whole matchings: what was chosen over column heads, over what was found."""
    known = {column.name: column for column in owner_layout().columns}
    columns = {key: dict(fields) for key, fields in before.columns.items()}
    for header in facts["headers"]:
        fields = chosen.get(header["fingerprint"])
        if not fields:
            continue
        now = {int(index): name for index, name in header["fields"].items()}
        now.update(fields)
        merged = {index: name for index, name in sorted(now.items()) if name in known}
        if merged == {int(index): name for index, name in header["fields"].items()}:
            continue
        check_columns(header["sheet"], merged.values())
        columns[header["fingerprint"]] = merged
    return replace(before, columns=columns)


def check_columns(sheet: str, names: Iterable[str]) -> None:
    """A matching has the room, and no column of ours twice.

    :raises DomainError: it names the sheet.
    """
    known = {column.name: column for column in owner_layout().columns}
    seen: set[str] = set()
    for name in names:
        if name in seen and not known[name].several:
            raise DomainError(TWICE, sheet=sheet, label=gettext(known[name].label))
        seen.add(name)
    if not {"room"} & seen:
        raise DomainError(NO_ROOM, sheet=sheet)
