"""Keeps what an upload would do, so that its pages and downloads need not work it out again."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from app.core.i18n import filters
from app.core.i18n.sentences import sentence
from app.core.imports.batch import ImportLine, ImportPlan, Outcome
from app.core.values.errors import DomainError
from app.estate.owner_import import post, sheets
from app.estate.owner_import.owners import ACCEPTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from app.core.sheets.layout import CellFault, Header
    from app.core.sheets.questions import Question
    from app.core.web.uploads import Upload
    from app.estate.owner_import.post import Incoming

TABS = ("error", "warning", "conflict", "changed", "new", "unchanged")
"""What the preview shows apart, in the order of the tabs: what needs a decision comes first."""
OPENED = ("error", "conflict", "changed", "new", "warning", "unchanged")
"""Which tab is open at first: the first one of these that has rows."""
PER_PAGE = 100
NAMED = 5
"""Places that a question names."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a tab."""

    tab: str
    rows: list[dict[str, Any]]
    page: int
    count: int

    @property
    def last_page(self) -> int:
        return max(1, -(-self.count // PER_PAGE))


def problem_facts(problem: CellFault) -> dict[str, Any]:
    """A problem as the page, the JSON of the command line and the red column need it."""
    return {
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "code": problem.code,
        "message": said(problem),
        "index": problem.index,
        "error": problem.is_error,
    }


def said(problem: CellFault) -> str:
    """The problem's sentence in the reader's language."""
    return sentence(DomainError(problem.message, **problem.params))


def masked(field: str, stored: str) -> str:
    """What is stored as a preview may show it: phones and cards with their middle hidden.

    The file's own values are those of whoever brings it and stay as they are.
    """
    if field == "phones":
        return "、".join(filters.mask_phone(number) for number in stored.split("、") if number)
    return filters.mask_id(stored) if field == "id_number" and stored else stored


def line_facts(line: ImportLine) -> dict[str, Any]:
    return {
        "sheet": line.sheet,
        "row": line.row,
        "code": line.code,
        "changes": [[one.field, masked(one.field, one.old), one.new] for one in line.changes],
        "reason": gettext(line.reason) if line.reason else "",
        "facts": list(line.facts),
    }


def header_facts(header: Header) -> dict[str, Any]:
    return {
        "sheet": header.sheet,
        "row": header.last + 1,
        "labels": list(header.labels),
        "captions": list(header.captions),
        "fields": {str(index): name for index, name in header.fields.items()},
        "fingerprint": header.fingerprint,
    }


def question_facts(question: Question) -> dict[str, Any]:
    """A question as the page and the JSON of the command line need it."""
    return {
        "key": question.key,
        "asks": question.asks.value,
        "text": sentence(DomainError(question.message, **question.params)),
        "choices": [[choice.value, gettext(choice.label)] for choice in question.choices],
        "where": [[place.sheet, place.row] for place in question.where[:NAMED]],
        "count": question.count,
        "value": question.value,
        "default": question.default,
        "answer": question.answer,
        "blocks": question.blocks,
        "lasting": question.lasting,
    }


def extra_facts(plan: ImportPlan) -> dict[str, Any]:
    """New buildings and rooms that may have been renumbered."""
    return {
        "new_buildings": [one._asdict() for one in plan.extras.get("new_buildings", ())],
        "renumbered": [one._asdict() for one in plan.extras.get("renumbered", ())],
    }


def store(upload: Upload, incoming: Incoming, plan: ImportPlan) -> dict[str, Any]:
    """Write the preview beside the file; the answer are its figures."""
    file = incoming.file
    reasons = Counter(line.reason for line in plan.lines if line.outcome is Outcome.CONFLICT)
    facts = {
        "counts": post.counts(incoming, plan),
        "digest": plan.digest(),
        "notes": [gettext(message, **params) for message, params in plan.notes],
        "skipped": dict(file.skipped),
        "left_out": list(file.left_out),
        "hidden": list(file.hidden),
        "headers": [header_facts(header) for header in file.headers],
        "writes": bool(plan.writes),
        "questions": [question_facts(one) for one in file.questions],
        "accepts": {kind: reasons[reason] for reason, kind in ACCEPTS.items() if reasons[reason]},
        "sheets": sheets.store(upload.folder, file),
        **extra_facts(plan),
    }
    tabs: dict[str, Iterable[dict[str, Any]]] = {
        "error": map(problem_facts, file.errors),
        "warning": map(problem_facts, file.warnings),
    }
    for outcome in Outcome:
        tabs[outcome.value] = map(
            line_facts, [line for line in plan.lines if line.outcome is outcome]
        )
    for tab, rows in tabs.items():
        with _file(upload, tab).open("w", encoding="utf-8") as out:
            out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (upload.folder / "preview.json").write_text(
        json.dumps(facts, ensure_ascii=False), encoding="utf-8"
    )
    return facts


def load(upload: Upload) -> dict[str, Any] | None:
    """The figures of the preview; None while there is none."""
    try:
        found: dict[str, Any] = json.loads(
            (upload.folder / "preview.json").read_text(encoding="utf-8")
        )
    except FileNotFoundError:
        return None
    return found


def listed(upload: Upload, facts: dict[str, Any], tab: str, page: int) -> Listed:
    """One page of a tab; a page beyond the end is the last one."""
    key = {"error": "errors", "warning": "warnings"}.get(tab, tab)
    count = int(facts["counts"][key])
    page = min(max(page, 1), max(1, -(-count // PER_PAGE)))
    rows = islice(_lines(_file(upload, tab)), (page - 1) * PER_PAGE, page * PER_PAGE)
    return Listed(tab, list(rows), page, count)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _file(upload: Upload, tab: str) -> Path:
    return upload.folder / f"{tab}.jsonl"
