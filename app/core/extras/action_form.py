"""The form of an action, for one record or for all that were ticked in a list.

What it asks is asked once and holds for all of them; either every record takes the step or none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import flash, request
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.utils import redirect

from app.core.columns.column import FieldKind
from app.core.columns.field_text import KEEP
from app.core.columns.form import Form, FormField
from app.core.db import one_time_keys
from app.core.db.extensions import db
from app.core.i18n.sentences import sentence
from app.core.records import integrity_errors, queries
from app.core.screens import bulk_actions, editing
from app.core.values.errors import N_, DomainError, NotFound, Stale
from app.core.workflow import states

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.core.columns.column import Field
    from app.core.screens.screen import Screen
    from app.roles import Verb

NAMED = 12
"""So many of the ticked records are named above their common form."""
WHICH = N_("%(record)s: %(why)s None of the chosen records was changed.")


@dataclass(frozen=True, slots=True)
class Asked:
    """An action on records: `pick` reads them anew, `where` is the page that follows."""

    screen: Screen
    action: states.Action
    pick: Callable[[], list[Any]]
    where: str
    title: str
    several: bool = False


def action_on(screen: Any, name: str, right: Verb) -> states.Action:
    """The action that stands on the route of this right."""
    known = {(one.name, str(one.right)): one for one in screen.model.steps.actions}
    if (found := known.get((name, str(right)))) is None:
        raise NotFound(queries.GONE)
    return found


def for_one(screen: Any, pk: str, name: str, right: Verb) -> Any:
    """The action of one record: its form, or what became of it."""
    paths = screen.paths(list(screen.columns))
    row = screen.get(pk, paths)
    action = action_on(screen, name, right)
    where = screen.url("show", pk=pk)
    try:
        states.action_of(row, name)
    except DomainError as error:  # somebody else was quicker
        flash(sentence(error), "danger")
        return redirect(where)
    title = _("%(action)s: %(name)s", action=action.label.lazy, name=screen.name_of(row))
    asked = Asked(screen, action, lambda: [screen.get(pk, paths)], where, title)
    return answer(asked, [row], sent=request.method == "POST")


def for_many(screen: Any, name: str, right: Verb) -> Any:
    """The action of all ticked records; without a question it is taken at once."""
    if request.method != "POST":
        raise NotFound(queries.GONE)
    action = action_on(screen, name, right)
    if not fits_many(action, screen.columns):
        raise NotFound(queries.GONE)

    def pick() -> list[Any]:
        return bulk_actions.pick(screen, request.form.getlist("id"))

    rows = pick()
    where = screen.url("list", **{"f.state.is": rows[0].state})
    title = _("%(action)s: %(count)s records", action=action.label.lazy, count=len(rows))
    asked = Asked(screen, action, pick, where, title, several=True)
    if action.asks:
        return answer(asked, rows, sent="form_key" in request.form)
    try:
        return taken(asked, rows, {})
    except StaleDataError as error:
        raise DomainError(states.ILLEGAL) from error


def answer(asked: Asked, rows: list[Any], *, sent: bool) -> Any:
    """The form, kept as it was typed while something is wrong; else the page that follows."""
    screen = asked.screen
    form = Form.show(screen.model, columns(asked), None if asked.several else rows[0])
    for place in form.fields.values():
        ask_anew(place)
        known = (
            place.name in asked.action.may_fill
            if asked.several
            else (getattr(rows[0], place.name) is not None)
        )
        if not known and not place.raw and place.masked is None:
            form.fill(place, place.column.first_value(), stored=False)
    seen = "" if asked.several else editing.token(rows[0], columns(asked))
    status = 200
    if sent:
        status = 422
        if before := editing.sent_before(request.form.get("form_key", "")):
            return before
        readable = form.read(db.session, request.form)
        if request.form.get("version", seen) != seen:
            form.refuse(Stale(editing.STALE))
            form.compare(rows[0])
            status = 409
        elif readable:
            try:
                return taken(asked, rows, form.values)
            except StaleDataError:  # somebody else took a step at the same moment
                db.session.rollback()
                flash(_(states.ILLEGAL), "danger")
                return redirect(asked.where)
            except (DomainError, IntegrityError) as error:
                db.session.rollback()
                rows = asked.pick()
                seen = "" if asked.several else editing.token(rows[0], columns(asked))
                form.refuse(explained(screen, error))
    lookups = {
        one: editing.lookup_address(screen, place.column) for one, place in form.fields.items()
    }
    body = screen.render(
        "core/step.html",
        form=form,
        title=asked.title,
        action=asked.action,
        lookups=lookups,
        reason=request.form.get("step_reason", ""),
        form_key=one_time_keys.fresh(),
        where=asked.where,
        version=seen,
        ids=[row.id for row in rows] if asked.several else [],
        named=[screen.name_of(row) for row in rows[:NAMED]] if asked.several else [],
    )
    return body, status


def explained(screen: Screen, error: DomainError | IntegrityError) -> DomainError:
    """What the database refused, in words."""
    if isinstance(error, DomainError):
        return error
    return integrity_errors.explain(error, screen.model, editing.labels(screen))


def ask_anew(place: FormField) -> None:
    """A day that an action demands again is typed anew: a renewal to the old day is none."""
    if (
        place.raw
        and place.column.required
        and place.column.kind in {FieldKind.DAY, FieldKind.MOMENT}
    ):
        help_text = _("So far: %(value)s", value=place.raw)
        place.column, place.raw = replace(place.column, help=help_text), ""


def columns(asked: Asked) -> list[Field]:
    """The columns that the action asks for."""
    named = {column.name: column for column in asked.screen.columns}
    action = asked.action
    names = (*action.fill, *action.may_fill)
    if asked.several:  # a small table belongs to one record
        names = tuple(one for one in names if named[one].kind is not FieldKind.LINES)
    return [
        replace(named[one], required=one in action.fill, form=True, group=None) for one in names
    ]


def fits_many(action: states.Action, columns: tuple[Field, ...]) -> bool:
    """Can the action be taken on several records at once? Not where it demands a small table."""
    lines = {column.name for column in columns if column.kind is FieldKind.LINES}
    return not lines & set(action.fill)


def answered(asked: Asked, typed: dict[str, Any]) -> dict[str, Any]:
    """The values to be stored: what was left empty for many stays in each as it is."""
    optional = set(asked.action.may_fill) if asked.several else set()
    return {
        name: value
        for name, value in typed.items()
        if value is not KEEP and (name not in optional or value not in (None, "", [], False))
    }


def taken(asked: Asked, rows: list[Any], typed: dict[str, Any]) -> Any:
    """Take the action on every record in one transaction, and lead on."""
    values = answered(asked, typed)
    if asked.action.asks or not asked.several:  # ticks alone have no form that is sent twice
        one_time_keys.use(db.session, request.form.get("form_key", ""), asked.where)
    # In one order: who ticked the same rows waits. Named before, as a refusal ends the reading.
    named = [(row, asked.screen.name_of(row)) for row in sorted(rows, key=lambda one: one.id)]
    for row, name in named:
        try:
            states.take(
                db.session(),
                row,
                asked.action.name,
                values,
                reason=request.form.get("step_reason", "")[:500],
            )
        except (DomainError, IntegrityError) as error:
            if not asked.several:
                raise
            told = explained(asked.screen, error)
            raise DomainError(WHICH, field=told.field, record=name, why=sentence(told)) from error
    db.session.commit()
    if asked.several:
        bulk_actions.done(len(rows))
    else:
        flash(_("Done: %(action)s.", action=asked.action.label.lazy), "success")
    return redirect(asked.where)
