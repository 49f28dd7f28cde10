"""The table and the mapped class of a register, made from its definition."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import MetaData, Table

from app.access.models import Staff
from app.core.db.types import metadata
from app.core.declared.tables import Record, columns_of, map_to, rules_of
from app.core.workflow.states import Steps
from app.estate.base import office_hours
from app.estate.base.models import Community
from app.registers import rules
from app.registers.definition import Definition
from app.registers.kinds import KINDS, RELATIONS


class RegisterRow(Record):
    """A row of a register; its class knows the definition that it was made from."""

    definition: Definition
    register: str

    @classmethod
    def called_by(cls) -> tuple[str, ...]:
        """The fields that name a row: those of the file, else its number, else the first two."""
        head = cls.definition.head
        first = cls.definition.of_kind("text", "unit", "plate")[:2]
        return head.called or (("number",) if head.number else tuple(one.name for one in first))


def table_name(register: str) -> str:
    return f"register_{register}"


def make(name: str, definition: Definition, house: MetaData = metadata) -> type[RegisterRow]:
    """The mapped class of a register; the ones to which it points were made before.

    `house`: where its table is known; a preview takes one of its own and throws it away.
    """
    fields, states, head = definition.fields, definition.states, definition.head
    numbered, ends = bool(head.number), {"community": Community, "user": Staff}
    place = table_name(name)
    model: Any = type(
        f"{name.title().replace('_', '')}Row",
        (RegisterRow,),
        {
            "definition": definition,
            "register": name,
            "__tablename__": place,
            "own_by": head.own_by,
        },
    )
    model.called_relations = tuple(
        one.name for one in definition.of_kind(*RELATIONS) if one.name in model.called_by()
    )
    # A register may point to itself: to the class that is being made here.
    kinds = replace(
        KINDS, model_of=lambda field: model if field.other == name else KINDS.model_of(field)
    )
    columns = model.columns = {one.name: kinds.screen_column(one, fields) for one in fields}
    model.__table__ = Table(
        place,
        house,
        *columns_of(fields, kinds, states, numbered=numbered, **ends),
        *rules_of(
            place, fields, kinds, states, head.order, numbered=numbered, owned=bool(head.own)
        ),
    )
    map_to(model, model.__table__, house, fields, kinds, **ends)
    if states:
        model.steps = Steps(
            place, states, definition.actions, columns, rules.settle, closing=office_hours.of_record
        )
        model.steps.guard(model)
    return model
