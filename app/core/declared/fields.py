"""The format of a declared field: what a TOML file may say of one value of a record.

The kinds of here know no feature; a feature adds those that point to its own records.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.core.toml.vocabulary import Choice, Name, Part, Words

PLAIN_KINDS = ("text", "long_text", "choice", "yes_no", "date", "datetime", "time", "integer",
               "quantity", "money", "phone", "id_number", "plate", "attachment", "lines",
               "computed")  # fmt: skip
UNSTORED = frozenset({"computed", "attachment"})
Value = bool | int | str


class LineColumn(Part):
    """A column of a `lines` field: the goods of a slip."""

    name: Name
    kind: Literal[
        "text", "integer", "quantity", "money", "date", "time", "yes_no", "choice", "computed"
    ]
    label: Words
    required: bool = False
    default: Literal["today", "now"] | None = None
    places: int | None = Field(None, ge=0, le=4)
    choices: tuple[Choice, ...] = ()
    formula: str | None = None

    @property
    def decimals(self) -> int:
        return 2 if self.places is None else self.places


class FieldPart(Part):
    """One field of a record; which options fit which kind: `declared_checks`."""

    name: Name
    kind: str
    label: Words
    help: Words | None = None
    group: Words | None = None
    required: bool = False
    required_if: dict[Name, Value] = Field(default_factory=dict)
    unique: bool = False
    unique_per: tuple[Name, ...] = ()
    unique_in: tuple[Name, ...] = ()
    min: int | None = None
    max: int | None = None
    places: int | None = Field(None, ge=0, le=4)
    unit: Words | None = None
    max_length: int | None = Field(None, ge=1, le=2000)
    pattern: str | None = None
    not_before: Name | None = None
    must_be: bool | str | None = None
    default: Value | None = None
    private: bool | None = None
    choices: tuple[Choice, ...] = ()
    several: bool = False
    formula: str | None = None
    shows: Literal["integer", "quantity", "money"] | None = None
    columns: tuple[LineColumn, ...] = ()
    list: bool | None = None
    form: bool = True
    search: bool | None = None
    slip: bool = True

    @property
    def marks(self) -> dict[str, str]:
        """Data attributes of the field's input, for a feature's own script."""
        return {}

    @property
    def is_private(self) -> bool:
        """Phones and ID numbers are private unless the file says otherwise."""
        return self.kind in {"phone", "id_number"} if self.private is None else self.private

    @property
    def decimals(self) -> int:
        """Places after the point; a computed whole number has none."""
        if self.shows == "integer":
            return 0
        return 2 if self.places is None else self.places
