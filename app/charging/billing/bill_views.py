"""账单: every bill with its sentence, what is paid of it, and the void with a reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import flash, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.utils import redirect

from app.charging.billing.labels import BILL_LOOKS, BILL_STATES
from app.charging.billing.voiding import void_bill
from app.charging.ledger.bill_models import Bill, BillingRun, BillState
from app.core.columns import column as col
from app.core.db import audit
from app.core.db.extensions import db
from app.core.i18n import filters
from app.core.screens.screen import Screen
from app.core.values.errors import DomainError, NotFound
from app.core.values.money import ZERO
from app.core.web.menu import MenuEntry
from app.core.web.page import expose, needs
from app.roles import Verb

KEY = "<int(max=9223372036854775807):bill_id>"


def paid(bill: Bill) -> Decimal:
    """What was received for the bill up to now."""
    return sum((row.amount for row in bill.allocations), ZERO)


def owed(bill: Bill) -> Decimal:
    """What is still owed; nothing on a void bill."""
    return ZERO if bill.state == BillState.VOID else bill.amount - paid(bill)


def standing(bill: Bill) -> Markup:
    """The state as a tag: void, paid, paid in part, unpaid."""
    if bill.state == BillState.VOID:
        look, text = "bad", _("Void")
    elif not owed(bill):
        look, text = "ok", _("Paid")
    elif paid(bill):
        look, text = "info", _("Paid in part")
    else:
        look, text = "warn", _("Unpaid")
    return Markup('<span class="tag tag-{}">{}</span>').format(look, text)


def period(bill: Bill) -> str:
    """The period, short."""
    return filters.period(bill.period_start, bill.period_end)


class BillScreen(Screen):
    """账单（应收）: made by a billing run, ended only by a void (A03)."""

    screen = "bills"
    route_base = "/bills"
    model = Bill
    title = _l("Bills")
    one = _l("Bill")
    menu = MenuEntry("charging", 50, title, icon="fa-list-alt")
    order = ("-id",)
    large = True
    adds = edits = False
    empty = _l("No bills yet. Bills are made by the billing run.")
    show_template = "charging/bill.html"
    search_hint = _l("Room in any spelling, owner, initials, phone tail or plate")
    columns = (
        col.relation("unit", _l("Unit"), search=True),
        col.relation("customer", _l("Owner")),
        col.relation("item", _l("Charge item")),
        col.computed("period", _l("Period"), period, width=18),
        col.text("sentence", _l("How it was worked out"), sort=False, filter=False, width=44),
        col.money("amount", _l("Amount")),
        col.computed("owed", _l("Owed"), owed, loads=("allocations",), like=col.FieldKind.MONEY),
        col.computed("standing", _l("State"), standing, loads=("allocations",), export=False),
        col.choice("state", _l("State"), BILL_STATES, looks=BILL_LOOKS, list=False, show=False),
        col.date("due_on", _l("Due")),
        col.date("period_start", _l("Period begins"), list=False),
        col.date("period_end", _l("Period ends"), list=False),
        col.date("posted_on", _l("Posted on"), list=False),
        col.integer("run_id", _l("Run no."), list=False),
        col.date("voided_on", _l("Voided on"), list=False),
        col.text("void_reason", _l("Reason of the void"), list=False, filter=False),
        col.relation("community", _l("Community"), list=False),
    )

    def name_of(self, record: Bill) -> str:
        return f"{record.unit.code} {record.item.name} {period(record)}"

    def beside(self, record: Bill) -> dict[str, Any]:
        me = audit.actor().user_id
        run = db.session.get(BillingRun, record.run_id)
        return {
            "paid": paid(record),
            "may_void": self.may(Verb.VOID) and record.state == BillState.POSTED,
            "own_run": run is not None and run.user_id is not None and run.user_id == me,
        }

    @expose(f"/{KEY}/void", methods=["POST"])
    @needs(Verb.VOID)
    def void(self, bill_id: int) -> Any:
        typed = request.form.get("reason", "")
        try:
            void_bill(db.session, bill_id, typed)
            db.session.commit()
        except NotFound:
            raise
        except DomainError as error:
            return self.show_again(bill_id, error, reason=typed)
        flash(_("The bill is void. The unit can be billed again for this period."), "success")
        return redirect(self.url("show", pk=bill_id))
