"""The registers of the covering set in the hostile world: a row, files and an import of each."""

from __future__ import annotations

import io
from datetime import date, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

from flask import current_app
from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from app.access import sessions
from app.access.models import Staff
from app.core.db import audit
from app.core.db.audit import Actor
from app.core.db.models import ImportBatch
from app.core.extras import attachments
from app.estate.base.models import Unit
from app.registers.definition import RegisterKind
from app.registers.tables import table_name
from tests.registers.shipped.covering import covering, registers
from tests.registers.shipped.walking import WORDS, Walk

NUMBERS = count(200, 10)
"""What tells a new row from every other: the world itself was filled in with smaller numbers."""
MANY = 90
"""So many different words are there for a text that has a pattern."""


def picture() -> bytes:
    """A small photo."""
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, "PNG")
    return file.getvalue()


class Keeper(Walk):
    """Fills in registers with the records of one community."""

    def __init__(self, session: Any, place: Any, near: bool) -> None:
        super().__init__(
            session,
            self.browser,
            SimpleNamespace(community=place.community, unit=place.unit, owner=place.customer),
        )
        self.keys, self.sign = place.of, "" if near else "彼岸"
        self.plate = "浙A12345" if near else "沪Z99999"
        self.fresh = False
        self.units = 1000 + session.scalar(select(func.max(Unit.id)))

    def person(self, post: str) -> int:
        return self.keys["ab_user"]

    def value(self, field: Any, by: str) -> str:
        day = date(2020, 1, 1) + timedelta(days=self.count // 5)
        if field.kind is RegisterKind.TEXT and field.pattern:
            return WORDS[field.name].format(self.count % MANY + 10)
        if field.kind in {RegisterKind.TEXT, RegisterKind.LONG_TEXT}:
            return f"{self.sign}{self.count}"
        if self.fresh and field.kind in {RegisterKind.UNIT, RegisterKind.REGISTER}:
            return super().value(field, by)
        if field.kind is RegisterKind.REGISTER:
            return str(self.keys[table_name(field.other)])
        if self.fresh and field.kind is RegisterKind.PLATE:
            return f"浙A{self.count:05}"
        own = {
            RegisterKind.UNIT: str(self.place.unit),
            RegisterKind.PLATE: self.plate,
            RegisterKind.DATE: f"{day}",
            RegisterKind.DATETIME: f"{day} 09:00",
        }
        return own.get(field.kind) or super().value(field, by)

    def whole(self, name: str) -> dict[str, Any]:
        """An honest form of a new row with every field filled in, with what nobody used yet."""
        self.fresh, self.count = True, next(NUMBERS)
        fields = [field for field in self.definition(name).fields if field.form]
        form = self.typed(fields, self.keeper(name))
        del form["form_key"]
        return form

    def browser(self, post: str) -> Any:
        """A browser of the post's person."""
        person = self.session.scalars(select(Staff).filter_by(username=post)).one()
        values = sessions.begin(self.session, person)
        self.session.commit()
        client = current_app.test_client()
        with client.session_transaction() as cookie:
            cookie.update(values)
        return client

    def furnish(self) -> None:
        """A row of each register of the set, and of those to which they point."""
        views = registers(current_app)
        waiting = list(covering(current_app))
        while waiting:
            screen = waiting.pop(0)
            definition = views[screen].definition
            others = {
                table_name(str(one.other)) for one in definition.of_kind(RegisterKind.REGISTER)
            }
            if missing := others - set(self.keys):
                waiting = [*missing, screen, *waiting]
            elif screen not in self.keys:
                self.enter(screen, definition)

    def enter(self, screen: str, definition: Any) -> None:
        """One row with a file in each place for files, and an import of the register."""
        row = self.create(screen.removeprefix("register_"))
        self.keys[screen] = row.id
        for field in definition.of_kind(RegisterKind.ATTACHMENT):
            photo = FileStorage(io.BytesIO(picture()), f"{self.sign}1.png")
            with audit.acting(Actor(self.keys["ab_user"], "孙八")):
                kept = attachments.add(self.session, screen, row, field.name, photo)
            self.session.flush()
            self.keys[f"{screen} file"] = kept.id
        batch = ImportBatch(
            community_id=self.place.community,
            kind=screen,
            digest="-",
            file_name=f"{self.sign}台账.xlsx",
            counts={"new": 1},
        )
        self.session.add(batch)
        self.session.flush()
        self.keys[f"{screen} import"] = batch.id
        self.session.commit()
