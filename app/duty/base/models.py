"""Daily logs, the problems they carry from day to day, and what the reviewer said."""

from __future__ import annotations

from datetime import date, datetime
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
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.models import Staff
from app.core.db.types import BigId, Json, Versioned, one_of, word
from app.core.values import clock
from app.estate.base.models import Unit


class LogState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"


class ProblemState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class RemarkAct(StrEnum):
    """What happened to a log: the line that its remarks draw."""

    SUBMIT = "submit"
    COMMENT = "comment"
    RETURN = "return"
    APPROVE = "approve"


class DailyLog(Versioned, Model):
    """工作日志: what one person did on one day (O05, O06, K04-K06).

    `facts` are the writer's own records of the day as counted when the log was submitted
    (`duty.base.facts`). `late` tells whether the first submission came after the deadline
    (`duty.base.deadlines`); `submitted_at` is the last one.
    """

    __tablename__ = "daily_log"
    __table_args__ = (
        UniqueConstraint("user_id", "day"),
        Index("ix_daily_log_day", "day"),
        one_of("state", LogState),
        CheckConstraint(
            "state = 'draft' OR submitted_at IS NOT NULL", name="submission_has_a_moment"
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    day: Mapped[date] = mapped_column(nullable=False)
    done: Mapped[str] = mapped_column(Text, nullable=False, default="")
    plan: Mapped[str] = mapped_column(Text, nullable=False, default="")
    facts: Mapped[list[Any] | None] = mapped_column(Json)
    state: Mapped[str] = mapped_column(word(), nullable=False, default=LogState.DRAFT)
    late: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    submitted_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    user: Mapped[Staff] = relationship(foreign_keys=[user_id], lazy="raise_on_sql")
    reviewer: Mapped[Staff | None] = relationship(foreign_keys=[reviewer_id], lazy="raise_on_sql")
    remarks: Mapped[list[LogRemark]] = relationship(
        back_populates="log", order_by="LogRemark.id", lazy="raise_on_sql"
    )


class LogProblem(Versioned, Model):
    """A problem that a log lists; open ones roll into the next day until closed (I23).

    It belongs to its writer, not to one log: the log of a day shows every problem of the
    writer that was open on that day. `result` says how it was closed.
    """

    __tablename__ = "log_problem"
    __table_args__ = (
        Index("ix_log_problem_user_state", "user_id", "state"),
        Index("ix_log_problem_state_opened", "state", "opened_on"),
        one_of("state", ProblemState),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed_has_a_day"),
        CheckConstraint("closed_on IS NULL OR closed_on >= opened_on", name="closed_after_opened"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    text: Mapped[str] = mapped_column(String(500), nullable=False)
    state: Mapped[str] = mapped_column(word(), nullable=False, default=ProblemState.OPEN)
    opened_on: Mapped[date] = mapped_column(nullable=False)
    closed_on: Mapped[date | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    result: Mapped[str] = mapped_column(String(500), nullable=False, default="")
    user: Mapped[Staff] = relationship(foreign_keys=[user_id], lazy="raise_on_sql")
    closed_by: Mapped[Staff | None] = relationship(foreign_keys=[closed_by_id], lazy="raise_on_sql")
    unit: Mapped[Unit | None] = relationship(lazy="raise_on_sql")
    follow_ups: Mapped[list[LogFollowUp]] = relationship(
        back_populates="problem", order_by="LogFollowUp.day", lazy="raise_on_sql"
    )


class LogFollowUp(Model):
    """What was done about a problem on one day: the dated trail of the problem."""

    __tablename__ = "log_follow_up"
    __table_args__ = (UniqueConstraint("problem_id", "day"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    problem_id: Mapped[int] = mapped_column(ForeignKey("log_problem.id"), nullable=False)
    day: Mapped[date] = mapped_column(nullable=False)
    text: Mapped[str] = mapped_column(String(500), nullable=False)
    problem: Mapped[LogProblem] = relationship(back_populates="follow_ups", lazy="raise_on_sql")


class LogRemark(Model):
    """A line under a log: a submission, a comment, a return with its reason, an approval."""

    __tablename__ = "log_remark"
    __table_args__ = (one_of("act", RemarkAct),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    log_id: Mapped[int] = mapped_column(ForeignKey("daily_log.id"), nullable=False, index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    act: Mapped[str] = mapped_column(word(), nullable=False)
    text: Mapped[str] = mapped_column(Text, nullable=False, default="")
    at: Mapped[datetime] = mapped_column(default=clock.now, nullable=False)
    log: Mapped[DailyLog] = relationship(back_populates="remarks", lazy="raise_on_sql")
    user: Mapped[Staff] = relationship(lazy="raise_on_sql")


class DayOff(Model):
    """A day on which a person owes no log: leave, rest or a holiday, noted by a reviewer."""

    __tablename__ = "day_off"
    __table_args__ = (UniqueConstraint("user_id", "day"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    day: Mapped[date] = mapped_column(nullable=False, index=True)
    reason: Mapped[str] = mapped_column(String(100), nullable=False)
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    noted_at: Mapped[datetime] = mapped_column(default=clock.now, nullable=False)


class Reach(StrEnum):
    """Whose logs a post with the right to review them looks after."""

    EVERYBODY = "everybody"
    OTHERS = "others"
    CHOSEN = "chosen"


class ReviewRule(Versioned, Model):
    """What a post owes and reviews, as set on the page; without a row the default holds.

    `owes` says whether its people owe a log each working day, `reach` whom it reviews once
    it has the right: everybody, those without that right, or the people of the posts
    (keys of roles) in `chosen`. `duty.base.reviewing` has the defaults.
    """

    __tablename__ = "log_review_rule"
    __table_args__ = (one_of("reach", Reach),)

    role_id: Mapped[int] = mapped_column(
        ForeignKey("ab_role.id", ondelete="CASCADE"), primary_key=True
    )
    owes: Mapped[bool] = mapped_column(Boolean, nullable=False)
    reach: Mapped[str] = mapped_column(word(), nullable=False)
    chosen: Mapped[list[int]] = mapped_column(Json, nullable=False)
