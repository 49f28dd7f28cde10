"""The page "my daily log": one calm editor for the day, filled with the day's own records."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm.exc import StaleDataError

from app.core.db import one_time_keys
from app.core.db.extensions import db
from app.core.i18n.sentences import sentence
from app.core.parsing import form_text
from app.core.values import clock
from app.core.values.errors import AlreadyDone, DomainError, Stale
from app.core.web.menu import MenuEntry
from app.core.web.page import Page, expose, needs
from app.duty.base import deadlines, people
from app.duty.base.labels import FUNCTIONS, WEEKDAYS
from app.duty.log import form as log_form
from app.duty.log import logs
from app.roles import Verb

SHOWN_DAYS = 10
"""Days of the switcher beside the editor."""


def asked_day(name: str = "day") -> date:
    """The day in the address or the form; today where none is given."""
    raw = request.values.get(name, "")
    return form_text.day(raw) or clock.today()


class DailyLogPage(Page):
    """My daily log: write, save, hand in (O05, O06, K04-K06, I23)."""

    screen = "daily_log"
    route_base = "/daily-log"
    menu = MenuEntry("duty", 10, _l("My daily log"), icon="fa-pencil-square-o")

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        day = asked_day()
        sheet = logs.open_sheet(db.session, g.user.id, day)
        return self._editor(sheet, log_form.of_sheet(sheet))

    @expose("/save", methods=["POST"])
    @needs(Verb.WRITE)
    def save(self) -> Any:
        day = asked_day()
        user_id = g.user.id
        form = log_form.of_request(request.form, logs.open_sheet(db.session, user_id, day))
        hand_in = request.form.get("act") == "submit"
        try:
            one_time_keys.use(db.session, request.form.get("form_key", ""))
            log = logs.save(
                db.session,
                user_id,
                day,
                version=form.version,
                done=form.done,
                plan=form.plan,
                entries=form.entries(db.session),
            )
            if hand_in:
                logs.submit(db.session, user_id, day, version=log.version)
            db.session.commit()
        except AlreadyDone as error:
            db.session.rollback()
            flash(sentence(error), "info")
        except (DomainError, StaleDataError) as error:
            db.session.rollback()
            return self._typed_again(user_id, day, form, error), 400
        else:
            flash(
                _("Handed in. Your reviewer can see it now.") if hand_in else _("Saved."), "success"
            )
        return redirect(url_for("DailyLogPage.index", day=day.isoformat()))

    def _typed_again(
        self, user_id: int, day: date, form: log_form.LogForm, error: Exception
    ) -> str:
        """The editor with what was typed; after a conflict, beside what is stored."""
        sheet = logs.open_sheet(db.session, user_id, day)
        refused = error if isinstance(error, DomainError) else Stale(logs.ELSEWHERE)
        stale = isinstance(refused, Stale)
        if stale:
            kept = {row.id for row in form.rows}
            stored = log_form.of_sheet(sheet)
            form.rows = [row for row in stored.rows if row.id not in kept] + form.rows
            # Having seen both, the writer may decide: the next save goes through.
            form.version = sheet.version
        for row in form.rows:
            found = (line for line in sheet.problems if line.problem.id == row.id)
            row.stored = next(found, None)
        return self._editor(
            sheet, form, problem=sentence(refused), field=refused.field, conflict=stale
        )

    def _editor(self, sheet: logs.DayLog, form: log_form.LogForm, **more: Any) -> str:
        today = clock.today()
        own = {log.day: log for log in logs.history(db.session, sheet.user_id)}
        days = [today - timedelta(days=back) for back in range(SHOWN_DAYS)]
        moment = clock.local(clock.now())
        owed = people.owed_by(db.session, sheet.user_id, days)
        return self.render(
            "duty/log.html",
            sheet=sheet,
            form=form,
            blank=log_form.ProblemRow(),
            today=today,
            days=[
                (day, own.get(day), day in owed.days and deadlines.is_late(day, moment))
                for day in days
                if (deadlines.is_workday(day) and day >= owed.begins)
                or day in own
                or day in {today, sheet.day}
            ],
            older=[log for day, log in own.items() if day < days[-1]],
            weekdays=WEEKDAYS,
            late=deadlines.is_late(sheet.day, moment),
            late_days=deadlines.LATE_DAYS,
            **FUNCTIONS,
            **more,
        )
