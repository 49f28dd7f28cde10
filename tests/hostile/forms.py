"""Fills the forms of record screens: honest values, the columns that take any text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Any

from sqlalchemy import select

from app.core.columns.column import NUMERIC, TEXTS, Field, FieldKind
from app.core.db import one_time_keys
from app.core.db.extensions import db
from app.core.screens.editing import token
from app.roles import Verb, default_rights
from tests.hostile.attack import ORDER
from tests.hostile.bombard import VALID, relations
from tests.hostile.registers import Keeper
from tests.registers.shipped.covering import left_out

PROBE = "<'&"
FREE = ("FieldPart.kind=text", "FieldPart.kind=long_text")
TYPED = (
    *FREE,
    *(f"FieldPart.kind={kind}" for kind in ("phone", "id_number", "plate", "time")),
    "FieldPart.pattern",
)
"""The marks of registers into which texts are typed: any at all, and any strict ones."""


@dataclass(slots=True)
class Desk:
    """One screen, a browser that may write there, and an honest form of it."""

    screen: Any
    client: Any
    base: dict[str, str]
    free: list[Field]
    strict: list[Field]
    sent: int = 0
    keeper: Keeper | None = None

    def honest(self) -> dict[str, str]:
        """The honest form, with another name, number and day each time: they must be unique."""
        self.sent += 1
        if self.keeper:
            return self.keeper.whole(self.screen.model.register)
        number = self.sent
        day = date(2026, 1, 1) + timedelta(days=number)
        fresh = {
            "name": f"{number}",
            "code": f"X{number}",
            "short_code": f"J{number}",
            "plate": f"浙A{number:05}",
            "number": f"{1000 + number}",
            "effective_from": f"{day}",
            "closing_time": "17:30",
        }
        return self.base | {name: fresh[name] for name in fresh if name in self.base}

    def add(self, **typed: str) -> Any:
        """Send the form of a new record."""
        data = {**self.honest(), "form_key": one_time_keys.fresh(), **typed}
        return self.client.post(self.screen.url("add"), data=data)

    def edit(self, record: Any, **typed: str) -> Any:
        """Send the form of a stored record as it was shown, with other texts."""
        columns = self.screen.formed(adding=False)
        data = {**self.honest(), "version": token(record, columns), **typed}
        return self.client.post(self.screen.url("edit", pk=record.id), data=data)

    def stored(self, record: Any = None) -> Any:
        """The record as the database has it now; without one the newest."""
        key, model = record.id if record is not None else None, self.screen.model
        db.session.rollback()
        if key is not None:
            return db.session.get(model, key, populate_existing=True)
        return db.session.scalar(select(model).order_by(model.id.desc()).limit(1))


def writer_of(screen: Any) -> str:
    """Somebody who may write on the screen."""
    cells = default_rights()[screen.screen]
    return next(post for post in ORDER if Verb.WRITE in cells[post])


def screens(app: Any, about: str | tuple[str, ...] = "") -> list[Any]:
    """Every screen with a form for new records; of registers those that cover `about`."""
    others = left_out(app, about)
    return [
        view
        for view in app.extensions["anju"].views
        if hasattr(view, "model")
        and isinstance(view.columns, tuple)
        and "add" not in view.exclude_route_methods
        and view.screen not in others
    ]


def honest_form(app: Any, screen: Any, place: Any) -> dict[str, str]:
    """Values that the form accepts: keys of the place, the shortest words elsewhere."""
    known = relations(app, f"{screen.endpoint}.add", place)
    data = {}
    for column in screen.formed(adding=True):
        if column.kind is FieldKind.RELATION:
            data[column.name] = known[column.name] if column.required else ""
        elif column.kind is FieldKind.CHOICE:
            data[column.name] = next(iter(column.choices)) if column.required else ""
        elif column.required or column.name in {"name", "plate"}:
            data[column.name] = VALID.get(column.name, "1" if column.kind in NUMERIC else "甲")
    if "unit_kind" in data:
        data["unit_kind"] = "flat"
    return data


def desk(app: Any, screen: Any, client: Any, place: Any) -> Desk:
    """The screen with its columns sorted into those that take any text and the strict ones."""
    if hasattr(screen, "definition"):
        found = Desk(screen, client, {}, [], [], keeper=Keeper(db.session, place, near=True))
    else:
        found = Desk(screen, client, honest_form(app, screen, place), [], [])
    for column in screen.formed(adding=True):
        if column.kind in TEXTS and not column.readonly:
            answer = found.add(**{column.name: PROBE})
            (found.free if answer.status_code == 302 else found.strict).append(column)
    return found


def kept(page: str, text: str) -> bool:
    """Is what was typed still in the form? Line ends may be written either way."""
    shown = page.replace("\r\n", "\n").replace("&#13;\n", "\n")
    wanted = text.replace("\r\n", "\n").replace("\0", "\ufffd")
    jinja = escape(wanted).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
    spellings = {escape(wanted), jinja}
    return not wanted.strip() or any(spelling in shown for spelling in spellings)
