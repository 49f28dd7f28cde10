"""Everything the desk shows of one unit: its people, what is owed, prepayment, notes, payments."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.charging import ledger, purses
from app.charging.payment_models import Payment
from app.core import clock, scope
from app.core.errors import N_, NotFound
from app.core.money import ZERO
from app.estate.models import Community, Customer, Ownership, Unit, UnitNote
from app.estate.occupants import Occupants, occupants, valid_on

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LAST_PAYMENTS = 5
MOST_NOTES = 10
MOST_SIBLINGS = 6


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another unit of the same owners (a parking space…) that owes something."""

    unit_id: int
    code: str
    kind: str
    owed: Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """A unit at the desk.

    `debtors` names those of its bills whose debtor left the unit: arrears stay with who owed
    them (domain-rules 1), so these are not ticked unasked. `prepayment` is the purse of the
    probable payer; `prepaid_by` names people who left and have a purse of their own here.
    """

    unit: Unit
    community: Community
    people: Occupants
    bills: list[ledger.OpenBill]
    debtors: dict[int, str]
    prepayment: Decimal
    prepaid_by: tuple[str, ...]
    notes: list[UnitNote]
    payments: list[Payment]
    siblings: list[Sibling]

    @property
    def owed(self) -> Decimal:
        return sum((bill.balance for bill in self.bills), ZERO)

    @property
    def ticked(self) -> list[ledger.OpenBill]:
        """What the page offers to pay: all but the debts of people who left."""
        return [bill for bill in self.bills if bill.customer_id not in self.debtors]

    @property
    def ticked_sum(self) -> Decimal:
        return sum((bill.balance for bill in self.ticked), ZERO)

    @property
    def payer(self) -> tuple[int | None, str]:
        """Who probably pays: the first owner, else the first tenant."""
        for group in (self.people.owners, self.people.tenants):
            if group:
                return group[0].customer_id, group[0].name
        return None, ""


def account(session: Session, unit_id: int) -> Account:
    """The unit's account as of now; NotFound outside the scope."""
    row = session.execute(
        select(Unit, Community)
        .join(Community, Community.id == Unit.community_id)
        .where(Unit.id == unit_id, scope.current().where(Unit.community_id))
    ).one_or_none()
    if row is None:
        raise NotFound(N_("This record does not exist, or it lies outside your communities."))
    unit, community = row
    people = occupants(session, unit.id, clock.today())
    bills = ledger.open_bills(session, unit.id)
    held = purses.of_unit(session, unit.id)
    return Account(
        unit=unit,
        community=community,
        people=people,
        bills=bills,
        debtors=_debtors(session, people, bills),
        prepayment=_purse_of(held, people.payer_id),
        prepaid_by=_prepaid_by(held, people),
        notes=_notes(session, unit.id),
        payments=_payments(session, unit.id),
        siblings=_siblings(session, unit, people),
    )


def _here(people: Occupants) -> set[int]:
    """Who owns or rents the unit today."""
    return {one.customer_id for one in (*people.owners, *people.tenants)}


def _purse_of(held: list[purses.Purse], payer_id: int | None) -> Decimal:
    """The purse of the payer, never one that belongs to nobody known."""
    mine = (one.amount for one in held if one.customer_id and one.customer_id == payer_id)
    return next(mine, ZERO)


def _prepaid_by(held: list[purses.Purse], people: Occupants) -> tuple[str, ...]:
    """Who has a purse at the unit and left it; a sale moves nothing to the buyer."""
    here = _here(people)
    return tuple(one.name for one in held if one.customer_id and one.customer_id not in here)


def _debtors(
    session: Session, people: Occupants, bills: list[ledger.OpenBill]
) -> dict[int, str]:
    """Names by customer of bills whose debtor is neither owner nor tenant today."""
    here = _here(people)
    gone = {bill.customer_id for bill in bills if bill.customer_id} - here
    if not gone:
        return {}
    rows = session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(gone)))
    return dict(rows.all())


def _notes(session: Session, unit_id: int) -> list[UnitNote]:
    return list(
        session.scalars(
            select(UnitNote)
            .where(UnitNote.unit_id == unit_id, UnitNote.closed_on.is_(None))
            .order_by(UnitNote.id.desc())
            .limit(MOST_NOTES)
        )
    )


def _payments(session: Session, unit_id: int) -> list[Payment]:
    return list(
        session.scalars(
            select(Payment)
            .where(Payment.unit_id == unit_id)
            .options(selectinload(Payment.receipt), selectinload(Payment.tenders))
            .order_by(Payment.id.desc())
            .limit(LAST_PAYMENTS)
        )
    )


def _siblings(session: Session, unit: Unit, people: Occupants) -> list[Sibling]:
    owners = [owner.customer_id for owner in people.owners]
    if not owners:
        return []
    rows = session.execute(
        select(Unit.id, Unit.code, Unit.kind)
        .join(Ownership, Ownership.unit_id == Unit.id)
        .where(
            Ownership.customer_id.in_(owners),
            valid_on(Ownership, clock.today()),
            Unit.id != unit.id,
            scope.current().where(Unit.community_id),
        )
        .distinct()
        .order_by(Unit.id)
        .limit(50)
    ).all()
    owed = ledger.owed(session, [row[0] for row in rows])
    found = [Sibling(*row, owed[row[0]]) for row in rows if row[0] in owed]
    return sorted(found, key=lambda sibling: -sibling.owed)[:MOST_SIBLINGS]
