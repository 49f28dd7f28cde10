"""The routes on which the actions of a screen are taken, one for each right, and its state tabs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from app.core.db.extensions import db
from app.core.extras import action_form
from app.core.records import counts as counting
from app.core.records import own_rows
from app.core.screens import cells
from app.core.screens.bulk_actions import Act
from app.core.values import clock
from app.core.web.page import expose, needs
from app.core.workflow import states
from app.roles import Verb

if TYPE_CHECKING:
    from app.core.columns.column import Field

ROUTES = {Verb.WRITE: "step", Verb.APPROVE: "approve", Verb.POST: "post", Verb.VOID: "void"}
"""The right that an action needs → the route on which it is taken."""

MANY = "many"
"""In the place of a record's key: all that were ticked in the list."""


@dataclass(frozen=True, slots=True)
class StateTab:
    """A quick tab above the list: one state, or what is overdue."""

    label: Any
    url: str
    count: int
    active: bool
    look: str


def shown_state(question: Any) -> str | None:
    """The state in whose tab a list is looked at."""
    for one in question.filters:
        if (one.column.name, one.operator) == ("state", "is"):
            return str(one.typed)
    return None


class StepRoutes:
    """Beside a Screen whose model has `steps` (None: the screen has no states)."""

    model: Any
    columns: tuple[Field, ...]
    get: Any
    paths: Any
    url: Any
    may: Any
    render: Any
    name_of: Any

    def unused(self) -> set[str]:
        rights = {one.right for one in self.model.steps.actions} if self.model.steps else set()
        return super().unused() | {route for verb, route in ROUTES.items() if verb not in rights}

    def may_edit(self, record: Any) -> bool:
        """A locked state is changed by its actions only, and so is what another has entered."""
        return not states.is_locked(record) and own_rows.may_change(record)

    def may_delete(self, record: Any) -> bool:
        found = record.steps
        begins = found is None or record.state == found.states[0].name
        return begins and self.may_edit(record)

    def row_look(self, record: Any) -> str:
        """A record that is overdue is marked in the list."""
        late = getattr(record, "due_at", None)
        return "bad" if late and late < clock.now() else ""

    def state_tag(self, state: str) -> Any:
        """A state as the list shows it."""
        found = self.model.steps.state(state)
        return cells.TAG.format(found.look, found.label.lazy)

    def tabs(self, ask: Any) -> list[StateTab]:
        """All, each state with its count, and what is overdue."""
        if (found := self.model.steps) is None:
            return []
        counts = counting.by_state(db.session(), self.model)
        state = shown_state(ask)
        late = any((one.column.name, one.operator) == ("due_at", "to") for one in ask.filters)
        made = [StateTab(_("All"), self.url("list"), 0, not state and not late, "idle")]
        made += [
            StateTab(
                one.label.lazy,
                self.url("list", **{"f.state.is": one.name}),
                counts[one.name],
                state == one.name,
                one.look,
            )
            for one in found.states
        ]
        if found.has_due:
            made.append(
                StateTab(_("Overdue"), self.overdue_url(), counts[counting.OVERDUE], late, "bad")
            )
        return made

    def overdue_url(self) -> str:
        """The list of what is overdue now."""
        now = clock.local(clock.now()).strftime("%Y-%m-%d %H:%M")
        return self.url("list", **{"f.due_at.to": now})

    def steps_of(self, record: Any) -> list[tuple[states.Action, str]]:
        """The actions that the record permits and the user may take, with their addresses."""
        return [
            (one, self.url(ROUTES[Verb(one.right)], pk=record.id, name=one.name))
            for one in (states.possible(record) if record.steps else ())
            if self.may(one.right) and states.by_another(record, one)
        ]

    def acts_for_list(self, question: Any) -> dict[str, Act]:
        """In the tab of a state its actions can be taken on all records that are ticked."""
        found = super().acts_for_list(question)
        if self.model.steps is None or not (state := shown_state(question)):
            return found
        return found | {
            one.name: Act(
                one.label.lazy,
                Verb(one.right),
                one.icon,
                look=one.look,
                confirm=""
                if one.asks
                else one.confirm.lazy
                if one.confirm
                else _("%(action)s: all that are chosen?", action=one.label.lazy),
                url=self.url(ROUTES[Verb(one.right)], pk=MANY, name=one.name),
            )
            for one in self.model.steps.actions
            if state in one.origins
            and self.may(one.right)
            and action_form.fits_many(one, self.columns)
        }

    @expose("/step/<pk>/<name>", methods=["GET", "POST"])
    @needs(Verb.WRITE)
    def step(self, pk: str, name: str) -> Any:
        return self._take(pk, name, Verb.WRITE)

    @expose("/approve/<pk>/<name>", methods=["GET", "POST"])
    @needs(Verb.APPROVE)
    def approve(self, pk: str, name: str) -> Any:
        return self._take(pk, name, Verb.APPROVE)

    @expose("/post/<pk>/<name>", methods=["GET", "POST"])
    @needs(Verb.POST)
    def post(self, pk: str, name: str) -> Any:
        return self._take(pk, name, Verb.POST)

    @expose("/void/<pk>/<name>", methods=["GET", "POST"])
    @needs(Verb.VOID)
    def void(self, pk: str, name: str) -> Any:
        return self._take(pk, name, Verb.VOID)

    def _take(self, pk: str, name: str, right: Verb) -> Any:
        if pk == MANY:
            return action_form.for_many(self, name, right)
        return action_form.for_one(self, pk, name, right)
