"""计费: choose, look at the plan, post it, and see the runs with their result (A05)."""

from __future__ import annotations

import json
from typing import Any

from flask import flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.utils import redirect

from app.charging.billing import form
from app.charging.billing import job as billing_job
from app.charging.billing import run as billing
from app.charging.billing.labels import period_name
from app.charging.billing.plan_page import PlanPage
from app.charging.billing.read_facts import active_items
from app.charging.billing.recent_plans import RECENT_PLANS
from app.charging.billing.run_page import run_facts, runs
from app.charging.billing.voiding import void_run
from app.charging.ledger.bill_models import BillingRun
from app.charging.pricing import changes
from app.charging.pricing.facts import Request
from app.charging.pricing.plan_notes import due_days
from app.charging.pricing.plans import BillingPlan
from app.core.db.extensions import db
from app.core.i18n import filters
from app.core.i18n.sentences import sentence
from app.core.jobs import queue
from app.core.jobs.views import find, whole_number
from app.core.records import data_scope, rights
from app.core.values import clock
from app.core.values.errors import N_, DomainError, NotFound
from app.core.web.menu import MenuEntry
from app.core.web.page import Page, expose, needs
from app.estate.base.models import Community, Unit
from app.roles import Verb

KEY = "<int(max=2147483647):run_id>"


class BillingPage(Page):
    """The billing run: three clicks from the menu to the notices."""

    screen = "billing"
    route_base = "/billing"
    menu = MenuEntry("charging", 40, _l("Billing run"), icon="fa-calculator")

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        return self.chooser(request.args)

    def chooser(self, typed: Any, error: DomainError | None = None) -> Any:
        """The form and the last runs; with `error` what was typed stays."""
        page = whole_number(request.args.get("page"), 1)
        chosen = {text for text in typed.getlist("items") if text}
        found = form.choices(db.session)
        community = typed.get("community", "")
        one = next((one for one in found if str(one.id) == community or len(found) == 1), None)
        opening = form.opening(found, community)
        body = self.render(
            "charging/billing.html",
            communities=found,
            periods=form.periods([opening, *(period for each in found for period in each.nexts)]),
            items=active_items(db.session),
            community=community,
            period=typed.get("period") or str(opening),
            typed="period" in typed,
            posted={str(period) for period in one.posted} if one else set(),
            nexts=one.said if one else "",
            due=typed.get("due", ""),
            chosen=chosen,
            error=sentence(error) if error else "",
            field=error.field if error else None,
            runs=runs(page),
            page=page,
        )
        return body, 422 if error else 200

    @expose("/plan")
    @needs(Verb.READ)
    def plan(self) -> Any:
        try:
            asked = form.read(db.session, request.args)
            made = self.made(asked)
        except NotFound:
            raise
        except DomainError as error:
            return self.chooser(request.args, error)
        page = PlanPage(db.session, made)
        q = request.args.get("q", "").strip()[:60]
        community = db.session.get_one(Community, asked.community_id)
        return self.render(
            "charging/billing_plan.html",
            plan=made,
            page=page,
            lines=page.lines(q, whole_number(request.args.get("page"), 1)),
            community=community,
            period=period_name(asked.period),
            asked=form.arguments(asked),
            marks=json.dumps(changes.marks(made)),
            may_see_unit=rights.may("units"),
            question=question(community, asked, made),
        )

    def made(self, asked: Request) -> BillingPlan:
        """The plan of this page: for further pages of its lines the one that was shown."""
        if "page" in request.args or "q" in request.args:
            kept = RECENT_PLANS.take(asked.community_id, request.args.get("digest", ""))
            if kept is not None and kept.facts.request == asked:
                return kept
        made = billing.plan(db.session, asked)
        RECENT_PLANS.put(made)
        return made

    @expose("/post", methods=["POST"])
    @needs(Verb.POST)
    def post(self) -> Any:
        marks = form.marks(request.form.get("marks", ""))
        asked = form.read(db.session, request.form)
        community = db.session.get_one(Community, asked.community_id)
        key = request.form.get("form_key", "")
        if not key or len(key) > 64:
            raise DomainError(N_("This form has expired. Make the plan again."))
        job = queue.enqueue(
            db.session,
            billing_job.KIND,
            _(
                "Bills of %(community)s, %(period)s",
                community=community.name,
                period=period_name(asked.period),
            ),
            {
                "request": form.arguments(asked),
                "digest": request.form.get("digest", "")[:64],
                "marks": marks,
            },
            key=f"{billing_job.KIND}:{key}",
            community_id=community.id,
        )
        db.session.commit()
        return redirect(url_for("JobsPage.show", job_id=job.id, go=1))

    @expose("/refused/<int(max=9223372036854775807):job_id>")
    @needs(Verb.READ)
    def refused(self, job_id: int) -> Any:
        """What changed between the plan that was shown and the posting."""
        result = find(job_id).result or {}
        if "changes" not in result:
            raise NotFound(N_("This record does not exist, or it lies outside your communities."))
        ids = [unit for change in result["changes"] for unit in change["units"]]
        codes = dict(
            db.session.execute(
                select(Unit.id, Unit.code).where(
                    Unit.id.in_(ids), data_scope.current().where(Unit.community_id)
                )
            ).all()
        )
        return self.render(
            "charging/billing_refused.html",
            changes=result["changes"],
            codes=codes,
            asked=result["request"],
            may_see_unit=rights.may("units"),
        )

    @expose(f"/runs/{KEY}")
    @needs(Verb.READ)
    def run(self, run_id: int) -> Any:
        found = data_scope.get(db.session, BillingRun, run_id)
        return self.render("charging/billing_run.html", **run_facts(found))

    @expose(f"/runs/{KEY}/void", methods=["POST"])
    @needs(Verb.VOID, "bills")
    def void(self, run_id: int) -> Any:
        try:
            voided = void_run(db.session, run_id, request.form.get("reason", ""))
            db.session.commit()
        except NotFound:
            raise
        except DomainError as error:
            db.session.rollback()
            flash(sentence(error), "danger")
        else:
            text = _("%(count)s bills are void.", count=f"{voided.voided:,}")
            if voided.kept:
                text += _(" %(count)s stay: money was paid on them.", count=f"{voided.kept:,}")
            flash(text, "success")
        return redirect(url_for("BillingPage.run", run_id=run_id))


def days_said(made: BillingPlan) -> str:
    """The days to pay of a plan: one, or from the first to the last."""
    found = due_days(made, clock.today()).values()
    days = sorted({day for one in found for day in (one.first, one.last)})
    first, last = (days[0], days[-1]) if days else (None, None)
    return filters.day(first) if first == last else f"{filters.day(first)} – {filters.day(last)}"


def question(community: Community, asked: Request, made: BillingPlan) -> str:
    """What is asked before posting: how many bills, how much, for whom."""
    total = made.total
    return _(
        "Post %(count)s bills for %(units)s units of %(community)s, %(period)s, together"
        " %(amount)s yuan, to be paid by %(days)s? Posted bills can only be voided, not changed.",
        count=f"{total.lines:,}",
        units=f"{made.billed_units:,}",
        community=community.name,
        period=period_name(asked.period),
        amount=f"{total.amount:,.2f}",
        days=days_said(made),
    )
