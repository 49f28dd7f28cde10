"""What a list page is asked for: words, filters, order and page, read from the address.

`?q=101&f.kind.is=flat&f.amount.from=100&sort=-due_on&page=2&size=50`. Whatever is no known
column, operator, value or page is left out and said so; nothing here can be an error page.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.core.columns import lookups
from app.core.columns.column import NUMERIC, TEXTS, Field, FieldKind
from app.core.columns.field_text import read
from app.core.i18n.sentences import sentence
from app.core.parsing import form_text
from app.core.values.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from werkzeug.datastructures import MultiDict

SIZES = (25, 50, 100, 200)
DEEPEST = 10_000
"""No page lies deeper than this many rows: beyond, one narrows the search."""
MOST_FILTERS = 12

OPERATORS: dict[str, Any] = {
    "has": _l("contains"),
    "starts": _l("starts with"),
    "is": _l("is"),
    "not": _l("is not"),
    "from": _l("from"),
    "to": _l("to"),
    "empty": _l("is empty"),
    "filled": _l("is filled in"),
}
WITHOUT_VALUE = frozenset({"empty", "filled"})


def operators(column: Field) -> tuple[str, ...]:
    """The operators of "more filters" that fit a column."""
    if column.kind in TEXTS:
        fitting: tuple[str, ...] = ("has", "starts", "is")
    elif column.kind is FieldKind.MOMENT:
        fitting = ("from", "to")
    elif column.kind in NUMERIC or column.kind is FieldKind.DAY:
        fitting = ("from", "to", "is")
    elif column.kind is FieldKind.CHOICE:
        fitting = ("is", "not")
    else:
        fitting = ("is",)
    return fitting if column.kind is FieldKind.YES_NO else (*fitting, "empty", "filled")


def filterable(columns: Iterable[Field]) -> list[Field]:
    """The columns that "more filters" offers: stored, public ones."""
    return [column for column in columns if column.filter and column.stored and not column.private]


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition: column, operator, the value as typed and as read."""

    column: Field
    operator: str
    typed: str
    value: Any = None
    text: str = ""

    @property
    def name(self) -> str:
        return f"f.{self.column.name}.{self.operator}"

    @property
    def word(self) -> Any:
        return OPERATORS[self.operator]


@dataclass(frozen=True, slots=True)
class Ask:
    """A list page's question; a new object for every request, shared by nobody."""

    q: str = ""
    filters: tuple[Filter, ...] = ()
    sort: str = ""
    page: int = 1
    size: int = SIZES[0]
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @property
    def narrowed(self) -> bool:
        return bool(self.q or self.filters)

    def query(self, **changes: Any) -> str:
        """The address's query for this question, with some parts changed."""
        ask = replace(self, **changes) if changes else self
        pairs: list[tuple[str, str]] = [("q", ask.q)] if ask.q else []
        pairs += [(chosen.name, chosen.typed or "1") for chosen in ask.filters]
        if ask.sort:
            pairs.append(("sort", ask.sort))
        if ask.size != SIZES[0]:
            pairs.append(("size", str(ask.size)))
        if ask.page > 1:
            pairs.append(("page", str(ask.page)))
        return "?" + urlencode(pairs) if pairs else "?"

    def without(self, dropped: Filter) -> str:
        """The query without one of the filters."""
        kept = tuple(chosen for chosen in self.filters if chosen is not dropped)
        return self.query(filters=kept, page=1)

    def value_of(self, column: Field, operator: str = "is") -> str:
        """What a filter was set to, for the drop-downs."""
        for chosen in self.filters:
            if chosen.column.name == column.name and chosen.operator == operator:
                return chosen.typed
        return ""


def whole(text: str | None, default: int, low: int, high: int) -> int:
    """A whole number between two bounds; the default for anything else."""
    if text and text.isascii() and text.isdigit() and len(text) < 10:
        return min(max(int(text), low), high)
    return default


def ask(arguments: MultiDict[str, str], columns: Iterable[Field], sortable: Iterable[str]) -> Ask:
    """Read the question of a list page from the arguments of its address."""
    size = whole(arguments.get("size"), SIZES[0], 1, max(SIZES))
    size = size if size in SIZES else SIZES[0]
    sort = arguments.get("sort", "")
    if sort.removeprefix("-") not in set(sortable):
        sort = ""
    found, warnings = [], []
    known = {column.name: column for column in filterable(columns)}
    pairs = [pair for pair in arguments.items(multi=True) if pair[0].startswith("f.")]
    for name, typed in pairs[:MOST_FILTERS]:
        _, column_name, operator = [*name.split("."), "", ""][:3]
        column = known.get(column_name)
        if column is None or operator not in operators(column) or not typed.strip():
            continue
        try:
            found.append(Filter(column, operator, typed, *_value(column, operator, typed)))
        except DomainError as error:
            warnings.append(
                gettext(
                    "The filter “%(label)s” was left out: %(reason)s",
                    label=column.label,
                    reason=sentence(error),
                )
            )
    return Ask(
        q=lookups.plain(arguments.get("q", "")),
        filters=tuple(found),
        sort=sort,
        page=whole(arguments.get("page"), 1, 1, DEEPEST // size),
        size=size,
        warnings=tuple(warnings),
    )


def _value(column: Field, operator: str, typed: str) -> tuple[Any, str]:
    """The value of a filter and how it is shown."""
    if operator in WITHOUT_VALUE:
        return None, ""
    if column.kind is FieldKind.MOMENT and ":" not in typed:
        # A day alone: from its first minute, to its last.
        typed = f"{form_text.day(typed)} {'00:00' if operator == 'from' else '23:59'}"
    value = read(column, typed)
    if column.kind is FieldKind.CHOICE:
        return value, str((column.choices or {})[str(value)])
    if column.kind is FieldKind.YES_NO:
        return value, gettext("Yes") if value else gettext("No")
    return value, typed.strip()
