"""Notes which rows and columns of a workbook a user does not see: folded, filtered, of no height.

The reader of cells says nothing of it. Sheets are known here by the part of the package that
holds them, and by name once the directory of the workbook has been read.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

_KEPT = 2 * 1024 * 1024  # bytes of the directory of the workbook; honest ones are far smaller
_COLUMNS = 1_000

_HIDDEN = re.compile(rb"\s(?:hidden=[\"'](?:1|true|on)[\"']|(?:ht|width)=[\"']0(?:\.0*)?[\"'])")
_ROW = re.compile(rb"<(?:\w+:)?row\b([^<>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^<>]*)>")
_NUMBER = re.compile(rb"\sr=[\"'](\d{1,7})[\"']")
_FIRST, _LAST = (re.compile(rb"\s%s=[\"'](\d{1,5})[\"']" % name) for name in (b"min", b"max"))
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^<>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^<>]*)>")
_ATTRIBUTE = re.compile(rb"([\w:]+)=[\"']([^\"']*)[\"']")

_ODS = re.compile(rb"<(/?)table:(table-row|table-column|table)(?=[\s/>])([^<>]*)>")
_ODS_UNSEEN = re.compile(rb"\stable:visibility=[\"'](?:collapse|filter)[\"']")
_ODS_REPEATED = re.compile(rb"\stable:number-(?:rows|columns)-repeated=[\"'](\d{1,7})[\"']")
_ODS_NAME = re.compile(rb"\stable:name=[\"']([^\"']*)[\"']")


@dataclass(slots=True)
class Hidden:
    """Hidden rows and columns of one sheet, by index."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)


@dataclass(slots=True)
class HiddenParts:
    """What is hidden in a whole package, collected while its members pass by."""

    parts: dict[str, Hidden] = field(default_factory=dict)
    directory: dict[str, bytes] = field(default_factory=dict)
    _ods: _OdsSheet | None = None

    def see(self, member: str, text: bytes) -> None:
        """Look at a piece of a member that holds whole tags; `member` is its name in small."""
        if "worksheets/" in member:
            if b" hidden=" in text or b' ht="0"' in text or b' width="0"' in text:
                self._sheet(member, text)
        elif member.endswith(("workbook.xml", "workbook.xml.rels")):
            known = self.directory.get(member, b"")
            if len(known) < _KEPT:
                self.directory[member] = known + text
        elif member == "content.xml":
            self._content(text)

    def by_name(self) -> dict[str, Hidden]:
        """What is hidden, by the name of the sheet."""
        if not self.parts:
            return {}
        targets: dict[str, str] = {}
        sheets: dict[str, str] = {}
        for member, text in self.directory.items():
            if member.endswith(".rels"):
                for one in _attributes(_RELATION, text):
                    targets[one.get("Id", "")] = one.get("Target", "")
            else:
                for one in _attributes(_SHEET, text):
                    key = next((one[name] for name in one if name.endswith(":id")), "")
                    sheets[one.get("name", "")] = key
        found = {}
        for name, key in sheets.items():
            tail = "/" + targets.get(key, "?").lower().lstrip("/").removeprefix("xl/")
            for member, hidden in self.parts.items():
                if ("/" + member).endswith(tail):
                    found[html.unescape(name)] = hidden
        return found or {html.unescape(name): one for name, one in self.parts.items()}

    def _sheet(self, member: str, text: bytes) -> None:
        hidden = self.parts.setdefault(member, Hidden())
        for match in _ROW.finditer(text):
            if _HIDDEN.search(match[1]) and (number := _NUMBER.search(match[1])):
                hidden.rows.add(int(number[1]) - 1)
        for match in _COLUMN.finditer(text):
            first, last = _FIRST.search(match[1]), _LAST.search(match[1])
            if first and last and _HIDDEN.search(match[1]):
                hidden.columns.update(range(int(first[1]) - 1, min(int(last[1]), _COLUMNS)))

    def _content(self, text: bytes) -> None:
        for closing, kind, attributes in _ODS.findall(text):
            if kind == b"table" and not closing:
                name = _ODS_NAME.search(attributes)
                self._ods = _OdsSheet(Hidden())
                self.parts[name[1].decode("utf-8", "replace") if name else ""] = self._ods.hidden
            elif self._ods is not None and not closing:
                self._ods.see(kind, attributes)


@dataclass(slots=True)
class _OdsSheet:
    """A table of an OpenDocument file, whose rows and columns are counted."""

    hidden: Hidden
    row: int = 0
    column: int = 0

    def see(self, kind: bytes, attributes: bytes) -> None:
        repeated = _ODS_REPEATED.search(attributes)
        count = int(repeated[1]) if repeated else 1
        unseen = bool(_ODS_UNSEEN.search(attributes))
        if kind == b"table-row":
            if unseen:
                self.hidden.rows.update(range(self.row, self.row + min(count, 100_000)))
            self.row += count
        elif kind == b"table-column":
            if unseen:
                last = min(self.column + count, _COLUMNS)
                self.hidden.columns.update(range(self.column, last))
            self.column += count


def _attributes(tag: re.Pattern[bytes], text: bytes) -> list[dict[str, str]]:
    return [
        {
            key.decode("utf-8", "replace"): value.decode("utf-8", "replace")
            for key, value in _ATTRIBUTE.findall(match[1])
        }
        for match in tag.finditer(text)
    ]
