"""What the system itself knows of a person's day: the log starts filled with it (O06, K06).

Each source is one function; `SOURCES` is the whole list. A fact is stored with the log as
plain JSON when the log is submitted, so a log of long ago reads as it did then.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from app.charging.ledger.bill_models import Bill, BillingRun
from app.charging.ledger.payment_models import Payment, Tender
from app.core.db.models import AuditEntry, ImportBatch, Job
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import N_
from app.core.values.money import ZERO
from app.duty.base.models import DailyLog, LogProblem, LogRemark, RemarkAct
from app.estate.base.models import UnitNote

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from decimal import Decimal

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

LABELS = {
    "payments": N_("Payments taken"),
    "payment_voids": N_("Payments voided"),
    "bill_voids": N_("Bills voided"),
    "billing_runs": N_("Billing runs posted"),
    "imports": N_("Owner files imported"),
    "created": N_("New records entered"),
    "edits": N_("Records edited"),
    "deleted": N_("Records deleted"),
    "notes": N_("Unit notes written"),
    "reports": N_("Reports and other jobs made"),
    "reviews": N_("Logs reviewed"),
    "problems_opened": N_("Problems noted"),
    "problems_closed": N_("Problems closed"),
    "overdue": N_("Register entries overdue"),
}
"""Source → how the log names it."""
MONEY_ACTS = frozenset(
    {
        "daily_log",
        "log_review",
        "payments",
        "bills",
        "billing",
        "desk",
        "owner_import",
        "unit_notes",
        "jobs",
    }
)
"""Screens whose acts other sources count already."""
CHANGES = {
    "created": ("create", "add"), "edits": ("write", "edit", "step"), "deleted": ("delete",),
}  # fmt: skip
"""Source → the acts that it counts."""
MOST_LINES = 5
"""Lines in which a log names new records; of those too many the last line says how many."""


@dataclass(frozen=True, slots=True)
class FactPart:
    """A share of a fact: what it is (a code or a title), how many, how much."""

    name: str
    count: int
    amount: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """`count` acts of a source on the day, with their sum in yuan where they move money.

    `named`: the first of the new records, each as its screen and its name.
    """

    source: str
    count: int
    amount: str | None = None
    parts: tuple[FactPart, ...] = ()
    named: tuple[tuple[str, str], ...] = ()

    @property
    def unnamed(self) -> int:
        """How many more there are than those named."""
        return self.count - len(self.named) if self.named else 0


def of_day(session: Session, user_id: int, day: date) -> list[Fact]:
    """What this person did in the system on `day`, in the order of SOURCES; no empty facts."""
    return [fact for source in (*SOURCES, *FURTHER) for fact in source(session, user_id, day)]


def as_json(facts: list[Fact]) -> list[dict[str, Any]]:
    """The form in which a log keeps its facts; amounts are strings such as "751.80"."""
    return [asdict(fact) for fact in facts]


def from_json(stored: list[Any] | None) -> list[Fact]:
    """The facts as a log kept them."""
    return [
        Fact(
            entry["source"],
            entry["count"],
            entry["amount"],
            tuple(FactPart(**part) for part in entry["parts"]),
            tuple((screen, title) for screen, title in entry.get("named") or ()),
        )
        for entry in stored or []
    ]


def _on(moment: Any, day: date) -> ColumnElement[bool]:
    """The condition that a stored moment lies on this day of the office."""
    begins, ends = clock.span_of(day)
    return and_(moment >= begins, moment < ends)


def _payments(session: Session, user_id: int, day: date) -> list[Fact]:
    """Money taken that day and still standing, by tender: it agrees with the takings (C02)."""
    mine = (
        Payment.collector_id == user_id,
        Payment.received_on == day,
        Payment.state == "posted",
    )
    count = session.scalar(select(func.count()).where(*mine))
    if not count:
        return []
    tenders = session.execute(
        select(Tender.kind, func.count(), func.sum(Tender.amount))
        .join(Payment, Payment.id == Tender.payment_id)
        .where(*mine)
        .group_by(Tender.kind)
        .order_by(func.sum(Tender.amount).desc())
    ).all()
    # What was paid ahead came in on an earlier day: it is named, and not counted again.
    received = sum((amount for kind, _, amount in tenders if kind != "prepayment"), ZERO)
    parts = tuple(FactPart(kind, number, _yuan(amount)) for kind, number, amount in tenders)
    return [Fact("payments", count, _yuan(received), parts)]


def _voids(session: Session, user_id: int, day: date) -> list[Fact]:
    found = []
    for source, model in (("payment_voids", Payment), ("bill_voids", Bill)):
        count, total = session.execute(
            select(func.count(), func.sum(model.amount)).where(
                model.voided_by_id == user_id, model.voided_on == day
            )
        ).one()
        if count:
            found.append(Fact(source, count, _yuan(total)))
    return found


def _billing_runs(session: Session, user_id: int, day: date) -> list[Fact]:
    count, lines, total = session.execute(
        select(func.count(), func.sum(BillingRun.lines), func.sum(BillingRun.amount)).where(
            BillingRun.user_id == user_id, BillingRun.posted_on == day
        )
    ).one()
    return [Fact("billing_runs", count, _yuan(total), (FactPart("bills", lines),))] if count else []


def _imports(session: Session, user_id: int, day: date) -> list[Fact]:
    names = session.scalars(
        select(ImportBatch.file_name)
        .where(
            ImportBatch.user_id == user_id,
            _on(ImportBatch.posted_at, day),
        )
        .order_by(ImportBatch.id)
    ).all()
    return (
        [Fact("imports", len(names), parts=tuple(FactPart(n, 1) for n in names))] if names else []
    )


def _changes(session: Session, user_id: int, day: date) -> list[Fact]:
    """Records entered, edited and deleted, by screen; what is new is named (O06)."""
    mine = (
        AuditEntry.user_id == user_id,
        _on(AuditEntry.at, day),
        AuditEntry.screen.not_in(MONEY_ACTS),
    )
    found = []
    for source, acts in CHANGES.items():
        rows = session.execute(
            select(AuditEntry.screen, func.count())
            .where(*mine, AuditEntry.act.in_(acts))
            .group_by(AuditEntry.screen)
            .order_by(AuditEntry.screen)
        ).all()
        parts = tuple(FactPart(screen, count) for screen, count in rows)
        total = sum(part.count for part in parts)
        named: tuple[tuple[str, str], ...] = ()
        if source == "created" and parts:
            titles = session.execute(
                select(AuditEntry.screen, AuditEntry.title)
                .where(*mine, AuditEntry.act.in_(acts), _readable())
                .order_by(AuditEntry.id)
                .limit(MOST_LINES if total <= MOST_LINES else MOST_LINES - 1)
            )
            named = tuple((screen, title) for screen, title in titles)
        if parts:
            found.append(Fact(source, total, parts=parts, named=named))
    return found


def _readable() -> ColumnElement[bool]:
    """What is named lies inside the present scope; of the rest only the number is told."""
    return or_(
        data_scope.current().where(AuditEntry.community_id), AuditEntry.community_id.is_(None)
    )


def _notes(session: Session, user_id: int, day: date) -> list[Fact]:
    count = session.scalar(
        select(func.count()).where(
            UnitNote.created_by_id == user_id,
            _on(UnitNote.created_at, day),
        )
    )
    return [Fact("notes", count)] if count else []


def _reports(session: Session, user_id: int, day: date) -> list[Fact]:
    """Jobs other than imports and billing runs, which have facts of their own."""
    rows = session.execute(
        select(Job.title, func.count())
        .where(
            Job.user_id == user_id,
            _on(Job.created_at, day),
            Job.kind.not_like("billing%"),
            Job.kind.not_like("%import%"),
        )
        .group_by(Job.title)
        .order_by(Job.title)
    ).all()
    parts = tuple(FactPart(title, count) for title, count in rows)
    return [Fact("reports", sum(part.count for part in parts), parts=parts)] if parts else []


def _reviews(session: Session, user_id: int, day: date) -> list[Fact]:
    rows = session.execute(
        select(LogRemark.act, func.count(LogRemark.log_id.distinct()))
        .join(DailyLog, DailyLog.id == LogRemark.log_id)
        .where(
            LogRemark.user_id == user_id,
            DailyLog.user_id != user_id,
            _on(LogRemark.at, day),
            LogRemark.act.in_([RemarkAct.APPROVE, RemarkAct.RETURN]),
        )
        .group_by(LogRemark.act)
        .order_by(LogRemark.act)
    ).all()
    parts = tuple(FactPart(act, count) for act, count in rows)
    return [Fact("reviews", sum(part.count for part in parts), parts=parts)] if parts else []


def _problems(session: Session, user_id: int, day: date) -> list[Fact]:
    mine = LogProblem.user_id == user_id
    opened = session.scalar(select(func.count()).where(mine, LogProblem.opened_on == day))
    closed = session.scalar(select(func.count()).where(mine, LogProblem.closed_on == day))
    counted = (("problems_opened", opened), ("problems_closed", closed))
    return [Fact(source, count) for source, count in counted if count]


def _yuan(amount: Decimal | None) -> str:
    return str(amount or ZERO)


SOURCES = (
    _payments,
    _voids,
    _billing_runs,
    _imports,
    _changes,
    _notes,
    _reports,
    _reviews,
    _problems,
)
FURTHER: list[Callable[[Session, int, date], list[Fact]]] = []
"""Sources of features that know the log while the log does not know them."""
