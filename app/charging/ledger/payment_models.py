"""What was received: payments, tenders, allocations, prepayment entries and receipts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.charging.ledger.bill_models import Bill
from app.charging.ledger.settling import TenderKind
from app.core.db.types import BigId, Json, Money, one_of, word
from app.core.values import clock
from app.estate.base.models import Community, Customer, Unit


class PaymentState(StrEnum):
    POSTED = "posted"
    VOID = "void"


class Payment(Model):
    """收款 (A19): money received for a unit in one act at the desk.

    `amount` is what was received less the change, all tenders together. Less the tender
    `prepayment`, which brings no money in, it equals the allocations plus the prepayment
    entries of this payment. `key` is the form's one-time key. A void (same day only) adds
    opposite allocations and prepayment entries dated that day: then they add up to nothing.
    """

    __tablename__ = "payment"
    __table_args__ = (
        Index("ix_payment_community_day", "community_id", "received_on"),
        Index("ix_payment_unit", "unit_id"),
        Index("ix_payment_payer", "payer_id"),
        one_of("state", PaymentState),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(state = 'void') = (voided_on IS NOT NULL)", name="void_has_a_day"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), nullable=False)
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    payer_name: Mapped[str] = mapped_column(String(120), nullable=False)
    amount: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    received_on: Mapped[date] = mapped_column(nullable=False)
    received_at: Mapped[datetime] = mapped_column(default=clock.now, nullable=False)
    collector_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    collector_name: Mapped[str] = mapped_column(String(128), nullable=False, default="")
    remark: Mapped[str | None] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(64), nullable=False, unique=True)
    state: Mapped[str] = mapped_column(word(8), nullable=False, default=PaymentState.POSTED)
    voided_on: Mapped[date | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None] = mapped_column(String(200))
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    community: Mapped[Community] = relationship(lazy="raise_on_sql")
    unit: Mapped[Unit] = relationship(lazy="raise_on_sql")
    payer: Mapped[Customer | None] = relationship(lazy="raise_on_sql")
    tenders: Mapped[list[Tender]] = relationship(lazy="raise_on_sql", order_by="Tender.id")
    allocations: Mapped[list[Allocation]] = relationship(
        lazy="raise_on_sql", order_by="Allocation.id"
    )
    entries: Mapped[list[PrepaymentEntry]] = relationship(
        lazy="raise_on_sql", order_by="PrepaymentEntry.id"
    )
    receipt: Mapped[Receipt | None] = relationship(back_populates="payment", lazy="raise_on_sql")


class Tender(Model):
    """One means of payment within a payment: its net amount, what was given, the change."""

    __tablename__ = "tender"
    __table_args__ = (
        one_of("kind", TenderKind),
        CheckConstraint("amount > 0", name="amount_positive"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), nullable=False, index=True)
    kind: Mapped[str] = mapped_column(word(), nullable=False)
    amount: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    given: Mapped[Decimal | None] = mapped_column(Money())
    change: Mapped[Decimal | None] = mapped_column(Money())
    reference: Mapped[str | None] = mapped_column(String(60))


class Allocation(Model):
    """核销: how much of a payment pays a bill; a void adds the opposite row."""

    __tablename__ = "allocation"
    __table_args__ = (
        # Covering: what is owed is the bill less a sum over this index alone.
        Index("ix_allocation_bill", "bill_id", "allocated_on", "amount"),
        Index("ix_allocation_community_day", "community_id", "allocated_on"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), nullable=False, index=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"), nullable=False)
    amount: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    allocated_on: Mapped[date] = mapped_column(nullable=False)
    bill: Mapped[Bill] = relationship(
        lazy="raise_on_sql", backref=backref("allocations", lazy="raise_on_sql", viewonly=True)
    )


class PrepaymentAssignment(Model):
    """归属: money paid ahead by nobody known, given to a customer of the unit with a reason.

    Its two entries of one day move `amount` from what belongs to nobody to the customer; what
    was true on the days before stays as it was.
    """

    __tablename__ = "prepayment_assignment"
    __table_args__ = (
        Index("ix_prepayment_assignment_unit", "unit_id"),
        Index("ix_prepayment_assignment_customer", "customer_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), nullable=False)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), nullable=False)
    amount: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    reason: Mapped[str] = mapped_column(String(200), nullable=False)
    assigned_on: Mapped[date] = mapped_column(nullable=False)
    assigned_at: Mapped[datetime] = mapped_column(default=clock.now, nullable=False)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    user_name: Mapped[str] = mapped_column(String(128), nullable=False, default="")
    entries: Mapped[list[PrepaymentEntry]] = relationship(
        lazy="raise_on_sql", order_by="PrepaymentEntry.id"
    )


class PrepaymentEntry(Model):
    """预存: a dated movement of a purse, in (+) or out (−); the balance is their sum.

    A purse belongs to a customer at a unit. `customer_id` None is money of which nobody knows
    whose it is (未归属): it counts for nobody until it is assigned. An entry comes from a
    payment or from an assignment.
    """

    __tablename__ = "prepayment_entry"
    __table_args__ = (
        # Covering: a balance is a sum over this index alone.
        Index("ix_prepayment_entry_purse", "unit_id", "customer_id", "entered_on", "amount"),
        Index("ix_prepayment_entry_customer", "customer_id"),
        Index("ix_prepayment_entry_community_day", "community_id", "entered_on"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint("(payment_id IS NULL) <> (assignment_id IS NULL)", name="of_one_origin"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), nullable=False)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    assignment_id: Mapped[int | None] = mapped_column(
        ForeignKey("prepayment_assignment.id"), index=True
    )
    amount: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    entered_on: Mapped[date] = mapped_column(nullable=False)


class Receipt(Model):
    """收据 (C05): gapless `serial` in its community and year; the copies printed are counted.

    `prepayment_after` is the payer's purse as the receipt states it. `said` is all that it said
    when it was issued (`cashier.payments.receipts`): a reprint reads nothing else, whatever
    was renamed.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("community_id", "number"),
        UniqueConstraint("community_id", "year", "serial"),
        UniqueConstraint("payment_id"),
        CheckConstraint("serial > 0", name="serial_positive"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), nullable=False)
    number: Mapped[str] = mapped_column(String(30), nullable=False)
    year: Mapped[int] = mapped_column(Integer, nullable=False)
    serial: Mapped[int] = mapped_column(Integer, nullable=False)
    prepayment_after: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    issued_on: Mapped[date] = mapped_column(nullable=False)
    said: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    prints: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    payment: Mapped[Payment] = relationship(back_populates="receipt", lazy="raise_on_sql")
