"""Arrears: who owes how much since when, with ageing and totals, as of any day (A20)."""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import request, send_file
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.cashier.payments.views import asked_day
from app.charging.ledger.labels import NOBODY
from app.charging.ledger.settling import amount_typed
from app.collection import owing
from app.collection.labels import BUCKETS
from app.core.db import witness
from app.core.db.extensions import db
from app.core.i18n import filters
from app.core.i18n.sentences import sentence
from app.core.records import data_scope, disclosure, rights
from app.core.tables import excel_writer, table
from app.core.values import clock
from app.core.values.errors import DomainError
from app.core.values.money import ZERO
from app.core.values.secret import Secret
from app.core.web.menu import MenuEntry
from app.core.web.page import Page, expose, needs
from app.estate.base.models import Building, Community
from app.roles import Verb

SIZE = 50
DEEPEST = 10_000
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(slots=True)
class ArrearsQuery:
    """What the page is asked for; what cannot be read is left out, `warnings` says so."""

    community: Community | None
    building: Building | None
    bucket: owing.Bucket | None
    least: Decimal
    day: Any
    warnings: list[str]

    def rows(self) -> list[owing.DebtorArrears]:
        """Everybody who owes anything, due or not, within community and building."""
        return owing.owing(
            db.session,
            community_id=self.community.id if self.community else None,
            building_id=self.building.id if self.building else None,
            as_of=self.day,
        )

    def late(self, rows: list[owing.DebtorArrears]) -> list[owing.DebtorArrears]:
        return owing.late(rows, bucket=self.bucket, least=self.least)


def asked() -> ArrearsQuery:
    """Read the address of the page."""
    day, wrong = asked_day("day", clock.today())
    warnings = [wrong] if wrong else []
    least = ZERO
    if typed := request.args.get("least", "").strip():
        try:
            least = amount_typed(typed)
        except DomainError as error:
            warnings.append(sentence(error))
    bucket = request.args.get("bucket", "")
    return ArrearsQuery(
        community=_chosen(Community, "community"),
        building=_chosen(Building, "building"),
        bucket=owing.Bucket(bucket) if bucket in set(owing.Bucket) else None,
        least=least,
        day=day,
        warnings=warnings,
    )


def _chosen(model: Any, name: str) -> Any:
    """The community or building that was asked for, if it lies inside the scope."""
    typed = request.args.get(name, "")
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 9):
        return None
    record = db.session.get(model, int(typed))
    owner = getattr(record, "community_id", getattr(record, "id", None))
    return record if record is not None and data_scope.current().allows(owner) else None


class ArrearsPage(Page):
    """欠费与账龄."""

    screen = "arrears"
    route_base = "/arrears"
    menu = MenuEntry("charging", 30, _l("Arrears"), icon="fa-hourglass-half")

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        return self.page()

    def page(self, **further: Any) -> str:
        """The list as it is asked for; `further` is what a refused download left behind."""
        question = asked()
        every = question.rows()
        late = question.late(every)
        last = max(1, min(-(-len(late) // SIZE), DEEPEST // SIZE))
        page = _page(last)
        shown = late[(page - 1) * SIZE : page * SIZE]
        paid_ahead = owing.covered(every)
        given = {
            name: value
            for name, value in request.args.items()
            if name in {"community", "building", "bucket", "least", "day"} and value
        }
        return self.render(
            "charging/arrears.html",
            question=question,
            given=given,
            rows=shown,
            contacts=owing.contacts(db.session, [*shown, *paid_ahead[:SIZE]], question.day),
            ageing=owing.ageing(late),
            covered=paid_ahead[:SIZE],
            covered_count=len(paid_ahead),
            whole=owing.ageing(every),
            nobody=NOBODY,
            remind=lambda row, contact: reminder(row, contact, question.day),
            narrowed=bool(question.bucket or question.least or question.building),
            buckets=BUCKETS,
            page=page,
            last=last,
            communities=_communities(),
            buildings=_buildings(question.community),
            may_collect=rights.may("desk"),
            today=clock.today(),
            full=disclosure.offered([Secret.PHONES], self.screen),
            **further,
        )

    @expose("/export", methods=["GET", "POST"])
    @needs(Verb.EXPORT)
    def export(self) -> Any:
        """The list as a workbook, masked; a form may ask for full phones and say why."""
        try:
            wanted = disclosure.wanted(request.form, [Secret.PHONES], self.screen)
        except DomainError as error:
            if not self.may(Verb.READ):
                raise
            kept = request.form.get("reason", "")[:400]
            return self.page(export_error=sentence(error), export_reason=kept), 422
        question = asked()
        every = question.rows()
        rows = question.late(every)
        if not (question.bucket or question.least):
            rows += owing.covered(every)
        contacts = owing.contacts(db.session, rows, question.day)
        names = {community.id: community.name for community in _communities()}
        file = io.BytesIO()
        title = _("Arrears")
        parameters = ((_("As of"), question.day.isoformat()),)
        excel_writer.write_table(
            file, title, _columns(names, contacts), rows, parameters=parameters, whole=wanted.whole
        )
        file.seek(0)
        _record(question, len(rows), wanted)
        name = f"{title}-{question.day.isoformat()}.xlsx"
        return send_file(file, as_attachment=True, download_name=name, mimetype=SHEET)


def reminder(row: owing.DebtorArrears, contact: owing.Contact, day: Any) -> str:
    """The text to send to the debtor: his own bills, his own purse, never another's."""
    said = {
        "names": contact.names or NOBODY,
        "unit": row.code,
        "day": day.isoformat(),
        "bills": row.bills,
        "gross": filters.money(row.gross),
        "prepaid": filters.money(row.covered),
        "total": filters.money(row.total),
    }
    if row.covered:
        return _(
            "%(names)s, for %(unit)s %(gross)s yuan are past due on %(day)s; your prepayment"
            " of %(prepaid)s yuan covers part of it, so %(total)s yuan are still to be paid"
            " (%(bills)s bills). Please pay soon. If you have paid meanwhile, thank you.",
            **said,
        )
    return _(
        "%(names)s, for %(unit)s %(total)s yuan are past due on %(day)s (%(bills)s bills)."
        " Please pay soon. If you have paid meanwhile, thank you.",
        **said,
    )


def _record(question: ArrearsQuery, rows: int, wanted: disclosure.Disclosure) -> None:
    """Note who took the list away, how narrowed, and why with full phones (E07)."""
    details = {"rows": rows, **wanted.details()}
    if wanted.whole:
        details |= {"columns": [_("Phone")], "filter": _narrowed(question)}
    title, place = _("Arrears"), question.community.id if question.community else None
    witness.note("export", "arrears", title=title, community_id=place, details=details)


def _narrowed(question: ArrearsQuery) -> str:
    """What the list was narrowed by, as words."""
    words = [str(one.name) for one in (question.community, question.building) if one]
    words += [str(BUCKETS[question.bucket])] if question.bucket else []
    words += [filters.money(question.least)] if question.least else []
    return "；".join([*words, question.day.isoformat()])


def _page(last: int) -> int:
    typed = request.args.get("page", "1")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 1
    return max(1, min(number, last))


def _communities() -> list[Community]:
    inside = data_scope.current().where(Community.id)
    return list(db.session.scalars(select(Community).where(inside).order_by(Community.id)))


def _buildings(community: Community | None) -> list[Building]:
    if community is None:
        return []
    chosen = select(Building).where(Building.community_id == community.id)
    return list(db.session.scalars(chosen.order_by(Building.sort_key, Building.id)))


def _columns(
    names: dict[int, str], contacts: dict[owing.Key, owing.Contact]
) -> tuple[table.ReportColumn, ...]:
    """The workbook: the list with its buckets; phones masked as on the page."""

    def bucket(place: int) -> Any:
        return lambda row: row.buckets[place]

    money = {"kind": table.ColumnKind.MONEY, "total": True}
    return (
        table.ReportColumn(
            "community", _("Community"), value=lambda r: names.get(r.community_id, "")
        ),
        table.ReportColumn("code", _("Unit")),
        table.ReportColumn("kind", _("Use"), value=lambda r: filters.label(r.kind, "kind")),
        table.ReportColumn(
            "debtor", _("Debtor"), width=18, value=lambda r: contacts[r.key].names or str(NOBODY)
        ),
        table.ReportColumn(
            "phone",
            _("Phone"),
            mask=filters.mask_phone,
            secret=Secret.PHONES,
            value=lambda r: contacts[r.key].phone or None,
        ),
        table.ReportColumn("bills", _("Bills"), kind=table.ColumnKind.INTEGER, width=8),
        table.ReportColumn("oldest_due", _("Oldest due"), kind=table.ColumnKind.DATE),
        table.ReportColumn("gross", _("Past due"), **money),
        table.ReportColumn("covered", _("Covered by prepayment"), **money),
        *(
            table.ReportColumn(name, label, value=bucket(place), **money)
            for place, (name, label) in enumerate(BUCKETS.items())
        ),
        table.ReportColumn("total", _("Arrears"), **money),
        table.ReportColumn("prepaid", _("Prepayment"), **money),
        table.ReportColumn("not_due", _("Not yet due"), **money),
    )
