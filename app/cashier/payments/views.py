"""Payments: the list, one payment with its receipt, void, reprint, the takings of a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.utils import redirect

from app.cashier.payments import receipt_runs, receipts, void_requests
from app.cashier.payments.takings import KINDS, takings, together
from app.cashier.payments.voiding import TOO_LATE, void_payment
from app.charging.ledger.labels import PAYMENT_LOOKS, PAYMENT_STATES, TENDERS
from app.charging.ledger.payment_models import Payment, PaymentState, Receipt
from app.core.columns import column as col
from app.core.db import audit
from app.core.db.extensions import db
from app.core.i18n.sentences import sentence
from app.core.parsing import form_text
from app.core.records import data_scope, rights
from app.core.screens.screen import Screen
from app.core.values import clock
from app.core.values.errors import DomainError, NotFound
from app.core.web.menu import MenuEntry
from app.core.web.page import expose, needs
from app.roles import Verb

KEY = "<int(max=9223372036854775807):payment_id>"


def tender_names(payment: Payment) -> str:
    """How it was paid, in one cell of the list."""
    return "、".join(str(TENDERS[tender.kind]) for tender in payment.tenders)


class PaymentScreen(Screen):
    """收款记录 (A19): nothing is added or changed here; a payment is received or voided."""

    screen = "payments"
    route_base = "/payments"
    model = Payment
    title = _l("Payments")
    one = _l("Payment")
    menu = MenuEntry("charging", 20, title, icon="fa-file-text-o")
    order = ("-id",)
    large = True
    adds = edits = False
    empty = _l("Nothing has been received yet. Money is received at the collection desk.")
    search_hint = _l("Receipt no., unit, payer")
    list_template = "charging/payments.html"
    show_template = "charging/payment.html"
    columns = (
        col.computed(
            "number",
            _l("Receipt no."),
            lambda row: row.receipt.number,
            loads=("receipt",),
            width=18,
        ),
        col.date("received_on", _l("Date")),
        col.relation("unit", _l("Unit"), search=True),
        col.text("payer_name", _l("Payer"), search="prefix"),
        col.money("amount", _l("Amount")),
        col.computed("tenders", _l("How it is paid"), tender_names, loads=("tenders",)),
        col.text("collector_name", _l("Collector")),
        col.choice("state", _l("State"), PAYMENT_STATES, looks=PAYMENT_LOOKS),
        col.relation("community", _l("Community"), list=False),
        col.moment("received_at", _l("Received at"), list=False),
        col.text("void_reason", _l("Reason of the void"), list=False),
        col.text("remark", _l("Remark"), list=False),
    )

    def also(self, word: str) -> list[Any]:
        """Find by the receipt: its whole number, or its last figures."""
        wanted = Receipt.number == word.upper()
        if word.isascii() and word.isdigit() and len(word) <= 9:
            wanted |= Receipt.serial == int(word)
        return [Payment.id.in_(select(Receipt.payment_id).where(wanted))]

    def name_of(self, record: Payment) -> str:
        return record.receipt.number

    def beside(self, record: Payment) -> dict[str, Any]:
        me = audit.actor().user_id
        own = me is not None and me == record.collector_id
        standing = record.state == PaymentState.POSTED
        today = record.received_on == clock.today()
        asked = void_requests.latest(db.session, record.id)
        may_void = self.may(Verb.VOID) and standing and today and not own
        may_ask = rights.may("void_requests", Verb.WRITE) and standing
        late = standing and not today and (may_ask or self.may(Verb.VOID))
        return {
            "sheet": receipts.sheet(db.session, record.id),
            "copy": None,
            "may_void": may_void,
            "asked": asked,
            "may_see_request": rights.may("void_requests"),
            "may_ask": may_ask and today and not may_void and not (asked and asked.waiting),
            "too_late": late
            and _(TOO_LATE, number=record.receipt.number, day=str(record.received_on)),
        }

    @expose(f"/{KEY}/ask-void", methods=["POST"])
    @needs(Verb.WRITE, "void_requests")
    def ask_void(self, payment_id: int) -> Any:
        typed = request.form.get("reason", "")
        try:
            void_requests.ask(db.session, payment_id, typed)
        except NotFound:
            raise
        except DomainError as error:
            return self.show_again(payment_id, error, reason=typed)
        db.session.commit()
        flash(_("Asked. The supervisor and the manager see it on their home page."), "success")
        return redirect(self.url("show", pk=payment_id))

    @expose(f"/{KEY}/void", methods=["POST"])
    @needs(Verb.VOID)
    def void(self, payment_id: int) -> Any:
        typed = request.form.get("reason", "")
        try:
            payment = void_payment(db.session, payment_id, typed)
        except NotFound:
            raise
        except DomainError as error:
            return self.show_again(payment_id, error, reason=typed)
        number = payment.receipt.number
        db.session.commit()
        done = _("Receipt %(number)s is void. What it paid is owed again.", number=number)
        flash(done, "success")
        return redirect(self.url("show", pk=payment_id))

    @expose(f"/{KEY}/print", methods=["POST"])
    @needs(Verb.PRINT)
    def print(self, payment_id: int) -> Any:
        copy = receipts.count_print(db.session, payment_id)
        page = self.render(
            "charging/receipt.html", sheet=receipts.sheet(db.session, payment_id), copy=copy
        )
        db.session.commit()
        return page

    @expose("/day")
    @needs(Verb.READ)
    def day(self) -> Any:
        first, wrong = asked_day("first", clock.today())
        last, also_wrong = asked_day("last", first)
        last = max(first, last)
        rows = takings(db.session, first, last)
        return self.render(
            "charging/takings.html",
            rows=rows,
            total=together(rows, _("Total")),
            kinds=KINDS,
            first=first,
            last=last,
            numbers=self.numbers(first) if first == last else None,
            wrong=wrong or also_wrong,
            list_url=url_for(
                "PaymentScreen.list",
                **{"f.received_on.from": first, "f.received_on.to": last},
            ),
        )

    def numbers(self, day: date) -> dict[Any, str]:
        """The runs of receipt numbers of each collector on a day, as the report has them."""
        inside = data_scope.current().where(Payment.community_id)
        return receipt_runs.by_collector(db.session, Payment.received_on == day, inside)


def asked_day(name: str, otherwise: Any) -> tuple[Any, str]:
    """The day that the address asks for, or `otherwise` with a sentence why not."""
    try:
        return form_text.day(request.args.get(name, "")) or otherwise, ""
    except DomainError as error:
        return otherwise, sentence(error)
