"""what receipts said, the units and the day to pay of a run."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CHUNK = 1_000
"""Receipts that are written together."""


def upgrade() -> None:
    op.add_column("billing_run", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column(
        "billing_run", sa.Column("units", sa.Integer(), server_default="0", nullable=False)
    )
    op.execute(
        "UPDATE billing_run SET units ="
        " (SELECT count(DISTINCT bill.unit_id) FROM bill WHERE bill.run_id = billing_run.id)"
    )
    op.add_column(
        "receipt", sa.Column("said", sa.JSON(), server_default="{}", nullable=False)
    )
    write_down(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("receipt", "said", server_default=None)


def downgrade() -> None:
    op.drop_column("receipt", "said")
    op.drop_column("billing_run", "units")
    op.drop_column("billing_run", "due_on")


def table(name: str, *columns: str, **typed: Any) -> sa.TableClause:
    return sa.table(
        name, *(sa.column(one) for one in columns),
        *(sa.column(one, kind) for one, kind in typed.items()),
    )


receipt = table("receipt", "id", "payment_id", said=sa.JSON())
payment = table("payment", "id", "community_id", "unit_id", "payer_name", "collector_name",
                "remark", "amount", "state")
community = table("community", "id", "name", "company")
unit = table("unit", "id", "code")
tender = table("tender", "id", "payment_id", "kind", "amount", "given", "change", "reference")
entry = table("prepayment_entry", "id", "payment_id", "amount")
allocation = table("allocation", "id", "payment_id", "bill_id", "amount")
bill = table("bill", "id", "item_id", "amount", "sentence", period_start=sa.Date(),
             period_end=sa.Date())
item = table("charge_item", "id", "name", "position")


def write_down(bind: sa.Connection) -> None:
    """What the receipts of old say, as best known: from the names of this moment."""
    last = 0
    while True:
        rows = bind.execute(
            sa.select(receipt.c.id, payment, community.c.name, community.c.company, unit.c.code)
            .join(payment, payment.c.id == receipt.c.payment_id)
            .join(community, community.c.id == payment.c.community_id)
            .join(unit, unit.c.id == payment.c.unit_id)
            .where(receipt.c.id > last)
            .order_by(receipt.c.id)
            .limit(CHUNK)
        ).all()
        if not rows:
            return
        ids = [row[1] for row in rows]
        means, moved, paid = tenders_of(bind, ids), entries_of(bind, ids), lines_of(bind, ids)
        bind.execute(
            sa.update(receipt).where(receipt.c.id == sa.bindparam("key"))
            .values(said=sa.bindparam("words")),
            [
                {"key": key, "words": {
                    "company": company or place, "community": place, "unit": code,
                    "payer": payer, "collector": collector, "remark": remark or "",
                    "amount": amount, **purse(moved.get(number, []), state),
                    "lines": paid.get(number, []), "tenders": means.get(number, []),
                }}
                for (key, number, _community, _unit, payer, collector, remark, amount, state,
                     place, company, code) in rows
            ],
        )
        last = rows[-1][0]


def by_payment(rows: Any) -> dict[int, list[Any]]:
    return {key: list(found) for key, found in groupby(rows, key=itemgetter(0))}


def tenders_of(bind: sa.Connection, ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    rows = bind.execute(
        sa.select(tender.c.payment_id, tender.c.kind, tender.c.amount, tender.c.given,
                  tender.c.change, tender.c.reference)
        .where(tender.c.payment_id.in_(ids)).order_by(tender.c.payment_id, tender.c.id)
    )
    names = ("kind", "amount", "given", "change", "reference")
    return {
        key: [dict(zip(names, row[1:], strict=True)) for row in found]
        for key, found in by_payment(rows).items()
    }


def entries_of(bind: sa.Connection, ids: list[int]) -> dict[int, list[int]]:
    rows = bind.execute(
        sa.select(entry.c.payment_id, entry.c.amount)
        .where(entry.c.payment_id.in_(ids)).order_by(entry.c.payment_id, entry.c.id)
    )
    return {key: [amount for _key, amount in found] for key, found in by_payment(rows).items()}


def purse(moved: list[int], state: str) -> dict[str, int]:
    """A void added the opposite entries behind the first ones."""
    first = moved[: len(moved) // 2] if state == "void" else moved
    return {"into_prepayment": sum(one for one in first if one > 0),
            "from_prepayment": -sum(one for one in first if one < 0)}


def lines_of(bind: sa.Connection, ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    rows = bind.execute(
        sa.select(allocation.c.payment_id, bill.c.item_id, item.c.name, bill.c.period_start,
                  bill.c.period_end, bill.c.sentence, bill.c.amount, allocation.c.amount)
        .join(bill, bill.c.id == allocation.c.bill_id)
        .join(item, item.c.id == bill.c.item_id)
        .where(allocation.c.payment_id.in_(ids), allocation.c.amount > 0)
        .order_by(allocation.c.payment_id, item.c.position, bill.c.item_id,
                  bill.c.period_start, allocation.c.id)
    )
    return {key: together(found) for key, found in by_payment(rows).items()}


def together(rows: list[Any]) -> list[dict[str, Any]]:
    """Fully paid months of one item that follow each other are one line."""
    found: list[dict[str, Any]] = []
    before: tuple[int, date, bool] | None = None
    for _payment, item_id, name, first, last, sentence, whole, amount in rows:
        part = amount != whole
        if before and not part and before == (item_id, first - timedelta(days=1), False):
            line = found[-1]
            line |= {"to": last.isoformat(), "bills": line["bills"] + 1, "sentence": "",
                     "amount": line["amount"] + amount}
        else:
            found.append({"item": name, "from": first.isoformat(), "to": last.isoformat(),
                          "bills": 1, "sentence": sentence, "partial": part, "amount": amount})
        before = (item_id, last, part)
    return found
