"""The queue of long work as rows: put in, taken by one worker, kept alive, finished, cleared."""

from __future__ import annotations

import threading
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from flask_babel import force_locale, get_locale, gettext
from sqlalchemy import event, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import object_session

from app.core.db.audit import actor
from app.core.db.models import Job
from app.core.values import clock
from app.core.values.errors import N_, DomainError

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

STALE = timedelta(seconds=45)
"""A running job whose heart has not beaten for so long has lost its worker."""
MOST_ATTEMPTS = 3
BELL = threading.Event()
"""Rings in this process when a job was queued, so that its worker need not look often."""
INTERRUPTED = N_("The work was interrupted three times. Tell the administrator, then try again.")


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        return self in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}


def enqueue(
    session: Session,
    kind: str,
    title: str,
    arguments: dict[str, Any],
    *,
    key: str | None = None,
    community_id: int | None = None,
) -> Job:
    """Put work of `kind` into the queue in the name of the present actor.

    `arguments` are JSON values. With a `key` the same work is one job: a second request
    gets the first one back, and one that failed or was cancelled is queued again. The
    worker sees it when the caller has committed.
    """
    if key and (before := session.scalar(select(Job).filter_by(key=key))):
        return _again(before, arguments)
    job = Job(
        kind=kind,
        title=str(title)[:200],
        key=key,
        arguments=arguments,
        state=JobState.QUEUED,
        language=str(get_locale() or "zh")[:2],
        community_id=community_id,
        user_id=actor().user_id,
    )
    try:
        with session.begin_nested():
            session.add(job)
    except IntegrityError:
        # Somebody else queued the same key between our look and our insert.
        before = session.scalar(select(Job).filter_by(key=key)) if key else None
        if before is None:
            raise
        return before
    _ring_after(job)
    return job


def _ring_after(job: Job) -> None:
    """Wake the worker of this process as soon as the caller has committed."""
    if session := object_session(job):
        event.listen(session, "after_commit", lambda _session: BELL.set(), once=True)


def _again(job: Job, arguments: dict[str, Any]) -> Job:
    """The job of a repeated key: as it is, or queued anew when it came to nothing."""
    if job.state in {JobState.FAILED, JobState.CANCELLED}:
        job.state = JobState.QUEUED
        job.arguments = arguments
        job.attempts = job.done = job.total = 0
        job.error = job.result = job.finished_at = None
        job.step = ""
        _ring_after(job)
    return job


def _lost() -> ColumnElement[bool]:
    """Running by its state, but nobody's heart beats for it."""
    silent = or_(Job.heartbeat_at.is_(None), Job.heartbeat_at < clock.real() - STALE)
    return (Job.state == JobState.RUNNING) & silent


def waiting(session: Session) -> bool:
    """Is there anything to take? A cheap look that needs no lock."""
    look = select(Job.id).where(or_(Job.state == JobState.QUEUED, _lost())).limit(1)
    return session.scalar(look) is not None


def claim(session: Session) -> Job | None:
    """Take the oldest job that waits, or that lost its worker; the caller commits.

    On PostgreSQL several machines ask at once: a row that another one is just taking is
    passed over. On SQLite the transaction holds the only write lock.
    """
    while True:
        job = session.scalar(
            select(Job)
            .where(or_(Job.state == JobState.QUEUED, _lost()))
            .order_by(Job.created_at, Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if job is None:
            return None
        if job.attempts >= MOST_ATTEMPTS:
            job.state = JobState.FAILED
            with force_locale(job.language):
                job.error = gettext(INTERRUPTED)
            job.finished_at = clock.now()
            session.flush()
            continue
        job.state = JobState.RUNNING
        job.attempts += 1
        job.started_at, job.heartbeat_at = clock.now(), clock.real()
        return job


def settle(session: Session, job_id: int, attempt: int, **values: Any) -> bool:
    """Write the outcome of an attempt unless a later attempt has taken over; True if written."""
    written = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.attempts == attempt, Job.state == JobState.RUNNING)
        .values(heartbeat_at=clock.real(), **values)
    )
    return bool(written.rowcount)


def cancel(session: Session, job: Job) -> None:
    """Take a job back that nobody has begun; DomainError when it is too late."""
    taken = session.execute(
        update(Job)
        .where(Job.id == job.id, Job.state == JobState.QUEUED)
        .values(state=JobState.CANCELLED, finished_at=clock.now())
    )
    if not taken.rowcount:
        raise DomainError(N_("This work has already begun and can no longer be cancelled."))
    session.refresh(job)


def finished_before(session: Session, days: int) -> list[int]:
    """The jobs that ended more than `days` ago: their files may go."""
    limit = clock.now() - timedelta(days=days)
    return list(session.scalars(select(Job.id).where(Job.finished_at < limit)))
