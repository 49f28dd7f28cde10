"""Daily logs, the problems they list, and what the reviewer said."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.models import Staff
from app.core import clock
from app.core.fields import BigId, Json, Versioned, one_of, word
from app.estate.models import Unit


class LogState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"


class ProblemState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class DailyLog(Versioned, Model):
    """工作日志: what one person did on one day (O05, O06, K04-K06).

    `facts` are the writer's own records of the day as counted when the log was submitted.
    """

    __tablename__ = "daily_log"
    __table_args__ = (
        UniqueConstraint("user_id", "day"),
        Index("ix_daily_log_day", "day"),
        one_of("state", LogState),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    day: Mapped[date] = mapped_column(nullable=False)
    done: Mapped[str] = mapped_column(Text, nullable=False, default="")
    plan: Mapped[str] = mapped_column(Text, nullable=False, default="")
    facts: Mapped[list[Any] | None] = mapped_column(Json)
    state: Mapped[str] = mapped_column(word(), nullable=False, default=LogState.DRAFT)
    submitted_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    user: Mapped[Staff] = relationship(foreign_keys=[user_id], lazy="raise_on_sql")
    reviewer: Mapped[Staff | None] = relationship(foreign_keys=[reviewer_id], lazy="raise_on_sql")
    remarks: Mapped[list[LogRemark]] = relationship(
        back_populates="log", order_by="LogRemark.id", lazy="raise_on_sql"
    )


class LogProblem(Versioned, Model):
    """A problem that a log lists; open ones roll into the next day until closed (I23)."""

    __tablename__ = "log_problem"
    __table_args__ = (
        Index("ix_log_problem_user_state", "user_id", "state"),
        one_of("state", ProblemState),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    text: Mapped[str] = mapped_column(String(500), nullable=False)
    follow_up: Mapped[str] = mapped_column(Text, nullable=False, default="")
    state: Mapped[str] = mapped_column(word(), nullable=False, default=ProblemState.OPEN)
    opened_on: Mapped[date] = mapped_column(nullable=False)
    closed_on: Mapped[date | None]
    user: Mapped[Staff] = relationship(lazy="raise_on_sql")
    unit: Mapped[Unit | None] = relationship(lazy="raise_on_sql")


class LogRemark(Model):
    """What a reviewer said of a log: a comment, a return with its reason, an approval."""

    __tablename__ = "log_remark"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    log_id: Mapped[int] = mapped_column(ForeignKey("daily_log.id"), nullable=False, index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    act: Mapped[str] = mapped_column(word(), nullable=False)
    text: Mapped[str] = mapped_column(Text, nullable=False, default="")
    at: Mapped[datetime] = mapped_column(default=clock.now, nullable=False)
    log: Mapped[DailyLog] = relationship(back_populates="remarks", lazy="raise_on_sql")
    user: Mapped[Staff] = relationship(lazy="raise_on_sql")
