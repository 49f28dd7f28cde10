"""Reads rows out of text: comma, semicolon, tab or bar between the cells, in any encoding."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from app.core.workbook.limits import Limits, Refused

_SEPARATORS = ("\t", ",", ";", "|", "，")
_LONGEST_LINE = 512 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# `="0571"` is how some programs keep Excel from eating a leading zero.
_KEPT_AS_TEXT = re.compile(r'^="(.*)"$', re.DOTALL)
# Programs' own languages that arrive under a spreadsheet's name.
_FOREIGN = (
    ("{\\rtf", "unknown"),
    ("%PDF", "unknown"),
    ("ID;P", "unknown"),
    ("TABLE\r\n0,1", "unknown"),
    ("TABLE\n0,1", "unknown"),
    ("MIME-Version", "web_page"),
    ("<!DOCTYPE", "web_page"),
    ("<html", "web_page"),
    ("<HTML", "web_page"),
    ("<?xml", "web_page"),
    ("<table", "web_page"),
    ("<meta", "web_page"),
)


def decode(data: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding: UTF-8, UTF-16 or GB18030 (with GBK in it).

    :raises Refused: no encoding fits, or the text has characters no text has.
    """
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            break
        start = text.lstrip()
        for beginning, reason in _FOREIGN:
            if start.startswith(beginning):
                raise Refused(reason)
        return text, encoding
    raise Refused("unknown")


def _encodings(data: bytes) -> tuple[str, ...]:
    if data.startswith(codecs.BOM_UTF8):
        return ("utf-8-sig",)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    head = data[:4096]
    for half, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        # the digits and separators of an unmarked UTF-16 leave zeros in one half of the bytes
        zeros = head[half::2].count(0)
        if zeros > max(3, len(head) // 16) and head[1 - half :: 2].count(0) * 20 < zeros:
            return (encoding,)
    return ("utf-8", "gb18030")


def text_rows(text: str, limits: Limits) -> Iterator[list[str]]:
    """Yield the cells of each line; a first line such as ``sep=;`` stays as a blank row.

    :raises Refused: more rows or columns than the limits, or quotes that never close.
    """
    separator = _separator(text)
    csv.field_size_limit(64 * 1024)
    reader = csv.reader(_lines(text), delimiter=separator)
    try:
        for number, row in enumerate(reader):
            if number >= limits.rows:
                raise Refused("too_long", limit=limits.rows)
            if number == 0 and len(row) <= 2 and row and row[0].lower().startswith("sep="):
                yield []
                continue
            if len(row) > limits.columns and any(row[limits.columns :]):
                raise Refused("too_wide", limit=limits.columns)
            yield [_plain(cell) if cell.startswith("=") else cell for cell in row]
    except csv.Error as error:
        raise Refused("broken") from error


def _lines(text: str) -> Iterator[str]:
    """The lines of a text; one of monstrous length is refused before it becomes cells."""
    for line in io.StringIO(text, newline=""):
        if len(line) > _LONGEST_LINE:
            raise Refused("broken")
        yield line


def _plain(cell: str) -> str:
    match = _KEPT_AS_TEXT.match(cell)
    return match[1] if match else cell


def _separator(text: str) -> str:
    """The separator that gives the most lines the same number of cells above one."""
    first = text[:200].partition("\n")[0].strip()
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4]
    sample = text[:64_000]
    best, best_score = ",", 0.0
    for separator in _SEPARATORS:
        if separator not in sample:
            continue
        widths = Counter[int]()
        try:
            for row in csv.reader(io.StringIO(sample, newline=""), delimiter=separator):
                widths[len(row)] += 1
        except csv.Error:
            continue
        score = max(
            (lines * (width - 1) ** 0.5 for width, lines in widths.items() if width > 1),
            default=0.0,
        )
        if score > best_score:
            best, best_score = separator, score
    return best
