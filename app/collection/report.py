"""欠费汇总表: who owes how much and for how long, as of any day (P04, domain-rules 9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    case,
    func,
    select,
    type_coerce,
)

from app.charging.ledger.labels import NOBODY
from app.collection.labels import BUCKETS as BUCKET_LABELS
from app.collection.owing import AMOUNTS, BUCKETS, contacts, owing_statement
from app.core.db.types import Money
from app.core.i18n import filters
from app.core.reports.declaration import Listing, Report, declare
from app.core.reports.parameters import day as day_parameter
from app.core.tables.table import ColumnKind, ReportColumn
from app.core.values.secret import Secret
from app.estate.base.labels import KINDS
from app.estate.base.models import Building, Community, Unit
from app.estate.reports.choices import BUILDING, COMMUNITY

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


arrears = declare(
    Report(
        "report_arrears",
        _l("Arrears summary"),
        about=_l("Who owes how much and for how long, as of any day."),
        parameters=(COMMUNITY, BUILDING, day_parameter()),
        notes=(
            _l(
                "Arrears are bills past their due day; their age is counted from that day. What "
                "is billed and not yet due stands apart."
            ),
            _l(
                "A row is a debtor at a unit: who is named on the bills, not who owns the unit "
                "today. Each unit counts once."
            ),
            _l(
                "Past due less what the debtor's own prepayment at the unit covers, the oldest "
                "due first, are the arrears. Past due and not yet due together are what the "
                "ledger says is owed."
            ),
            _l("Bills voided later and payments made later do not change the figures of the day."),
        ),
        private="customers",
        position=50,
        icon="fa-hourglass-half",
    )
)

_OWED = (
    ReportColumn("gross", _l("Past due"), ColumnKind.MONEY, 14, total=True),
    ReportColumn("covered", _l("Covered by prepayment"), ColumnKind.MONEY, 13, total=True),
)
_AGES = (
    ReportColumn("total", _l("Arrears"), ColumnKind.MONEY, 14, total=True),
    *(
        ReportColumn(name, BUCKET_LABELS[bucket], ColumnKind.MONEY, 13, total=True)
        for name, bucket in zip(AMOUNTS[1:], BUCKETS, strict=True)
    ),
)
_NOT_DUE = ReportColumn("not_due", _l("Not yet due"), ColumnKind.MONEY, 13, total=True)


def _amounts(base: Any, function: Any = lambda column: column) -> list[Any]:
    """The amounts of `owing_statement` as money, with what is asked for and what is covered."""
    late = sum((base.c[name] for name in AMOUNTS[2:]), start=base.c[AMOUNTS[1]])
    named = {
        **{name: base.c[name] for name in (*AMOUNTS, "gross", "prepaid")},
        "total": late,
        "covered": base.c.gross - late,
    }
    return [type_coerce(function(one), Money()).label(name) for name, one in named.items()]


@arrears.sheet(
    "buildings",
    _l("By building"),
    (
        ReportColumn("community", _l("Community"), width=18, unless="community"),
        ReportColumn("building", _l("Building"), width=10, unless="building"),
        ReportColumn("units", _l("Units in arrears"), ColumnKind.INTEGER, 11, total=True),
        *_OWED,
        *_AGES,
        _NOT_DUE,
    ),
)
def by_building(
    session: Session, *, community: int | None, building: int | None, day: date
) -> list[Any]:
    """The ages of the arrears of each building."""
    base = owing_statement(community_id=community, building_id=building, as_of=day).subquery()
    return list(
        session.execute(
            select(
                Community.name.label("community"),
                Building.name.label("building"),
                func.count(case((base.c.bills > 0, base.c.id)).distinct()).label("units"),
                *_amounts(base, func.sum),
            )
            .join(Building, Building.id == base.c.building_id)
            .join(Community, Community.id == Building.community_id)
            .group_by(Community.id, Community.name, Building.id, Building.name, Building.sort_key)
            .order_by(Community.id, Building.sort_key, Building.id)
        )
    )


@arrears.sheet(
    "units",
    _l("By unit"),
    (
        ReportColumn("community", _l("Community"), width=16, unless="community"),
        ReportColumn("code", _l("Unit"), width=13),
        ReportColumn("kind", _l("Use"), width=8, value=lambda row: KINDS[row["kind"]]),
        ReportColumn("debtor", _l("Debtor"), width=16),
        ReportColumn("phone", _l("Phone"), width=14, mask=filters.mask_phone, secret=Secret.PHONES),
        ReportColumn("bills", _l("Bills past due"), ColumnKind.INTEGER, 9, total=True),
        ReportColumn("oldest", _l("Oldest due day"), ColumnKind.DATE, 12),
        *_OWED,
        *_AGES,
    ),
)
def by_unit(
    session: Session,  # noqa: ARG001 - every rows function takes the session
    *,
    community: int | None,
    building: int | None,
    day: date,
) -> Listing:
    """Every debtor in arrears on the day at each unit; joint owners stand together."""
    return _debtors(community, building, day, lambda base: base.c.bills > 0)


@arrears.sheet(
    "covered",
    _l("Covered by prepayment"),
    (
        ReportColumn("community", _l("Community"), width=16, unless="community"),
        ReportColumn("code", _l("Unit"), width=13),
        ReportColumn("kind", _l("Use"), width=8, value=lambda row: KINDS[row["kind"]]),
        ReportColumn("debtor", _l("Debtor"), width=16),
        ReportColumn("phone", _l("Phone"), width=14, mask=filters.mask_phone, secret=Secret.PHONES),
        ReportColumn("gross", _l("Past due"), ColumnKind.MONEY, 14, total=True),
        ReportColumn("prepaid", _l("Prepayment"), ColumnKind.MONEY, 14, total=True),
    ),
)
def all_covered(
    session: Session,  # noqa: ARG001 - every rows function takes the session
    *,
    community: int | None,
    building: int | None,
    day: date,
) -> Listing:
    """Who has paid ahead all that is past due: nobody asks them, the desk takes it."""
    return _debtors(community, building, day, lambda base: (base.c.bills == 0) & (base.c.gross > 0))


def _debtors(community: int | None, building: int | None, day: date, which: Any) -> Listing:
    """The debtors of the day that meet a condition, in the order of the house."""
    base = owing_statement(community_id=community, building_id=building, as_of=day).subquery()
    statement = (
        select(
            base.c.id,
            base.c.customer_id,
            base.c.debtor,
            Community.name.label("community"),
            base.c.code,
            base.c.kind,
            base.c.bills,
            base.c.oldest,
            *_amounts(base),
        )
        .join(Unit, Unit.id == base.c.id)
        .join(Community, Community.id == Unit.community_id)
        .where(which(base))
        .order_by(Unit.community_id, Unit.sort_key, Unit.id, func.coalesce(base.c.customer_id, 0))
    )
    return Listing(statement, lambda own, rows: _with_contacts(own, rows, day))


def _with_contacts(session: Session, rows: Sequence[Any], day: date) -> Iterator[dict[str, Any]]:
    """Add whom to ask and a phone to a batch of debtors."""
    people = contacts(session, rows, day)
    for row in rows:
        contact = people[row.id, row.customer_id]
        yield {
            **row._mapping,
            "debtor": contact.names or str(NOBODY),
            "phone": contact.phone or None,
        }
