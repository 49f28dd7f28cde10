"""The page 房号变更: rooms get other numbers, one or a whole list, and keep their bills."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.utils import redirect

from app.core.db import one_time_keys
from app.core.db.extensions import db
from app.core.i18n.sentences import sentence
from app.core.parsing import form_text
from app.core.parsing.cells import plain
from app.core.records import data_scope, queries
from app.core.values import clock
from app.core.values.errors import N_, AlreadyDone, DomainError
from app.core.web.menu import MenuEntry
from app.core.web.page import Page, expose, needs
from app.core.workbook.reader import read_workbook
from app.estate.base.models import Community, Unit
from app.estate.base.occupants import owners_on
from app.estate.rooms import renumbering
from app.estate.rooms.room_key import own_room
from app.roles import Verb

if TYPE_CHECKING:
    from app.estate.rooms.renumbering import Move

LONGEST = 400_000
TOO_LONG = N_("The list is too long; do it in parts.")
NO_PAIRS = N_("No sheet of the file has two columns of room numbers, the old and the new one.")


class RenumberPage(Page):
    """房号变更."""

    screen = "renumbering"
    route_base = "/renumbering"
    menu = MenuEntry("estate", 15, _l("Renumber rooms"), icon="fa-exchange")

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        """The form; `?unit=` begins with one unit."""
        typed: dict[str, Any] = {"day": clock.today().isoformat(), "pairs": "", "reason": ""}
        if request.args.get("unit"):
            unit = queries.get(db.session, Unit, request.args["unit"])
            typed |= {"community": str(unit.community_id), "pairs": f"{unit.code} → "}
        return self.form(typed)

    def form(self, typed: Any, error: str | None = None, moves: list[Move] | None = None) -> Any:
        """The form with what was typed, and below it what would happen."""
        communities = db.session.scalars(
            select(Community)
            .where(data_scope.current().where(Community.id))
            .order_by(Community.name)
        ).all()
        owners = owners_on(db.session, [move.unit_id for move in moves or ()], clock.today())
        body = self.render(
            "estate/renumber.html",
            communities=communities,
            typed=typed,
            error=error,
            moves=moves,
            owners=owners,
        )
        return body, 422 if error else 200

    @expose("/check", methods=["POST"])
    @needs(Verb.POST)
    def check(self) -> Any:
        """What the list would do, old → new; nothing is changed."""
        typed = request.form.to_dict()
        try:
            file = request.files.get("file")
            if file is not None and file.filename:
                typed["pairs"] = pairs_of(file)
            return self.form(typed, moves=self.planned(typed))
        except DomainError as error:
            return self.form(typed, sentence(error))

    @expose("/carry-out", methods=["POST"])
    @needs(Verb.POST)
    def carry_out(self) -> Any:
        """Do it, all or nothing."""
        typed = request.form.to_dict()
        try:
            moves = self.planned(typed)
            one_time_keys.use(db.session, request.form.get("form_key", ""))
            day = form_text.day(typed.get("day", ""))
            reason = form_text.text(typed.get("reason", ""), max_length=200)
            community = queries.get(db.session, Community, typed.get("community", ""))
            count = renumbering.carry_out(
                db.session(), community.id, moves, day or clock.today(), reason or ""
            )
            db.session.commit()
        except AlreadyDone as error:
            db.session.rollback()
            flash(sentence(error), "info")
            return redirect(url_for("RenumberPage.index"))
        except DomainError as error:
            db.session.rollback()
            return self.form(typed, sentence(error))
        flash(
            _(
                "%(count)s rooms have their new numbers; bills and payments stay with them.",
                count=count,
            ),
            "success",
        )
        if count == 1:
            return redirect(url_for("UnitScreen.show", pk=moves[0].unit_id))
        return redirect(url_for("UnitScreen.list"))

    def planned(self, typed: dict[str, str]) -> list[Move]:
        """The list as moves; also the day and the reason are looked at."""
        if not typed.get("community"):
            raise DomainError(N_("Choose the community first."), field="community")
        community = queries.get(db.session, Community, typed["community"])
        day = form_text.day(typed.get("day", ""))
        if day is None:
            raise DomainError(N_("Give the day of the change."), field="day")
        if day > clock.today():
            raise DomainError(renumbering.FUTURE, field="day")
        if not form_text.text(typed.get("reason", ""), max_length=200):
            raise DomainError(N_("Give the reason of the change."), field="reason")
        if len(typed.get("pairs", "")) > LONGEST:
            raise DomainError(TOO_LONG, field="pairs")
        return renumbering.plan(
            db.session(), community.id, renumbering.read_pairs(typed.get("pairs", ""))
        )


def pairs_of(file: Any) -> str:
    """The first two columns of rooms of a workbook, as lines of the form.

    :raises DomainError: it cannot be read, or has no such columns.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "source"
        file.save(path)
        workbook = read_workbook(path, title=file.filename or "")
    for sheet in workbook.visible:
        lines = []
        for row in sheet.rows:
            filled = [text for cell in row if (text := plain(cell))]
            if len(filled) >= 2 and _is_room(filled[0]) and _is_room(filled[1]):
                lines.append(f"{filled[0]} → {filled[1]}")
        if lines:
            return "\n".join(lines)
    raise DomainError(NO_PAIRS, field="file")


def _is_room(text: str) -> bool:
    return own_room(text) is not None and any(sign.isdigit() for sign in text)
