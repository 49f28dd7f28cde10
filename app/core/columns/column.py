"""Labelled columns: what a screen's lists, forms, searches and exports are made of.

A column is declared once, with its label and kind; the screen derives the rest::

    columns = (
        col.relation("unit", _l("Unit"), search=True, required=True),
        col.text("plate", _l("Plate"), search=True, required=True, max_length=20),
    )
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.core.values.secret import Secret


class FieldKind(StrEnum):
    """How a value is typed, checked, shown and aligned."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    CHOICES = "choices"
    LINES = "lines"
    FILES = "files"
    YES_NO = "yes_no"
    DAY = "day"
    MOMENT = "moment"
    INTEGER = "integer"
    NUMBER = "number"
    AREA = "area"
    PRICE = "price"
    MONEY = "money"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    RELATION = "relation"
    COMPUTED = "computed"


NUMERIC = frozenset(
    {FieldKind.INTEGER, FieldKind.NUMBER, FieldKind.AREA, FieldKind.PRICE, FieldKind.MONEY}
)
TEXTS = frozenset({FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.PHONE, FieldKind.ID_NUMBER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column of a screen.

    name: the attribute of the model (of a relation: the relationship).
    list, form, show: where it appears. `form="add"`: only when a record is added.
    search: the search box looks here: True or "contains", "prefix" (large tables), "exact".
    private: masked, never searched, sorted or filtered; revealed one by one, logged (E07).
        What looks like a phone is shown by the right `phones`, all else by "see private".
    readonly: shown in the form but not taken from it.
    sort: may the list be sorted by it (None: whatever is safe); filter: "more filters".
    quick: a choice as a drop-down beside the search box.
    minimum, maximum, places: of numbers; max_length: of text.
    choices: value → label; looks: value → ok, warn, bad, info or idle (the tag's colour).
    lookup: name of the look-up that a relation uses (None: the one of its model).
    value: computes a column that is not stored, or what is shown of a stored one;
        loads: relations it needs ("unit.building");
        like: the kind that a computed value is shown as (Kind.MONEY…);
        expression: the same for the database, which filters and sorts by it.
    default: a value or a function without arguments; help: a sentence below the field.
    by_day: when a record is due: its day alone, unless the rule of its state counts hours.
    width: of the Excel column, in characters.
    group: a heading in the form: a new group of fields begins with this one.
    columns: those of a small table inside the record (`lines`).
    spell: brings a text that was typed into its one spelling, or refuses it with a DomainError.
    hint: what the empty field shows in grey.
    marks: name → value of data attributes of its input, for a script of the feature's page.
    """

    name: str
    label: Any
    kind: FieldKind
    list: bool = True
    form: bool | str = True
    show: bool = True
    export: bool = True
    search: bool | str = False
    required: bool = False
    private: bool = False
    readonly: bool = False
    sort: bool | None = None
    filter: bool = True
    quick: bool = True
    default: Any = None
    help: Any = None
    max_length: int | None = None
    minimum: Decimal | int | None = None
    maximum: Decimal | int | None = None
    places: int = 0
    choices: Mapping[str, Any] | None = None
    looks: Mapping[str, str] | None = None
    lookup: str | None = None
    value: Callable[[Any], Any] | None = None
    loads: tuple[str, ...] = ()
    like: FieldKind | None = None
    expression: Callable[[], Any] | None = None
    wide: bool = False
    by_day: bool = False
    width: int | None = None
    group: Any = None
    columns: tuple[Field, ...] = ()
    spell: Callable[[str], str] | None = None
    hint: Any = None
    marks: Mapping[str, str] | None = None

    @property
    def shown_as(self) -> FieldKind:
        """The kind that decides how a value looks."""
        return self.like or self.kind

    @property
    def secret(self) -> Secret | None:
        """The sort of private value that the column holds, None for what everybody sees."""
        if not self.private:
            return None
        return Secret.PHONES if self.shown_as is FieldKind.PHONE else Secret.PRIVATE

    @property
    def numeric(self) -> bool:
        return self.shown_as in NUMERIC

    @property
    def stored(self) -> bool:
        return self.kind not in {FieldKind.COMPUTED, FieldKind.FILES}

    def first_value(self) -> Any:
        """What an empty form shows."""
        return self.default() if callable(self.default) else self.default


def text(name: str, label: Any, **options: Any) -> Field:
    """One line of text."""
    return Field(name=name, label=label, kind=FieldKind.TEXT, **options)


def long_text(name: str, label: Any, **options: Any) -> Field:
    """Several lines of text; not in the list unless asked for."""
    return Field(
        name=name, label=label, kind=FieldKind.LONG_TEXT, **{"list": False, "wide": True, **options}
    )


def choice(
    name: str,
    label: Any,
    choices: Mapping[Any, Any],
    *,
    looks: Mapping[Any, str] | None = None,
    **options: Any,
) -> Field:
    """One word of several, shown as a tag when `looks` gives it a colour."""
    return Field(
        name=name,
        label=label,
        kind=FieldKind.CHOICE,
        choices={str(value): text for value, text in choices.items()},
        looks={str(value): look for value, look in looks.items()} if looks else None,
        **options,
    )


def choices(name: str, label: Any, choices: Mapping[Any, Any], **options: Any) -> Field:
    """Any number of several words, stored as one text with commas between them."""
    return Field(
        name=name,
        label=label,
        kind=FieldKind.CHOICES,
        choices=choices,
        **{"filter": False, "sort": False, **options},
    )


def lines(name: str, label: Any, columns: tuple[Field, ...], **options: Any) -> Field:
    """A small table inside the record: a list of rows, each a dictionary, stored as JSON."""
    return Field(
        name=name,
        label=label,
        kind=FieldKind.LINES,
        columns=columns,
        **{"list": False, "filter": False, "sort": False, "wide": True, **options},
    )


def files(name: str, label: Any, **options: Any) -> Field:
    """Photos and papers, kept apart from the record and shown on its page (`AttachmentRoutes`)."""
    return Field(
        name=name,
        label=label,
        kind=FieldKind.FILES,
        **{
            **options,
            "list": False,
            "form": False,
            "show": False,
            "export": False,
            "filter": False,
            "sort": False,
        },
    )


def yes_no(name: str, label: Any, **options: Any) -> Field:
    """Yes or no."""
    return Field(name=name, label=label, kind=FieldKind.YES_NO, **options)


def date(name: str, label: Any, **options: Any) -> Field:
    """A business day."""
    return Field(name=name, label=label, kind=FieldKind.DAY, **options)


def moment(name: str, label: Any, **options: Any) -> Field:
    """A stored moment, shown on the office's clock."""
    return Field(name=name, label=label, kind=FieldKind.MOMENT, **options)


def integer(name: str, label: Any, **options: Any) -> Field:
    """A whole number; not negative unless `minimum=None` says so."""
    return Field(name=name, label=label, kind=FieldKind.INTEGER, **{"minimum": 0, **options})


def number(name: str, label: Any, *, places: int, **options: Any) -> Field:
    """An exact number with `places` decimals."""
    return Field(
        name=name, label=label, kind=FieldKind.NUMBER, places=places, **{"minimum": 0, **options}
    )


def area(name: str, label: Any, **options: Any) -> Field:
    """Square metres, four places."""
    return Field(name=name, label=label, kind=FieldKind.AREA, places=4, **{"minimum": 0, **options})


def price(name: str, label: Any, **options: Any) -> Field:
    """A unit price, four places."""
    return Field(
        name=name, label=label, kind=FieldKind.PRICE, places=4, **{"minimum": 0, **options}
    )


def money(name: str, label: Any, **options: Any) -> Field:
    """Yuan, two places."""
    return Field(
        name=name, label=label, kind=FieldKind.MONEY, places=2, **{"minimum": 0, **options}
    )


def phone(name: str, label: Any, **options: Any) -> Field:
    """A phone number: private unless said otherwise."""
    options = {"private": True, "max_length": 30, **options}
    return Field(name=name, label=label, kind=FieldKind.PHONE, **options)


def id_number(name: str, label: Any, **options: Any) -> Field:
    """The number of an identity card: private."""
    options = {"private": True, "max_length": 40, **options}
    return Field(name=name, label=label, kind=FieldKind.ID_NUMBER, **options)


def relation(name: str, label: Any, **options: Any) -> Field:
    """Another record, found by typing (see `app.core.columns.lookups.Lookup`)."""
    return Field(name=name, label=label, kind=FieldKind.RELATION, **options)


def computed(
    name: str,
    label: Any,
    value: Callable[[Any], Any],
    *,
    loads: tuple[str, ...] = (),
    **options: Any,
) -> Field:
    """Something worked out of the record: shown and exported, never typed or sorted.

    `value` gives text, a number, a day or `Markup`; `loads` names the relations it reads.
    """
    return Field(
        name=name,
        label=label,
        kind=FieldKind.COMPUTED,
        value=value,
        loads=loads,
        **{"form": False, "filter": False, "sort": False, **options},
    )
