"""Where the counts of the home page come from: one short query each, `SOURCES` is the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, or_, select

from app.access.models import LoginEvent, Staff
from app.charging.ledger import fen, owed_on_bill, paid_of_bill, standing
from app.charging.models import Bill, BillingRun
from app.charging.payment_models import Payment, PaymentState
from app.core import clock, scope
from app.core.errors import N_
from app.core.models import ImportBatch, Job
from app.core.money import from_fen
from app.core.period import add_months
from app.duty import counts, deadlines
from app.duty.models import DailyLog, LogProblem, LogState, ProblemState
from app.estate.models import (
    Community,
    Customer,
    CustomerPhone,
    Occupancy,
    Ownership,
    Unit,
    UnitNote,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Count:
    """What a line shows: a number, money or a per cent, a word, or bars by month.

    `tone` is ok (nothing to do), warn (to do), bad (overdue) or idle (only information).
    `word` and `note` are marked source texts; `note_count` fills %(count)s of the note.
    """

    number: int | None = None
    amount: Decimal | None = None
    percent: Decimal | None = None
    word: str | None = None
    tone: str = "idle"
    note: str | None = None
    note_count: object = None
    bars: tuple[tuple[str, Decimal], ...] = ()


@dataclass
class Viewer:
    """Who looks at the page, and what several of the lines are counted from."""

    session: Session
    user_id: int

    @property
    def today(self) -> date:
        return clock.today()

    @cached_property
    def review(self) -> counts.ReviewCounts:
        return counts.review_counts(self.session, self.user_id, self.last_workday)

    @property
    def last_workday(self) -> date:
        """The last working day before today: its logs are due."""
        return deadlines.latest_workday(self.today - timedelta(days=1))

    @cached_property
    def month(self) -> tuple[Decimal, Decimal]:
        """Charged for periods that begin this month, and how much of it is paid (A23)."""
        first = self.today.replace(day=1)
        billed, paid = self.session.execute(
            select(func.sum(fen(Bill.amount)), func.sum(paid_of_bill(self.today))).where(
                scope.current().where(Bill.community_id),
                Bill.period_start >= first,
                Bill.period_start < add_months(first, 1),
                standing(self.today),
            )
        ).one()
        return from_fen(int(billed or 0)), from_fen(int(paid or 0))

    def count(self, *conditions: object) -> int:
        """How many rows meet the conditions, inside the scope where they say so."""
        return self.session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]


def _todo(number: int, *, urgent: bool = False) -> Count:
    return Count(number, tone="ok" if not number else "bad" if urgent else "warn")


def own_log(viewer: Viewer) -> Count:
    """Is today's log written, handed in, returned? (O05)"""
    states = dict(
        viewer.session.execute(
            select(DailyLog.day, DailyLog.state).where(
                DailyLog.user_id == viewer.user_id,
                or_(DailyLog.day == viewer.today, DailyLog.state == LogState.RETURNED),
            )
        ).all()
    )
    returned = sum(state == LogState.RETURNED for state in states.values())
    if returned:
        return Count(word=N_("returned to you"), tone="bad", note=N_("%(count)s to mend"),
                     note_count=returned)
    state = states.get(viewer.today)
    if state in {LogState.SUBMITTED, LogState.APPROVED}:
        return Count(word=N_("handed in"), tone="ok")
    due = clock.local(clock.now()).time() >= deadlines.DUE_AT
    if state == LogState.DRAFT:
        return Count(word=N_("saved, not handed in"), tone="bad" if due else "warn")
    return Count(word=N_("not written yet"), tone="bad" if due else "warn")


def own_problems(viewer: Viewer) -> Count:
    return _todo(viewer.count(LogProblem.user_id == viewer.user_id,
                              LogProblem.state == ProblemState.OPEN))


def _takings(viewer: Viewer, *conditions: object) -> Count:
    number, total = viewer.session.execute(
        select(func.count(), func.sum(fen(Payment.amount))).where(
            scope.current().where(Payment.community_id),
            Payment.received_on == viewer.today,
            Payment.state == PaymentState.POSTED,
            *conditions,  # type: ignore[arg-type]
        )
    ).one()
    return Count(amount=from_fen(int(total or 0)), note=N_("%(count)s payments"),
                 note_count=number)


def takings_today(viewer: Viewer) -> Count:
    return _takings(viewer, Payment.collector_id == viewer.user_id)


def takings_all(viewer: Viewer) -> Count:
    return _takings(viewer)


def bills_due(viewer: Viewer) -> Count:
    """Bills of the last months that fall due within a week and are not paid in full (A29)."""
    today = viewer.today
    rest = owed_on_bill(today)
    number, total = viewer.session.execute(
        select(func.count(Bill.unit_id.distinct()), func.sum(rest)).where(
            scope.current().where(Bill.community_id),
            # A bill falls due soon after its period begins: older ones are in the arrears.
            Bill.period_start.between(add_months(today.replace(day=1), -2), today),
            Bill.due_on.between(today, today + timedelta(days=7)),
            standing(today),
            rest > 0,
        )
    ).one()
    return Count(amount=from_fen(int(total or 0)), tone="warn" if number else "ok",
                 note=N_("%(count)s units"), note_count=number)


def bill_runs(viewer: Viewer) -> Count:
    """Communities without a billing run that covers the first of this month (A05)."""
    first = viewer.today.replace(day=1)
    return _todo(
        viewer.count(
            scope.current().where(Community.id),
            ~exists().where(
                BillingRun.community_id == Community.id,
                BillingRun.period_start <= first,
                BillingRun.period_end >= first,
            ),
        )
    )


def logs_to_review(viewer: Viewer) -> Count:
    return _todo(viewer.review.waiting)


def logs_absent(viewer: Viewer) -> Count:
    return _todo(viewer.review.absent, urgent=True)


def problems_open(viewer: Viewer) -> Count:
    old = viewer.review.old_problems
    return Count(viewer.review.problems, tone="bad" if old else
                 "warn" if viewer.review.problems else "ok",
                 note=N_("%(count)s open for a week or longer") if old else None, note_count=old)


def month_receivable(viewer: Viewer) -> Count:
    return Count(amount=viewer.month[0])


def month_received(viewer: Viewer) -> Count:
    return Count(amount=viewer.month[1])


def month_rate(viewer: Viewer) -> Count:
    billed, paid = viewer.month
    if not billed:
        return Count(word=N_("not billed yet"))
    return Count(percent=(paid * 100 / billed).quantize(Decimal("0.1")))


def takings_trend(viewer: Viewer) -> Count:
    """What came in per month, voids left out, this month so far last (P04)."""
    first = add_months(viewer.today.replace(day=1), -5)
    months = [add_months(first, step) for step in range(6)]
    sums = dict.fromkeys(months, 0)
    days = viewer.session.execute(
        select(Payment.received_on, func.sum(fen(Payment.amount)))
        .where(
            scope.current().where(Payment.community_id),
            Payment.received_on.between(first, viewer.today),
            Payment.state == PaymentState.POSTED,
        )
        .group_by(Payment.received_on)
    )
    for day, total in days:
        sums[day.replace(day=1)] += int(total)
    return Count(bars=tuple((f"{month:%Y-%m}", from_fen(sums[month])) for month in months))


def _units(viewer: Viewer, occupancy: Occupancy) -> Count:
    return Count(viewer.count(scope.current().where(Unit.community_id),
                              Unit.occupancy == occupancy))


def vacant_units(viewer: Viewer) -> Count:
    return _units(viewer, Occupancy.VACANT)


def undelivered_units(viewer: Viewer) -> Count:
    return _units(viewer, Occupancy.UNDELIVERED)


def arrivals(viewer: Viewer) -> Count:
    first = viewer.today.replace(day=1)
    return Count(viewer.count(scope.current().where(Unit.community_id),
                              Unit.handover_date >= first,
                              Unit.handover_date < add_months(first, 1)))


def open_notes(viewer: Viewer) -> Count:
    return _todo(viewer.count(scope.current().where(UnitNote.community_id),
                              UnitNote.closed_on.is_(None)))


def files_incomplete(viewer: Viewer) -> Count:
    """Owners of today without a phone, or without an identity number or credit code (E05)."""
    owns = exists().where(
        Ownership.customer_id == Customer.id,
        or_(Ownership.ends_on.is_(None), Ownership.ends_on >= viewer.today),
    )
    phone = exists().where(CustomerPhone.customer_id == Customer.id)
    nameless = Customer.id_number.is_(None) & Customer.credit_code.is_(None)
    number = viewer.count(scope.current().where(Customer.community_id), owns,
                          or_(~phone, nameless))
    return Count(number, tone="warn" if number else "ok", note=N_("phone or ID number missing"))


def imports_month(viewer: Viewer) -> Count:
    begins, _ends = clock.span_of(viewer.today.replace(day=1))
    number, last = viewer.session.execute(
        select(func.count(), func.max(ImportBatch.posted_at)).where(
            scope.current().where(ImportBatch.community_id),
            ImportBatch.posted_at >= begins,
            ImportBatch.undone_at.is_(None),
        )
    ).one()
    note = N_("last on %(count)s") if last else None
    return Count(number, note=note, note_count=f"{clock.local(last):%m-%d %H:%M}" if last else "")


def locked_accounts(viewer: Viewer) -> Count:
    return _todo(viewer.count(Staff.locked_until > clock.now()), urgent=True)


def first_passwords(viewer: Viewer) -> Count:
    return _todo(viewer.count(Staff.active.is_(True), Staff.must_change_password.is_(True)))


def failed_jobs(viewer: Viewer) -> Count:
    since = clock.now() - timedelta(days=7)
    return _todo(viewer.count(Job.state == "failed", Job.created_at >= since), urgent=True)


def refused_logins(viewer: Viewer) -> Count:
    since: datetime = clock.now() - timedelta(hours=24)
    number = viewer.count(LoginEvent.outcome.in_(["failure", "locked"]), LoginEvent.at >= since)
    return Count(number, tone="warn" if number >= 5 else "ok" if not number else "idle")


def people_today(viewer: Viewer) -> Count:
    begins, _ends = clock.span_of(viewer.today)
    return Count(
        viewer.session.scalar(
            select(func.count(LoginEvent.user_id.distinct())).where(
                LoginEvent.outcome == "success", LoginEvent.at >= begins
            )
        )
    )


SOURCES: dict[str, Callable[[Viewer], Count]] = {
    source.__name__: source
    for source in (
        own_log, own_problems, takings_today, takings_all, bills_due, bill_runs, logs_to_review,
        logs_absent, problems_open, month_receivable, month_received, month_rate, takings_trend,
        vacant_units, undelivered_units, arrivals, open_notes, files_incomplete, imports_month,
        locked_accounts, first_passwords, failed_jobs, refused_logins, people_today,
    )
}  # fmt: skip
"""The name in duties.toml → the function that counts."""
