"""Steps from state to state: who may, what is stamped, what must be filled; never commits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.orm.attributes import flag_modified

from app.core import audit, records
from app.core.errors import N_, DomainError
from app.core.form import plain
from app.registers import kinds, rules
from app.registers.tables import ILLEGAL, row_name
from app.registers.words import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from app.registers.definition import Action

FOUR_EYES = N_("Somebody else must do this: you entered it yourself.")
NO_REASON = N_("Write down the reason.")


def possible(row: Any) -> list[Action]:
    """The actions that the present state of a row permits."""
    return [one for one in row.definition.actions if row.state in one.origins]


def action_of(row: Any, name: str) -> Action:
    """The action of this name, if the row's state permits it now; DomainError otherwise."""
    found = next((one for one in possible(row) if one.name == name), None)
    if found is None:
        raise DomainError(ILLEGAL)
    return found


def by_another(row: Any, action: Action) -> bool:
    """Is the present actor another person than the one named by `not_by`?"""
    if action.not_by is None:
        return True
    if action.not_by == "created_by":
        return bool(row.created_by_id != audit.actor().user_id)
    return bool(getattr(row, f"{action.not_by}_id") != audit.actor().user_id)


def take(
    session: Session, row: Any, name: str, values: Mapping[str, Any], *,
    reason: str | None = None,
    calls: Mapping[str, Callable[[Session, Any], None]] | None = None,
) -> None:  # fmt: skip
    """Take an action on a row: the one way from state to state.

    `values` are those of the fields that the action asks for. What was cleared or changed,
    and the reason, stay in the record of changes.

    :raises DomainError: the state, the four-eyes rule or a missing value forbids it.
    """
    action = action_of(row, name)
    if not by_another(row, action):
        raise DomainError(FOUR_EYES)
    if action.reason and not (reason or "").strip():
        raise DomainError(NO_REASON, field="step_reason")
    definition, before = row.definition, row.state
    cleared = {}
    for one in action.clears:
        field = definition.field(one)
        column = kinds.screen_column(field, definition.fields)
        if column is not None and getattr(row, one) is not None:
            cleared[one] = [plain(column, getattr(row, one)), ""]
        setattr(row, kinds.stored_name(field), None)
    filled = {}
    for one, value in values.items():
        field = definition.field(one)
        column = kinds.screen_column(field, definition.fields)
        if column is not None and value is not None:
            filled[one] = ["", plain(column, value)]
        key = records.key_of(value) if hasattr(value, "__mapper__") else value
        setattr(row, kinds.stored_name(field), key)
    for one in action.fill:
        rules.need(row, definition.field(one))
    for one in action.stamps:
        field = definition.field(one)
        setattr(row, kinds.stored_name(field), kinds.now_of(field.kind))
    row.state = action.to
    if action.call:
        (calls or {})[action.call](session, row)
    flag_modified(row, "state")  # a renewal keeps its state and is a change all the same
    rules.settle(row)
    session.flush()
    audit.record(
        session, "step", kinds.table_name(row.register), row.id, title=row_name(row),
        community_id=row.community_id,
        details={
            "action": str(lazy(action.label)),
            "state": [str(lazy(definition.state(one).label)) for one in (before, action.to)],
            **cleared, **filled, **({"step_reason": reason} if reason else {}),
        },
    )  # fmt: skip
