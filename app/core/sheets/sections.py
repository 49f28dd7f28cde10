"""Finds every list of a sheet: below one another, each under its own header, or side by side.

A sheet ends as lists, and as faults for what could be no list: nothing of it is passed over
in silence (pure).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from app.core.parsing.cells import Severity, folded
from app.core.parsing.sheet_rows_packed import Cell, Row
from app.core.sheets.account import Region
from app.core.sheets.asking import Asker
from app.core.sheets.cuts import LEFT, RIGHT
from app.core.sheets.header import find_header
from app.core.sheets.labels import fingerprint
from app.core.sheets.layout import NO_END, CellFault, ColumnDoubt, Header, Layout
from app.core.sheets.parts import part
from app.core.sheets.questions import AnswerChoice, Asks, CellPlace, Question
from app.core.sheets.scan import Scan, says_again
from app.core.sheets.side_by_side import borders
from app.core.sheets.untitled import named_columns, rows_above, titled_column, untitled
from app.core.values.errors import N_
from app.core.workbook.reader import SheetData

UNTOLD = N_(
    "Several lists stand side by side; the columns %(columns)s may belong to the list on "
    "their left or on their right. Nothing of them was taken."
)
NO_HEADER = N_("The columns %(columns)s hold %(count)s cells and have no header that can be read.")
ABOVE = N_("The row stands above the header and looks like a row of the list; it was not taken.")
WHOSE = N_("Which list does the column %(column)s belong to?")
_LEFT, _RIGHT = N_("The list on its left"), N_("The list on its right")
_SIDES = (AnswerChoice(LEFT, _LEFT), AnswerChoice(RIGHT, _RIGHT))
_TITLE_ROWS = 6


@dataclass(slots=True)
class FoundLists:
    """What a sheet holds: the lists with their headers, and what had to be reported."""

    lists: list[tuple[SheetData, Header]] = field(default_factory=list)
    problems: list[CellFault] = field(default_factory=list)
    reported: list[Region] = field(default_factory=list)
    refusal: tuple[str, ...] = ()


def lists_in(sheet: SheetData, layout: Layout, asker: Asker) -> FoundLists:
    """Each list of a sheet with its header, from top to bottom and from left to right.

    A part of a sheet keeps its columns where they are, with blanks in place of its neighbours.
    A header that the user has matched as a whole stays whole.
    """
    header = find_header(sheet, layout, asker.answers.columns)
    if header is None or header.refusal:
        return FoundLists(refusal=header.refusal if header else ())
    finder = _Finder(sheet, layout, asker)
    for section in finder.sections(header):
        finder.take_section(section)
    above = rows_above(sheet, layout, header)
    finder.found.problems += [
        CellFault(sheet.name, index + 1, "", "", "ABOVE_HEADER", Severity.ERROR, ABOVE)
        for index in above
    ]
    finder.found.reported += [Region(index, index + 1, 0, NO_END) for index in above]
    return finder.found


class _Finder:
    """The lists of one sheet while they are being found."""

    def __init__(self, sheet: SheetData, layout: Layout, asker: Asker) -> None:
        self.sheet, self.layout, self.asker = sheet, layout, asker
        self.corrections = asker.answers.columns
        self.scan = Scan(layout)
        self.found = FoundLists()
        self.widest = 0

    def sections(self, header: Header) -> Iterator[Header]:
        """The headers from top to bottom, each with the rows that it speaks for."""
        current = header
        while (following := self._next_header(current)) is not None:
            top = _first_title(self.sheet, current.last + 1, following.first)
            yield replace(current, until=top)
            current = replace(following, top=top)
        yield current

    def _next_header(self, current: Header) -> Header | None:
        """The next row that names columns anew, in another order than the header above."""
        key = next((i for i, name in current.fields.items() if name in self.layout.keys), 0)
        names = {folded(label) for label in current.labels if label}
        first = current.last + 1
        fresh = False
        for index, row in enumerate(self.sheet.rows.between(first, NO_END), first):
            width = len(row)
            self.widest = max(self.widest, width)
            cell = row[key] if width > key else ""
            alone = width - row.count("") < 2
            if not alone and cell != "" and (not isinstance(cell, str) or _has_number(cell)):
                fresh = False
                continue
            below, fresh = fresh, alone
            if fresh or not self.scan.is_header(row, fresh=below or cell != ""):
                continue
            if says_again(row, current, names):
                continue
            found = find_header(self.sheet, self.layout, self.corrections, start=index, rows=1)
            if found is not None and not found.refusal:
                return found
            if below and found is None and self._is_unknown(row, cell):
                labels, captions = tuple(map(str, row)), ("",) * len(row)
                mark = fingerprint(labels, captions)
                return Header(self.sheet.name, index, index, labels, captions, {}, mark)
        return None

    def _is_unknown(self, row: Row, key: Cell) -> bool:
        """Whether a row below a title or a blank row names columns, in words that say nothing.

        Read on under the header above, a fee would become the area of a flat.
        """
        telling = self.layout.telling or (lambda _text: False)
        words = [str(cell) for cell in row if cell != ""]
        return key != "" and len(words) > 2 and not any(map(telling, words))

    def take_section(self, header: Header) -> None:
        """Add the lists of one header, or say why there are none."""
        starts: tuple[int, ...] = ()
        if not header.fields and header.fingerprint not in self.corrections:
            columns = [at for at, label in enumerate(header.labels) if label]
            below = self.sheet.rows.between(header.last + 1, header.until)
            count = sum(cell != "" for row in below for cell in row)
            self._refuse(header, columns[0], "NO_HEADER", NO_HEADER, columns=columns, count=count)
            return
        if header.fingerprint not in self.corrections:
            marks = {at: f"border/{header.fingerprint}/{at}" for at in range(len(header.labels))}
            known = self.asker.answers.said
            said = {at: known[key] for at, key in marks.items() if key in known}
            cut = borders(self.sheet, header, self.layout, said)
            for at in sorted({*said, *cut.unsure}):
                self.asker.ask(_whose(header, at, marks[at]))
            if cut.unsure:
                self._refuse(header, cut.unsure[0], "UNTOLD", UNTOLD, columns=cut.unsure)
                return
            starts = cut.starts
        if not starts:
            self._take(self.sheet, header)
        else:
            for left, right in pairwise([0, *starts, len(header.labels)]):
                self._take_part(header, left, right)
        self._beside(header)

    def _take_part(self, header: Header, left: int, right: int) -> None:
        """Add one of the lists that stand side by side."""
        own = part(self.sheet, header, self.layout, left, right)
        rows = header.last - header.first + 1
        named = find_header(
            own, self.layout, self.corrections, start=header.first, rows=rows, stop=header.until
        )
        place = replace(header, left=left, right=right)
        if named is not None and not named.refusal:
            named = replace(named, top=place.top, until=place.until, left=left, right=right)
            self._take(own, named)
            return
        below = own.rows.between(header.last + 1, NO_END)
        if count := sum(cell != "" for row in below for cell in row):
            columns = range(left, right)
            self._refuse(place, left, "NO_HEADER", NO_HEADER, columns=columns, count=count)
        else:
            self.found.reported.append(Region(header.top, header.until, left, right))

    def _take(self, sheet: SheetData, header: Header) -> None:
        """Add a list once its columns are settled; one that needs an answer stays out."""
        fields = dict(header.fields)
        for doubt in header.doubts:
            at = self._ask_column(header, doubt)
            if at is None:
                columns, meaning = doubt.columns, titled_column(header, doubt.columns[0])
                self._refuse(
                    header,
                    columns[0],
                    "TWO_COLUMNS",
                    doubt.message,
                    columns=columns,
                    meaning=meaning,
                )
                return
            fields = {index: name for index, name in fields.items() if name != doubt.name}
            fields[at] = doubt.name
        self.found.lists.append((sheet, replace(header, fields=dict(sorted(fields.items())))))

    def _ask_column(self, header: Header, doubt: ColumnDoubt) -> int | None:
        """Which column has the meaning: as answered, or the default, if there is one."""
        choices = tuple(AnswerChoice(str(at), titled_column(header, at)) for at in doubt.columns)
        default = doubt.default
        params = {
            "columns": named_columns(header, doubt.columns),
            "meaning": titled_column(header, doubt.columns[0]),
            "chosen": "" if default is None else titled_column(header, default),
        }
        where = tuple(CellPlace(header.sheet, header.last + 1, at) for at in doubt.columns)
        said = self.asker.ask(
            Question(
                f"column/{header.fingerprint}/{doubt.name}",
                Asks.COLUMN,
                doubt.message,
                params,
                choices,
                where,
                1,
                value=doubt.name,
                lasting=True,
                default=None if default is None else str(default),
            )
        )
        return default if said is None else int(said)

    def _beside(self, header: Header) -> None:
        """Report the columns that have cells and no title."""
        if all(header.labels) and self.widest <= len(header.labels):
            return
        cells = untitled(self.sheet, header)
        if not cells.columns:
            return
        severity = Severity.ERROR if cells.are_a_list(self.layout) else Severity.WARNING
        self.found.problems.append(
            _fault(
                header,
                cells.columns[0],
                "NO_HEADER",
                NO_HEADER,
                severity,
                columns=named_columns(header, cells.columns),
                count=cells.count,
            )
        )
        self.found.reported += [
            Region(header.last + 1, header.until, at, at + 1) for at in cells.columns
        ]

    def _refuse(
        self,
        header: Header,
        at: int,
        code: str,
        message: str,
        *,
        columns: Sequence[int],
        **params: object,
    ) -> None:
        """Keep out a list, or a whole row of lists, with one error that names the columns."""
        params["columns"] = named_columns(header, columns)
        self.found.problems.append(_fault(header, at, code, message, Severity.ERROR, **params))
        self.found.reported.append(Region(header.top, header.until, header.left, header.right))


def _whose(header: Header, at: int, key: str) -> Question:
    return Question(
        key,
        Asks.BORDER,
        WHOSE,
        {"column": titled_column(header, at)},
        _SIDES,
        (CellPlace(header.sheet, header.last + 1, at),),
        1,
        value=header.labels[at],
        lasting=True,
    )


def _fault(
    header: Header,
    at: int,
    code: str,
    message: str,
    severity: Severity = Severity.ERROR,
    **params: object,
) -> CellFault:
    title = titled_column(header, at)
    return CellFault(header.sheet, header.last + 1, title, "", code, severity, message, params, at)


def _has_number(cell: str) -> bool:
    """Whether a key is one of the list at first sight, such as 1-1-101, and no title."""
    return cell[0].isascii() and cell[0].isalnum() and any(map(str.isdigit, cell))


def _first_title(sheet: SheetData, least: int, header: int) -> int:
    """Where the titles right above a header begin."""
    top = header
    while top > max(least, header - _TITLE_ROWS):
        filled = [cell for cell in sheet.rows[top - 1] if cell != ""]
        if len(filled) > 1 or any(not isinstance(cell, str) for cell in filled):
            break
        top -= 1
    return top
