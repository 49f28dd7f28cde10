"""What is charged: items, standards with dated prices, assignments, runs and bills."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.charging.pricing.price import Basis
from app.core.db.types import BigId, Fixed, Json, Money, Versioned, one_of, word
from app.core.values import clock
from app.core.values.money import Rounding
from app.core.values.period import Cycle
from app.estate.base.models import Building, Community, Customer, Unit


class BillState(StrEnum):
    POSTED = "posted"
    VOID = "void"


class ChargeItem(Versioned, Model):
    """收费项目 (A01): one catalogue for all communities."""

    __tablename__ = "charge_item"
    __table_args__ = (
        one_of("rounding", Rounding),
        CheckConstraint("places BETWEEN 0 AND 2", name="places_in_range"),
        CheckConstraint("due_days BETWEEN 0 AND 366", name="due_days_in_range"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(20), nullable=False, unique=True)
    name: Mapped[str] = mapped_column(String(60), nullable=False, unique=True)
    rounding: Mapped[str] = mapped_column(word(), nullable=False, default=Rounding.HALF_UP)
    places: Mapped[int] = mapped_column(Integer, nullable=False, default=2)
    due_days: Mapped[int] = mapped_column(Integer, nullable=False, default=30)
    agency: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    active: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    position: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    explanation: Mapped[str | None] = mapped_column(String(300))

    def __repr__(self) -> str:
        return self.name


class Standard(Versioned, Model):
    """收费标准: how an item is priced in a community; its prices have effective dates."""

    __tablename__ = "standard"
    __table_args__ = (
        UniqueConstraint("community_id", "name"),
        one_of("basis", Basis),
        one_of("cycle", Cycle),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    item_id: Mapped[int] = mapped_column(ForeignKey("charge_item.id"), nullable=False, index=True)
    name: Mapped[str] = mapped_column(String(80), nullable=False)
    basis: Mapped[str] = mapped_column(word(), nullable=False)
    cycle: Mapped[str] = mapped_column(word(), nullable=False, default=Cycle.MONTH)
    active: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    community: Mapped[Community] = relationship(lazy="raise_on_sql")
    item: Mapped[ChargeItem] = relationship(lazy="raise_on_sql")
    prices: Mapped[list[StandardPrice]] = relationship(
        back_populates="standard", order_by="StandardPrice.effective_from", lazy="raise_on_sql"
    )

    def __repr__(self) -> str:
        return self.name


class StandardPrice(Versioned, Model):
    """A price per month and basis unit, valid from a day until the next price begins.

    A new price is a new row: what was billed keeps the row that it was priced with, and
    `billed` says that no screen may change this one any more.
    """

    __tablename__ = "standard_price"
    __table_args__ = (
        UniqueConstraint("standard_id", "effective_from"),
        CheckConstraint("unit_price >= 0", name="unit_price_not_negative"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    standard_id: Mapped[int] = mapped_column(ForeignKey("standard.id"), nullable=False)
    effective_from: Mapped[date] = mapped_column(nullable=False)
    unit_price: Mapped[Decimal] = mapped_column(Fixed(4), nullable=False)
    basis_document: Mapped[str | None] = mapped_column(String(200))
    billed: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False, server_default="0")
    standard: Mapped[Standard] = relationship(back_populates="prices", lazy="raise_on_sql")
    community: Mapped[Community] = relationship(lazy="raise_on_sql")


class Assignment(Versioned, Model):
    """To whom a standard applies: a kind, a building (or a kind in it), or a single unit.

    The narrowest assignment of an item wins: unit, then building and kind, then building,
    then kind. `exempt` takes the narrower target out of what a wider assignment gives.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint(
            "unit_kind IS NOT NULL OR building_id IS NOT NULL OR unit_id IS NOT NULL",
            name="target_given",
        ),
        Index("ix_assignment_community", "community_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    standard_id: Mapped[int] = mapped_column(ForeignKey("standard.id"), nullable=False, index=True)
    unit_kind: Mapped[str | None] = mapped_column(word())
    building_id: Mapped[int | None] = mapped_column(ForeignKey("building.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    exempt: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    remark: Mapped[str | None] = mapped_column(String(200))
    standard: Mapped[Standard] = relationship(lazy="raise_on_sql")
    community: Mapped[Community] = relationship(lazy="raise_on_sql")
    building: Mapped[Building | None] = relationship(lazy="raise_on_sql")
    unit: Mapped[Unit | None] = relationship(lazy="raise_on_sql")


class BillingRun(Model):
    """出账批次: what was posted together for one community and period (A05).

    Every bill of a run carries the run's period. `due_on` is the day to pay that the run
    named for all its bills (None: each item counted its own days from the period on).
    `lines` counts bills (笔), `units` the units that got any (户). `skipped` holds the groups
    of units that got no bill: reason, items, units; of runs of old only bills by reason.
    """

    __tablename__ = "billing_run"
    __table_args__ = (Index("ix_billing_run_community_period", "community_id", "period_start"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    period_start: Mapped[date] = mapped_column(nullable=False)
    period_end: Mapped[date] = mapped_column(nullable=False)
    item_ids: Mapped[list[int]] = mapped_column(Json, nullable=False)
    digest: Mapped[str] = mapped_column(String(64), nullable=False)
    due_on: Mapped[date | None]
    lines: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    units: Mapped[int] = mapped_column(Integer, nullable=False, default=0, server_default="0")
    amount: Mapped[Decimal] = mapped_column(Money(), nullable=False, default=Decimal(0))
    skipped: Mapped[dict[str, Any] | None] = mapped_column(Json)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    posted_on: Mapped[date] = mapped_column(nullable=False)
    posted_at: Mapped[datetime] = mapped_column(default=clock.now, nullable=False)
    community: Mapped[Community] = relationship(lazy="raise_on_sql")


class Bill(Model):
    """账单（应收）: what a unit owes for an item and a period, with its own sentence.

    A posted bill is never edited or deleted: `voided_on` ends it, with a reason. What has
    been paid of it is the sum of its allocations (`charging.ledger.balances`).
    """

    __tablename__ = "bill"
    __table_args__ = (
        Index(
            "uq_bill_unit_item_period",
            "community_id",
            "unit_id",
            "item_id",
            "period_start",
            unique=True,
            sqlite_where=text("state = 'posted'"),
            postgresql_where=text("state = 'posted'"),
        ),
        Index("ix_bill_unit", "unit_id", "due_on"),
        Index("ix_bill_community_period", "community_id", "period_start"),
        Index("ix_bill_run", "run_id"),
        # An import that is undone deletes people: each would be looked for in all the bills.
        Index("ix_bill_customer", "customer_id"),
        Index("ix_bill_state", "state", "id"),
        one_of("state", BillState),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("(state = 'void') = (voided_on IS NOT NULL)", name="void_has_a_day"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    run_id: Mapped[int] = mapped_column(ForeignKey("billing_run.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), nullable=False)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("charge_item.id"), nullable=False)
    price_id: Mapped[int] = mapped_column(ForeignKey("standard_price.id"), nullable=False)
    period_start: Mapped[date] = mapped_column(nullable=False)
    period_end: Mapped[date] = mapped_column(nullable=False)
    due_on: Mapped[date] = mapped_column(nullable=False)
    amount: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    sentence: Mapped[str] = mapped_column(Text, nullable=False)
    state: Mapped[str] = mapped_column(word(8), nullable=False, default=BillState.POSTED)
    posted_on: Mapped[date] = mapped_column(nullable=False)
    voided_on: Mapped[date | None]
    void_reason: Mapped[str | None] = mapped_column(Text)
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    community: Mapped[Community] = relationship(lazy="raise_on_sql")
    unit: Mapped[Unit] = relationship(lazy="raise_on_sql")
    customer: Mapped[Customer | None] = relationship(lazy="raise_on_sql")
    item: Mapped[ChargeItem] = relationship(lazy="raise_on_sql")
    run: Mapped[BillingRun] = relationship(lazy="raise_on_sql")
