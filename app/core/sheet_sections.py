"""Finds every list of a sheet: below one another, each under its own header, or side by side.

A sheet ends as lists, and as faults for what could be no list: nothing of it is passed over
in silence (pure).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from xlsxwriter.utility import xl_col_to_name

from app.core.cells import Severity, folded
from app.core.errors import N_
from app.core.sheet import NO_END, Header, Layout, Problem
from app.core.sheet_account import Region
from app.core.sheet_asking import Asker
from app.core.sheet_blocks import borders
from app.core.sheet_cuts import LEFT, RIGHT
from app.core.sheet_header import find_header
from app.core.sheet_parts import part
from app.core.sheet_questions import Asks, Choice, Place, Question
from app.core.sheet_scan import Scan, says_again
from app.core.workbook import SheetData
from app.core.workbook_rows import Cell

UNTOLD = N_(
    "Several lists stand side by side; the columns %(columns)s may belong to the list on "
    "their left or on their right. Nothing of them was taken."
)
NO_HEADER = N_("The columns %(columns)s hold %(count)s cells and have no header that can be read.")
ABOVE = N_("The row stands above the header and looks like a row of the list; it was not taken.")
SAME_TITLE = N_("Say which column is meant; until then nothing of the list is taken.")
WHOSE = N_("Which list does the column %(column)s belong to?")
_LEFT, _RIGHT = N_("The list on its left"), N_("The list on its right")
_SIDES = (Choice(LEFT, _LEFT), Choice(RIGHT, _RIGHT))
_TITLE_ROWS = 6


@dataclass(slots=True)
class Found:
    """What a sheet holds: the lists with their headers, and what had to be reported."""

    lists: list[tuple[SheetData, Header]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    reported: list[Region] = field(default_factory=list)
    refusal: tuple[str, ...] = ()


def lists_in(sheet: SheetData, layout: Layout, asker: Asker) -> Found:
    """Each list of a sheet with its header, from top to bottom and from left to right.

    A part of a sheet keeps its columns where they are, with blanks in place of its neighbours.
    A header that the user has matched as a whole stays whole.
    """
    found = Found()
    header = find_header(sheet, layout, asker.answers.columns)
    if header is None or header.refusal:
        found.refusal = header.refusal if header else ()
        return found
    for section in _sections(sheet, layout, header, asker):
        _take_section(sheet, layout, section, asker, found)
    _look_above(sheet, layout, header, found)
    return found


def _sections(
    sheet: SheetData, layout: Layout, header: Header, asker: Asker
) -> Iterator[Header]:
    """The headers from top to bottom, each with the rows that it speaks for."""
    scan = Scan(layout)
    current = header
    while True:
        following = _next_header(sheet, layout, current, asker, scan)
        if following is None:
            yield current
            return
        top = _first_title(sheet, current.last + 1, following.first)
        yield replace(current, until=top)
        current = replace(following, top=top)


def _next_header(
    sheet: SheetData, layout: Layout, current: Header, asker: Asker, scan: Scan
) -> Header | None:
    """The next row that names columns anew, in another order than the header above."""
    key = next((i for i, name in current.fields.items() if name in layout.keys), 0)
    names = {folded(label) for label in current.labels if label}
    first = current.last + 1
    fresh = False
    for index, row in enumerate(sheet.rows.between(first, NO_END), first):
        cell = row[key] if len(row) > key else ""
        if cell != "" and (not isinstance(cell, str) or _has_number(cell)):
            fresh = False
            continue
        below, fresh = fresh, len(row) - row.count("") < 2
        if fresh or not scan.is_header(row, fresh=below) or says_again(row, current, names):
            continue
        found = find_header(sheet, layout, asker.answers.columns, start=index, rows=1)
        if found is not None and not found.refusal:
            return found
    return None


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


def _take_section(
    sheet: SheetData, layout: Layout, header: Header, asker: Asker, found: Found
) -> None:
    """Add the lists of one header, or say why there are none."""
    whole = header.fingerprint in asker.answers.columns
    marks = {index: f"border/{header.fingerprint}/{index}" for index in range(len(header.labels))}
    said = {
        index: asker.answers.said[key] for index, key in marks.items() if key in asker.answers.said
    }
    found_borders = borders(sheet, header, layout, said) if not whole else None
    if found_borders is None or not found_borders.starts:
        _take(sheet, header, asker, found)
        _look_beside(sheet, layout, header, found)
        return
    asked = [at for at in marks if at in said or at in found_borders.unsure]
    for at in asked:
        asker.ask(_whose(header, at, marks[at]))
    if found_borders.unsure:
        columns = _named(header, found_borders.unsure)
        found.problems.append(_fault(header, found_borders.unsure[0], "UNTOLD", UNTOLD, columns=columns))
        found.reported.append(Region(header.top, header.until, 0, NO_END))
        return
    edges = [0, *found_borders.starts, max(len(header.labels), 1)]
    for left, right in zip(edges, edges[1:], strict=False):
        _take_part(sheet, layout, header, asker, found, left, right)
    _look_beside(sheet, layout, header, found)


def _take_part(
    sheet: SheetData, layout: Layout, header: Header, asker: Asker, found: Found, left: int, right: int
) -> None:  # fmt: skip
    """Add one of the lists that stand side by side."""
    own = part(sheet, header, layout, left, right)
    named = find_header(
        own, layout, asker.answers.columns, start=header.first,
        rows=header.last - header.first + 1, stop=header.until,
    )  # fmt: skip
    if named is None or named.refusal:
        columns = _named(header, range(left, right))
        count = sum(cell != "" for row in own.rows.between(header.last + 1, NO_END) for cell in row)
        found.reported.append(Region(header.top, header.until, left, right))
        if count:
            found.problems.append(
                _fault(header, left, "NO_HEADER", NO_HEADER, columns=columns, count=count)
            )
        return
    place = replace(named, top=header.top, until=header.until, left=left, right=right)
    _take(own, place, asker, found)


def _take(sheet: SheetData, header: Header, asker: Asker, found: Found) -> None:
    """Add a list once its columns are settled; one that needs an answer stays out."""
    fields = dict(header.fields)
    for doubt in header.doubts:
        choices = tuple(Choice(str(at), _titled(header, at)) for at in doubt.columns)
        named = "、".join(choice.label for choice in choices)
        chosen = "" if doubt.default is None else _titled(header, doubt.default)
        params = {"columns": named, "meaning": _titled(header, doubt.columns[0]), "chosen": chosen}
        said = asker.ask(
            Question(
                f"column/{header.fingerprint}/{doubt.name}", Asks.COLUMN, doubt.message, params,
                choices, tuple(Place(sheet.name, header.last + 1, at) for at in doubt.columns), 1,
                value=doubt.name, lasting=True,
                default=None if doubt.default is None else str(doubt.default),
            )
        )  # fmt: skip
        at = doubt.default if said is None else int(said)
        if at is None:
            found.problems.append(_fault(header, doubt.columns[0], "TWO_COLUMNS", doubt.message, **params))
            found.reported.append(Region(header.top, header.until, header.left, header.right))
            return
        fields = {index: name for index, name in fields.items() if name != doubt.name}
        fields[at] = doubt.name
    found.lists.append((sheet, replace(header, fields=dict(sorted(fields.items())))))


def _whose(header: Header, at: int, key: str) -> Question:
    return Question(
        key, Asks.BORDER, WHOSE, {"column": _titled(header, at)}, _SIDES,
        (Place(header.sheet, header.last + 1, at),), 1, value=header.labels[at], lasting=True,
    )  # fmt: skip


def _look_beside(sheet: SheetData, layout: Layout, header: Header, found: Found) -> None:
    """Report the columns that have cells and no title."""
    width = len(header.labels)
    blank = [index for index, label in enumerate(header.labels) if not label]
    cells: dict[int, list[tuple[int, Cell]]] = {}
    first = header.last + 1
    for index, row in enumerate(sheet.rows.between(first, header.until), first):
        beyond = range(width, len(row)) if len(row) > width else ()
        for at in (*blank, *beyond) if blank or beyond else ():
            if at < len(row) and row[at] != "" and len(row) - row.count("") > 1:
                cells.setdefault(at, []).append((index, row[at]))
    if not cells:
        return
    full = [at for at, values in cells.items() if len(values) > 1]
    telling = any(
        layout.telling and layout.telling(str(cell)) for values in cells.values() for _, cell in values
    )
    severity = Severity.ERROR if telling or len(full) > 1 else Severity.WARNING
    columns = sorted(cells)
    count = sum(map(len, cells.values()))
    found.problems.append(
        _fault(
            header, columns[0], "NO_HEADER", NO_HEADER, severity,
            columns=_named(header, columns), count=count,
        )
    )  # fmt: skip
    found.reported += [Region(first, header.until, at, at + 1) for at in columns]


def _look_above(sheet: SheetData, layout: Layout, header: Header, found: Found) -> None:
    """Report rows above the first header that are no titles."""
    for index, row in enumerate(sheet.rows.between(0, header.first)):
        filled = [cell for cell in row if cell != ""]
        if len(filled) > 2 and any(layout.telling and layout.telling(str(cell)) for cell in filled):
            found.problems.append(
                Problem(sheet.name, index + 1, "", "", "ABOVE_HEADER", Severity.ERROR, ABOVE)
            )
            found.reported.append(Region(index, index + 1, 0, NO_END))


def _fault(
    header: Header, at: int, code: str, message: str, severity: Severity = Severity.ERROR,
    **params: object,
) -> Problem:  # fmt: skip
    title = _titled(header, at)
    return Problem(header.sheet, header.last + 1, title, "", code, severity, message, params, at)


def _named(header: Header, columns: tuple[int, ...] | range | list[int]) -> str:
    return "、".join(_titled(header, at) for at in columns)


def _titled(header: Header, at: int) -> str:
    """A column by its title and letter: ``联系电话（E）``."""
    label = header.title(at) if at < len(header.labels) else ""
    return f"{label}（{xl_col_to_name(at)}）" if label else xl_col_to_name(at)
