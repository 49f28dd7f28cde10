"""States of a record and the steps between them: who may, what is stamped, what must be filled.

A model that has states carries a `Steps` as its class attribute `steps`, a column `state` and,
where a state has a due rule, a column `due_at`. `take` is the one way from state to state;
nothing here commits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pydantic
from sqlalchemy import event
from sqlalchemy.orm.attributes import flag_modified

from app.core.columns.column import Field, FieldKind
from app.core.columns.form import MISSING, changes, value_of
from app.core.db import audit
from app.core.records import queries
from app.core.toml.vocabulary import Look, Name, Part, Words
from app.core.values import clock
from app.core.values.due_rules import CLOSING_TIME, due_moment
from app.core.values.errors import N_, DomainError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import time

    from sqlalchemy.orm import Session

ILLEGAL = N_("This step is not possible in the present state. Look at the record again.")
FOUR_EYES = N_("Somebody else must do this: you entered it yourself.")
NO_REASON = N_("Write down the reason.")


class State(Part):
    """A state that a record can be in; the first one is where every record begins."""

    name: Name
    label: Words
    look: Look = "info"
    due: str | None = None
    required: tuple[Name, ...] = ()
    locked: bool = False
    files: bool = False


class Action(Part):
    """A button that moves a record from one state to another."""

    name: Name
    label: Words
    start: Name | tuple[Name, ...] = pydantic.Field(alias="from")
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

    @property
    def asks(self) -> bool:
        """Must or may something be typed when it is taken?"""
        return bool(self.fill or self.may_fill or self.reason)


@dataclass(frozen=True, slots=True)
class Steps:
    """The states and actions of a model, with its labelled columns by name.

    settle: brings a changed record into order or refuses it; calls: what an action with `call`
    does beside, by name; closing: the office time at which a day ends for a record.
    """

    screen: str
    states: tuple[State, ...]
    actions: tuple[Action, ...]
    columns: Mapping[str, Field]
    settle: Callable[[Any], None]
    calls: Mapping[str, Callable[[Session, Any], None]] = field(default_factory=dict)
    closing: Callable[[Any], time] = lambda _row: CLOSING_TIME

    def state(self, name: str | None) -> State:
        """The state of this name; a record without any is where every record begins."""
        return next((state for state in self.states if state.name == name), self.states[0])

    @property
    def has_due(self) -> bool:
        return any(state.due for state in self.states)

    def guard(self, model: Any) -> None:
        """Refuse, in the model itself, a change of state for which there is no action."""
        legal = {(start, one.to) for one in self.actions for start in one.origins}

        def check(_row: Any, new: Any, old: Any, _initiator: Any) -> None:
            if isinstance(old, str) and new != old and (old, new) not in legal:
                raise DomainError(ILLEGAL)

        event.listen(model.state, "set", check)


def possible(row: Any) -> list[Action]:
    """The actions that the present state of a record permits."""
    return [one for one in row.steps.actions if row.state in one.origins]


def action_of(row: Any, name: str) -> Action:
    """The action of this name, if the record's state permits it now; DomainError otherwise."""
    found = next((one for one in possible(row) if one.name == name), None)
    if found is None:
        raise DomainError(ILLEGAL)
    return found


def by_another(row: Any, action: Action) -> bool:
    """Is the present actor another person than the one named by `not_by`?"""
    if action.not_by is None:
        return True
    return bool(getattr(row, f"{action.not_by}_id") != audit.actor().user_id)


def is_locked(row: Any) -> bool:
    """Is a record in a state in which nothing of it is changed, but by an action?"""
    found = getattr(row, "steps", None)
    return found is not None and found.state(row.state).locked


def takes_files(row: Any) -> bool:
    """May further photos and papers be added to a record? Locked, only where its state says so."""
    return not is_locked(row) or row.steps.state(row.state).files


def stored(row: Any, column: Field) -> Any:
    """What a record holds for a column; of a relation the key."""
    if column.kind is FieldKind.RELATION:
        return getattr(row, queries.foreign_key(type(row), column.name).key)
    return getattr(row, column.name)


def need(row: Any, column: Field) -> None:
    """Refuse a record in which this column is empty."""
    if stored(row, column) in (None, "", []):
        raise DomainError(MISSING, field=column.name, label=column.label)


def fit(row: Any) -> None:
    """What the state of a record demands; from when on it is overdue."""
    state = row.steps.state(row.state)
    for name in state.required:
        need(row, row.steps.columns[name])
    if row.steps.has_due:
        row.due_at = state.due and due_moment(
            state.due, lambda name: getattr(row, name), row.steps.closing(row)
        )


def take(
    session: Session, row: Any, name: str, values: Mapping[str, Any], *, reason: str | None = None
) -> None:
    """Take an action on a record: the one way from state to state.

    `values` are those of the columns that the action asks for. What was cleared or changed,
    and the reason, stay in the record of changes.

    :raises DomainError: the state, the four-eyes rule or a missing value forbids it.
    """
    action, steps = action_of(row, name), row.steps
    if not by_another(row, action):
        raise DomainError(FOUR_EYES)
    if action.reason and not (reason or "").strip():
        raise DomainError(NO_REASON, field="step_reason")
    before = row.state
    told = {one: _put(session, row, steps.columns[one], None) for one in action.clears}
    told |= {one: _put(session, row, steps.columns[one], value) for one, value in values.items()}
    for one in action.fill:
        need(row, steps.columns[one])
    told |= {
        one: _put(session, row, steps.columns[one], _stamp(steps.columns[one]))
        for one in action.stamps
    }
    row.state = action.to
    if action.call:
        steps.calls[action.call](session, row)
    flag_modified(row, "state")  # a renewal keeps its state and is a change all the same
    steps.settle(row)
    session.flush()
    audit.record(
        session,
        "step",
        steps.screen,
        row.id,
        title=str(row),
        community_id=row.community_id,
        details={
            "action": str(action.label.lazy),
            **(
                {"state": [str(steps.state(one).label.lazy) for one in (before, action.to)]}
                if before != action.to
                else {}
            ),
            **{one: what for one, what in told.items() if what},
            **({"step_reason": reason} if reason else {}),
        },
    )


def _put(session: Session, row: Any, column: Field, value: Any) -> Any:
    """Set a column; the answer is what changed, as the record of changes keeps it."""
    before = value_of(session, row, column)
    if column.kind is FieldKind.RELATION:
        key = queries.key_of(value) if hasattr(value, "__mapper__") else value
        setattr(row, queries.foreign_key(type(row), column.name).key, key)
    else:
        setattr(row, column.name, value)
    after = value_of(session, row, column)
    return changes([column], {column.name: before}, {column.name: after}).get(column.name)


def _stamp(column: Field) -> Any:
    """What an action writes into a stamped column: the day, the moment, who it was."""
    stamps: dict[FieldKind, Callable[[], Any]] = {
        FieldKind.DAY: clock.today,
        FieldKind.MOMENT: clock.now,
        FieldKind.RELATION: lambda: audit.actor().user_id,
    }
    return stamps.get(column.kind, clock.time_now)()
