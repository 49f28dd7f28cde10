"""Long work: tasks by kind, run in their owner's name by a worker that survives restarts.

A task is a function `run(session_factory, job, **arguments) -> dict | None`. It opens short
transactions with `with session_factory() as session:` and commits them itself, and it must
be able to start again after it was killed at any point: what is done already is found done
(the key of a billing run, a batch that exists). Its answer is kept as the job's result:
`url` (where to look), `file` (a name in `job.folder` to download), `sentence` (what to say).
"""

from __future__ import annotations

import logging
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_babel import force_locale, gettext
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.core.db import audit, witness
from app.core.db.engine import reading
from app.core.db.extensions import db
from app.core.db.models import Job
from app.core.i18n.sentences import sentence
from app.core.jobs.heartbeat import Heartbeat, forget, snapshot
from app.core.jobs.queue import (
    BELL,
    MOST_ATTEMPTS,
    JobState,
    claim,
    finished_before,
    settle,
    waiting,
)
from app.core.jobs.tasks import HEARTBEAT, TASKS, Identity, Running, folder_of, needed_right
from app.core.records import data_scope, rights
from app.core.values import clock
from app.core.values.errors import N_, DomainError

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger("anju")


KEEP_FILES = 30
"""Days for which the file of a finished job can be downloaded."""
NO_LONGER_ALLOWED = N_("You no longer have the right to this work. Ask the administrator.")


_stopping = threading.Event()


def install(app: Flask, identity_of: Identity) -> None:
    """Tell the worker of `app` how to act in the name of a user."""
    app.extensions["anju_identity"] = identity_of


@contextmanager
def _in_the_name_of(job: Job) -> Iterator[None]:
    """The owner's scope, name and language as they are now; DomainError if the right is gone."""
    seen, who = data_scope.EVERYTHING, audit.COMMAND_LINE
    if job.user_id is not None:
        identity_of: Identity = current_app.extensions["anju_identity"]
        with reading():
            seen, who = identity_of(db.session(), job.user_id)
            held = rights.of_user(job.user_id)
            db.session.rollback()
        needed = needed_right(job)
        if needed and (needed[0], str(needed[1])) not in held:
            raise DomainError(NO_LONGER_ALLOWED)
        if not seen.allows(job.community_id):
            raise DomainError(NO_LONGER_ALLOWED)
    with data_scope.use(seen), audit.acting(who):
        yield


def _perform(job: Job) -> dict[str, Any]:
    """Run the task of a claimed job; the answer is the values to settle it with."""
    found = TASKS.get(job.kind)
    if found is None:
        raise LookupError(f"no task is called {job.kind}")
    running = Running(
        job.id, job.kind, job.title, job.attempts, job.user_id, job.community_id, job.language
    )
    with _in_the_name_of(job), Heartbeat(db.engine, job.id, job.attempts) as pulse:
        token = HEARTBEAT.set(pulse)
        try:
            result = found.run(lambda: Session(db.engine), running, **job.arguments)
        finally:
            HEARTBEAT.reset(token)
    last = snapshot(job.id)
    total = last.total if last else 0
    return {
        "state": JobState.DONE,
        "result": dict(result or {}),
        "error": None,
        "step": "",
        "done": max(total, 1),
        "total": max(total, 1),
    }


def _outcome(job: Job) -> dict[str, Any]:
    """Run a claimed job and say how it ended; only a broken connection gives it back."""
    try:
        return _perform(job)
    except DomainError as error:
        return {"state": JobState.FAILED, "error": sentence(error)}
    except OperationalError:
        log.warning("job %s lost the database", job.id, exc_info=True)
        if job.attempts < MOST_ATTEMPTS:
            return {"state": JobState.QUEUED}
        return {
            "state": JobState.FAILED,
            "error": gettext("The database was busy for too long. Please try again later."),
        }
    except Exception as error:
        error_id = secrets.token_hex(4).upper()
        log.error("error %s in job %s (%s)", error_id, job.id, job.kind, exc_info=error)
        text = gettext(
            "Something went wrong on our side (error number %(id)s). Nothing more was done.",
            id=error_id,
        )
        return {"state": JobState.FAILED, "error": text}


def run_one(app: Flask) -> bool:
    """Take one job and run it to its end; False when nothing waits."""
    with app.app_context():
        with Session(db.engine, expire_on_commit=False) as session:
            with reading():
                anything = waiting(session)
                session.rollback()
            if not anything:
                return False
            job = claim(session)
            session.commit()
            if job is None:
                return False
            session.expunge(job)
        with force_locale(job.language):
            values = _outcome(job)
        if JobState(values["state"]).over:
            values["finished_at"] = clock.now()
        with Session(db.engine) as session:
            if not settle(session, job.id, job.attempts, **values):
                log.warning("job %s was taken over by a later attempt", job.id)
            session.commit()
        forget(job.id)
        db.session.remove()
        return True


def run_pending(app: Flask, most: int = 100) -> int:
    """Run what waits, in this thread: for tests and commands. The answer is how many ran."""
    count = 0
    while count < most and run_one(app):
        count += 1
    return count


def remove_old_files(app: Flask) -> None:
    """Delete the files of jobs that ended more than `KEEP_FILES` days ago."""
    with app.app_context():
        with reading(), Session(db.engine) as session:
            old = finished_before(session, KEEP_FILES)
        for job_id in old:
            shutil.rmtree(folder_of(job_id), ignore_errors=True)


def start_worker(app: Flask) -> threading.Thread:
    """Start the one local worker: a thread that ends with the process."""

    def work() -> None:
        cleaned = None
        while not _stopping.is_set():
            try:
                if cleaned != clock.today():
                    cleaned = clock.today()
                    remove_old_files(app)
                with app.app_context():
                    witness.bring_in()
                if not run_one(app):
                    BELL.wait(2)
                    BELL.clear()
            except Exception:
                # A worker that dies would leave every later job waiting for ever.
                log.exception("the worker of long jobs stumbled")
                _stopping.wait(5)

    _stopping.clear()
    thread = threading.Thread(target=work, name="jobs", daemon=True)
    thread.start()
    return thread


def stop_worker(thread: threading.Thread, patience: float | None = None) -> None:
    """End the worker after the job that it is at; wait no longer than `patience` seconds.

    A job that is given up is taken up again by the next worker.
    """
    _stopping.set()
    BELL.set()
    thread.join(patience)


def problems(session: Session) -> Iterator[DomainError]:
    """What `anju check` must say of jobs: unfinished ones that no worker could ever finish."""
    unfinished = select(Job).where(Job.state.in_([JobState.QUEUED, JobState.RUNNING]))
    for job in session.scalars(unfinished):
        if job.kind not in TASKS:
            yield DomainError(
                N_("The work “%(title)s” (no. %(id)s) can never be finished: its kind is unknown."),
                title=job.title,
                id=job.id,
            )
