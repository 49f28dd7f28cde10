"""The routes on which the actions of a register are taken: one for each right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import flash, request
from flask_babel import gettext as _
from werkzeug.utils import redirect

from app.core import formkeys, records, screen_edit
from app.core.errors import DomainError, NotFound
from app.core.form import KEEP, Form
from app.core.page import expose, needs
from app.extensions import db
from app.registers import states
from app.registers.words import lazy
from app.roles import Verb

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.core.columns import Column
    from app.registers.definition import Action, Definition

STEPS = {Verb.WRITE: "step", Verb.APPROVE: "approve", Verb.POST: "post", Verb.VOID: "void"}
"""The right that an action needs → the route on which it is taken."""


class StepRoutes:
    """What a register's screen can do with the actions of its definition."""

    definition: Definition
    model: Any
    columns: tuple[Column, ...]
    get: Any
    paths: Any
    url: Any
    may: Any
    render: Any
    name_of: Any
    calls: dict[str, Callable[[Any, Any], None]]

    def steps(self, record: Any) -> list[tuple[Action, str, bool]]:
        """The actions that the row permits and the user may take: with address, asks for more?"""
        if not self.definition.states:
            return []
        return [
            (one, self.url(STEPS[Verb(one.right)], pk=record.id, name=one.name),
             bool(one.fill or one.may_fill or one.reason))
            for one in states.possible(record)
            if self.may(one.right) and states.by_another(record, one)
        ]  # fmt: skip

    @expose("/step/<pk>/<name>", methods=["GET", "POST"])
    @needs(Verb.WRITE)
    def step(self, pk: str, name: str) -> Any:
        return self.take(pk, name, Verb.WRITE)

    @expose("/approve/<pk>/<name>", methods=["GET", "POST"])
    @needs(Verb.APPROVE)
    def approve(self, pk: str, name: str) -> Any:
        return self.take(pk, name, Verb.APPROVE)

    @expose("/post/<pk>/<name>", methods=["GET", "POST"])
    @needs(Verb.POST)
    def post(self, pk: str, name: str) -> Any:
        return self.take(pk, name, Verb.POST)

    @expose("/void/<pk>/<name>", methods=["GET", "POST"])
    @needs(Verb.VOID)
    def void(self, pk: str, name: str) -> Any:
        return self.take(pk, name, Verb.VOID)

    def take(self, pk: str, name: str, right: Verb) -> Any:
        """The form of an action, or the action itself."""
        row = self.get(pk, self.paths(list(self.columns)))
        action = next((one for one in self.definition.actions
                       if one.name == name and one.right == right), None)  # fmt: skip
        if action is None:
            raise NotFound(records.GONE)
        states.action_of(row, name)
        form = Form.show(self.model, self.asked(action), row)
        for place in form.fields.values():
            if not place.raw and place.masked is None and getattr(row, place.name) is None:
                form._fill(place, place.column.first_value(), stored=False)
        status = 200
        if request.method == "POST":
            status = 422
            if answer := screen_edit.sent_before(request.form.get("form_key", "")):
                return answer
            if form.read(db.session, request.form):
                try:
                    return self.taken(row, action, form)
                except DomainError as error:
                    db.session.rollback()
                    row = self.get(pk, self.paths(list(self.columns)))
                    form.refuse(error)
        title = _("%(action)s: %(name)s", action=lazy(action.label), name=self.name_of(row))
        lookups = {one: screen_edit.lookup_address(self, place.column)
                   for one, place in form.fields.items()}
        body = self.render(
            "registers/step.html", form=form, title=title, action=action, key=pk, lazy=lazy,
            lookups=lookups, reason=request.form.get("step_reason", ""), form_key=formkeys.fresh(),
        )  # fmt: skip
        return body, status

    def asked(self, action: Action) -> list[Column]:
        """The columns that an action asks for."""
        named = {column.name: column for column in self.columns}
        return [
            replace(named[one], required=one in action.fill, form=True, group=None)
            for one in (*action.fill, *action.may_fill) if one in named
        ]

    def taken(self, row: Any, action: Action, form: Form) -> Any:
        values = {name: value for name, value in form.values.items() if value is not KEEP}
        where = self.url("show", pk=row.id)
        formkeys.use(db.session, request.form.get("form_key", ""), where)
        states.take(db.session(), row, action.name, values,
                    reason=request.form.get("step_reason", "")[:500], calls=self.calls)  # fmt: skip
        db.session.commit()
        flash(_("Done: %(action)s.", action=lazy(action.label)), "success")
        return redirect(where)
