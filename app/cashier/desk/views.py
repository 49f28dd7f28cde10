"""收费台: the one page on which a unit is found, its money received and the receipt printed."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.cashier.desk import account as desk
from app.cashier.desk import form
from app.cashier.desk import search as desk_search
from app.cashier.desk.labels import FOUND
from app.cashier.payments import receipts
from app.cashier.payments import receive as payments
from app.charging.ledger import settling
from app.charging.ledger.labels import TENDERS
from app.core.db.extensions import db
from app.core.i18n import filters
from app.core.records import rights
from app.core.web.menu import MenuEntry
from app.core.web.page import Page, expose, needs
from app.roles import Verb


class DeskPage(Page):
    """Four actions: type, Enter, Enter, and the receipt is printed (A19, C05)."""

    screen = "desk"
    route_base = "/desk"
    menu = MenuEntry("charging", 10, _l("Collection desk"), icon="fa-money")

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        chosen = request.args.get("unit")
        return self.render(
            "charging/desk.html",
            opened=self.opened(form.key(chosen)) if chosen else "",
            texts=texts(),
        )

    @expose("/search")
    @needs(Verb.READ)
    def search(self) -> Any:
        hits = desk_search.search(db.session, request.args.get("q", ""))
        return jsonify(
            hits=[
                {
                    "id": hit.unit_id,
                    "code": hit.code,
                    "kind": filters.label(hit.kind, "kind"),
                    "community": hit.community,
                    "owners": hit.owners,
                    "why": "" if hit.why is desk_search.HitKind.ROOM else str(FOUND[hit.why]),
                    "name": hit.name,
                    "owed": filters.money(hit.owed) if hit.owed else "",
                }
                for hit in hits
            ]
        )

    @expose("/unit/<int(max=9223372036854775807):unit_id>")
    @needs(Verb.READ)
    def unit(self, unit_id: int) -> Any:
        return self.opened(unit_id)

    def opened(self, unit_id: int) -> str:
        """The part of the page that belongs to one unit, with a fresh one-time key."""
        account = desk.account(db.session, unit_id)
        return self.render(
            "charging/desk_unit.html",
            account=account,
            tenders=TENDERS,
            may_reprint=self.may(Verb.PRINT),
            may_see_unit=rights.may("units"),
            may_see_payments=rights.may("payments"),
        )

    @expose("/receive", methods=["POST"])
    @needs(Verb.POST)
    def receive(self) -> Any:
        typed = form.read(request.form)
        before = payments.payment_of_key(db.session, typed["key"])
        payment = payments.receive(db.session, **typed)
        answer = {
            "payment": payment.id,
            "unit": payment.unit_id,
            "again": before is not None,
            "sentence": received(payment, again=before is not None),
        }
        db.session.commit()
        return jsonify(answer)

    @expose("/receipts/<int(max=9223372036854775807):payment_id>/print", methods=["POST"])
    @needs(Verb.PRINT)
    def print_receipt(self, payment_id: int) -> Any:
        copy = receipts.count_print(db.session, payment_id)
        page = self.render(
            "charging/receipt_sheet.html",
            sheet=receipts.sheet(db.session, payment_id),
            copy=copy,
        )
        db.session.commit()
        return jsonify(html=page, copy=copy)


def received(payment: Any, *, again: bool) -> str:
    """What the collector reads after Enter: sum, change, receipt."""
    change = sum(tender.change or 0 for tender in payment.tenders)
    figures = {
        "amount": filters.money(payment.amount),
        "change": filters.money(change),
        "number": payment.receipt.number,
    }
    if again:
        return _(
            "This was received before: %(amount)s, receipt %(number)s. Nothing was taken twice.",
            **figures,
        )
    if change:
        return _("Received %(amount)s, give back %(change)s. Receipt %(number)s.", **figures)
    return _("Received %(amount)s. Receipt %(number)s.", **figures)


def refusal(text: str) -> str:
    """Why a sum is refused, with places that the script fills: {surplus}, {owed}…"""
    places = ("text", "most", "purse", "asked", "owed", "surplus")
    return _(text, **{name: f"{{{name}}}" for name in places})


def texts() -> dict[str, Any]:
    """The sentences that the script of the page shows."""
    return {
        "nothing": _(
            "Nothing found. Try a room, part of the name, initials, the last four digits"
            " of the phone, or a plate."
        ),
        "searching": _("Searching…"),
        "offline": _(
            "The server does not answer. Check the network and press Enter again:"
            " nothing is received twice."
        ),
        "not_printed": _(
            "The receipt could not be printed: open the unit again and print it"
            " from the last payments."
        ),
        "no_payer": _("Enter the name of the payer."),
        "confirm": _("Confirm: receive %(tenders)s?", tenders="{tenders}"),
        "one_tender": _("%(tender)s %(sum)s yuan", tender="{tender}", sum="{sum}"),
        "join": _(", "),
        "for": _(
            "%(unit)s · %(payer)s · %(count)s bills",
            unit="{unit}",
            payer="{payer}",
            count="{count}",
        ),
        "refused": {name: refusal(text) for name, text in settling.REFUSALS.items()},
        "owes": _("owes %(sum)s", sum="{sum}"),
        "paid_up": _("nothing owed"),
        "change": _("Change to give back"),
        "kept": _("To the prepayment"),
        "short": _("Still owed afterwards"),
        "exact": _("Exactly right"),
    }
