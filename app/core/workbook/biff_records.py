"""Records of the binary workbooks (xls, xlsb): error cells, hidden passwords, the first day.

Only what the reader does not tell is looked at; each record is a type, a length and a body.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.core.workbook.hidden_rows import Hidden
from app.core.workbook.limits import Refused

ERROR_TEXTS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}

# xlsb record types
_ROW, _CELL_ERROR, _CELL_TEXT, _FORMULA_ERROR, _BOOK_PROPERTIES = 0, 3, 6, 11, 153
# xls record types
_BOF, _EOF, _FILEPASS, _DATEMODE, _BOUNDSHEET, _BOOLERR = 0x809, 0x0A, 0x2F, 0x22, 0x85, 0x205
_XLS_ROW, _COLINFO = 0x208, 0x7D
_FORMULAS = (0x06, 0x206, 0x406)


@dataclass(slots=True)
class BinaryFacts:
    """What an xls stream says besides its values; `errors` per sheet: (row, column) → text."""

    encrypted: bool = False
    date1904: bool = False
    errors: list[dict[tuple[int, int], str]] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)


def xls_facts(stream: bytes) -> BinaryFacts:
    """Walk the workbook stream of an xls file (BIFF 5 and 8)."""
    facts = BinaryFacts()
    starts: list[int] = []
    for kind, start, length in _xls_records(stream, 0):
        if kind == _FILEPASS:
            facts.encrypted = True
            return facts
        if kind == _DATEMODE and length >= 2:
            facts.date1904 = stream[start] == 1
        elif kind == _BOUNDSHEET and length >= 6:
            starts.append(struct.unpack_from("<I", stream, start)[0])
    facts.errors = [_xls_errors(stream, start) for start in starts]
    facts.hidden = [_xls_hidden(stream, start) for start in starts]
    return facts


def _xls_records(stream: bytes, position: int) -> Iterator[tuple[int, int, int]]:
    """Yield type, start and length of each record up to the end of the substream."""
    depth, size = 0, len(stream)
    while position + 4 <= size:
        kind, length = struct.unpack_from("<HH", stream, position)
        position += 4
        if position + length > size:
            return
        yield kind, position, length
        position += length
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return


def _xls_errors(stream: bytes, position: int) -> dict[tuple[int, int], str]:
    errors: dict[tuple[int, int], str] = {}
    for kind, start, length in _xls_records(stream, position):
        if kind == _BOOLERR and length >= 8:
            row, column, _, value, is_error = struct.unpack_from("<HHHBB", stream, start)
        elif kind in _FORMULAS and length >= 14:
            row, column, _, tag, _, value, _, _, _, mark = struct.unpack_from(
                "<HHHBBBBBBH", stream, start
            )
            is_error = tag == 2 and mark == 0xFFFF
        else:
            continue
        if is_error:
            errors[row, column] = ERROR_TEXTS.get(value, "#ERROR")
    return errors


def _xls_hidden(stream: bytes, position: int) -> Hidden:
    hidden = Hidden()
    for kind, start, length in _xls_records(stream, position):
        if kind == _XLS_ROW and length >= 16:
            row, flags = struct.unpack_from("<H10xH", stream, start)
            if flags & 0x20:
                hidden.rows.add(row)
        elif kind == _COLINFO and length >= 10:
            first, last, _, _, flags = struct.unpack_from("<HHHHH", stream, start)
            if flags & 1:
                hidden.columns.update(range(first, min(last + 1, 256)))
    return hidden


def uses_1904(book: bytes) -> bool:
    """Whether an xlsb workbook part counts its days from 1904."""
    return any(
        kind == _BOOK_PROPERTIES and body[:1] and body[0] & 1
        for kind, body in _xlsb_records(book, partial=True)
    )


def errors_as_text(sheet: bytes) -> bytes:
    """Rewrite an xlsb sheet with every error cell as a text cell that shows the error."""
    parts: list[bytes] = []
    for kind, body in _xlsb_records(sheet):
        if kind in (_CELL_ERROR, _FORMULA_ERROR) and len(body) >= 9:
            text = ERROR_TEXTS.get(body[8], "#ERROR")
            body = body[:8] + struct.pack("<I", len(text)) + text.encode("utf-16-le")  # noqa: PLW2901
            kind = _CELL_TEXT  # noqa: PLW2901
        parts.append(_xlsb_record(kind, body))
    return b"".join(parts)


def _xlsb_record(kind: int, body: bytes) -> bytes:
    """Pack one record: type and length are numbers of seven bits a byte."""
    head = bytearray([kind] if kind < 128 else [kind & 0x7F | 0x80, kind >> 7])
    length = len(body)
    while length > 127:
        head.append(length & 0x7F | 0x80)
        length >>= 7
    head.append(length)
    return bytes(head) + body


def _xlsb_records(part: bytes, *, partial: bool = False) -> Iterator[tuple[int, bytes]]:
    """Yield type and body of each record; a cut end is an error unless `partial`."""
    position, size = 0, len(part)
    while position < size:
        try:
            kind = part[position]
            position += 1
            if kind & 0x80:
                kind = kind & 0x7F | (part[position] & 0x7F) << 7
                position += 1
            length = 0
            for shift in (0, 7, 14, 21):
                byte = part[position]
                position += 1
                length |= (byte & 0x7F) << shift
                if not byte & 0x80:
                    break
        except IndexError:
            length = size + 1
        if position + length > size:
            if partial:
                return
            raise Refused("broken")
        yield kind, part[position : position + length]
        position += length
