"""What is remembered: the former numbers of rooms, and what an office says of its files."""

from __future__ import annotations

from datetime import date, datetime

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db.types import BigId, word
from app.core.values import clock
from app.estate.base.models import Unit


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


class FileAnswer(Model):
    """What the office answered once for all its files: 厂房 is a shop, 会所 is left out.

    `key` is that of the question (`core.sheets.questions`), `asks` its kind, `written` the word
    as it stood in the file, `label` the source text of the answer `value`.
    """

    __tablename__ = "file_answer"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(200), nullable=False, unique=True)
    asks: Mapped[str] = mapped_column(word(), nullable=False)
    written: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    value: Mapped[str] = mapped_column(String(120), nullable=False)
    label: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    changed_at: Mapped[datetime] = mapped_column(default=clock.now, nullable=False)
