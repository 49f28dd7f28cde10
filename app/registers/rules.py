"""What every row must fulfil, however it comes in: form, action or import; never commits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.core.db import sequences
from app.core.declared.rules import obey
from app.core.values import clock
from app.core.workflow import states
from app.estate.base.occupants import owners_on
from app.registers.kinds import KINDS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def settle(row: Any) -> None:
    """Work out the lines of a row and refuse what its register does not allow.

    :raises DomainError: a rule is broken; `field` says which field.
    """
    for field in row.definition.fields:
        obey(row, field, row.columns)
    if row.steps:
        states.fit(row)


def complete(session: Session, row: Any) -> None:
    """Complete a new row: its first state, the owner of its unit where that is the default."""
    row.created_at = row.created_at or clock.now()  # due rules may begin with it
    if row.steps and row.state is None:
        row.state = row.steps.states[0].name
    later = [field for field in row.definition.fields if KINDS.filled_later(field)]
    for field in later:
        if not states.stored(row, row.columns[field.name]) and (owner := _owner(session, row)):
            value = owner.customer_id if field.kind == "customer" else owner.name
            setattr(row, KINDS.stored_name(field), value)
    settle(row)  # a missing unit is told before the owner who is missing without it
    for field in later:
        if field.required:
            states.need(row, row.columns[field.name])


def _owner(session: Session, row: Any) -> Any:
    """The first owner today of the unit that the row is about, None without one."""
    for field in row.definition.of_kind("unit"):
        if unit := getattr(row, KINDS.stored_name(field)):
            return (owners_on(session, [unit], clock.today()).get(unit) or [None])[0]
    return None


def begin(session: Session, row: Any) -> None:
    """Complete a new row and give it its number."""
    complete(session, row)
    if pattern := row.definition.head.number:
        row.number = sequences.filled(
            session, row.community_id, row.__tablename__, pattern, clock.today()
        )
