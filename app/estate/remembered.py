"""What is remembered: the former numbers of rooms, and what an office's own words mean."""

from __future__ import annotations

from datetime import date, datetime

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.fields import BigId, word
from app.estate.models import Unit

LEAVE_OUT = "leave_out"
"""In the place of a meaning: rows with this word are none of the list."""


class FormerRoom(Model):
    """曾用房号: what a unit was called until a day; its bills and payments stayed with it."""

    __tablename__ = "former_room"
    __table_args__ = (
        Index("ix_former_room_community_number", "community_id", "number"),
        Index("ix_former_room_community_code", "community_id", "code"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    unit_id: Mapped[int] = mapped_column(
        ForeignKey("unit.id", ondelete="CASCADE"), nullable=False, index=True
    )
    building: Mapped[str] = mapped_column(String(40), nullable=False)
    entrance: Mapped[str] = mapped_column(String(20), nullable=False, default="")
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    code: Mapped[str] = mapped_column(String(80), nullable=False)
    changed_on: Mapped[date] = mapped_column(nullable=False)
    reason: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now, nullable=False)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    origin_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    unit: Mapped[Unit] = relationship(lazy="raise_on_sql")


class WordMeaning(Model):
    """What a word of the office's files means: 厂房 is a shop, COMMERCIAL too, 会所 is left out.

    `column` is ours (kind, occupancy), `written` the word as `core.cells.folded` has it.
    """

    __tablename__ = "word_meaning"
    __table_args__ = (UniqueConstraint("column_name", "written"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    column: Mapped[str] = mapped_column("column_name", word(), nullable=False)
    written: Mapped[str] = mapped_column(String(60), nullable=False)
    meaning: Mapped[str] = mapped_column(word(), nullable=False)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    changed_at: Mapped[datetime] = mapped_column(default=clock.now, nullable=False)
