"""The demo's days at the collection desk: real payments, a void, a bill voided, held notes."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.cashier.payments import receive, voiding
from app.charging.ledger import balances
from app.charging.ledger.settling import Given, TenderKind
from app.core.db import audit
from app.core.values import clock
from app.core.values.money import ZERO, rounded
from app.demo.habits import Visit, Wish
from app.estate.base.models import Customer, Ownership, UnitNote

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TENDERS = (
    (45, TenderKind.WECHAT),
    (20, TenderKind.ALIPAY),
    (16, TenderKind.CASH),
    (10, TenderKind.BANK),
    (9, TenderKind.POS),
)
Payer = tuple[int | None, str]
NOBODY: Payer = (None, "业主")
HUNDRED = Decimal(100)
NOTES = (
    "业主反映厨房渗水，缴费时请告知已安排工程部上门。",
    "业主常住外地，催缴请打第二个电话。",
    "产权证复印件未交，来办事时请补收。",
)


def payers(session: Session) -> dict[int, Payer]:
    """unit → its first owner, for the payments."""
    rows = session.execute(
        select(Ownership.unit_id, Customer.id, Customer.name)
        .join(Customer, Customer.id == Ownership.customer_id)
        .order_by(Ownership.unit_id, Ownership.position.desc())
    )
    return {unit_id: (customer_id, name) for unit_id, customer_id, name in rows}


def by_now(moment: datetime) -> datetime:
    """This moment of the office, or now where it is still to come: early in the day or month."""
    return min(moment, clock.local(clock.now()).replace(tzinfo=None))


def receive_all(
    session: Session, visits: Iterable[Visit], collectors: list[audit.Actor], seed: int
) -> int:
    """Every visit at its hour, through the real desk; how many payments were made."""
    draw = random.Random(seed)  # noqa: S311 - the demo is the same every time
    names = payers(session)
    made = 0
    for day, group in groupby(visits, key=lambda visit: visit.day):
        minute = 8 * 60 + 35
        for visit in group:
            minute += draw.randrange(2, 9)
            moment = datetime.combine(day, time()) + timedelta(minutes=min(minute, 1075))
            with clock.fixed(by_now(moment)), audit.acting(draw.choice(collectors)):
                made += come(session, visit, names.get(visit.unit_id, NOBODY), draw)
        session.expunge_all()
    return made


def come(session: Session, visit: Visit, payer: Payer, draw: random.Random) -> bool:
    """One visit: False when nothing is owed, so that there is nothing to pay."""
    owed = sum((bill.balance for bill in balances.open_bills(session, visit.unit_id)), ZERO)
    if not owed:
        return False
    givens = [Given(draw.choices([t for _, t in TENDERS], [w for w, _ in TENDERS])[0], owed)]
    ahead = False
    if visit.wish is Wish.PART:
        givens = [Given(TenderKind.CASH, max(rounded(owed / 2, places=0), Decimal(1)))]
    elif visit.wish is Wish.AHEAD and payer[0]:
        givens = [Given(TenderKind.BANK, (owed * 6).quantize(HUNDRED, ROUND_CEILING) + HUNDRED)]
        ahead = True
    elif visit.wish is Wish.PURSE:
        givens = from_purse(session, visit.unit_id, payer[0], owed) or givens
    elif givens[0].kind is TenderKind.CASH:
        whole = (owed / HUNDRED).to_integral_value(ROUND_CEILING) * HUNDRED
        givens = [Given(TenderKind.CASH, whole)]
    receive.receive(
        session,
        unit_id=visit.unit_id,
        payer=payer[1],
        payer_id=payer[0],
        tenders=givens,
        keep_surplus=ahead,
        key=f"demo-{visit.day:%Y%m%d}-{visit.unit_id}-{visit.wish}",
    )
    return True


def from_purse(
    session: Session, unit_id: int, customer_id: int | None, owed: Decimal
) -> list[Given]:
    """Pay with what was paid ahead, the rest by WeChat; nothing where the purse is empty."""
    purse = balances.purse(session, unit_id, customer_id) if customer_id else ZERO
    if not purse:
        return []
    givens = [Given(TenderKind.PREPAYMENT, min(purse, owed))]
    if owed > purse:
        givens.append(Given(TenderKind.WECHAT, owed - purse))
    return givens


def a_mistake(session: Session, visit: Visit, collector: audit.Actor, boss: audit.Actor) -> None:
    """A payment booked on the wrong unit, voided the same day by the supervisor."""
    moment = datetime.combine(visit.day, time(15, 20))
    payer_id, payer = payers(session)[visit.unit_id]
    with clock.fixed(by_now(moment)), audit.acting(collector):
        payment = receive.receive(
            session,
            unit_id=visit.unit_id,
            payer=payer,
            payer_id=payer_id,
            tenders=[Given(TenderKind.CASH, HUNDRED)],
            keep_surplus=True,
            key=f"demo-mistake-{visit.day:%Y%m%d}",
        )
    with clock.fixed(by_now(moment + timedelta(minutes=12))), audit.acting(boss):
        voiding.void_payment(session, payment.id, "房号选错，当面退还后重收")


def add_notes(session: Session, unit_ids: list[int], community_id: int) -> None:
    """A few notes that the desk must see when it opens these units."""
    for unit_id, text in zip(unit_ids, NOTES, strict=False):
        session.add(UnitNote(community_id=community_id, unit_id=unit_id, text=text))
    session.flush()
