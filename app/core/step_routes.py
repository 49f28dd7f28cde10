"""The routes on which the actions of a screen are taken, one for each right, and its state tabs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import flash, request
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.utils import redirect

from app.core import (
    clock,
    conflicts,
    counting,
    formkeys,
    records,
    screen_cells,
    screen_edit,
    steps,
)
from app.core.errors import DomainError, NotFound
from app.core.form import KEEP, Form
from app.core.page import expose, needs
from app.core.texts import sentence
from app.extensions import db
from app.roles import Verb

if TYPE_CHECKING:
    from app.core.columns import Column

ROUTES = {Verb.WRITE: "step", Verb.APPROVE: "approve", Verb.POST: "post", Verb.VOID: "void"}
"""The right that an action needs → the route on which it is taken."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A quick tab above the list: one state, or what is overdue."""

    label: Any
    url: str
    count: int
    active: bool
    look: str


class StepRoutes:
    """Beside a Screen whose model has `steps` (None: the screen has no states)."""

    model: Any
    columns: tuple[Column, ...]
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
        """A locked state is changed by its actions only."""
        return not steps.is_locked(record)

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
        return screen_cells.TAG.format(found.look, found.label.lazy)

    def tabs(self, ask: Any) -> list[Tab]:
        """All, each state with its count, and what is overdue."""
        if (found := self.model.steps) is None:
            return []
        counts = counting.by_state(db.session(), self.model)
        chosen = {(one.column.name, one.operator): one.typed for one in ask.filters}
        state, late = chosen.get(("state", "is")), ("due_at", "to") in chosen
        made = [Tab(_("All"), self.url("list"), 0, not state and not late, "idle")]
        made += [
            Tab(one.label.lazy, self.url("list", **{"f.state.is": one.name}), counts[one.name],
                state == one.name, one.look)
            for one in found.states
        ]  # fmt: skip
        if found.has_due:
            made.append(
                Tab(_("Overdue"), self.overdue_url(), counts[counting.OVERDUE], late, "bad")
            )
        return made

    def overdue_url(self) -> str:
        """The list of what is overdue now."""
        now = clock.local(clock.now()).strftime("%Y-%m-%d %H:%M")
        return self.url("list", **{"f.due_at.to": now})

    def steps_of(self, record: Any) -> list[tuple[steps.Action, str]]:
        """The actions that the record permits and the user may take, with their addresses."""
        return [
            (one, self.url(ROUTES[Verb(one.right)], pk=record.id, name=one.name))
            for one in (steps.possible(record) if record.steps else ())
            if self.may(one.right) and steps.by_another(record, one)
        ]

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
        """The form of an action, or the action itself."""
        row = self.get(pk, self.paths(list(self.columns)))
        if not any((one.name, one.right) == (name, right) for one in row.steps.actions):
            raise NotFound(records.GONE)
        try:
            action = steps.action_of(row, name)
        except DomainError as error:  # somebody else was quicker
            flash(sentence(error), "danger")
            return redirect(self.url("show", pk=pk))
        form = Form.show(self.model, self._asked(action), row)
        for place in form.fields.values():
            if not place.raw and place.masked is None and getattr(row, place.name) is None:
                form.fill(place, place.column.first_value(), stored=False)
        status = 200
        if request.method == "POST":
            status = 422
            if answer := screen_edit.sent_before(request.form.get("form_key", "")):
                return answer
            if form.read(db.session, request.form):
                try:
                    return self._taken(row, action, form)
                except StaleDataError:  # somebody else took a step at the same moment
                    db.session.rollback()
                    flash(_(steps.ILLEGAL), "danger")
                    return redirect(self.url("show", pk=pk))
                except (DomainError, IntegrityError) as error:
                    db.session.rollback()
                    row = self.get(pk, self.paths(list(self.columns)))
                    known = screen_edit.labels(self)
                    form.refuse(error if isinstance(error, DomainError)
                                else conflicts.explain(error, self.model, known))  # fmt: skip
        title = _("%(action)s: %(name)s", action=action.label.lazy, name=self.name_of(row))
        lookups = {one: screen_edit.lookup_address(self, place.column)
                   for one, place in form.fields.items()}  # fmt: skip
        body = self.render(
            "core/step.html", form=form, title=title, action=action, key=pk, lookups=lookups,
            reason=request.form.get("step_reason", ""), form_key=formkeys.fresh(),
        )  # fmt: skip
        return body, status

    def _asked(self, action: steps.Action) -> list[Column]:
        """The columns that an action asks for."""
        named = {column.name: column for column in self.columns}
        return [
            replace(named[one], required=one in action.fill, form=True, group=None)
            for one in (*action.fill, *action.may_fill)
        ]

    def _taken(self, row: Any, action: steps.Action, form: Form) -> Any:
        values = {name: value for name, value in form.values.items() if value is not KEEP}
        where = self.url("show", pk=row.id)
        formkeys.use(db.session, request.form.get("form_key", ""), where)
        steps.take(db.session(), row, action.name, values,
                   reason=request.form.get("step_reason", "")[:500])  # fmt: skip
        db.session.commit()
        flash(_("Done: %(action)s.", action=action.label.lazy), "success")
        return redirect(where)
