"""The page "review of logs": the day's people, one log beside them, the queue, the trend."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

from flask import flash, g, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.access.naming import Names
from app.core.db import one_time_keys, witness
from app.core.db.extensions import db
from app.core.i18n.sentences import sentence
from app.core.parsing import form_text
from app.core.values import clock
from app.core.values.errors import N_, AlreadyDone, DomainError
from app.core.web.menu import MenuEntry
from app.core.web.page import Page, expose, needs
from app.duty.base import deadlines, facts, problems
from app.duty.base.deadlines import Standing
from app.duty.base.labels import FUNCTIONS, WEEKDAYS
from app.duty.base.models import LogState
from app.duty.log.form import whole
from app.duty.review import board, decisions, trend
from app.duty.review.exporting import LONGEST_SPAN, write_list
from app.duty.review.trend_chart import draw
from app.roles import Verb

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

STRIP_DAYS = 9
"""Days that the strip above the board shows: as many as fit one line."""


class LogReviewPage(Page):
    """Reading, returning and approving the logs of one's people (O04)."""

    screen = "log_review"
    route_base = "/log-review"
    menu = MenuEntry("duty", 20, _l("Review of daily logs"), icon="fa-check-square-o")

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        tab = request.args.get("tab", "")
        standing = Standing(tab) if tab in set(Standing) else None
        return self._page(self._day(), standing, whole(request.args.get("log")))

    def _day(self) -> date:
        """The day asked for; else the day on which something waits, else the last workday."""
        if raw := request.values.get("day", ""):
            return form_text.day(raw) or clock.today()
        waits = board.next_waiting(db.session, g.user.id, clock.today())
        return waits[1] if waits else deadlines.latest_workday(clock.today())

    def _page(self, day: date, standing: Standing | None, log_id: int | None, **typed: Any) -> str:
        seen = board.of_day(db.session, g.user.id, day)
        shown = [line for line in seen.those(standing) if line.log]
        if log_id is None and shown:
            log_id = shown[0].log.id if shown[0].log else None
        log = decisions.get(db.session, log_id, g.user.id) if log_id else None
        order = [line.log.id for line in shown if line.log]
        place = order.index(log.id) if log and log.id in order else None
        return self.render(
            "duty/review.html",
            day=day,
            today=clock.today(),
            board=seen,
            lines=seen.those(standing),
            standing=standing,
            standings=[s for s in board.ORDER if s != Standing.FREE],
            strip=board.strip(db.session, g.user.id, max(clock.today(), day), days=STRIP_DAYS),
            log=log,
            facts=facts.from_json(log.facts) if log else [],
            rows=problems.of_log(db.session, log.user_id, log.day) if log else [],
            previous=order[place - 1] if place else None,
            following=order[place + 1] if place is not None and place + 1 < len(order) else None,
            decidable=log is not None and self.may(Verb.APPROVE),
            states=LogState,
            weekdays=WEEKDAYS,
            posts_text=Names(db.session).roles_text,
            **FUNCTIONS,
            **typed,
        )

    @expose("/decide", methods=["POST"])
    @needs(Verb.APPROVE)
    def decide(self) -> Any:
        """Comment, return or approve one log, then show the next that waits."""
        form = request.form
        log_id, version = whole(form.get("log")) or 0, whole(form.get("version")) or 0
        act, text = form.get("act", ""), form.get("text", "")
        try:
            one_time_keys.use(db.session, form.get("form_key", ""))
            if act == "approve":
                log = decisions.approve(db.session, log_id, g.user.id, version=version, text=text)
            elif act == "return":
                log = decisions.send_back(db.session, log_id, g.user.id, text, version=version)
            elif act == "comment":
                log = decisions.comment(db.session, log_id, g.user.id, text)
            else:
                raise DomainError(N_("Choose what to do with this log."))
            day = log.day
            db.session.commit()
        except AlreadyDone as error:
            db.session.rollback()
            flash(sentence(error), "info")
            return redirect(url_for("LogReviewPage.index", day=form.get("day")))
        except DomainError as error:
            db.session.rollback()
            page = self._page(self._day(), None, log_id, typed=text, problem=sentence(error))
            return page, 400
        flash(self._done(act, log.user.get_full_name()), "success")
        if act == "comment":
            return redirect(url_for("LogReviewPage.index", day=day.isoformat(), log=log_id))
        number, day = board.next_waiting(db.session, g.user.id, day) or (log_id, day)
        return redirect(url_for("LogReviewPage.index", day=day.isoformat(), log=number))

    @staticmethod
    def _done(act: str, name: str) -> str:
        if act == "approve":
            return _("Accepted: %(name)s.", name=name)
        if act == "return":
            return _("Returned to %(name)s with your reason.", name=name)
        return _("Your comment is under the log of %(name)s.", name=name)

    @expose("/approve-all", methods=["POST"])
    @needs(Verb.APPROVE)
    def approve_all(self) -> Any:
        """Approve the ticked logs; each tick carries id and version."""
        pairs = []
        for raw in request.form.getlist("chosen")[:200]:
            number, _colon, version = raw.partition(":")
            pairs.append((whole(number) or 0, whole(version) or 0))
        if not pairs:
            raise DomainError(N_("Tick the logs that you want to accept."))
        one_time_keys.use(db.session, request.form.get("form_key", ""))
        decisions.approve_all(db.session, g.user.id, pairs)
        db.session.commit()
        count = len(pairs)
        flash(ngettext("Accepted: one log.", "Accepted: %(num)s logs.", count), "success")
        return redirect(url_for("LogReviewPage.index", day=request.form.get("day")))

    @expose("/day-off", methods=["POST"])
    @needs(Verb.APPROVE)
    def day_off(self) -> Any:
        """Note, or take back, that somebody owed no log."""
        day = self._day()
        user_id = whole(request.form.get("user")) or 0
        if request.form.get("act") == "end":
            decisions.end_day_off(db.session, g.user.id, user_id, day)
        else:
            reason = request.form.get("reason", "")
            decisions.note_day_off(db.session, g.user.id, [user_id], day, reason)
        db.session.commit()
        return redirect(url_for("LogReviewPage.index", day=day.isoformat()))

    @expose("/problems")
    @needs(Verb.READ)
    def problems(self) -> Any:
        return self._problems(closed=request.args.get("closed") == "1")

    def _problems(self, *, closed: bool = False, **typed: Any) -> str:
        return self.render(
            "duty/problems.html",
            rows=board.problem_list(db.session, g.user.id, closed=closed),
            closed=closed,
            most=board.LARGEST_LIST,
            decidable=self.may(Verb.APPROVE),
            **typed,
        )

    @expose("/problems/close", methods=["POST"])
    @needs(Verb.APPROVE)
    def close_problem(self) -> Any:
        number, result = whole(request.form.get("problem")) or 0, request.form.get("result", "")
        try:
            one_time_keys.use(db.session, request.form.get("form_key", ""))
            problems.close_by_reviewer(db.session, number, g.user.id, result)
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            return self._problems(typed=result, typed_for=number, problem=sentence(error)), 400
        flash(_("The problem is closed."), "success")
        return redirect(url_for("LogReviewPage.problems"))

    @expose("/trend")
    @needs(Verb.READ)
    def trend(self) -> Any:
        found = trend.of_days(db.session, g.user.id, clock.today())
        return self.render(
            "duty/trend.html",
            trend=found,
            chart=draw(found),
            marks=trend.Mark,
            weekdays=WEEKDAYS,
            is_workday=deadlines.is_workday,
        )

    @expose("/export")
    @needs(Verb.EXPORT)
    def export(self) -> Any:
        """The logs of a span of days as a workbook (O04, P06)."""
        last = form_text.day(request.args.get("last", "")) or clock.today()
        first = form_text.day(request.args.get("first", "")) or last - timedelta(days=29)
        if first > last or (last - first).days >= LONGEST_SPAN:
            raise DomainError(
                N_("Choose a span of at most %(days)s days, the first day before the last."),
                days=LONGEST_SPAN,
            )
        book = BytesIO()
        write_list(db.session, book, g.user.id, first, last)
        book.seek(0)
        name = _("Daily logs %(first)s to %(last)s", first=first, last=last)
        witness.note("export", self.screen, title=name)
        return send_file(book, mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")
