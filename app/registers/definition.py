"""The format of a register file: what may stand in it; it validates and gives the JSON Schema."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StringConstraints

from app.core.declared import fields as declared_fields
from app.core.declared.fields import PLAIN_KINDS
from app.core.extras.print_slips import Slip
from app.core.toml.vocabulary import Choice, Name, Part, Words
from app.core.web.menu import AREAS
from app.core.workflow.states import Action, State
from app.roles import LETTERS, POSTS

DUTY = r"^[A-Z]\d\d$"
Post = Literal[tuple(POSTS)]
Menu = Literal[tuple(name for name in AREAS if name not in {"home", "reports", "system"})]
Letters = Annotated[str, StringConstraints(pattern=f"^[{''.join(LETTERS)}]*$")]
Duty = Annotated[str, StringConstraints(pattern=DUTY)]
RegisterKind: Any = StrEnum(
    "Kind",
    [(kind.upper(), kind) for kind in (*PLAIN_KINDS, "unit", "customer", "user", "register")],
)
"""What a field holds."""


class FieldPart(declared_fields.FieldPart):
    """One field of the register; FORMAT.md says which options fit which kind."""

    kind: RegisterKind
    other: Name | None = Field(None, alias="register")
    warn: tuple[Name, ...] = ()
    people: StrictBool = False
    phone_of: Name | None = None

    @property
    def marks(self) -> dict[str, str]:
        """What the script that offers the people of the unit looks for."""
        found = {"people": ""} if self.people else {}
        return {**found, "phone-of": self.phone_of} if self.phone_of else found


class Posts(Part):
    """Who works with a register; an office's own file may add further posts to a shipped one."""

    keepers: tuple[Post, ...] = ()
    readers: tuple[Post, ...] = ()
    approvers: tuple[Post, ...] = ()


class Head(Posts):
    """What the register is called, where it stands, what it is for."""

    title: Words
    one: Words | None = None
    hint: Words | None = None
    menu: Menu
    icon: str = "fa-book"
    position: int = 50
    number: str | None = None
    rights: dict[Post, Letters] = Field(default_factory=dict)
    duties: tuple[Duty, ...] = Field(min_length=1)
    order: tuple[str, ...] = ()
    called: tuple[Name, ...] = ()
    own: StrictBool | Name = False
    every: Literal["day", "week", "month", "quarter"] | None = None

    @property
    def own_by(self) -> tuple[str, ...]:
        """The columns with those who see a row, where keepers see only their own ones."""
        person = (f"{self.own}_id",) if isinstance(self.own, str) else ()
        return ("created_by_id", *person) if self.own else ()


class Definition(Part):
    """A whole register file."""

    head: Head = Field(alias="register")
    fields: tuple[FieldPart, ...] = Field(min_length=1)
    states: tuple[State, ...] = ()
    actions: tuple[Action, ...] = ()
    slip: Slip | None = None

    def field(self, name: str) -> FieldPart:
        return next(field for field in self.fields if field.name == name)

    def of_kind(self, *kinds: str) -> list[FieldPart]:
        return [field for field in self.fields if field.kind in kinds]


class ChoiceMore(Part):
    """Further words for a choice of the shipped register."""

    name: Name
    choices: tuple[Choice, ...]


class Extension(Part):
    """An office's own file that adds to a shipped register; it can take nothing away."""

    extends: Name
    head: Posts = Field(Posts(), alias="register")
    fields: tuple[ChoiceMore | FieldPart, ...] = ()


def json_schema() -> dict[str, Any]:
    """The published schema: editors complete and check register files with it."""
    return {
        **Definition.model_json_schema(),
        "title": "Anju register",
        "$schema": "https://json-schema.org/draft/2020-12/schema",
    }
