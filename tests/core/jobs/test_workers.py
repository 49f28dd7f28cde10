"""Workers that die, restart or meet each other: a job is done once, or given up in words."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.core.db.extensions import db
from app.core.db.models import Job
from app.core.jobs import worker as jobs
from app.core.jobs.heartbeat import Heartbeat
from app.core.jobs.queue import STALE, JobState, claim, settle
from app.core.values import clock
from tests.core.jobs.asking import queue, stored


def test_a_lost_database_gives_the_job_back_three_times_at_most(app, session, task):
    tries = []

    def run(session_factory, job):
        tries.append(job.attempt)
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    job_id = queue(session, task(run))
    jobs.run_pending(app)
    assert tries == [1, 2, 3]
    assert stored(session, job_id).state == "failed"


def test_a_job_whose_worker_died_is_taken_up_again_and_given_up_after_three(app, session, task):
    ran = []
    job_id = queue(session, task(lambda session_factory, job: ran.append(job.attempt)))
    job = claim(session)
    assert job.id == job_id
    session.commit()
    assert jobs.run_pending(app) == 0
    job.heartbeat_at -= STALE
    session.commit()
    assert jobs.run_pending(app) == 1
    assert ran == [2]

    session.rollback()
    job.state, job.attempts = JobState.RUNNING, 3
    job.heartbeat_at -= STALE
    session.commit()
    assert jobs.run_pending(app) == 0
    job = stored(session, job_id)
    assert job.state == "failed"
    assert job.error


@pytest.mark.parametrize("year", [1999, 2090])
def test_a_heart_beats_in_real_time_whatever_the_clock_shows(app, session, task, year):
    queue(session, task(lambda session_factory, job: None))
    job = claim(session)
    number, attempt = job.id, job.attempts
    session.commit()
    with clock.fixed(datetime(year, 12, 31, 23, 59)):
        assert jobs.run_pending(app) == 0, "its worker lives"
        with Heartbeat(db.engine, number, attempt) as pulse:
            assert pulse.write()
    assert abs(stored(session, number).heartbeat_at - clock.real()) < STALE


def test_an_attempt_that_was_taken_over_cannot_settle_the_job(session, task):
    job_id = queue(session, task(lambda session_factory, job: None))
    claim(session)
    session.commit()
    session.get(Job, job_id).attempts = 2
    session.commit()
    assert not settle(session, job_id, 1, state=JobState.DONE)
    assert settle(session, job_id, 2, state=JobState.DONE)


def test_the_worker_thread_runs_what_is_queued(app, session, task):
    reached = threading.Event()
    worker = jobs.start_worker(app)
    job_id = queue(session, task(lambda session_factory, job: reached.set()))
    assert reached.wait(20)
    jobs.stop_worker(worker)
    assert not worker.is_alive()
    assert stored(session, job_id).state == "done"


def test_check_names_work_that_nobody_can_finish(app, session, task):
    queue(session, task(lambda session_factory, job: None))
    assert list(jobs.problems(session)) == []
    session.rollback()
    queue(session, "no.such.kind")
    assert len(list(jobs.problems(session))) == 1


def test_two_claims_never_take_the_same_job(app, session, task):
    kind = task(lambda session_factory, job: None)
    wanted = {queue(session, kind) for _ in range(3)}
    taken = set()
    for _ in range(3):
        with Session(db.engine) as own:
            taken.add(claim(own).id)
            own.commit()
    assert taken == wanted
    with Session(db.engine) as own:
        assert claim(own) is None


def test_another_machine_passes_over_what_is_being_taken(session, task):
    kind = task(lambda session_factory, job: None)
    wanted = {queue(session, kind) for _ in range(2)}
    with Session(db.engine) as here, Session(db.engine) as there:
        taken = {claim(here).id}
        if db.engine.dialect.name == "sqlite":
            # One writer at a time: the other one asks after this one has committed.
            here.commit()
        taken.add(claim(there).id)
    assert taken == wanted
