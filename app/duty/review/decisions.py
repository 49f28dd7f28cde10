"""The reviewer's acts on logs: comment, return with a reason, approve, note a day off (O04)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import flag_modified

from app.core.db import audit
from app.core.values import clock
from app.core.values.errors import N_, DomainError, NotFound, Stale
from app.duty.base import people
from app.duty.base.models import DailyLog, DayOff, LogRemark, LogState, RemarkAct
from app.duty.base.wording import checked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy.orm import Session

LONGEST = 1000
"""Characters of a remark."""


def get(session: Session, log_id: int, reviewer_id: int, *, lock: bool = False) -> DailyLog:
    """A log that this reviewer may review, with writer and remarks; NotFound otherwise.

    Drafts are the writer's own: nobody else sees them. `lock` keeps a second reviewer
    waiting until this transaction ends.
    """
    query = (
        select(DailyLog)
        .options(
            joinedload(DailyLog.user),
            joinedload(DailyLog.reviewer),
            selectinload(DailyLog.remarks).joinedload(LogRemark.user),
        )
        .where(DailyLog.id == log_id)
        .execution_options(populate_existing=True)
    )
    log = session.scalar(query.with_for_update(of=DailyLog) if lock else query)
    if log is None or log.state == LogState.DRAFT:
        raise NotFound(N_("This log does not exist, or its writer is not one whom you review."))
    people.must_review(session, reviewer_id, log.user_id)
    return log


def comment(session: Session, log_id: int, reviewer_id: int, text: str) -> DailyLog:
    """Add a remark at any time after the log was handed in; its state stays."""
    log = get(session, log_id, reviewer_id)
    if not text.strip():
        raise DomainError(N_("Write your comment first."), field="text")
    _remark(session, log, reviewer_id, RemarkAct.COMMENT, text)
    session.flush()
    return log


def send_back(
    session: Session, log_id: int, reviewer_id: int, reason: str, *, version: int
) -> DailyLog:
    """Return the log to its writer, who must be told why; an approved one can come back too."""
    log = get(session, log_id, reviewer_id, lock=True)
    _must_be(log, version, {LogState.SUBMITTED, LogState.APPROVED})
    if not reason.strip():
        raise DomainError(
            N_("Say why the log goes back, so that the writer knows what to add."), field="text"
        )
    _decide(session, log, reviewer_id, LogState.RETURNED, reason)
    return log


def approve(
    session: Session, log_id: int, reviewer_id: int, *, version: int, text: str = ""
) -> DailyLog:
    """Approve a log that was handed in and is still as it was shown."""
    log = get(session, log_id, reviewer_id, lock=True)
    _must_be(log, version, {LogState.SUBMITTED})
    _decide(session, log, reviewer_id, LogState.APPROVED, text)
    return log


def approve_all(
    session: Session, reviewer_id: int, chosen: Iterable[tuple[int, int]]
) -> list[DailyLog]:
    """Approve several logs, given as pairs of id and version; all of them or none."""
    return [approve(session, log_id, reviewer_id, version=version) for log_id, version in chosen]


def _must_be(log: DailyLog, version: int, states: set[LogState]) -> None:
    """Refuse when the log is no longer what the reviewer saw."""
    name = log.user.get_full_name()
    if log.state in states and log.version == version:
        return
    sentences = {
        LogState.APPROVED: N_("The log of %(name)s was accepted meanwhile; nothing changed."),
        LogState.RETURNED: N_("The log of %(name)s was returned meanwhile; nothing changed."),
        LogState.SUBMITTED: N_("The log of %(name)s changed since it was shown: read it again."),
    }
    raise Stale(sentences[LogState(log.state)], name=name)


def _decide(session: Session, log: DailyLog, reviewer_id: int, state: LogState, text: str) -> None:
    act = RemarkAct.RETURN if state == LogState.RETURNED else RemarkAct.APPROVE
    _remark(session, log, reviewer_id, act, text)
    log.state = state
    log.reviewer_id = reviewer_id
    log.reviewed_at = clock.now()
    flag_modified(log, "state")
    audit.record(
        session,
        str(act),
        "log_review",
        log.id,
        title=f"{log.user.get_full_name()} {log.day}",
        details={"text": text} if text.strip() else None,
    )
    session.flush()


def _remark(session: Session, log: DailyLog, reviewer_id: int, act: RemarkAct, text: str) -> None:
    words = checked(text, LONGEST, "text")
    session.add(LogRemark(log_id=log.id, user_id=reviewer_id, act=act, text=words))


def note_day_off(
    session: Session, reviewer_id: int, user_ids: Iterable[int], day: date, reason: str
) -> int:
    """Note that these people owe no log for `day` (leave, rest, holiday); how many were new.

    Who has handed a log in stands as before: the log counts, not the note.
    """
    if not reason.strip():
        raise DomainError(N_("Say why no log is owed, for example “on leave”."), field="reason")
    words = checked(reason, 100, "reason")
    mine = {person.id for person in people.reviewed_by(session, reviewer_id)}
    noted = 0
    for user_id in dict.fromkeys(user_ids):
        if user_id not in mine:
            raise NotFound(N_("This person does not exist, or is not one whom you review."))
        found = session.scalar(select(DayOff).filter_by(user_id=user_id, day=day))
        if found is None:
            session.add(DayOff(user_id=user_id, day=day, reason=words, noted_by_id=reviewer_id))
            noted += 1
        else:
            found.reason = words
        audit.record(session, "day_off", "log_review", user_id, title=f"{day} {words}")
    session.flush()
    return noted


def end_day_off(session: Session, reviewer_id: int, user_id: int, day: date) -> None:
    """Take the note away again: the log is owed after all."""
    if user_id not in {person.id for person in people.reviewed_by(session, reviewer_id)}:
        raise NotFound(N_("This person does not exist, or is not one whom you review."))
    found = session.scalar(select(DayOff).filter_by(user_id=user_id, day=day))
    if found is not None:
        session.delete(found)
        audit.record(session, "day_on", "log_review", user_id, title=f"{day}")
        session.flush()
