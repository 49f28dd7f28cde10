"""What an Excel cell can hold: safe text, day numbers, sheet names and the formats we use."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from app.core.tables.table import ColumnKind

LARGEST_TEXT = 32_767
"""UTF-16 units that fit a cell."""
_EPOCH = date(1899, 12, 30).toordinal()
_BROKEN = re.compile("[\ud800-\udfff]")
_FORBIDDEN_IN_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff]")

FONT = {"font_name": "微软雅黑", "font_size": 10}
FORMATS: dict[str, dict[str, Any]] = {
    ColumnKind.TEXT: {},
    ColumnKind.INTEGER: {"num_format": "#,##0"},
    ColumnKind.MONEY: {"num_format": "#,##0.00"},
    ColumnKind.AREA: {"num_format": "#,##0.00##"},
    ColumnKind.PRICE: {"num_format": "#,##0.00##"},
    ColumnKind.PERCENT: {"num_format": "0.00%"},
    ColumnKind.DATE: {"num_format": "yyyy-mm-dd", "align": "center"},
    ColumnKind.MOMENT: {"num_format": "yyyy-mm-dd hh:mm", "align": "center"},
}
ROLES: dict[str, dict[str, Any]] = {
    "cell": {},
    "total": {"bold": True, "top": 1, "bg_color": "#F3F5F8"},
    "header": {
        "bold": True,
        "bg_color": "#E6ECF5",
        "bottom": 1,
        "align": "center",
        "text_wrap": True,
    },
    "title": {"bold": True, "font_size": 15},
    "note": {"font_color": "#5B6472"},
    "wrong": {"bg_color": "#FDE3E1"},
    "problem": {"font_color": "#C0271C", "text_wrap": True},
}


def serial(moment: date | datetime) -> int | float:
    """The day or wall-clock moment as the number by which Excel counts days."""
    days = moment.toordinal() - _EPOCH
    if isinstance(moment, datetime):
        seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
        return days + seconds / 86400
    return days


def safe_text(value: Any) -> str:
    """Text that a cell can hold: whole characters only, cut with a mark where too long."""
    text = str(value)
    if not text.isascii() and _BROKEN.search(text):
        text = _BROKEN.sub("\ufffd", text)
    if len(text) > LARGEST_TEXT // 2:
        encoded = text.encode("utf-16-le")
        if len(encoded) > 2 * LARGEST_TEXT:
            mark = _("… (cut: too long for a cell)")
            room = 2 * LARGEST_TEXT - len(mark.encode("utf-16-le"))
            text = encoded[:room].decode("utf-16-le", "ignore") + mark
    return text


def sheet_name(wanted: Any, taken: Collection[str] = ()) -> str:
    """A name that Excel accepts for a sheet, different from those `taken`."""
    plain = _FORBIDDEN_IN_NAME.sub(" ", str(wanted)).strip().strip("'") or "Sheet"
    used = {name.lower() for name in taken}
    plain = plain.encode("utf-16-le")[:62].decode("utf-16-le", "ignore").strip("'")
    name, number = plain, 1
    # "History" is a name that Excel keeps for itself.
    while name.lower() in used or name.lower() == "history":
        number += 1
        tail = f" ({number})"
        room = 2 * (31 - len(tail))
        name = plain.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + tail
    return name
