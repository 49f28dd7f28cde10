"""Reads an uploaded workbook in a process of its own, so that no file can harm the server.

The only way in for xlsx, xlsm, xlsb, xls, ods and text; whatever is wrong with a file is one
sentence. The reading process has a limit of time everywhere and one of memory where the system
has such limits; it hands the rows back as text, so even a reader taken over by a file can send
nothing but wrong rows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from app.core.parsing.sheet_rows_packed import PackedRows
from app.core.values.errors import N_, DomainError
from app.core.workbook.limits import MEBIBYTE, Limits, Refused

# Gives the child the bare package `app`, not the application that app/__init__.py builds.
_START = (
    "import sys, types; app = types.ModuleType('app'); app.__path__ = [sys.argv.pop(1)]; "
    "sys.modules['app'] = app; from app.core.workbook.sandbox import run; run()"
)
_APP = str(Path(__file__).parents[2])
_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)

SENTENCES = {
    "empty": N_("The file is empty."),
    "upload": N_(
        "The file is larger than %(limit)s MB. Split it, for example one file per building."
    ),
    "too_large": N_(
        "The file unpacks to far more than a list needs. "
        "Copy the list into a new workbook, save it and upload that."
    ),
    "too_long": N_(
        "A sheet reaches beyond row %(limit)s. "
        "Delete what stands below the list, or split the file."
    ),
    "too_wide": N_(
        "A sheet reaches beyond column %(limit)s. Delete what stands to the right of the list."
    ),
    "too_slow": N_(
        "The file takes too long to read. "
        "Copy the list into a new workbook, save it and upload that."
    ),
    "encrypted": N_(
        "The file is protected by a password. Open it, remove the password, save it and upload it."
    ),
    "web_page": N_(
        "This is a web page or XML under the name of a workbook. "
        "Open it in Excel or WPS, save it as xlsx and upload that."
    ),
    "unknown": N_("This file is no list that can be read. Use xlsx, xls, ods, csv or tab text."),
    "hostile": N_("The file contains what no workbook needs and was refused."),
    "died": N_(
        "The file cannot be read: it is damaged, or unpacks to far too much. "
        "Copy the list into a new workbook, save it and upload that."
    ),
    "broken": N_(
        "The file is damaged and cannot be read. "
        "Open it in Excel or WPS, save it as a new xlsx and upload that."
    ),
}


@dataclass(frozen=True, slots=True)
class SheetData:
    """One sheet. `merged` holds (first row, first column, last row, last column), from 0.

    A hidden sheet has its name and no rows: it is never read, only named. `hidden_rows` and
    `hidden_columns` are the indexes of what a user of the sheet does not see (folded, filtered).
    """

    name: str
    hidden: bool
    rows: PackedRows
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Workbook:
    """What was read. `kind` is package, xls or text; `encoding` is set for text alone.

    `date1904`: bare day numbers count from 1904 (cells formatted as dates are dates already).
    """

    sheets: tuple[SheetData, ...]
    kind: str
    encoding: str | None = None
    date1904: bool = False

    @property
    def visible(self) -> tuple[SheetData, ...]:
        """The sheets that a user sees."""
        return tuple(sheet for sheet in self.sheets if not sheet.hidden)

    @property
    def hidden(self) -> tuple[str, ...]:
        """Names of the hidden sheets, which are left out."""
        return tuple(sheet.name for sheet in self.sheets if sheet.hidden)


def read_workbook(
    path: str | os.PathLike[str], *, title: str | None = None, limits: Limits | None = None
) -> Workbook:
    """Read the file at `path`; `title` is the name the user gave it (default: the path's name).

    The content decides what it is, never the name; the stem of `title` names the one sheet of a
    text file, because a building may stand in it.

    :raises DomainError: one sentence saying why the file cannot be read and what to do.
    """
    path = Path(path)
    limits = limits or Limits()
    try:
        size = path.stat().st_size
        if not size:
            raise Refused("empty")
        if size > limits.upload:
            raise Refused("upload", limit=limits.upload // MEBIBYTE)
        return _read_apart(path, Path(title or path.name).stem, size, limits)
    except Refused as refusal:
        sentence = SENTENCES.get(refusal.reason, SENTENCES["died"])
        raise DomainError(sentence, field="file", **refusal.details) from None


def _read_apart(path: Path, title: str, size: int, limits: Limits) -> Workbook:
    """Run the reading process and take over what it wrote."""
    program = [sys.executable, "-I", "-X", "utf8", "-c", _START, _APP]
    arguments = [str(path), title, json.dumps(asdict(limits)), str(limits.memory_for(size))]
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(  # noqa: S603 - our own interpreter; no part comes from the file
            program + arguments,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.DEVNULL,
            creationflags=_NO_WINDOW,
        )
        try:
            child.wait(limits.seconds_for(size))
        except subprocess.TimeoutExpired:
            raise Refused("too_slow") from None
        finally:
            child.kill()
            child.wait()
        if out.seek(0, os.SEEK_END) > limits.output + MEBIBYTE:
            raise Refused("too_large")
        out.seek(0)
        return _take(out)


def _take(out: IO[bytes]) -> Workbook:
    """Build the workbook from the lines of the reading process; without an end it died."""
    heads: list[dict[str, Any]] = []
    blocks: list[list[bytes]] = []
    end: dict[str, Any] = {}
    try:
        for line in out:
            if line.startswith(b"["):
                blocks[-1].append(line)
                continue
            end = json.loads(line)
            if "refused" in end:
                raise Refused(end["refused"], **end["details"])
            if "sheet" in end:
                heads.append(end)
                blocks.append([])
        if "end" not in end:
            raise Refused("died")
        sheets = tuple(
            SheetData(
                str(head["sheet"]),
                bool(head["hidden"]),
                PackedRows(packed),
                tuple((a, b, c, d) for a, b, c, d in head["merged"]),
                frozenset(map(int, head["rows"])),
                frozenset(map(int, head["columns"])),
            )
            for head, packed in zip(heads, blocks, strict=True)
        )
        return Workbook(sheets, str(end["kind"]), end["encoding"], bool(end["date1904"]))
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise Refused("died") from error
