"""Everything the desk shows of one unit: its people, what is owed, prepayment, notes, payments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.cashier.desk.debtors import Debtors, debtors, here
from app.charging.ledger import balances, namesakes, purses
from app.charging.ledger.payment_models import Payment
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import N_, NotFound
from app.core.values.money import ZERO
from app.estate.base.models import Community, Ownership, Unit, UnitNote
from app.estate.base.occupants import Occupants, occupants, valid_on

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
class Purses:
    """What is paid ahead at a unit, whose it is.

    `payers` is the purse of who probably pays, `by_owner` every purse by its customer; `left` are
    those of people who moved away: a sale moves nothing to the buyer.
    """

    payers: Decimal
    by_owner: dict[int, Decimal]
    left: tuple[purses.Purse, ...]
    unassigned: Decimal


@dataclass(frozen=True, slots=True)
class Payer:
    """Who may pay at the desk: `label` tells two people of one name apart."""

    customer_id: int | None
    label: str
    purse: Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """A unit at the desk.

    `debtors` names those of its bills whose debtor left the unit: arrears stay with who owed
    them (domain-rules 1), so these are not ticked unasked, and neither is what is not due yet.
    Money paid ahead stands in the purses of those who paid it (`Purses`).
    """

    unit: Unit
    community: Community
    people: Occupants
    bills: list[balances.OpenBill]
    debtors: Debtors
    today: date
    purses: Purses
    called: dict[int, str]
    notes: list[UnitNote]
    payments: list[Payment]
    siblings: list[Sibling]

    @property
    def owed(self) -> Decimal:
        return sum((bill.balance for bill in self.bills), ZERO)

    @property
    def ticked(self) -> list[balances.OpenBill]:
        """What the page offers to pay: what is due, but for the debts of people who left."""
        return [bill for bill in self._own if bill.due_on <= self.today]

    @property
    def early(self) -> list[balances.OpenBill]:
        """What is not due yet: offered apart, ticked when it is asked for."""
        return [bill for bill in self._own if bill.due_on > self.today]

    @property
    def _own(self) -> list[balances.OpenBill]:
        return [bill for bill in self.bills if bill.id not in self.debtors.left]

    @property
    def ticked_sum(self) -> Decimal:
        return sum((bill.balance for bill in self.ticked), ZERO)

    @property
    def early_sum(self) -> Decimal:
        return sum((bill.balance for bill in self.early), ZERO)

    @property
    def payers(self) -> list[Payer]:
        """Who is offered: who owns or rents it, and who left money here."""
        people = [*self.people.owners, *self.people.tenants, *self.purses.left]
        known = {one.customer_id: one.name for one in reversed(people)}
        return [
            Payer(who, self.called.get(who, name), self.purses.by_owner.get(who, ZERO))
            for who, name in reversed(known.items())
        ]

    @property
    def payer_words(self) -> dict[str, dict[str, str]]:
        """The payers for the script of the page, which follows what stands in the field."""
        return {
            one.label: {"id": str(one.customer_id), "purse": str(one.purse)} for one in self.payers
        }

    @property
    def payer(self) -> Payer:
        """Who probably pays: the first owner, else the first tenant."""
        present = here(self.people)
        offered = (one for one in self.payers if one.customer_id in present)
        return next(offered, Payer(None, "", ZERO))


def account(session: Session, unit_id: int) -> Account:
    """The unit's account as of now; NotFound outside the scope."""
    row = session.execute(
        select(Unit, Community)
        .join(Community, Community.id == Unit.community_id)
        .where(Unit.id == unit_id, data_scope.current().where(Unit.community_id))
    ).one_or_none()
    if row is None:
        raise NotFound(N_("This record does not exist, or it lies outside your communities."))
    unit, community = row
    today = clock.today()
    people = occupants(session, unit.id, today)
    bills = balances.open_bills(session, unit.id)
    held = purses.by_name(session, unit.id)
    called = namesakes.apart(
        session,
        [
            (one.customer_id, one.name)
            for one in (*people.owners, *people.tenants, *held)
            if one.customer_id is not None
        ],
    )
    return Account(
        unit=unit,
        community=community,
        people=people,
        bills=bills,
        debtors=debtors(session, unit.id, people, bills),
        today=today,
        purses=_purses(held, people, called),
        called=called,
        notes=_notes(session, unit.id),
        payments=_payments(session, unit.id),
        siblings=_siblings(session, unit, people),
    )


def _purses(held: list[purses.Purse], people: Occupants, called: dict[int, str]) -> Purses:
    """The purses at the unit: that of the probable payer, those of others, what is nobody's."""
    known = [one for one in held if one.customer_id is not None]
    present = here(people)
    mine = (one.amount for one in known if one.customer_id == people.payer_id)
    return Purses(
        payers=next(mine, ZERO),
        by_owner={one.customer_id: one.amount for one in known},
        left=tuple(
            replace(one, name=called.get(one.customer_id, one.name))
            for one in known
            if one.customer_id not in present
        ),
        unassigned=sum((one.amount for one in held if one.customer_id is None), ZERO),
    )


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
            data_scope.current().where(Unit.community_id),
        )
        .distinct()
        .order_by(Unit.id)
        .limit(50)
    ).all()
    owed = balances.owed(session, [row[0] for row in rows])
    found = [Sibling(*row, owed[row[0]]) for row in rows if row[0] in owed]
    return sorted(found, key=lambda sibling: -sibling.owed)[:MOST_SIBLINGS]
