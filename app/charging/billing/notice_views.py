"""收费通知单: choose a run, a building or rooms, and print the stack (A04, A05)."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from app.charging.billing import notice_choice, notices
from app.charging.billing.labels import period_name
from app.charging.billing.run_page import period_of, runs
from app.charging.ledger.bill_models import BillingRun
from app.core.db import audit
from app.core.db.extensions import db
from app.core.i18n.sentences import sentence
from app.core.jobs.views import whole_number
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import DomainError, NotFound
from app.core.web.menu import MenuEntry
from app.core.web.page import Page, expose, needs
from app.roles import Verb

KEY = "<int(max=2147483647):run_id>"
PAPERS = ("a5", "a4")


class NoticesPage(Page):
    """Notices of a run, sorted as one walks: building, entrance, number."""

    screen = "notices"
    route_base = "/notices"
    menu = MenuEntry("charging", 60, _l("Payment notices"), icon="fa-envelope-o")

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        page = whole_number(request.args.get("page"), 1)
        return self.render("charging/notices.html", runs=runs(page), page=page)

    @expose(f"/{KEY}")
    @needs(Verb.READ)
    def choose(self, run_id: int) -> Any:
        run = data_scope.get(db.session, BillingRun, run_id)
        choice = asked(run_id)
        error, keys = "", []
        try:
            keys = notice_choice.addressees(db.session, choice)
        except NotFound:
            raise
        except DomainError as wrong:
            error = sentence(wrong)
        batches = [
            (number, at + 1, min(at + notice_choice.BATCH, len(keys)))
            for number, at in enumerate(range(0, len(keys), notice_choice.BATCH), start=1)
        ]
        return self.render(
            "charging/notice_choice.html",
            run=run,
            choice=choice,
            error=error,
            count=len(keys),
            batches=batches,
            community=notice_choice.community_of(db.session, run_id),
            period=period_name(period_of(run)),
            buildings=notice_choice.buildings_of(db.session, run_id),
            paper=paper(),
            first=notices.notices(db.session, run_id, keys[:1]),
        ), 422 if error else 200

    @expose(f"/{KEY}/print", methods=["POST"])
    @needs(Verb.PRINT)
    def print(self, run_id: int) -> Any:
        """One stack of notices; that it was printed is recorded (A04)."""
        run = data_scope.get(db.session, BillingRun, run_id)
        keys = notice_choice.addressees(db.session, asked(run_id))
        at = (whole_number(request.form.get("batch"), 1) - 1) * notice_choice.BATCH
        stack = notices.notices(db.session, run_id, keys[at : at + notice_choice.BATCH])
        body = self.render(
            "charging/notice_print.html",
            stack=stack,
            paper=paper(),
            today=clock.today(),
            community=notice_choice.community_of(db.session, run_id),
            period=period_name(period_of(run)),
            back=url_for("NoticesPage.choose", run_id=run_id),
        )
        audit.record(
            db.session,
            "print",
            "notices",
            run.id,
            title=period_name(period_of(run)),
            community_id=run.community_id,
            details={"notices": len(stack)},
        )
        db.session.commit()
        return body


def asked(run_id: int) -> notice_choice.NoticeChoice:
    """Which notices the address or the form asks for."""
    building = request.values.get("building", "")
    return notice_choice.NoticeChoice(
        run_id,
        int(building) if building.isascii() and building.isdigit() and len(building) < 10 else None,
        request.values.get("first", "").strip()[:40],
        request.values.get("last", "").strip()[:40],
    )


def paper() -> str:
    """Half pages (two notices on a sheet of A4) unless whole ones are asked for."""
    wanted = request.values.get("paper", "")
    return wanted if wanted in PAPERS else PAPERS[0]
