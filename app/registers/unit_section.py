"""What the registers show on a unit's page: its last rows of every register, and new ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import DateTime, String, cast, literal, null, select, union_all

from app.estate.unit_page import Section
from app.registers import kinds
from app.registers.definition import Kind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.estate.models import Unit
    from app.registers.screens import RegisterScreen

MOST = 30


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of a register."""

    screen: RegisterScreen
    key: int
    number: str | None
    state: str | None
    entered: datetime
    late: bool


def screens() -> list[Any]:
    """The screens of registers whose rows belong to a unit and that the user may read."""
    return [
        view for view in current_app.extensions["anju"].views
        if hasattr(view, "definition") and view.definition.of_kind(Kind.UNIT) and view.may("read")
    ]


def rows(session: Session, unit: Unit) -> dict[str, Any] | None:
    """The newest rows of all registers in one query, and where a new one is begun."""
    found = {view.screen: view for view in screens()}
    if not found:
        return None
    parts = []
    for name, view in found.items():
        model = view.model
        field = kinds.stored_name(view.definition.of_kind(Kind.UNIT)[0])
        parts.append(select(
            literal(name).label("screen"), model.id, model.created_at.label("entered"),
            model.number if hasattr(model, "number") else cast(null(), String).label("number"),
            model.state if hasattr(model, "state") else cast(null(), String).label("state"),
            model.due_at if hasattr(model, "due_at") else cast(null(), DateTime).label("due_at"),
        ).where(getattr(model, field) == unit.id))  # fmt: skip
    whole = union_all(*parts).subquery()
    newest = session.execute(select(whole).order_by(whole.c.entered.desc()).limit(MOST))
    shown = [
        Shown(found[one.screen], one.id, one.number, one.state, one.entered,
              bool(found[one.screen].row_look(one)))
        for one in newest
    ]  # fmt: skip
    begin = [
        (view.one, view.url("add", **{view.definition.of_kind(Kind.UNIT)[0].name: unit.id}))
        for view in found.values() if view.can("add")
    ]
    return {"rows": shown, "begin": begin} if shown or begin else None


SECTIONS = (
    Section("registers", _l("Registers"), "registers/unit.html", rows, "home", wide=True),
)
