"""Keeps what the cells of a file leave open: one question for a word, however often it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from app.core.parsing.cells import Doubt, Severity, folded, plain
from app.core.parsing.sheet_rows_packed import Cell, CellError
from app.core.sheets.layout import SheetColumn
from app.core.sheets.questions import (
    LEAVE,
    OUT,
    TAKE,
    AnswerChoice,
    Answers,
    Asks,
    CellPlace,
    Question,
)
from app.core.values.errors import N_

ANSWERED = "ANSWERED"
"""The code of a doubt that an answer has settled: no problem any more."""
_SHOWN = 20  # places of a question

CELL_ERROR = N_("The cell shows %(value)s: its formula failed. Type the value itself.")
_NO_NAME = N_("Nobody is named")
_TAKE, _LEAVE = N_("Take them"), N_("Leave them out")
TAKE_OR_LEAVE = (AnswerChoice(TAKE, _TAKE), AnswerChoice(LEAVE, _LEAVE))


@dataclass(slots=True)
class _Open:
    """A question being collected."""

    asked: Question
    where: list[CellPlace] = field(default_factory=list)
    count: int = 0


class Asker:
    """Reads cells with the answers that are known, and collects the questions."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self._open: dict[str, _Open] = {}

    @property
    def questions(self) -> Iterator[Question]:
        """What is open and what was answered, with the places."""
        for one in self._open.values():
            yield replace(one.asked, where=tuple(one.where), count=one.count)

    def ask(self, question: Question) -> str | None:
        """Put a question; the answer, where there is one."""
        said = self.answers.said.get(question.key)
        if said is not None and all(said != choice.value for choice in question.choices):
            said = None
        asked = replace(question, answer=said)
        self._open.setdefault(asked.key, _Open(asked, list(asked.where), asked.count))
        return said

    def note(self, key: str, place: CellPlace) -> None:
        """One more cell that the question is about."""
        one = self._open[key]
        one.count += 1
        if len(one.where) < _SHOWN:
            one.where.append(place)

    def read(self, cell: Cell, column: SheetColumn) -> object:
        """What a cell says, or a doubt; one that was settled has the code `ANSWERED`."""
        if isinstance(cell, CellError):
            return Doubt("CELL_ERROR", CELL_ERROR, {"value": cell.text})
        value = column.parse(cell)
        if type(value) is not Doubt:
            return value
        if column.choices:
            return self._word(cell, column, value)
        return self._reading(cell, column, value) if value.readings else value

    def _word(self, cell: Cell, column: SheetColumn, doubt: Doubt) -> Doubt:
        key = f"word/{column.name}/{folded(cell).casefold()}"
        default = None if column.asking is Severity.ERROR else ""
        said = self.ask(
            Question(
                key,
                Asks.WORD,
                doubt.message,
                doubt.params,
                column.choices,
                (),
                0,
                value=plain(cell),
                default=default,
                lasting=True,
            )
        )
        if said is None:
            return replace(doubt, code="WORD_UNKNOWN", severity=column.asking, question=key)
        if said == OUT:
            return Doubt(OUT, doubt.message, doubt.params, question=key)
        return Doubt(ANSWERED, doubt.message, value=said or None, question=key)

    def _reading(self, cell: Cell, column: SheetColumn, doubt: Doubt) -> Doubt:
        written = plain(cell)
        key = f"name/{written}"
        choices = tuple(
            AnswerChoice(reading, reading.removeprefix("=") or _NO_NAME)
            for reading in doubt.readings
        )
        said = self.ask(
            Question(
                key,
                Asks.NAME,
                doubt.message,
                doubt.params,
                choices,
                (),
                0,
                value=written,
                default="",
                lasting=doubt.readings == ("",),
            )
        )
        if said is None:
            return replace(doubt, question=key)
        value = column.parse(said) if said else ()  # said to be nobody, which is not blank
        if type(value) is Doubt:
            value = value.value
        return Doubt(ANSWERED, doubt.message, value=value, question=key)
