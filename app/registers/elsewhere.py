"""What the registers show elsewhere: on the home page, in the day's log, on a unit's page."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from flask import current_app, has_request_context
from flask_babel import lazy_gettext as _l

from app.core.columns.field_text import plain
from app.core.declared import backfill
from app.core.records import counts, rights
from app.core.records.newest import newest
from app.core.values import clock
from app.duty.base.facts import Fact, FactPart
from app.estate.screens.unit_page import Section
from app.roles import Verb

if TYPE_CHECKING:
    from datetime import date, time

    from sqlalchemy.orm import Session

    from app.estate.base.models import Unit

MOST = 30


def screens() -> list[Any]:
    """The screens of all registers."""
    return [one for one in current_app.extensions["anju"].views if hasattr(one, "definition")]


def for_log(session: Session, user_id: int, day: date) -> list[Fact]:
    """Rows overdue in the registers that this person keeps, in the log of today (O06)."""
    if day != clock.today() or not has_request_context():
        return []
    mine = {screen for screen, verb in rights.of_user(user_id) if verb == Verb.WRITE}
    found = counts.counts(
        session,
        [
            (one.screen, one.model, counts.overdue(one.model))
            for one in screens()
            if hasattr(one.model, "due_at") and one.screen in mine
        ],
    )
    parts = tuple(FactPart(name, count) for name, count in sorted(found.items()) if count)
    return [Fact("overdue", sum(part.count for part in parts), parts=parts)] if parts else []


def renew_due(session: Session, community_id: int, closing: time) -> int:
    """A community closes at another time: when its rows are due is worked out anew."""
    dated = [one.model for one in screens() if hasattr(one.model, "due_at")]
    return backfill.renew_all(session, dated, community_id, closing)


def for_unit(session: Session, unit: Unit) -> dict[str, Any] | None:
    """The newest rows of all registers that the user may read, and where a new one is begun."""
    fields = {
        view: field[0].name
        for view in screens()
        if (field := view.definition.of_kind("unit")) and view.may(Verb.READ)
    }
    shown = newest(
        session,
        {view: getattr(view.model, f"{name}_id") == unit.id for view, name in fields.items()},
        MOST,
    )
    begin = [
        (view.one, view.url("add", **{name: unit.id}))
        for view, name in fields.items()
        if view.can("add")
    ]
    rows = [(one, subject(one.record), day_of(one.record)) for one in shown]
    return {"rows": rows, "begin": begin} if shown or begin else None


TELLING = frozenset({"text", "choice", "plate"})
"""Kinds of field that say what a row is about."""
SAID = 2
"""How many of them are shown."""


def subject(row: Any) -> str:
    """What a row is about, in few words: the first fields of its list that say something."""
    shown = (
        plain(row.columns[field.name], getattr(row, field.name))
        for field in row.definition.fields
        if field.kind in TELLING and row.columns[field.name].list and not field.is_private
    )
    return "　".join(islice(filter(None, shown), SAID))


def day_of(row: Any) -> date:
    """The day of a row: its first date or moment that is known, else when it was entered."""
    for field in row.definition.of_kind("date", "datetime"):
        if value := getattr(row, field.name):
            return clock.local(value).date() if field.kind == "datetime" else value
    return clock.local(row.created_at).date()


SECTIONS = (
    Section("registers", _l("Registers"), "registers/unit.html", for_unit, "home", wide=True),
)
