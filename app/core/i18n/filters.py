"""How values look on a page: Jinja filters for money, areas, days, phones and labels."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app, url_for
from flask_babel import format_date, get_locale, gettext
from jinja2 import pass_context

from app.core.values import clock

if TYPE_CHECKING:
    from flask import Flask

NOTHING = ""
LABELS: dict[str, dict[str, Any]] = {}
"""Enum labels that features register: kind of label → value → lazy text."""


def register_labels(name: str, labels: dict[Any, Any]) -> dict[str, Any]:
    """Make labels of a code known to the filter `label`: `{{ unit.kind|label('kind') }}`."""
    LABELS[name] = {str(value): text for value, text in labels.items()}
    return LABELS[name]


def label(value: Any, name: str) -> str:
    """The word for a stored code; the code itself when no label is known."""
    if value is None:
        return NOTHING
    return str(LABELS.get(name, {}).get(str(value), value))


def grouped(value: Decimal, least: int) -> str:
    """A decimal with thousands separators, at least `least` places, no further zeros."""
    text = f"{value:,f}"
    whole, _, places = text.partition(".")
    places = places.rstrip("0").ljust(least, "0")
    return f"{whole}.{places}" if places else whole


def money(value: Decimal | int | None) -> str:
    """Yuan with two places and thousands separators: 1,234.50."""
    return NOTHING if value is None else f"{Decimal(value):,.2f}"


def area(value: Decimal | None) -> str:
    """Square metres with at least two places: 89.50."""
    return NOTHING if value is None else grouped(Decimal(value), 2)


def price(value: Decimal | None) -> str:
    """A unit price with two to four places: 2.80, 0.4783."""
    return NOTHING if value is None else grouped(Decimal(value), 2)


def day(value: date | datetime | None) -> str:
    """A business day: 2026-11-22; a moment gives its day in the office."""
    if isinstance(value, datetime):
        value = clock.local(value).date()
    return NOTHING if value is None else value.isoformat()


def long_day(value: date | None) -> str:
    """A day as it stands on paper: 2026年11月22日, in English 22 November 2026."""
    if value is None:
        return NOTHING
    if language() == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return format_date(value, "d MMMM y")


def moment(value: datetime | None) -> str:
    """A stored moment on the office's clock: 2026-11-22 09:30."""
    return NOTHING if value is None else clock.local(value).strftime("%Y-%m-%d %H:%M")


def period(first: date | None, last: date | None = None) -> str:
    """A billing period by its first and last day: 2026-11, or 2026-10 ~ 2026-12."""
    if first is None:
        return NOTHING
    if last is None or (first.year, first.month) == (last.year, last.month):
        return first.strftime("%Y-%m")
    return f"{first:%Y-%m} ~ {last:%Y-%m}"


def mask_phone(value: str | None) -> str:
    """A phone with its middle hidden: 138****0000."""
    if not value:
        return NOTHING
    if len(value) < 8:
        return "*" * max(len(value) - 2, 0) + value[-2:]
    return f"{value[:3]}****{value[-4:]}"


def mask_id(value: str | None) -> str:
    """An identity number with only its ends shown: 110***********0011."""
    if not value:
        return NOTHING
    if len(value) < 8:
        return "*" * len(value)
    return value[:3] + "*" * (len(value) - 7) + value[-4:]


def yes_no(value: bool | None) -> str:
    """Yes or no in the reader's language."""
    if value is None:
        return NOTHING
    return gettext("Yes") if value else gettext("No")


@pass_context
def label_filter(_context: Any, value: Any, name: str) -> str:
    """`label` for templates: worked out for each page.

    Without the context Jinja would work out the label of a constant once, when it compiles
    the template, in the language of whoever opened the page first.
    """
    return label(value, name)


FILTERS = {
    "money": money,
    "area": area,
    "price": price,
    "day": day,
    "long_day": long_day,
    "moment": moment,
    "period": period,
    "mask_phone": mask_phone,
    "mask_id": mask_id,
    "yes_no": yes_no,
    "label": label_filter,
}


def static_file(name: str) -> str:
    """The address of one of our files; it changes with the file, so a cache never lags."""
    changed = int(Path(str(current_app.static_folder), name).stat().st_mtime)
    return url_for("static", filename=name, v=changed)


def language() -> str:
    """The language of this page: zh or en."""
    return str(get_locale() or "zh")[:2]


def install(app: Flask) -> None:
    """Make the filters and functions known to the templates of `app`."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(static_file=static_file, language=language)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
