"""What a table is before anybody sees it: labelled columns, rows, sums and an optional chart.

The web page, the Excel workbook and the command line show the same table; nothing here
knows any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any

from app.core.values.secret import MASKED, Secret

NO_MONEY = Decimal("0.00")
Sums = Mapping[str, Any]
"""Column key → the exact sum of its values: what a total cell is made from."""


class ColumnKind(StrEnum):
    """What a value is; it decides format, alignment and the type of the Excel cell."""

    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"
    AREA = "area"
    PRICE = "price"
    PERCENT = "percent"
    DATE = "date"
    MOMENT = "moment"

    @property
    def is_number(self) -> bool:
        return self not in {ColumnKind.TEXT, ColumnKind.DATE, ColumnKind.MOMENT}


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """One column: its stable key, label (may be lazy), kind, and where its value comes from.

    `value` takes the row; without it the value is `row[key]` of a mapping or `row.key`.
    Money, areas and prices are `Decimal`, a percentage is the plain ratio (0.95), a date is
    a `date`, a moment is naive UTC as stored, None is an empty cell. `width` is in latin
    characters (a Chinese one takes two). `total` adds the column up, or makes the total from
    the sums of all columns (a rate is not the sum of rates). `mask` makes a private value (a
    phone) unrecognisable for readers without the right to its `secret`, which may depend on
    the row. `unless` names a parameter of the report that, once chosen, makes the column say
    the same in every row: it is left out.
    """

    key: str
    label: Any
    kind: ColumnKind | str = ColumnKind.TEXT
    width: int = 14
    value: Callable[[Any], Any] | None = None
    total: bool | Callable[[Sums], Any] = False
    mask: Callable[[Any], Any] | None = None
    secret: Secret | Callable[[Any], Secret | None] = Secret.PRIVATE
    unless: str | None = None

    def of(self, row: Any) -> Any:
        """The value of this column in `row`."""
        if self.value is not None:
            return self.value(row)
        return row[self.key] if isinstance(row, Mapping) else getattr(row, self.key)

    def seen(self, row: Any, whole: Collection[Secret] = MASKED) -> Any:
        """The value for readers who may see only these secrets whole."""
        value = self.of(row)
        if self.mask is None or value is None:
            return value
        secret = self.secret(row) if callable(self.secret) else self.secret
        return value if secret is None or secret in whole else self.mask(value)


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of a small table: bars of money or counts, lines of rates, along `categories`.

    All are column keys of the table.
    """

    title: Any
    categories: str
    bars: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table. `parameters` are label and text pairs, `notes` sentences below it.

    Private values are masked but for those of the secrets `whole`.
    """

    title: Any
    columns: tuple[ReportColumn, ...]
    rows: Iterable[Any]
    parameters: tuple[tuple[Any, str], ...] = ()
    totals: bool = True
    chart: Chart | None = None
    notes: tuple[Any, ...] = ()
    sheet_name: str | None = None
    whole: Collection[Secret] = MASKED


@dataclass
class Adder:
    """Adds up the columns of a table while its rows pass by."""

    columns: tuple[ReportColumn, ...]
    sums: dict[str, Any] = field(default_factory=dict)
    rows: int = 0

    def __post_init__(self) -> None:
        self._summed = [
            (index, column.key) for index, column in enumerate(self.columns) if column.total is True
        ]
        self.sums = {
            key: NO_MONEY if self.columns[index].kind == ColumnKind.MONEY else 0
            for index, key in self._summed
        }

    def add(self, values: list[Any]) -> None:
        """Count one row, given as its values in the order of the columns."""
        self.rows += 1
        for index, key in self._summed:
            if values[index] is not None:
                self.sums[key] += values[index]

    def total_of(self, column: ReportColumn) -> Any:
        """The value of the column's total cell; None where it has none."""
        if callable(column.total):
            return column.total(self.sums)
        return self.sums.get(column.key)

    @property
    def any(self) -> bool:
        """Does the table have a total at all?"""
        return any(column.total for column in self.columns)


def values(
    columns: Iterable[ReportColumn], rows: Iterable[Any], whole: Collection[Secret] = MASKED
) -> Iterator[list[Any]]:
    """Each row as the list of its values; private ones masked but for the secrets `whole`."""
    ways = [partial(column.seen, whole=whole) if column.mask else column.of for column in columns]
    for row in rows:
        yield [way(row) for way in ways]


def ratio(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """`part` ÷ `whole` with four places for a percentage; None where there is no whole."""
    if part is None or not whole:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001"))
