"""作废申请: the list of what was asked, and the page on which one is granted or refused."""

from __future__ import annotations

from typing import Any

from flask import flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.utils import redirect

from app.cashier.payments import void_requests
from app.cashier.payments.voiding import TOO_LATE
from app.charging.ledger.labels import VOID_LOOKS, VOID_STATES
from app.charging.ledger.void_models import VoidRequest
from app.core.columns import column as col
from app.core.db import audit
from app.core.db.extensions import db
from app.core.records import rights
from app.core.screens.screen import Screen
from app.core.values.errors import DomainError, NotFound
from app.core.web.menu import MenuEntry
from app.core.web.page import expose, needs
from app.roles import Verb

KEY = "<int(max=9223372036854775807):request_id>"


def standing(record: VoidRequest) -> Markup:
    """The state as a tag; what nobody decided in time has lapsed."""
    look, text = VOID_LOOKS[record.state], VOID_STATES[record.state]
    if record.lapsed:
        look, text = "idle", _("Lapsed: nobody decided that day")
    return Markup('<span class="tag tag-{}">{}</span>').format(look, text)


class VoidRequestScreen(Screen):
    """作废申请: asked on the payment's page, decided here by somebody else (A19, C05)."""

    screen = "void_requests"
    route_base = "/void-requests"
    model = VoidRequest
    title = _l("Void requests")
    one = _l("Void request")
    menu = MenuEntry("charging", 25, title, icon="fa-ban")
    order = ("-id",)
    adds = edits = False
    empty = _l("Nobody has asked for a void. It is asked for on the page of the payment.")
    show_template = "charging/void_request.html"
    columns = (
        col.computed(
            "number",
            _l("Receipt no."),
            lambda row: row.payment.receipt.number,
            loads=("payment.receipt",),
            width=18,
        ),
        col.computed(
            "unit", _l("Unit"), lambda row: row.payment.unit.code, loads=("payment.unit",)
        ),
        col.computed("payer", _l("Payer"), lambda row: row.payment.payer_name),
        col.computed(
            "amount", _l("Amount"), lambda row: row.payment.amount, like=col.FieldKind.MONEY
        ),
        col.computed("collector", _l("Collector"), lambda row: row.payment.collector_name),
        col.text("reason", _l("Why it should be voided"), search=True, sort=False),
        col.text("asked_by_name", _l("Asked by"), search="prefix"),
        col.moment("asked_at", _l("Asked at")),
        col.computed("standing", _l("State"), standing, export=False),
        col.choice("state", _l("State"), VOID_STATES, looks=VOID_LOOKS, list=False, show=False),
        col.date("asked_on", _l("Day"), list=False, show=False),
        col.text("decided_by_name", _l("Decided by")),
        col.moment("decided_at", _l("Decided at"), list=False),
        col.text("answer", _l("Why not"), sort=False),
        col.relation("community", _l("Community"), list=False),
    )

    def name_of(self, record: VoidRequest) -> str:
        return _("Void of %(number)s", number=record.payment.receipt.number)

    def beside(self, record: VoidRequest) -> dict[str, Any]:
        own = void_requests.concerns(audit.actor().user_id, record, record.payment)
        may_decide = self.may(Verb.APPROVE)
        return {
            "may_grant": may_decide and record.waiting and not own,
            "may_refuse": may_decide and record.state == "open" and not own,
            "may_drop": self.may(Verb.WRITE)
            and void_requests.may_drop(audit.actor().user_id, record),
            "own": may_decide and record.waiting and own,
            "too_late": self._too_late(record) if record.lapsed else "",
            "payment_url": rights.may("payments")
            and url_for("PaymentScreen.show", pk=record.payment_id),
        }

    def _too_late(self, record: VoidRequest) -> str:
        payment = record.payment
        return _(TOO_LATE, number=payment.receipt.number, day=str(payment.received_on))

    @expose(f"/{KEY}/grant", methods=["POST"])
    @needs(Verb.APPROVE)
    def grant(self, request_id: int) -> Any:
        try:
            payment = void_requests.grant(db.session, request_id)
        except NotFound:
            raise
        except DomainError as error:
            return self.show_again(request_id, error)
        number = payment.receipt.number
        db.session.commit()
        flash(
            _("Receipt %(number)s is void. What it paid is owed again.", number=number), "success"
        )
        return redirect(self.url("show", pk=request_id))

    @expose(f"/{KEY}/drop", methods=["POST"])
    @needs(Verb.WRITE)
    def drop(self, request_id: int) -> Any:
        try:
            void_requests.drop(db.session, request_id)
        except NotFound:
            raise
        except DomainError as error:
            return self.show_again(request_id, error)
        db.session.commit()
        flash(_("Taken back. The payment stays as it is."), "success")
        return redirect(self.url("show", pk=request_id))

    @expose(f"/{KEY}/refuse", methods=["POST"])
    @needs(Verb.APPROVE)
    def refuse(self, request_id: int) -> Any:
        typed = request.form.get("answer", "")
        try:
            void_requests.refuse(db.session, request_id, typed)
        except NotFound:
            raise
        except DomainError as error:
            return self.show_again(request_id, error, answer=typed)
        db.session.commit()
        flash(_("Refused. Whoever asked sees your answer on the payment."), "success")
        return redirect(self.url("show", pk=request_id))
