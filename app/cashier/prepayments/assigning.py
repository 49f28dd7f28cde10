"""归属: money paid ahead by nobody known is given to a customer, with a reason. Never commits.

Rows are only added: what belonged to nobody on the days before did so then. The unit is locked
and what the page showed is compared, so that two who assign at once do it once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from app.charging.ledger import balances, namesakes
from app.charging.ledger.bill_models import Bill
from app.charging.ledger.payment_models import Payment, PrepaymentAssignment, PrepaymentEntry
from app.core.db import audit
from app.core.parsing import form_text
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import N_, DomainError, NotFound, Stale
from app.estate.base.models import Customer, Ownership, Tenancy, Unit
from app.estate.rooms.search import customer_conditions

if TYPE_CHECKING:
    from decimal import Decimal

    from sqlalchemy.orm import Session

SHORTEST, LONGEST = 2, 200
MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer to whom the money may belong, and what he is at the unit, likeliest first.

    `name` tells two candidates of one name apart.

    `why` is payer (the name on a receipt), owner, tenant, former, debtor or found (searched for).
    """

    customer_id: int
    name: str
    why: str


def assign(
    session: Session,
    *,
    unit_id: int,
    customer_id: int | None,
    amount: Decimal,
    shown: Decimal,
    reason: str,
) -> PrepaymentAssignment:
    """Move `amount` of what belongs to nobody known into the customer's purse, from today on.

    `shown` is what the page said is unassigned: Stale when it is something else by now.
    """
    unit = balances.lock_unit(session, unit_id)
    held = balances.purse(session, unit.id, None, balances.EVER)
    if held != shown:
        raise Stale(
            N_(
                "%(held)s is unassigned at this unit now, the page showed %(shown)s: somebody was"
                " faster. Nothing was assigned; look at it again."
            ),
            held=held,
            shown=shown,
        )
    customer = _customer(session, unit, customer_id)
    words = form_text.words(reason, max_length=LONGEST) or ""
    if len(words) < SHORTEST:
        raise DomainError(N_("Write down how you know whose money it is."), field="reason")
    if not 0 < amount <= held:
        raise DomainError(
            N_("Between 0.01 and %(held)s can be assigned."), field="amount", held=held
        )
    who, today = audit.actor(), clock.today()
    row = PrepaymentAssignment(
        community_id=unit.community_id,
        unit_id=unit.id,
        customer_id=customer.id,
        amount=amount,
        reason=words,
        assigned_on=today,
        user_id=who.user_id,
        user_name=who.name,
        entries=[
            PrepaymentEntry(
                community_id=unit.community_id,
                unit_id=unit.id,
                customer_id=owner,
                amount=moved,
                entered_on=today,
            )
            for owner, moved in ((None, -amount), (customer.id, amount))
        ],
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        "assign",
        "prepayments",
        unit.id,
        title=unit.code,
        community_id=unit.community_id,
        details={"amount": str(amount), "customer": customer.name, "reason": words},
    )
    return row


def _customer(session: Session, unit: Unit, customer_id: int | None) -> Customer:
    if customer_id is None:
        raise DomainError(N_("Choose whose money it is."), field="customer")
    customer = data_scope.get(session, Customer, customer_id)
    if customer.community_id != unit.community_id:
        raise NotFound(N_("This customer belongs to another community."), field="customer")
    return customer


def candidates(session: Session, unit: Unit, typed: str = "") -> list[Candidate]:
    """Whose the money may be: payers by their name, owners and tenants of any day, debtors.

    `typed` finds further customers of the community: by name, initials or phone.
    """
    today = clock.today()
    named = select(Payment.payer_name).where(
        Payment.unit_id == unit.id,
        Payment.id.in_(
            select(PrepaymentEntry.payment_id).where(
                PrepaymentEntry.unit_id == unit.id, PrepaymentEntry.customer_id.is_(None)
            )
        ),
    )
    found: dict[int, Candidate] = {}

    def add(why: str, rows: list[tuple[int, str]]) -> None:
        for key, name in rows:
            found.setdefault(key, Candidate(key, name, why))

    people = _people(session, unit, today)
    payers = set(session.scalars(named))
    add("payer", [(key, name) for _, key, name in people if name in payers])
    for why in ("owner", "tenant", "former"):
        add(why, [(key, name) for kind, key, name in people if kind == why])
    in_community = Customer.community_id == unit.community_id
    pick = select(Customer.id, Customer.name).where(in_community).order_by(Customer.name)
    add(
        "debtor",
        _pairs(
            session,
            pick.where(Customer.id.in_(select(Bill.customer_id).where(Bill.unit_id == unit.id))),
        ),
    )
    add("payer", _pairs(session, pick.where(Customer.name.in_(payers)).limit(MOST_FOUND)))
    if conditions := customer_conditions(typed):
        add("found", _pairs(session, pick.where(or_(*conditions)).limit(MOST_FOUND)))
    told = namesakes.apart(session, [(key, one.name) for key, one in found.items()])
    return [replace(one, name=told.get(one.customer_id, one.name)) for one in found.values()]


def _pairs(session: Session, query: object) -> list[tuple[int, str]]:
    return [(key, name) for key, name in session.execute(query)]  # type: ignore[call-overload]


def _people(session: Session, unit: Unit, today: date) -> list[tuple[str, int, str]]:
    """Owners and tenants of all days: what they are today, customer and name."""
    found = []
    for model, now in ((Ownership, "owner"), (Tenancy, "tenant")):
        rows = session.execute(
            select(Customer.id, Customer.name, model.ends_on)
            .join(Customer, Customer.id == model.customer_id)
            .where(model.unit_id == unit.id)
            .order_by(model.ends_on.desc(), model.id)
        )
        found += [
            ("former" if ends and ends < today else now, key, name) for key, name, ends in rows
        ]
    return found
