"""Declared columns → rows and every problem at once: the reading half of each import (pure).

A list is declared as a `Layout`; `sheet_header` finds its header in an office's own sheet, and
`sheet_reader` walks over the rows, parses each cell, and counts what is no row of the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from app.core.parsing.cells import Doubt, Parser, Severity, plain, text
from app.core.parsing.sheet_rows_packed import Cell, Row
from app.core.sheets.questions import AnswerChoice
from app.core.values.errors import N_

NO_END = 1 << 30
VALUE_MISSING = N_("%(column)s is missing.")

Settle: TypeAlias = Callable[[Sequence[str], Sequence[str], Mapping[int, str]], dict[int, str]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A header as matched by its titles, with what stands below each column.

    `rivals` are columns whose titles mean a field that a more telling title has; `samples` are
    the first filled cells of each column, `name` is the sheet's.
    """

    name: str
    labels: tuple[str, ...]
    captions: tuple[str, ...]
    fields: Mapping[int, str]
    rivals: Mapping[int, str]
    samples: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class ColumnDoubt:
    """Several columns that may mean `name`. Without a `default` the list stays out until said."""

    name: str
    message: str
    columns: tuple[int, ...]
    default: int | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """What titles and values say together; `refusal` names the signs of another kind of list."""

    fields: Mapping[int, str]
    doubts: tuple[ColumnDoubt, ...] = ()
    refusal: tuple[str, ...] = ()


Weigh: TypeAlias = Callable[[Seen], Weighed]


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column of a list.

    `label` is its name on our screens (source text), `synonyms` the headers that offices use,
    the most telling first. `parse` reads a cell. `missing` is the code of a blank cell in a row
    (None: may be blank). `severity` is what a doubt means unless the parser says otherwise.
    `several`: may stand in more than one column (联系电话1, 联系电话2), each parsing to a tuple.
    `fills`: a vertically merged cell speaks for all its rows. `private` values are masked.
    `choices` are what an unknown word may be said to mean; `asking` is the severity until then.
    """

    name: str
    label: str
    synonyms: tuple[str, ...]
    parse: Parser = text
    missing: str | None = None
    severity: Severity = Severity.WARNING
    several: bool = False
    fills: bool = True
    private: bool = False
    choices: tuple[AnswerChoice, ...] = ()
    asking: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True)
class Layout:
    """A list: its columns, and what a header must have to be one.

    All of `keys` must be matched, the columns that a row cannot do without, and at least one of
    `besides`, so that another list of the same things is not taken for this one. `groups` are
    captions over several columns (two-level headers) that add nothing to the columns' names,
    such as 房屋信息; under any other caption a column is looked up by both names, so that the
    姓名 under 租户 is not the owner's. `speaks` tells a text standing alone in a row that the rows
    below belong to (``3号楼``) from a note. `settle` has the last word on a matching found by
    synonyms: it takes the labels, the captions and the matching; `weigh` then looks at what
    stands below. `telling` knows a text that, alone in its row, is somebody and no note.
    `person` is the column that every list of its own has beside its key.
    """

    columns: tuple[SheetColumn, ...]
    keys: frozenset[str]
    besides: frozenset[str] = frozenset()
    groups: tuple[str, ...] = ()
    speaks: Callable[[str], bool] | None = None
    settle: Settle | None = None
    weigh: Weigh | None = None
    telling: Callable[[str], bool] | None = None
    person: str = ""

    def column(self, name: str) -> SheetColumn:
        """The column called `name`."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header of a sheet is and what its columns mean.

    `first` and `last` are row indexes; `labels` are the texts by column, `captions` those above
    them where the header has two levels; `fields` is the matching of column index to column
    name. `fingerprint` is the same for files with the same header. The list reaches from `top`,
    where its titles begin, to the row before `until`, in the columns from `left` to `right`.
    """

    sheet: str
    first: int
    last: int
    labels: tuple[str, ...]
    captions: tuple[str, ...]
    fields: Mapping[int, str]
    fingerprint: str
    top: int = 0
    until: int = NO_END
    left: int = 0
    right: int = NO_END
    doubts: tuple[ColumnDoubt, ...] = ()
    refusal: tuple[str, ...] = ()

    @property
    def unmatched(self) -> tuple[str, ...]:
        """Headers that no column was found for."""
        return tuple(
            self.title(index)
            for index, label in enumerate(self.labels)
            if label and index not in self.fields
        )

    def title(self, index: int) -> str:
        """What the office calls a column: ``房号``, on two levels ``租户信息/姓名``."""
        label, caption = self.labels[index], self.captions[index]
        return f"{caption}/{label}" if caption and caption != label else label

    def index_of(self, name: str) -> int | None:
        """The first column that means `name`."""
        return next((index for index, field_ in self.fields.items() if field_ == name), None)


@dataclass(frozen=True, slots=True)
class CellFault:
    """One thing wrong with a file: where (row from 1, column index from 0), what and why.

    `column` is the header as the office wrote it, `value` the cell as shown, `message` the
    source text for `params`. Without an `index` the problem concerns the whole row.
    """

    sheet: str
    row: int
    column: str
    value: str
    code: str
    severity: Severity
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    index: int | None = None

    @property
    def is_error(self) -> bool:
        """Whether it keeps the row out."""
        return self.severity is Severity.ERROR


@dataclass(slots=True)
class ParsedRow:
    """A row of the list: `values` by column name, without what is blank or in doubt."""

    sheet: str
    number: int
    values: dict[str, Any]
    cells: Row
    problems: list[CellFault]
    continued: bool = False  # its key cell belongs to the merged cell of the row above
    chosen_out: bool = False  # an answer leaves it out
    with_problem: frozenset[int] = frozenset()  # columns that a problem of another one takes along

    @property
    def is_good(self) -> bool:
        """Whether nothing keeps the row out."""
        return not any(problem.is_error for problem in self.problems)


@dataclass(slots=True)
class Title:
    """A row with one text in it that may speak for the rows below, such as ``3号楼``."""

    number: int
    text: str


def problem(
    row: ParsedRow,
    header: Header,
    column: SheetColumn,
    index: int | None,
    doubt: Doubt,
) -> CellFault:
    """Make a problem of a doubt about `column` in `row` (its cell at `index`)."""
    cell = row.cells[index] if index is not None and index < len(row.cells) else ""
    return CellFault(
        sheet=row.sheet,
        row=row.number,
        column=header.title(index) if index is not None else (*column.synonyms, column.label)[0],
        value=plain(cell),
        code=doubt.code,
        severity=doubt.severity or column.severity,
        message=doubt.message,
        params=doubt.params,
        index=index,
    )
