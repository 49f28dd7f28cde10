"""Column types and column mixins that every model uses: exact numbers, JSON, versions."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from flask_appbuilder import Model
from sqlalchemy import JSON, BigInteger, CheckConstraint, Integer, MetaData, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = Model.metadata
metadata.naming_convention = NAMES

# SQLite gives row numbers only to INTEGER, PostgreSQL needs the wide kind for a ledger.
BigId = BigInteger().with_variant(Integer, "sqlite")


class Fixed(TypeDecorator[Decimal]):
    """A decimal with a fixed number of places, stored as a whole number of the last place.

    Money has 2 places (fen), a unit price and an area 4, readings 3. A value with more places
    is an error here: rounding is the business of the one who computed it.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        if value is None:
            return None
        try:
            exact = Decimal(value)
            scaled = exact.scaleb(self.places)
            whole = int(scaled)
        except (InvalidOperation, ValueError, OverflowError, TypeError) as error:
            raise ValueError(f"{value!r} is no number") from error
        if scaled != whole or abs(whole) >= 2**63:
            raise ValueError(f"{value!r} does not fit {self.places} places")
        return whole

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.places)

    def process_literal_param(self, value: Any, dialect: Dialect) -> str:
        return str(self.process_bind_param(value, dialect))


class Money(Fixed):
    """Yuan with two places, whole fen in the database."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(2)


def word(length: int = 20) -> String:
    """A short code of ours (state, kind): a plain string, checked by CHECK constraints."""
    return String(length)


Json = JSON


def one_of(column: str, kinds: type[StrEnum]) -> CheckConstraint:
    """The database refuses what the form would refuse: a word outside `kinds`."""
    words = ", ".join(f"'{kind.value}'" for kind in kinds)
    return CheckConstraint(f"{column} IN ({words})", name=f"{column}_known")


class Versioned:
    """A record that people edit: its version rises with every change (no lost updates)."""

    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1", nullable=False)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form
