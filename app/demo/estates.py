"""The demo's communities, charge items and standards, as declared in `fixtures/standards.toml`."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.charging.ledger.bill_models import Assignment, ChargeItem, Standard, StandardPrice
from app.core.values.period import add_months
from app.estate.base.models import Community
from config import ROOT

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

FIXTURES = ROOT / "fixtures"


def declared() -> dict[str, Any]:
    """The content of the demo's declaration."""
    return tomllib.loads((FIXTURES / "standards.toml").read_text(encoding="utf-8"))


def add_items(session: Session) -> dict[str, ChargeItem]:
    """The charge items by code; those that are there already are taken as they are."""
    items: dict[str, ChargeItem] = {}
    for position, entry in enumerate(declared()["items"], start=1):
        item = session.query(ChargeItem).filter_by(code=entry["code"]).one_or_none()
        if item is None:
            item = ChargeItem(position=position, **entry)
            session.add(item)
        items[entry["code"]] = item
    session.flush()
    return items


def add_community(session: Session, entry: dict[str, Any]) -> Community:
    """A community with its address and hotline, as the notices print them."""
    fields = ("name", "short_code", "address", "company", "hotline", "payment_hint")
    community = Community(**{name: entry[name] for name in fields})
    session.add(community)
    session.flush()
    return community


def add_standards(
    session: Session,
    community: Community,
    entries: list[dict[str, Any]],
    items: dict[str, ChargeItem],
    month: date,
) -> None:
    """The standards of a community; `month` is the present month, prices count back from it."""
    for entry in entries:
        standard = Standard(
            community_id=community.id,
            item_id=items[entry["item"]].id,
            name=entry["name"],
            basis=entry["basis"],
            cycle=entry["cycle"],
        )
        session.add(standard)
        session.flush()
        for price in entry["prices"]:
            session.add(
                StandardPrice(
                    community_id=community.id,
                    standard_id=standard.id,
                    effective_from=add_months(month, -price["from"]),
                    unit_price=Decimal(price["price"]),
                    basis_document=entry.get("basis_document", "物业服务合同附件一"),
                )
            )
        for kind in entry["kinds"]:
            session.add(
                Assignment(community_id=community.id, standard_id=standard.id, unit_kind=kind)
            )
    session.flush()
