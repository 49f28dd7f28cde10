"""What the reading of a sheet asks people, and what they have answered before (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

Corrections = Mapping[str, Mapping[int, str]]
"""Fingerprint of a header → the matching that a user chose for it: column index → our column."""

TAKE, LEAVE = "take", "leave"
OUT = "out"
"""The choice that leaves out the rows of a question."""


class Asks(StrEnum):
    """What a question is about."""

    WORD = "word"
    COLUMN = "column"
    BORDER = "border"
    HIDDEN_ROWS = "hidden_rows"
    HIDDEN_COLUMNS = "hidden_columns"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class CellPlace:
    """A cell: its sheet, its row from 1, its column from 0 (-1: the whole row)."""

    sheet: str
    row: int
    index: int = -1


@dataclass(frozen=True, slots=True)
class AnswerChoice:
    """One answer: `value` is what is stored, `label` the source text of what is shown."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only the office knows, asked once for all the `count` cells it is about.

    `key` is the same in every file that asks the same thing. `where` are the first places,
    `value` the word as written, `message` the source text for `params`. `default` is what holds
    without an answer; where there is none the rows stay out, each with an error. A `lasting`
    answer is worth remembering for the office's next file. `answer` is what was said.
    """

    key: str
    asks: Asks
    message: str
    params: Mapping[str, object]
    choices: tuple[AnswerChoice, ...]
    where: tuple[CellPlace, ...]
    count: int
    value: str = ""
    default: str | None = None
    lasting: bool = False
    answer: str | None = None

    @property
    def blocks(self) -> bool:
        """Whether rows stay out until it is answered."""
        return self.answer is None and self.default is None


@dataclass(frozen=True, slots=True)
class Answers:
    """What people said of a file, or of such files before.

    `said` maps keys of questions to chosen values, `columns` are whole matchings by the
    fingerprint of a header. The rest is about one file: `cells` are texts in place of what
    stands there, by sheet, row from 1 and column from 0.
    """

    said: Mapping[str, str] = field(default_factory=dict)
    columns: Corrections = field(default_factory=dict)
    cells: Mapping[tuple[str, int, int], str] = field(default_factory=dict)
    sheets_left_out: frozenset[str] = frozenset()
    rows_left_out: frozenset[tuple[str, int]] = frozenset()

    def with_answer(self, key: str, value: str) -> Answers:
        """The answers and one more."""
        return replace(self, said={**self.said, key: value})

    def as_facts(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "said": dict(self.said),
            "columns": {
                mark: {str(index): name for index, name in fields.items()}
                for mark, fields in self.columns.items()
            },
            "cells": [[*place, text] for place, text in sorted(self.cells.items())],
            "sheets_left_out": sorted(self.sheets_left_out),
            "rows_left_out": [list(place) for place in sorted(self.rows_left_out)],
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Answers:
        """Back from what `as_facts` gave."""
        return cls(
            said={str(key): str(value) for key, value in facts.get("said", {}).items()},
            columns={
                str(mark): {int(index): str(name) for index, name in fields.items()}
                for mark, fields in facts.get("columns", {}).items()
            },
            cells={
                (str(sheet), int(row), int(index)): str(text)
                for sheet, row, index, text in facts.get("cells", ())
            },
            sheets_left_out=frozenset(map(str, facts.get("sheets_left_out", ()))),
            rows_left_out=frozenset(
                (str(sheet), int(row)) for sheet, row in facts.get("rows_left_out", ())
            ),
        )
