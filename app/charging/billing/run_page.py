"""What the pages of billing runs show: the last runs, and one run with what became of it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.access.models import Staff
from app.charging.billing.labels import REASONS, period_name
from app.charging.ledger import balances
from app.charging.ledger.bill_models import Bill, BillingRun, BillState, ChargeItem
from app.core.db.extensions import db
from app.core.records import data_scope, rights
from app.core.values import clock
from app.core.values.money import from_fen
from app.core.values.period import Period
from app.estate.base.models import Building, Community, Unit
from app.roles import Verb

RUNS = 20


def runs(page: int) -> dict[str, Any]:
    """A page of the runs inside the scope, the latest first, with what stands of them."""
    found = db.session.scalars(
        select(BillingRun)
        .where(data_scope.current().where(BillingRun.community_id))
        .options(joinedload(BillingRun.community))
        .order_by(BillingRun.id.desc())
        .limit(RUNS + 1)
        .offset((page - 1) * RUNS)
    ).all()
    return {
        "rows": [(run, period_name(period_of(run))) for run in found[:RUNS]],
        "names": people([run.user_id for run in found]),
        "more": len(found) > RUNS,
    }


def period_of(run: BillingRun) -> Period:
    """The period of a run."""
    months = (run.period_end.year - run.period_start.year) * 12
    return Period(run.period_start, months + run.period_end.month - run.period_start.month + 1)


def people(ids: list[int | None]) -> dict[int | None, str]:
    """Names of who posted."""
    rows = db.session.scalars(select(Staff).where(Staff.id.in_({key for key in ids if key})))
    return {None: _("Command line"), **{person.id: person.get_full_name() for person in rows}}


def skipped(stored: dict[str, Any]) -> list[dict[str, Any]]:
    """Who got no bill and why, in the words of the plan; runs of old know bills by reason."""
    if "groups" in stored:
        return [
            {
                "reason": REASONS.get(group["reason"], group["reason"]),
                "items": group["items"],
                "items_known": True,
                "units": group["units"],
            }
            for group in stored["groups"]
        ]
    return [
        {
            "reason": REASONS.get(name, name),
            "items": [],
            "items_known": False,
            "units": None,
            "bills": count,
        }
        for name, count in stored.items()
    ]


def run_facts(run: BillingRun) -> dict[str, Any]:
    """A run as its page shows it: totals as posted, what is void and what is paid by now."""
    day = clock.today()
    standing = Bill.state == BillState.POSTED
    paid = balances.paid_of_bill(day)
    rows = db.session.execute(
        select(
            ChargeItem.name,
            func.min(Bill.due_on),
            func.max(Bill.due_on),
            func.count(Bill.id),
            func.sum(balances.fen(Bill.amount)),
            func.count(Bill.id).filter(~standing),
            func.coalesce(func.sum(balances.fen(Bill.amount)).filter(~standing), 0),
            func.coalesce(func.sum(paid), 0),
        )
        .join(ChargeItem, ChargeItem.id == Bill.item_id)
        .where(Bill.run_id == run.id)
        .group_by(ChargeItem.id, ChargeItem.name, ChargeItem.position)
        .order_by(ChargeItem.position, ChargeItem.id)
    ).all()
    items = [
        {
            "name": name,
            "first_due": first_due,
            "last_due": last_due,
            "bills": bills,
            "amount": from_fen(int(fen)),
            "void": void,
            "void_amount": from_fen(int(void_fen)),
            "paid": from_fen(int(paid_fen)),
        }
        for name, first_due, last_due, bills, fen, void, void_fen, paid_fen in rows
    ]
    buildings = db.session.execute(
        select(
            Building.name,
            func.count(Bill.unit_id.distinct()),
            func.count(Bill.id),
            func.sum(balances.fen(Bill.amount)),
        )
        .join(Unit, Unit.id == Bill.unit_id)
        .join(Building, Building.id == Unit.building_id)
        .where(Bill.run_id == run.id)
        .group_by(Building.id, Building.name, Building.sort_key)
        .order_by(Building.sort_key)
    ).all()
    return {
        "run": run,
        "community": db.session.get_one(Community, run.community_id),
        "period": period_name(period_of(run)),
        "items": items,
        "buildings": [
            (name, units, count, from_fen(int(fen))) for name, units, count, fen in buildings
        ],
        "skipped": skipped(run.skipped or {}),
        "poster": people([run.user_id])[run.user_id],
        "may_void": rights.may("bills", Verb.VOID),
        "may_print": rights.may("notices", Verb.PRINT),
        "may_see_bills": rights.may("bills"),
    }
