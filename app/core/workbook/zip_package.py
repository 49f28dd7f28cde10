"""Looks through a zipped workbook (xlsx, xlsm, xlsb, ods) before the reader may open it.

Every member is inflated once in small pieces and counted, so that what the directory claims
is never believed. What the reader would lose is saved on the way: which cells hold an error (it
returns blanks), whether days are counted from 1904, and which rows and columns are hidden.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from app.core.workbook.biff_records import errors_as_text, uses_1904
from app.core.workbook.hidden_rows import Hidden, HiddenParts
from app.core.workbook.limits import MEBIBYTE, Limits, Refused

_PIECE = 256 * 1024
_PLAIN, _DEFLATED = 0, 8
_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY", "<!DOCTYPE".encode("utf-16-le"), "<!D".encode("utf-16-be"))
_MARKUP = (".xml", ".rels", ".vml")
# An error cell of a worksheet, and of an OpenDocument table.
_ERROR_CELL = re.compile(rb"<(?:\w+:)?c\s[^<>]*\bt=[\"']e[\"'][^<>]*>")
_ERROR_MARK = re.compile(rb"\bt=[\"']e[\"']")
_ODS_ERROR_CELL = re.compile(rb"<table:table-cell\s[^<>]*calcext:value-type=\"error\"[^<>]*>")
_ODS_ERROR_VALUE = re.compile(rb"\soffice:string-value=\"[^\"]*\"")
# Filled cells beyond column ZZ or row 99,999: few honest sheets have any, so each is looked at.
_FAR_CELL = re.compile(rb" r=[\"']([A-Z]{3,}\d+|[A-Z]+\d{6,})[\"'][^<>]*[^/<>]>")


@dataclass(slots=True)
class Package:
    """An examined package: what to hand to the reader, and what the reader does not tell."""

    source: BinaryIO
    date1904: bool
    hidden: dict[str, Hidden]


def examine(file: BinaryIO, limits: Limits) -> Package:
    """Check `file` (positioned anywhere) and return it ready to be read.

    :raises Refused: encrypted, unknown, broken, hostile or too large.
    """
    archive = _directory(file, limits)
    members = [info for info in archive.infolist() if not info.is_dir()]
    has_errors = date1904 = False
    left = limits.inflated
    parts = HiddenParts()
    for info in members:
        watch = _Watch(info.filename, limits, parts)
        for piece in _inflate(file, info):
            left -= len(piece)
            if left < 0:
                raise Refused("too_large")
            watch.see(piece)
        watch.end()
        has_errors |= watch.has_errors
        date1904 |= watch.date1904
    source = _with_readable_errors(file, members) if has_errors else file
    source.seek(0)
    return Package(source, date1904, parts.by_name())


def _directory(file: BinaryIO, limits: Limits) -> zipfile.ZipFile:
    """Read the zip directory after looking at its size, and judge what it declares."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 65_557))
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < 22:
        raise Refused("broken")
    count, length = struct.unpack_from("<HI", tail, end + 10)
    if count > limits.members or length > 2 * MEBIBYTE:
        raise Refused("hostile")
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Refused("broken") from error
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if len(infos) > limits.members or len(set(names)) < len(names):
        raise Refused("hostile")
    if any(info.flag_bits & 1 for info in infos):
        raise Refused("encrypted")
    if not any(_is_workbook(name) for name in names):
        raise Refused("unknown")
    if any(info.compress_type not in (_PLAIN, _DEFLATED) for info in infos):
        raise Refused("hostile")
    declared = sum(info.file_size for info in infos)
    if declared > limits.inflated:
        raise Refused("too_large")
    if declared > 8 * MEBIBYTE and declared > limits.ratio * size:
        raise Refused("hostile")
    return archive


def _is_workbook(name: str) -> bool:
    """Whether a member's name says that the package is a workbook, in any of its dialects."""
    name = name.replace("\\", "/").lower()
    return name.endswith(("workbook.xml", "workbook.bin")) or name == "content.xml"


def _inflate(file: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the real bytes of one member, never more than it declared.

    The module of the standard library stops at the declared size; the reader would go on.
    """
    file.seek(info.header_offset)
    header = file.read(30)
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        raise Refused("broken")
    file.seek(sum(struct.unpack_from("<HH", header, 26)), io.SEEK_CUR)
    left, total = info.compress_size, 0
    inflater = zlib.decompressobj(-15) if info.compress_type == _DEFLATED else None
    while left > 0:
        raw = file.read(min(left, _PIECE // 4))
        if not raw:
            raise Refused("broken")
        left -= len(raw)
        while raw:
            try:
                piece = inflater.decompress(raw, _PIECE) if inflater else raw
            except zlib.error as error:
                raise Refused("broken") from error
            raw = inflater.unconsumed_tail if inflater else b""
            total += len(piece)
            if total > info.file_size:
                raise Refused("hostile")
            yield piece
        if inflater and inflater.eof:
            break


class _Watch:
    """Looks at one member as its bytes pass by; tags cut by a piece's end are seen whole."""

    def __init__(self, name: str, limits: Limits, parts: HiddenParts) -> None:
        self.parts = parts
        name = self.name = name.replace("\\", "/").lower()
        self.limits = limits
        self.is_markup = name.endswith(_MARKUP)
        self.is_binary_sheet = _is_binary_sheet(name)
        self.is_content = name == "content.xml"
        self.is_manifest = name == "meta-inf/manifest.xml"
        self.is_book = name.endswith("workbook.xml")
        self.is_binary_book = name.endswith("workbook.bin")
        self.has_errors = self.is_binary_sheet  # cheaper to rewrite than to look twice
        self.date1904 = False
        self._tail = b""

    def see(self, piece: bytes) -> None:
        """Look at the next piece.

        :raises Refused: a document type, or a filled cell far beyond any list.
        """
        if self.is_binary_book:
            self.date1904 = self.date1904 or uses_1904(piece)
        if not self.is_markup:
            return
        whole, self._tail = _cut(self._tail + piece)
        for text in (whole, self._tail):
            if any(word in text for word in _FORBIDDEN):
                raise Refused("hostile")
        self.parts.see(self.name, whole)
        if self.is_manifest and b"encryption-data" in whole:
            raise Refused("encrypted")
        if self.is_content:
            self.has_errors = self.has_errors or b'calcext:value-type="error"' in whole
            return
        if self.is_book and re.search(rb"\bdate1904=[\"'](?:1|true|on)[\"']", whole):
            self.date1904 = True
        if not self.has_errors and _ERROR_CELL.search(whole):
            self.has_errors = True
        for match in _FAR_CELL.finditer(whole):
            self._refuse_far(match[1].decode("ascii"))

    def end(self) -> None:
        """Look at what stands behind the last tag that was cut."""
        if self.is_markup and self._tail:
            self.parts.see(self.name, self._tail)

    def _refuse_far(self, reference: str) -> None:
        letters = reference.rstrip("0123456789")
        column = 0
        for letter in letters[:8]:
            column = column * 26 + ord(letter) - 64
        if column > self.limits.columns:
            raise Refused("too_wide", limit=self.limits.columns)
        if int(reference[len(letters) :][:9]) > self.limits.rows:
            raise Refused("too_long", limit=self.limits.rows)


def _cut(text: bytes) -> tuple[bytes, bytes]:
    """Split before the last tag, which may still be incomplete (a monster tag is not kept)."""
    place = text.rfind(b"<")
    if place < 0 or len(text) - place > _PIECE:
        return text, b""
    return text[:place], text[place:]


def _is_binary_sheet(name: str) -> bool:
    return name.endswith(".bin") and "worksheets/" in name


def _with_readable_errors(file: BinaryIO, members: list[zipfile.ZipInfo]) -> BinaryIO:
    """Copy the package with error cells turned into text cells such as ``#N/A``.

    The reader returns an error cell as blank; as text it comes through and is marked again
    where the rows are written. Pictures and other parts it never opens are left out.
    """
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for info in members:
            name = info.filename.replace("\\", "/").lower()
            if not name.endswith((*_MARKUP, ".bin")) and name != "mimetype":
                continue
            if _is_binary_sheet(name):
                whole = b"".join(_inflate(file, info))
                archive.writestr(info.filename, errors_as_text(whole))
                continue
            with archive.open(zipfile.ZipInfo(info.filename), "w") as target:
                tail = b""
                for piece in _inflate(file, info):
                    whole, tail = _cut(tail + piece)
                    target.write(_mark_errors(whole))
                target.write(tail)
    return copy


def _mark_errors(text: bytes) -> bytes:
    if b"calcext" in text:
        return _ODS_ERROR_CELL.sub(lambda tag: _ODS_ERROR_VALUE.sub(b"", tag[0]), text)
    return _ERROR_CELL.sub(lambda tag: _ERROR_MARK.sub(b't="str"', tag[0]), text)
