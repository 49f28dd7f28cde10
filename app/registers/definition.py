"""The format of a register file: what may stand in it; it validates and gives the JSON Schema."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.core.menu import AREAS
from app.roles import LETTERS, POSTS

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Post = Literal[tuple(POSTS)]  # type: ignore[valid-type]
Menu = Literal[tuple(name for name in AREAS if name not in {"home", "reports", "system"})]  # type: ignore[valid-type]
Letters = Annotated[str, StringConstraints(pattern=f"^[{''.join(LETTERS)}]*$")]
Duty = Annotated[str, StringConstraints(pattern=r"^[A-Z]\d\d$")]
Look = Literal["ok", "warn", "bad", "info", "idle"]


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    YES_NO = "yes_no"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    INTEGER = "integer"
    QUANTITY = "quantity"
    MONEY = "money"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    PLATE = "plate"
    UNIT = "unit"
    CUSTOMER = "customer"
    USER = "user"
    REGISTER = "register"
    ATTACHMENT = "attachment"
    LINES = "lines"
    COMPUTED = "computed"


class Part(BaseModel):
    """A table of the file: frozen, and nothing may stand in it that is not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Words(Part):
    """A text for people in both languages."""

    zh: Text
    en: Text


class Choice(Part):
    """One word of a choice; `look` is the colour of its tag."""

    value: Name
    label: Words
    look: Look | None = None


class Line(Part):
    """A column of a `lines` field: the goods of a slip."""

    name: Name
    kind: Literal["text", "integer", "quantity", "money", "date", "time", "yes_no", "choice",
                  "computed"]
    label: Words
    required: bool = False
    places: int | None = Field(None, ge=0, le=4)
    choices: tuple[Choice, ...] = ()
    formula: str | None = None


class FieldPart(Part):
    """One field of the register; FORMAT.md says which options fit which kind."""

    name: Name
    kind: Kind
    label: Words
    help: Words | None = None
    group: Words | None = None
    required: bool = False
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
    default: bool | int | str | None = None
    private: bool | None = None
    choices: tuple[Choice, ...] = ()
    several: bool = False
    other: Name | None = Field(None, alias="register")
    formula: str | None = None
    shows: Literal["integer", "quantity", "money"] | None = None
    columns: tuple[Line, ...] = ()
    warn: tuple[Name, ...] = ()
    list: bool | None = None
    form: bool = True
    search: bool | None = None
    slip: bool = True


class State(Part):
    """A state that a row can be in; the first one is where every row begins."""

    name: Name
    label: Words
    look: Look = "info"
    due: str | None = None
    required: tuple[Name, ...] = ()
    locked: bool = False


class Action(Part):
    """A button that moves a row from one state to another."""

    name: Name
    label: Words
    start: Name | tuple[Name, ...] = Field(alias="from")
    to: Name
    right: Literal["write", "approve", "post", "void"] = "write"
    fill: tuple[Name, ...] = ()
    may_fill: tuple[Name, ...] = ()
    stamps: tuple[Name, ...] = ()
    clears: tuple[Name, ...] = ()
    reason: bool = False
    confirm: Words | None = None
    not_by: Name | None = None
    look: Literal["default", "primary", "success", "danger"] = "primary"
    icon: str = ""
    call: Name | None = None

    @property
    def origins(self) -> tuple[str, ...]:
        """The states from which it may be taken."""
        return (self.start,) if isinstance(self.start, str) else self.start


class Slip(Part):
    """The paper that is handed out."""

    title: Words | None = None
    paper: Literal["a4", "a5"] = "a5"
    fields: tuple[Name, ...] = ()
    states: tuple[Name, ...] = ()
    signatures: tuple[Words, ...] = ()
    note: Words | None = None
    template: str | None = None


class Head(Part):
    """What the register is called, where it stands, who works with it."""

    title: Words
    one: Words | None = None
    hint: Words | None = None
    menu: Menu
    icon: str = "fa-book"
    position: int = 50
    number: str | None = None
    keepers: tuple[Post, ...] = ()
    readers: tuple[Post, ...] = ()
    approvers: tuple[Post, ...] = ()
    rights: dict[Post, Letters] = {}
    duties: tuple[Duty, ...] = Field(min_length=1)
    order: tuple[str, ...] = ()
    called: tuple[Name, ...] = ()


class Definition(Part):
    """A whole register file."""

    head: Head = Field(alias="register")
    fields: tuple[FieldPart, ...] = Field(min_length=1)
    states: tuple[State, ...] = ()
    actions: tuple[Action, ...] = ()
    slip: Slip | None = None

    def field(self, name: str) -> FieldPart:
        """The field called `name`."""
        return next(field for field in self.fields if field.name == name)

    def state(self, name: str) -> State:
        return next(state for state in self.states if state.name == name)

    def of_kind(self, *kinds: Kind) -> list[FieldPart]:
        return [field for field in self.fields if field.kind in kinds]

    @property
    def has_due(self) -> bool:
        return any(state.due for state in self.states)

    @property
    def has_private(self) -> bool:
        return any(is_private(field) for field in self.fields)


class ChoiceMore(Part):
    """Further words for a choice of the shipped register."""

    name: Name
    choices: tuple[Choice, ...]


class HeadMore(Part):
    """Further posts for a shipped register."""

    keepers: tuple[Post, ...] = ()
    readers: tuple[Post, ...] = ()
    approvers: tuple[Post, ...] = ()


class Extension(Part):
    """An office's own file that adds to a shipped register; it can take nothing away."""

    extends: Name
    head: HeadMore = Field(HeadMore(), alias="register")
    fields: tuple[ChoiceMore | FieldPart, ...] = ()


def is_private(field: FieldPart) -> bool:
    """Phones and ID numbers are private unless the file says otherwise."""
    if field.private is None:
        return field.kind in {Kind.PHONE, Kind.ID_NUMBER}
    return field.private


def json_schema() -> dict[str, Any]:
    """The published schema: editors complete and check register files with it."""
    return {
        **Definition.model_json_schema(),
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Anju register",
    }
