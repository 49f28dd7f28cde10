"""What must agree in declared states and actions: every name known, every rule readable (pure)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from app.core.toml.icons import icon_faults
from app.core.toml.vocabulary import NO_STATE, FoundFault, unknown
from app.core.values.due_rules import DUE
from app.core.values.errors import N_
from app.core.workflow.states import Action, State

LONGEST = {"hour": 9999, "day": 9999, "month": 600, "year": 50}
"""Beyond this a due rule is a slip of the pen, and the calendar ends."""


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What states and actions may name: fields, days and moments, what can be stamped, users."""

    fields: Collection[str]
    days: Collection[str]
    stamped: Collection[str]
    users: Collection[str]
    approved: bool
    beside: bool


def state_faults(
    states: Sequence[State], actions: Sequence[Action], known: KnownNames
) -> Iterator[FoundFault]:
    """Due rules that cannot be read, required fields that do not exist, states out of reach."""
    yield from _unreached(states, actions)
    for at, state in enumerate(states):
        yield from unknown(("states", at, "required"), state.required, known.fields)
        if state.files and not state.locked:
            yield (
                ("states", at, "files"),
                N_(
                    "files = true belongs to a locked state only: in "
                    "the others files can be added anyway."
                ),
                {},
            )
        if state.due is None:
            continue
        found = DUE.fullmatch(state.due)
        if not found or int(found[3] or 0) > LONGEST.get(found[4] or "", 0):
            yield (
                ("states", at, "due"),
                N_("“%(value)s” is no due rule: write it like lent_at + 3 days."),
                {"value": state.due},
            )
        elif found[1] not in {"created_at", *known.days}:
            yield (
                ("states", at, "due"),
                N_("“%(value)s” is no date or datetime field of this file."),
                {"value": found[1]},
            )


def _unreached(states: Sequence[State], actions: Sequence[Action]) -> Iterator[FoundFault]:
    """States to which no way leads from the first one, in which every record begins."""
    reached = [state.name for state in states[:1]]
    for one in reached:  # grows while it is walked
        reached += {action.to for action in actions if one in action.origins}.difference(reached)
    for at, state in enumerate(states):
        if state.name not in reached:
            yield (
                ("states", at),
                N_(
                    "No record can come into the state “%(value)s”: add an action with to = "
                    '"%(value)s", or take the state away.'
                ),
                {"value": state.name},
            )


def action_faults(
    actions: Sequence[Action], states: Collection[str], known: KnownNames
) -> Iterator[FoundFault]:
    """Steps from or to nowhere, stamps on text, approvals that nobody may give."""
    for at, action in enumerate(actions):
        path = ("actions", at)
        yield from unknown((*path, "from"), action.origins, states, NO_STATE)
        yield from unknown((*path, "to"), action.to, states, NO_STATE)
        yield from icon_faults((*path, "icon"), action.icon)
        for option in ("fill", "may_fill", "stamps", "clears"):
            yield from unknown((*path, option), getattr(action, option), known.fields)
        for one in action.stamps:
            if one in known.fields and one not in known.stamped:
                yield (
                    (*path, "stamps"),
                    N_(
                        "“%(value)s” cannot be stamped: stamps are date, datetime, time or user "
                        "fields."
                    ),
                    {"value": one},
                )
        if action.not_by and action.not_by not in {"created_by", *known.users}:
            yield (
                (*path, "not_by"),
                N_("“%(value)s” is neither created_by nor a user field."),
                {"value": action.not_by},
            )
        if action.right == "approve" and not known.approved:
            yield (
                (*path, "right"),
                N_('Nobody may approve: add approvers = ["supervisor"] to [register].'),
                {},
            )
        if action.call and not known.beside:
            yield (
                (*path, "call"),
                N_("There is no Python file of the same name beside this one for “%(value)s”."),
                {"value": action.call},
            )
