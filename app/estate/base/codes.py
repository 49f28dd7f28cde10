"""The codes of the estate: kinds of units, who is in them, kinds of customers (pure)."""

from __future__ import annotations

from enum import StrEnum


class UnitKind(StrEnum):
    """用途: what a unit is used for."""

    FLAT = "flat"
    SHOP = "shop"
    OFFICE = "office"
    PARKING = "parking"
    STORAGE = "storage"
    ADVERTISING = "advertising"


class Occupancy(StrEnum):
    """使用状态: who is in the unit; unknown (未登记) where nobody has said so."""

    UNKNOWN = "unknown"
    UNDELIVERED = "undelivered"
    VACANT = "vacant"
    OWNER = "owner"
    LET = "let"


class CustomerKind(StrEnum):
    PERSON = "person"
    COMPANY = "company"
