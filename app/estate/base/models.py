"""The estate: communities, buildings, units, customers, and who owned or rented when."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from flask_appbuilder import Model
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db.types import BigId, Fixed, Versioned, one_of, word
from app.core.values import clock
from app.estate.base.codes import CustomerKind, Occupancy, UnitKind
from app.estate.base.phones import PhoneLines


class Community(Versioned, Model):
    """小区/项目: the unit of data scope; every ledger row carries its id.

    `closing_time` is the office's clock (`18:00`): what is due on a day is overdue from then on.
    """

    __tablename__ = "community"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), nullable=False, unique=True)
    short_code: Mapped[str] = mapped_column(String(8), nullable=False, unique=True)
    address: Mapped[str | None] = mapped_column(String(200))
    company: Mapped[str | None] = mapped_column(String(120))
    hotline: Mapped[str | None] = mapped_column(String(40))
    payment_hint: Mapped[str | None] = mapped_column(String(200))
    closing_time: Mapped[str] = mapped_column(
        String(5), nullable=False, default="18:00", server_default="18:00"
    )

    def __repr__(self) -> str:
        return self.name


class Building(Versioned, Model):
    """楼栋. `name` is the short key used in room codes: 1, 12, S1, B1."""

    __tablename__ = "building"
    __table_args__ = (UniqueConstraint("community_id", "name"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    name: Mapped[str] = mapped_column(String(40), nullable=False)
    sort_key: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    floors: Mapped[int | None] = mapped_column(Integer)
    origin_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    community: Mapped[Community] = relationship(lazy="raise_on_sql")

    def __repr__(self) -> str:
        return self.name


class Unit(Versioned, Model):
    """房屋: flat, shop, office, parking or storage space, advertising site.

    `code` is the one key of a room (`1-1-101`, see `estate.rooms.room_key`), unique in its
    community; `sort_key` orders 2 before 10. Areas are square metres with 4 places;
    `charged_area` (计费面积) is what a contract charges where it is neither gross nor net.
    `occupancy` is what somebody recorded; who is in the unit says `estate.base.occupancy`.
    """

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("community_id", "code"),
        Index("ix_unit_community_sort", "community_id", "sort_key"),
        Index("ix_unit_number", "number"),
        one_of("kind", UnitKind),
        one_of("occupancy", Occupancy),
        CheckConstraint("gross_area IS NULL OR gross_area > 0", name="gross_area_positive"),
        CheckConstraint("net_area IS NULL OR net_area > 0", name="net_area_positive"),
        CheckConstraint("charged_area IS NULL OR charged_area > 0", name="charged_area_positive"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    building_id: Mapped[int] = mapped_column(ForeignKey("building.id"), nullable=False, index=True)
    entrance: Mapped[str] = mapped_column(String(20), nullable=False, default="")
    floor: Mapped[int | None] = mapped_column(Integer)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    code: Mapped[str] = mapped_column(String(80), nullable=False)
    sort_key: Mapped[str] = mapped_column(String(160), nullable=False, default="")
    kind: Mapped[str] = mapped_column(word(), nullable=False, default=UnitKind.FLAT)
    occupancy: Mapped[str] = mapped_column(word(), nullable=False, default=Occupancy.UNKNOWN)
    gross_area: Mapped[Decimal | None] = mapped_column(Fixed(4))
    net_area: Mapped[Decimal | None] = mapped_column(Fixed(4))
    charged_area: Mapped[Decimal | None] = mapped_column(Fixed(4))
    handover_date: Mapped[date | None]
    billing_start: Mapped[date | None]
    remark: Mapped[str | None] = mapped_column(Text)
    origin_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    community: Mapped[Community] = relationship(lazy="raise_on_sql")
    building: Mapped[Building] = relationship(lazy="raise_on_sql")
    ownerships: Mapped[list[Ownership]] = relationship(
        viewonly=True, order_by="Ownership.position", lazy="raise_on_sql"
    )

    tenancies: Mapped[list[Tenancy]] = relationship(
        viewonly=True, order_by="Tenancy.id", lazy="raise_on_sql"
    )

    def __repr__(self) -> str:
        return self.code


class Customer(PhoneLines, Versioned, Model):
    """客户: a person or a company that owns, rents, lives or pays.

    `initials` are the lower-case first letters of the name in pinyin, for the search box.
    `id_number` and full phones are private (`see_private`).
    """

    __tablename__ = "customer"
    __table_args__ = (
        Index("ix_customer_community_name", "community_id", "name"),
        Index("ix_customer_community_initials", "community_id", "initials"),
        one_of("kind", CustomerKind),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    kind: Mapped[str] = mapped_column(word(), nullable=False, default=CustomerKind.PERSON)
    name: Mapped[str] = mapped_column(String(120), nullable=False)
    initials: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    id_number: Mapped[str | None] = mapped_column(String(40), index=True)
    credit_code: Mapped[str | None] = mapped_column(String(40))
    address: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(120))
    remark: Mapped[str | None] = mapped_column(Text)
    origin_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    community: Mapped[Community] = relationship(lazy="raise_on_sql")
    phones: Mapped[list[CustomerPhone]] = relationship(
        back_populates="customer",
        cascade="all, delete-orphan",
        order_by="CustomerPhone.position",
        lazy="raise_on_sql",
    )
    ownerships: Mapped[list[Ownership]] = relationship(viewonly=True, lazy="raise_on_sql")

    def __repr__(self) -> str:
        return self.name


class CustomerPhone(Model):
    """A phone of a customer; `tail` (last four digits) is what the desk searches."""

    __tablename__ = "customer_phone"
    __table_args__ = (
        Index("ix_customer_phone_tail", "community_id", "tail"),
        Index("ix_customer_phone_number", "community_id", "number"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    customer_id: Mapped[int] = mapped_column(
        ForeignKey("customer.id", ondelete="CASCADE"), nullable=False, index=True
    )
    number: Mapped[str] = mapped_column(String(30), nullable=False)
    tail: Mapped[str] = mapped_column(String(4), nullable=False, default="")
    position: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    origin_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    customer: Mapped[Customer] = relationship(back_populates="phones")


class Ownership(Versioned, Model):
    """产权: who owns a unit, with what share, from a day (None: always) to a day."""

    __tablename__ = "ownership"
    __table_args__ = (
        Index("ix_ownership_community_unit", "community_id", "unit_id"),
        CheckConstraint("share > 0 AND share <= 1000000", name="share_in_range"),
        CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_start"
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), nullable=False, index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), nullable=False, index=True)
    share: Mapped[Decimal] = mapped_column(Fixed(6), nullable=False, default=Decimal(1))
    position: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    origin_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    unit: Mapped[Unit] = relationship(lazy="raise_on_sql")
    customer: Mapped[Customer] = relationship(lazy="raise_on_sql")


class Tenancy(Versioned, Model):
    """租赁: who rents a unit from a day to a day."""

    __tablename__ = "tenancy"
    __table_args__ = (
        Index("ix_tenancy_community_unit", "community_id", "unit_id"),
        CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_start"
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), nullable=False, index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), nullable=False, index=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    remark: Mapped[str | None] = mapped_column(String(200))
    origin_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    unit: Mapped[Unit] = relationship(lazy="raise_on_sql")
    customer: Mapped[Customer] = relationship(lazy="raise_on_sql")


class Resident(Versioned, Model):
    """住户: a family member or other person who lives in a unit."""

    __tablename__ = "resident"
    __table_args__ = (Index("ix_resident_community_unit", "community_id", "unit_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), nullable=False, index=True)
    name: Mapped[str] = mapped_column(String(80), nullable=False)
    relation: Mapped[str | None] = mapped_column(String(40))
    phone: Mapped[str | None] = mapped_column(String(30))
    id_number: Mapped[str | None] = mapped_column(String(40))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    origin_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    unit: Mapped[Unit] = relationship(lazy="raise_on_sql")


class Vehicle(Versioned, Model):
    """车辆: a plate that belongs to a unit, with the space it uses (A24)."""

    __tablename__ = "vehicle"
    __table_args__ = (Index("ix_vehicle_plate", "community_id", "plate"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), nullable=False, index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    plate: Mapped[str] = mapped_column(String(20), nullable=False)
    space: Mapped[str | None] = mapped_column(String(40))
    model: Mapped[str | None] = mapped_column(String(60))
    colour: Mapped[str | None] = mapped_column(String(20))
    origin_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    unit: Mapped[Unit] = relationship(lazy="raise_on_sql")
    customer: Mapped[Customer | None] = relationship(lazy="raise_on_sql")


class UnitNote(Versioned, Model):
    """房屋备注: what the desk must see when the unit is opened (a held note), until closed."""

    __tablename__ = "unit_note"
    __table_args__ = (Index("ix_unit_note_community_unit", "community_id", "unit_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), nullable=False, index=True)
    text: Mapped[str] = mapped_column(String(500), nullable=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, nullable=False)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    closed_on: Mapped[date | None]
    unit: Mapped[Unit] = relationship(lazy="raise_on_sql")
