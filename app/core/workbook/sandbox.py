"""The program that reads one workbook in a process of its own, under limits, and nothing else.

Started by `core.workbook.reader`; it prints lines of JSON: one object for each sheet, followed by
arrays of rows. The last line is ``{"end": …}``, or ``{"refused": reason}``; anything else means
that the reader died of the file. It imports the spreadsheet reader and the standard library only.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

import python_calamine as calamine

from app.core.workbook.biff_records import ERROR_TEXTS, xls_facts
from app.core.workbook.delimited_text import decode, text_rows
from app.core.workbook.hidden_rows import Hidden
from app.core.workbook.limits import Limits, Refused
from app.core.workbook.ole_file import Compound
from app.core.workbook.zip_package import examine

try:
    import resource
except ImportError:  # Windows: limits of size and time only
    resource = None  # type: ignore[assignment]

_ROWS_PER_LINE = 500
_ERRORS = frozenset((*ERROR_TEXTS.values(), "#SPILL!", "#CALC!", "#FIELD!", "#ERROR"))
_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK"

Row = list[Any]


class _ErrorCell:
    """Stands for a cell whose formula failed."""

    def __init__(self, text: str) -> None:
        self.text = text


def main(path: str, title: str, limits: Limits, memory: int, out: BinaryIO) -> None:
    """Read `path` and write its rows to `out`; `title` names the sheet of a plain text."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    writer = _Writer(out, limits)
    try:
        with open(path, "rb") as file:
            end = _read(file, title, limits, writer)
    except Refused as refusal:
        end = {"refused": refusal.reason, "details": refusal.details}
    except MemoryError:
        end = {"refused": "too_large", "details": {}}
    except (calamine.CalamineError, OSError, ValueError):
        end = {"refused": "broken", "details": {}}
    writer.line(end)


def _read(file: BinaryIO, title: str, limits: Limits, writer: _Writer) -> dict[str, Any]:
    """Find out what the file really is, whatever its name says, and write its rows."""
    magic = file.read(4)
    file.seek(0)
    if magic.startswith(_ZIP):
        package = examine(file, limits)
        _write_sheets(package.source, [], package.hidden, limits, writer)
        return {"end": True, "kind": "package", "encoding": None, "date1904": package.date1904}
    data = file.read()
    if magic != _OLE:
        text, encoding = decode(data)
        writer.sheet(title, [])
        writer.rows(text_rows(text, limits))
        return {"end": True, "kind": "text", "encoding": encoding, "date1904": False}
    compound = Compound(data)
    if "encryptedpackage" in compound.names:
        raise Refused("encrypted")
    stream = next((name for name in ("workbook", "book") if name in compound.names), None)
    if stream is None:
        raise Refused("unknown")
    facts = xls_facts(compound.stream(stream))
    if facts.encrypted:
        raise Refused("encrypted")
    _write_sheets(io.BytesIO(data), facts.errors, facts.hidden, limits, writer)
    return {"end": True, "kind": "xls", "encoding": None, "date1904": facts.date1904}


def _write_sheets(
    source: BinaryIO,
    errors: list[dict[tuple[int, int], str]],
    hidden: Mapping[str, Hidden] | list[Hidden],
    limits: Limits,
    writer: _Writer,
) -> None:
    """Write every visible sheet of cells, and the names of the hidden ones."""
    workbook = calamine.CalamineWorkbook.from_filelike(source)
    for index, meta in enumerate(workbook.sheets_metadata):
        if meta.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        if meta.visible != calamine.SheetVisibleEnum.Visible:
            writer.sheet(meta.name, [], hidden=True)
            continue
        sheet = workbook.get_sheet_by_index(index)
        start, end = sheet.start, sheet.end
        merged = sheet.merged_cell_ranges or []
        if start is None or end is None:
            writer.sheet(meta.name, [])
            continue
        if end[1] >= limits.columns:
            raise Refused("too_wide", limit=limits.columns)
        if end[0] >= limits.rows or sheet.height * sheet.width > limits.cells:
            raise Refused("too_long", limit=limits.rows)
        unseen = _unseen(hidden, index, meta.name)
        writer.sheet(meta.name, [[*first, *last] for first, last in merged[:200_000]], unseen)
        faults = errors[index] if index < len(errors) else {}
        writer.rows(_placed(sheet.iter_rows(), start[1], faults))


def _unseen(hidden: Mapping[str, Hidden] | list[Hidden], index: int, name: str) -> Hidden | None:
    """What is hidden in a sheet; xls knows it by place, the others by name."""
    if isinstance(hidden, list):
        return hidden[index] if index < len(hidden) else None
    return hidden.get(name)


def _placed(
    rows: Iterable[Row], first_column: int, faults: dict[tuple[int, int], str]
) -> Iterator[Row]:
    """Rows counted from cell A1, with the cells that are known to hold an error marked.

    The reader counts rows from the top of the sheet, but columns from the first used one.
    """
    margin: Row = [""] * first_column
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (number, column), text in faults.items():
        by_row.setdefault(number, []).append((column, text))
    for number, row in enumerate(rows):
        cells = margin + row if margin else row
        for column, text in by_row.get(number, ()):
            cells.extend([""] * (column + 1 - len(cells)))
            cells[column] = _ErrorCell(text)
        yield cells


class _Writer:
    """Writes lines of JSON, counting the bytes."""

    def __init__(self, out: BinaryIO, limits: Limits) -> None:
        self._out = out
        self._left = limits.output
        self._encode = json.JSONEncoder(
            ensure_ascii=False, check_circular=False, separators=(",", ":"), default=_tagged
        ).encode

    def sheet(
        self,
        name: str,
        merged: list[list[int]],
        unseen: Hidden | None = None,
        *,
        hidden: bool = False,
    ) -> None:
        rows, columns = (unseen.rows, unseen.columns) if unseen else ((), ())
        self.line(
            {
                "sheet": name,
                "hidden": hidden,
                "merged": merged,
                "rows": sorted(rows)[:200_000],
                "columns": sorted(columns),
            }
        )

    def rows(self, rows: Iterable[Row]) -> None:
        block: list[Row] = []
        for row in rows:
            while row and row[-1] == "":
                row.pop()
            if True in row or False in row:  # also numbers 1 and 0; told apart below
                row = [_word(cell) if cell is True or cell is False else cell for cell in row]  # noqa: PLW2901
            block.append(row)
            if len(block) == _ROWS_PER_LINE:
                self._block(block)
                block = []
        if block:
            self._block(block)

    def _block(self, block: list[Row]) -> None:
        line = self._encode(block)
        if '"#' in line:
            marked = [
                [_ErrorCell(c) if isinstance(c, str) and c.strip() in _ERRORS else c for c in row]
                for row in block
            ]
            line = self._encode(marked)
        self._send(line)

    def line(self, content: dict[str, Any]) -> None:
        self._send(self._encode(content))

    def _send(self, line: str) -> None:
        data = line.encode("utf-8", "replace")
        self._left -= len(data)
        if self._left < 0 and not line.startswith('{"refused"'):
            raise Refused("too_large")
        self._out.write(data + b"\n")


def _word(value: bool) -> str:
    return "TRUE" if value else "FALSE"


def _tagged(value: Any) -> Any:
    """What JSON has no sign for: dates and errors become objects, times of day plain text."""
    if isinstance(value, _ErrorCell):
        return {"e": value.text}
    if hasattr(value, "year"):
        return {"d": value.isoformat()}
    return str(value)


def run() -> None:
    """Read the arguments that `core.workbook.reader` passes and print the rows."""
    path, title, limits, memory = sys.argv[1:]
    main(path, title, Limits(**json.loads(limits)), int(memory), sys.stdout.buffer)
    sys.stdout.buffer.flush()
