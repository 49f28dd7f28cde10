"""Declared reports: columns beside their values, parameters, sheets; seen on a page, as a
workbook and from the command line.

A report of one table is one decorated function; one of several tables is a `Report` whose
sheets are decorated functions. Each is called with the session and the parameters by name,
inside the scope of the person who asks, and answers with rows or with a `Listing`.

    @report(
        "report_takings",
        title=_l("Takings"),
        parameters=(community, day()),
        columns=(Column("number", _l("Receipt"), width=16), ...),
    )
    def takings(session, *, community, day): ...

The name is the screen of the role table: who may read and export it is said there alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, select

from app.core.reports.parameters import Parameter
from app.core.tables.table import Adder, Chart, ReportColumn, Table, values
from app.core.values.errors import N_, NotFound
from app.core.values.secret import MASKED, Secret

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

AT_ONCE = 5_000
"""Up to so many rows a workbook is made while the reader waits; above, it is a job."""
STREAMED = 2_000
"""Rows fetched from the database at a time."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows that the database counts, adds up, cuts into pages and streams.

    `statement` selects labelled columns in a stable order; a column of the report with a
    plain total must be one of them under its key. `enrich` adds to a batch of rows what is
    better asked for separately (the owners of these units).
    """

    statement: Select[Any]
    enrich: Callable[[Session, Sequence[Any]], Iterable[Any]] | None = None

    def count(self, session: Session) -> int:
        """How many rows there are."""
        inner = self.statement.order_by(None).subquery()
        return session.scalar(select(func.count()).select_from(inner)) or 0

    def sums(self, session: Session, keys: Iterable[str]) -> dict[str, Any]:
        """The exact sums of these columns; one without any value is left out."""
        wanted = list(keys)
        if not wanted:
            return {}
        inner = self.statement.order_by(None).subquery()
        row = session.execute(select(*(func.sum(inner.c[key]) for key in wanted))).one()
        return {key: value for key, value in zip(wanted, row, strict=True) if value is not None}

    def page(self, session: Session, offset: int, size: int) -> list[Any]:
        """The rows of one page."""
        rows = session.execute(self.statement.limit(size).offset(offset)).all()
        return list(self.enrich(session, rows) if self.enrich else rows)

    def stream(self, session: Session) -> Iterator[Any]:
        """All rows, a few thousand in memory at a time."""
        found = session.execute(self.statement, execution_options={"yield_per": STREAMED})
        for rows in found.partitions():
            yield from self.enrich(session, rows) if self.enrich else rows


Rows = Iterable[Any] | Listing


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """One table of a report: what it is called, its columns, and the function of its rows.

    The function takes the session and the parameters by name; in a report that gathers its
    figures once for all tables it takes what was gathered.
    """

    name: str
    title: Any
    columns: tuple[ReportColumn, ...]
    rows: Callable[..., Rows]
    totals: bool = True
    chart: Chart | None = None


@dataclass(slots=True)
class Page:
    """What a screen shows of a table: some rows as lists of values, and the sums of all."""

    rows: list[list[Any]]
    count: int
    totals: dict[str, Any]
    complete: bool


@dataclass(slots=True)
class Fetched:
    """The rows of a sheet on their way to a page or a workbook."""

    sheet: ReportSheet
    session: Session
    rows: Rows

    def size(self) -> int:
        """How many rows; of a plain iterable at most one more than are made at once."""
        if isinstance(self.rows, Listing):
            return self.rows.count(self.session)
        if not isinstance(self.rows, list):
            rows = iter(self.rows)
            start = list(islice(rows, AT_ONCE + 1))
            self.rows = start if len(start) <= AT_ONCE else _joined(start, rows)
            return len(start)
        return len(self.rows)

    def all(self) -> Iterable[Any]:
        """Every row, streamed."""
        return self.rows.stream(self.session) if isinstance(self.rows, Listing) else self.rows

    def page(self, number: int, size: int) -> Page:
        """Page `number` (from 1) with the totals of the whole table."""
        start = (number - 1) * size
        adder = Adder(self.sheet.columns)
        if isinstance(self.rows, Listing):
            count = self.rows.count(self.session)
            adder.sums.update(self.rows.sums(self.session, adder.sums))
            chosen = self.rows.page(self.session, start, size)
            complete = True
        else:
            found = list(islice(self.rows, AT_ONCE + 1))
            complete = len(found) <= AT_ONCE
            found = found[:AT_ONCE]
            count = len(found)
            for line in values(self.sheet.columns, found):
                adder.add(line)
            chosen = found[start : start + size]
        totals = {column.key: adder.total_of(column) for column in self.sheet.columns}
        rows = list(values(self.sheet.columns, chosen))
        return Page(rows, count, totals, complete)


def _joined(start: list[Any], rest: Iterator[Any]) -> Iterator[Any]:
    yield from start
    yield from rest


@dataclass(frozen=True, slots=True)
class Report:
    """A report: `name` is its screen, `notes` are printed below the tables (definitions).

    `gather` fetches once, with session and parameters, what all its sheets are made from.
    `private` is the screen whose right "see private" unmasks masked columns other than phones,
    `foot` the line for signatures under the first table.
    """

    name: str
    title: Any
    about: Any = ""
    parameters: tuple[Parameter, ...] = ()
    notes: tuple[Any, ...] = ()
    gather: Callable[..., Any] | None = None
    private: str | None = None
    foot: Any = None
    position: int = 50
    icon: str = "fa-bar-chart"
    sheets: list[ReportSheet] = field(default_factory=list)

    @property
    def slug(self) -> str:
        """Its place in the address: /reports/takings."""
        return self.name.removeprefix("report_")

    @property
    def secrets(self) -> frozenset[Secret]:
        """The sorts of private values that its tables hold."""
        found = {column.secret for one in self.sheets for column in one.columns if column.mask}
        return frozenset(Secret) if any(map(callable, found)) else frozenset(found)

    def sheet(
        self,
        name: str,
        title: Any,
        columns: Iterable[ReportColumn],
        *,
        totals: bool = True,
        chart: Chart | None = None,
    ) -> Callable[[Any], Any]:
        """Add the decorated function as the next table of this report."""

        def add(function: Any) -> Any:
            self.sheets.append(ReportSheet(name, title, tuple(columns), function, totals, chart))
            return function

        return add

    def fetch(self, session: Session, parameters: Mapping[str, Any]) -> list[Fetched]:
        """All tables with these parameters."""
        gathered = self.gather(session, **parameters) if self.gather else None
        found = []
        for sheet in self.sheets:
            rows = sheet.rows(gathered) if self.gather else sheet.rows(session, **parameters)
            columns = tuple(
                column
                for column in sheet.columns
                if column.unless is None or parameters.get(column.unless) is None
            )
            found.append(Fetched(replace(sheet, columns=columns), session, rows))
        return found

    def in_words(
        self, session: Session, parameters: Mapping[str, Any]
    ) -> tuple[tuple[Any, str], ...]:
        """Label and value of each parameter, for the head of a page or sheet."""
        return tuple(
            (parameter.label, parameter.shown(session, parameters)) for parameter in self.parameters
        )

    def name_of(self, session: Session, parameters: Mapping[str, Any]) -> str:
        """The title with what was chosen: the name of the file and of the job."""
        chosen = [
            parameter.shown(session, parameters)
            for parameter in self.parameters
            if parameters.get(parameter.name) is not None
        ]
        return " ".join((str(self.title), *chosen))

    def _below(self) -> tuple[Any, ...]:
        return (*self.notes, "", self.foot) if self.foot else self.notes

    def tables(
        self, session: Session, parameters: Mapping[str, Any], *, whole: Collection[Secret] = MASKED
    ) -> Iterator[Table]:
        """The tables as the workbook wants them; the notes stand on the first sheet."""
        words = self.in_words(session, parameters)
        single = len(self.sheets) == 1
        for index, one in enumerate(self.fetch(session, parameters)):
            sheet = one.sheet
            yield Table(
                title=self.title if single else f"{self.title} · {sheet.title}",
                columns=sheet.columns,
                rows=one.all(),
                parameters=words,
                totals=sheet.totals,
                chart=sheet.chart,
                notes=self._below() if index == 0 else (),
                sheet_name=str(self.title if single else sheet.title),
                whole=whole,
            )


REPORTS: dict[str, Report] = {}


def declare(made: Report) -> Report:
    """Make a report known; RuntimeError when its name is taken."""
    if made.name in REPORTS:
        raise RuntimeError(f"two reports are called {made.name}")
    REPORTS[made.name] = made
    return made


def report(
    name: str,
    *,
    title: Any,
    columns: Iterable[ReportColumn],
    totals: bool = True,
    chart: Chart | None = None,
    **options: Any,
) -> Callable[[Any], Report]:
    """Turn the decorated function into a report of one table; options as of `Report`."""

    def add(function: Any) -> Report:
        made = declare(Report(name, title, **options))
        made.sheet("table", title, columns, totals=totals, chart=chart)(function)
        return made

    return add


def find(name: str) -> Report:
    """The report of this name, with or without `report_` before it; NotFound otherwise."""
    made = REPORTS.get(name) or REPORTS.get(f"report_{name}")
    if made is None:
        raise NotFound(N_("There is no report “%(name)s”."), name=name[:60])
    return made
