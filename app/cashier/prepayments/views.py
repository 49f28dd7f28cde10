"""预存款: whose money was paid ahead, and the assignment of what belongs to nobody known."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

from flask import flash, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.utils import redirect

from app.cashier.prepayments import assigning, lists
from app.cashier.prepayments.labels import CANDIDATES
from app.charging.ledger import purses
from app.charging.ledger.labels import UNASSIGNED
from app.charging.ledger.settling import amount_typed
from app.core.db import witness
from app.core.db.extensions import db
from app.core.i18n.filters import money
from app.core.i18n.sentences import sentence
from app.core.jobs.views import whole_number
from app.core.records import data_scope, rights
from app.core.tables import excel_writer, table
from app.core.values import clock
from app.core.values.errors import DomainError, NotFound
from app.core.values.money import ZERO
from app.core.web.menu import MenuEntry
from app.core.web.page import Page, expose, needs
from app.estate.base.models import Community, Customer, Unit
from app.roles import Verb

SIZE = 50
KEY = "<int(max=9223372036854775807):unit_id>"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PrepaymentsPage(Page):
    """预存款: each purse of a customer at a unit; 未归属 is listed and assigned here."""

    screen = "prepayments"
    route_base = "/prepayments"
    menu = MenuEntry("charging", 25, _l("Prepayments"), icon="fa-archive")

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        community, unassigned = asked()
        chosen = lists.held_statement(community_id=community, unassigned=unassigned)
        count, total = lists.summed(db.session, chosen)
        last = max(1, -(-count // SIZE))
        page = min(whole_number(request.args.get("page"), 1), last)
        nobody = lists.held_statement(community_id=community, unassigned=True)
        return self.render(
            "charging/prepayments.html",
            rows=lists.held(db.session, chosen.limit(SIZE).offset((page - 1) * SIZE)),
            count=count,
            total=total,
            nobody=lists.summed(db.session, nobody),
            unassigned=unassigned,
            community=community,
            communities=_communities(),
            given=_given(community, unassigned=unassigned),
            nobody_label=UNASSIGNED,
            page=page,
            last=last,
        )

    @expose("/export")
    @needs(Verb.EXPORT)
    def export(self) -> Any:
        community, unassigned = asked()
        rows = lists.held(
            db.session, lists.held_statement(community_id=community, unassigned=unassigned)
        )
        names = {one.id: one.name for one in _communities()}
        columns = (
            table.ReportColumn(
                "community", _("Community"), value=lambda r: names.get(r.community_id)
            ),
            table.ReportColumn("code", _("Unit")),
            table.ReportColumn(
                "name",
                _("Customer"),
                width=18,
                value=lambda r: r.name if r.customer_id else str(UNASSIGNED),
            ),
            table.ReportColumn(
                "amount", _("Prepayment balance"), kind=table.ColumnKind.MONEY, total=True
            ),
            table.ReportColumn("last_on", _("Last movement"), kind=table.ColumnKind.DATE),
        )
        file = io.BytesIO()
        today = clock.today().isoformat()
        excel_writer.write_table(
            file, _("Prepayments"), columns, rows, parameters=((_("As of"), today),)
        )
        file.seek(0)
        witness.note(
            "export",
            self.screen,
            title=str(_("Prepayments")),
            community_id=community,
            details={"rows": len(rows)},
        )
        name = f"{_('Prepayments')}-{today}.xlsx"
        return send_file(file, as_attachment=True, download_name=name, mimetype=SHEET)

    @expose(f"/{KEY}")
    @needs(Verb.READ)
    def unit(self, unit_id: int) -> Any:
        return self.shown(unit_id, request.args)

    def shown(self, unit_id: int, typed: Any, error: DomainError | None = None) -> Any:
        """The purses of a unit and what moved them; with `error` what was typed stays."""
        unit = data_scope.get(db.session, Unit, unit_id)
        held = purses.of_unit(db.session, unit.id)
        open_ = next((one.amount for one in held if one.customer_id is None), ZERO)
        assigns = bool(open_) and self.may(Verb.POST)
        search = typed.get("q", "").strip()[:40]
        people = assigning.candidates(db.session, unit, search) if assigns else []
        return self.render(
            "charging/prepayment_unit.html",
            unit=unit,
            held=held,
            open=open_,
            assigns=assigns,
            candidates=people,
            labels=CANDIDATES,
            nobody=UNASSIGNED,
            movements=lists.movements(db.session, unit.id),
            typed=typed,
            search=search,
            error=sentence(error) if error else "",
            field=error.field if error else "",
            may_see_payment=rights.may("payments"),
        ), 422 if error else 200

    @expose(f"/{KEY}/assign", methods=["POST"])
    @needs(Verb.POST)
    def assign(self, unit_id: int) -> Any:
        typed = request.form
        try:
            row = assigning.assign(db.session, unit_id=unit_id, **_assignment(typed))
        except NotFound as error:
            if error.field is None:
                raise
            db.session.rollback()
            return self.shown(unit_id, typed, error)
        except DomainError as error:
            db.session.rollback()
            return self.shown(unit_id, typed, error)
        name = db.session.get_one(Customer, row.customer_id).name
        said = _("%(amount)s yuan now belong to %(name)s.", amount=money(row.amount), name=name)
        db.session.commit()
        flash(said, "success")
        return redirect(url_for("PrepaymentsPage.unit", unit_id=unit_id))


def asked() -> tuple[int | None, bool]:
    """The community and whether only what is unassigned is asked for."""
    typed = request.args.get("community", "")
    key = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 9 else None
    return key, request.args.get("show") == "unassigned"


def _given(community: int | None, *, unassigned: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"show": "unassigned"} if unassigned else {}
    return found | ({"community": community} if community is not None else {})


def _assignment(typed: Any) -> dict[str, Any]:
    """What the form says; DomainError for what is no sum of money."""
    customer = typed.get("customer", "")
    plain = customer.isascii() and customer.isdigit() and len(customer) <= 18
    return {
        "customer_id": int(customer) if plain else None,
        "amount": amount_typed(typed.get("amount", ""), "amount"),
        "shown": _shown(typed.get("shown", "")),
        "reason": typed.get("reason", ""),
    }


def _shown(text: str) -> Decimal:
    """What the page said is unassigned; nothing where the form does not say it."""
    try:
        return amount_typed(text)
    except DomainError:
        return ZERO


def _communities() -> list[Community]:
    inside = data_scope.current().where(Community.id)
    return list(db.session.scalars(select(Community).where(inside).order_by(Community.id)))
