"""An import without pages: what the command line wants, read, compared, posted, answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from app.core.i18n.sentences import sentence
from app.core.imports.batch import ImportPlan, Outcome
from app.core.sheets.questions import Answers, Asks
from app.core.values import clock
from app.core.values.errors import N_, DomainError, NotFound
from app.estate.base.labels import FATES
from app.estate.owner_import import answers as import_answers
from app.estate.owner_import import post, preview
from app.estate.owner_import.owners import EVERYTHING

if TYPE_CHECKING:
    from app.core.sheets.questions import Question
    from app.core.workbook.reader import Workbook
    from app.estate.owner_import.post import Incoming

UNANSWERED = N_(
    "The file asks %(count)s questions; answer them with --word, --hidden or --answer "
    "(--plan lists them). The first: %(question)s"
)
NO_PAIR = N_("“%(text)s” is no pair; write it like 厂房=shop.")
NOT_ASKED = N_("The file does not ask what “%(word)s” means.")
NO_CHOICE = N_("“%(value)s” is no answer here; choose one of %(choices)s.")
NO_SHEET = N_("There is no sheet “%(name)s”; the file has %(names)s.")
HIDDEN = frozenset({Asks.HIDDEN_ROWS, Asks.HIDDEN_COLUMNS})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked of an import on the command line."""

    file: Path
    community: str
    day: date
    create: bool = False
    only_plan: bool = False
    skip_errors: bool = False
    accept: frozenset[str] = frozenset()
    words: tuple[tuple[str, str], ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    hidden: str | None = None
    sheets: tuple[str, ...] = ()
    renumbered: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(
        cls,
        *,
        day: datetime | None,
        accept_conflicts: bool,
        words: tuple[str, ...],
        answers: tuple[str, ...],
        renumbered: tuple[str, ...],
        **more: Any,
    ) -> Wanted:
        """From the options as they were typed; pairs are read later, where errors are sentences."""
        return cls(
            day=date(day.year, day.month, day.day) if day else clock.today(),
            accept=EVERYTHING if accept_conflicts else frozenset(),
            words=tuple(map(_pair, words)),
            answers=tuple(map(_pair, answers)),
            renumbered=tuple(map(_pair, renumbered)),
            **more,
        )


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.rpartition("=")
    return name.strip(), value.strip()


def run(session: Any, wanted: Wanted) -> dict[str, Any]:
    """Read, compare and post; the answer as JSON has it. The caller commits.

    :raises DomainError: the file, an option, or a question that nobody answered.
    """
    known = import_answers.remembered(session())
    session.rollback()
    incoming = _read(wanted, known)
    community = post.community_named(session(), wanted.community)
    if community is None and not wanted.create:
        raise NotFound(post.NO_COMMUNITY, name=wanted.community)
    if not (wanted.only_plan or wanted.skip_errors):
        _check_answered(incoming)
    if wanted.only_plan or (incoming.file.errors and not wanted.skip_errors):
        plan = post.compare(
            session(),
            incoming,
            community.id if community else None,
            wanted.day,
            accept=wanted.accept,
        )
        session.rollback()
        return answer_of(incoming, plan, None)
    if community is None:
        community = post.make_community(session(), wanted.community)
    plan, batch = post.post(
        session(),
        incoming,
        community.id,
        wanted.day,
        skip_errors=wanted.skip_errors,
        accept=wanted.accept,
    )
    return answer_of(incoming, plan, batch.id if batch else None, posted=True)


def _read(wanted: Wanted, known: Answers) -> Incoming:
    workbook, digest = post.open_file(wanted.file, wanted.file.name)
    own = Answers(sheets_left_out=_sheets(workbook, wanted.sheets))
    if not (wanted.words or wanted.answers or wanted.hidden):
        found = post.understand(workbook, digest, wanted.file.name, known, own)
    else:
        # Which questions a file asks is known when it was read; answers may bring further ones.
        asked = post.understand(workbook, digest, wanted.file.name, known, own)
        own = replace(own, said=_said(wanted, asked.file.questions))
        found = post.understand(workbook, digest, wanted.file.name, known, own)
    found.renumbered = dict(wanted.renumbered)
    return found


def _sheets(workbook: Workbook, names: tuple[str, ...]) -> frozenset[str]:
    there = [sheet.name for sheet in workbook.visible]
    for name in names:
        if name not in there:
            raise DomainError(NO_SHEET, name=name, names="、".join(there))
    return frozenset(names)


def _said(wanted: Wanted, questions: tuple[Question, ...]) -> dict[str, str]:
    said: dict[str, str] = {}
    if wanted.hidden:
        said.update({one.key: wanted.hidden for one in questions if one.asks in HIDDEN})
    for word, value in wanted.words:
        asked = [one for one in questions if one.asks is Asks.WORD and one.value == word]
        if not word:
            raise DomainError(NO_PAIR, text=value)
        if not asked:
            raise DomainError(NOT_ASKED, word=word)
        fitting = [one for one in asked if _value(one, value) is not None] or asked
        for one in fitting:
            said[one.key] = _chosen(one, value)
    by_key = {one.key: one for one in questions}
    for key, value in wanted.answers:
        if key not in by_key:
            raise DomainError(NOT_ASKED, word=key)
        said[key] = _chosen(by_key[key], value)
    return said


def _value(question: Question, typed: str) -> str | None:
    """The choice that was typed: its value, or its label in Chinese."""
    for one in question.choices:
        if typed in (one.value, gettext(one.label)):
            return one.value
    return None


def _chosen(question: Question, typed: str) -> str:
    value = _value(question, typed)
    if value is None:
        choices = "、".join(f"{one.value}（{gettext(one.label)}）" for one in question.choices)
        raise DomainError(NO_CHOICE, value=typed, choices=choices)
    return value


def _check_answered(incoming: Incoming) -> None:
    """Nothing that only the office knows is decided in silence."""
    open_ = [
        one
        for one in incoming.file.questions
        if one.blocks or (one.asks is Asks.HIDDEN_ROWS and one.answer is None)
    ]
    if open_:
        first = sentence(DomainError(open_[0].message, **open_[0].params))
        raise DomainError(UNANSWERED, count=len(open_), question=first)


def answer_of(
    incoming: Incoming, plan: ImportPlan, batch_id: int | None, *, posted: bool = False
) -> dict[str, Any]:
    """What happened, or would: the figures, every problem, conflict and question."""
    counts = plan.counts()
    return {
        "rows": incoming.file.count,
        "new": counts[Outcome.NEW],
        "changed": counts[Outcome.CHANGED],
        "unchanged": counts[Outcome.UNCHANGED],
        "imported": counts[Outcome.NEW] + counts[Outcome.CHANGED] if posted else 0,
        "conflicts": [
            preview.line_facts(line) for line in plan.lines if line.outcome is Outcome.CONFLICT
        ],
        "errors": [preview.problem_facts(one) for one in incoming.file.errors],
        "warnings": [preview.problem_facts(one) for one in incoming.file.warnings],
        "notes": [gettext(message, **params) for message, params in plan.notes],
        "questions": [preview.question_facts(one) for one in incoming.file.questions],
        **preview.extra_facts(plan),
        "skipped": dict(incoming.file.skipped),
        "hidden": list(incoming.file.hidden),
        "left_out": list(incoming.file.left_out),
        "cells_left_out": _left_out(incoming),
        "unmatched": sorted({name for one in incoming.file.headers for name in one.unmatched}),
        "batch": batch_id,
        "posted": posted,
    }


def _left_out(incoming: Incoming) -> dict[str, dict[str, int]]:
    """Cells that are neither stored nor reported, by sheet and reason."""
    found = {}
    for sheet in incoming.file.accounting.sheets:
        counts = {
            str(FATES[fate]): count
            for fate, count in sorted(sheet.counts().items())
            if fate in FATES
        }
        if counts:
            found[sheet.name] = counts
    return found
