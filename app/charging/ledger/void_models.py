"""作废申请: what a collector asks for, and what the supervisor decides."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.charging.ledger.payment_models import Payment
from app.core.db.types import BigId, one_of, word
from app.core.values import clock
from app.estate.base.models import Community


class VoidState(StrEnum):
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    DROPPED = "dropped"


class VoidRequest(Model):
    """A wish to void a payment with its reason; one at a time may be open for a payment.

    A payment can be voided on its own day only, so that a request which nobody decided on
    `asked_on` has lapsed: it stays open in the books and can no longer be granted. Dropped is
    one that its asker took back.
    """

    __tablename__ = "void_request"
    __table_args__ = (
        Index("ix_void_request_community_day", "community_id", "asked_on"),
        Index("ix_void_request_payment", "payment_id"),
        Index(
            "uq_void_request_open",
            "payment_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        one_of("state", VoidState),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_has_a_time"),
        CheckConstraint("state <> 'refused' OR answer IS NOT NULL", name="refused_has_an_answer"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), nullable=False)
    reason: Mapped[str] = mapped_column(String(200), nullable=False)
    asked_on: Mapped[date] = mapped_column(nullable=False)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now, nullable=False)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    asked_by_name: Mapped[str] = mapped_column(String(128), nullable=False, default="")
    state: Mapped[str] = mapped_column(word(8), nullable=False, default=VoidState.OPEN)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    decided_by_name: Mapped[str] = mapped_column(String(128), nullable=False, default="")
    answer: Mapped[str | None] = mapped_column(String(200))
    payment: Mapped[Payment] = relationship(lazy="raise_on_sql")
    community: Mapped[Community] = relationship(lazy="raise_on_sql")

    @property
    def lapsed(self) -> bool:
        """Did its day pass without a decision?"""
        return self.state == VoidState.OPEN and self.asked_on != clock.today()

    @property
    def waiting(self) -> bool:
        """Can it still be decided so that the payment is voided?"""
        return self.state == VoidState.OPEN and not self.lapsed
