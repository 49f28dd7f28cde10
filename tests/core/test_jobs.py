"""Long work: queued once, run in the owner's name, resumed after a death, told while it runs."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.access.models import Staff
from app.core import audit, clock, jobs, scope
from app.core.errors import DomainError
from app.core.job_pulse import Pulse
from app.core.job_queue import STALE, JobState, cancel, claim, settle
from app.core.models import FormKey, Job
from app.extensions import db
from app.roles import Verb
from tests.house import build, build_on_postgres


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def house(request, tmp_path_factory):
    """The application on both databases."""
    folder = tmp_path_factory.mktemp("work")
    if request.param == "sqlite":
        return build(folder), folder
    return build_on_postgres(folder, request.getfixturevalue("postgres_server")), folder


@pytest.fixture
def task():
    """`task(function, right=…)` registers a task for this test and gives its kind."""
    added = []

    def register(function, right=None):
        kind = f"test.{len(added)}"
        jobs.task(kind, right=right)(function)
        added.append(kind)
        return kind

    yield register
    for kind in added:
        del jobs.TASKS[kind]


def queue(session, kind, arguments=None, **more):
    job = jobs.enqueue(session, kind, "试算", arguments or {}, **more)
    session.flush()
    job_id = job.id
    session.commit()
    return job_id


def stored(session, job_id):
    session.rollback()
    job = session.get(Job, job_id)
    session.expunge(job)
    session.rollback()
    return job


def person(session, post):
    user = session.scalars(select(Staff).filter_by(username=post)).one()
    return audit.Actor(user.id, user.get_full_name())


def test_a_task_gets_its_arguments_and_its_answer_is_kept(app, session, task):
    def run(session_factory, job, *, name):
        with session_factory() as own:
            own.add(FormKey(key=f"{name}-{job.id}"))
            own.commit()
        return {"url": "/somewhere", "sentence": "好了"}

    job_id = queue(session, task(run), {"name": "安居"})
    assert jobs.run_pending(app) == 1
    job = stored(session, job_id)
    assert (job.state, job.attempts, job.result["url"]) == ("done", 1, "/somewhere")
    assert job.done == job.total > 0
    assert job.finished_at is not None
    assert session.get(FormKey, f"安居-{job_id}") is not None
    assert jobs.run_pending(app) == 0


def test_the_same_key_is_one_job_and_one_that_failed_is_queued_again(app, session, task):
    answers = iter([DomainError("Choose a period."), {}])

    def run(session_factory, job):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    kind = task(run)
    first = queue(session, kind, key="one")
    assert queue(session, kind, key="one") == first
    jobs.run_pending(app)
    assert stored(session, first).state == "failed"
    assert queue(session, kind, key="one") == first
    assert jobs.run_pending(app) == 1
    job = stored(session, first)
    assert (job.state, job.error) == ("done", None)
    assert queue(session, kind, key="one") == first
    assert jobs.run_pending(app) == 0


def test_a_domain_error_is_the_sentence_that_the_owner_reads(app, session, task):
    def run(session_factory, job):
        raise DomainError("The period %(period)s is closed.", period="2026-05")

    job_id = queue(session, task(run))
    jobs.run_pending(app)
    job = stored(session, job_id)
    assert job.state == "failed"
    assert "2026-05" in job.error


def test_any_other_error_is_logged_with_the_id_that_the_owner_sees(app, session, task, caplog):
    def run(session_factory, job):
        raise ZeroDivisionError("secret detail")

    job_id = queue(session, task(run))
    jobs.run_pending(app)
    job = stored(session, job_id)
    assert job.state == "failed"
    assert "secret" not in job.error
    logged = caplog.records[-1]
    assert logged.args[0] in job.error
    assert logged.exc_info[0] is ZeroDivisionError


def test_a_lost_database_gives_the_job_back_three_times_at_most(app, session, task):
    tries = []

    def run(session_factory, job):
        tries.append(job.attempt)
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    job_id = queue(session, task(run))
    jobs.run_pending(app)
    assert tries == [1, 2, 3]
    assert stored(session, job_id).state == "failed"


def test_a_job_works_in_the_scope_and_name_of_its_owner(app, session, task, monkeypatch):
    seen = {}
    mine = scope.Scope(frozenset({7}))

    def run(session_factory, job):
        seen.update(scope=scope.current(), actor=audit.actor())

    monkeypatch.setitem(
        app.extensions, "anju_identity", lambda _session, key: (mine, audit.Actor(key, "王五"))
    )
    who = person(session, "collector")
    with audit.acting(who):
        queue(session, task(run))
    jobs.run_pending(app)
    assert seen == {"scope": mine, "actor": audit.Actor(who.user_id, "王五")}
    assert scope.current() == scope.EVERYTHING


def test_an_owner_who_lost_the_right_meanwhile_is_refused(app, session, task, monkeypatch):
    ran = []
    monkeypatch.setitem(
        app.extensions,
        "anju_identity",
        lambda _session, key: (scope.EVERYTHING, audit.Actor(key, "")),
    )
    kind = task(lambda session_factory, job: ran.append(job.user_id), right=("billing", Verb.POST))
    ids = {}
    for post in ("supervisor", "clerk"):
        with audit.acting(person(session, post)):
            ids[post] = queue(session, kind)
    jobs.run_pending(app)
    assert len(ran) == 1
    assert stored(session, ids["supervisor"]).state == "done"
    assert stored(session, ids["clerk"]).state == "failed"


def test_a_job_whose_worker_died_is_taken_up_again_and_given_up_after_three(app, session, task):
    ran = []
    job_id = queue(session, task(lambda session_factory, job: ran.append(job.attempt)))
    start = datetime(2026, 5, 6, 9, 0)
    with clock.fixed(start):
        assert claim(session).id == job_id
        session.commit()
        assert jobs.run_pending(app) == 0
    with clock.fixed(start + STALE + timedelta(seconds=1)):
        assert jobs.run_pending(app) == 1
    assert ran == [2]

    job = session.get(Job, job_id)
    job.state, job.attempts = JobState.RUNNING, 3
    session.commit()
    with clock.fixed(start + timedelta(hours=1)):
        assert jobs.run_pending(app) == 0
    job = stored(session, job_id)
    assert job.state == "failed"
    assert job.error


def test_an_attempt_that_was_taken_over_cannot_settle_the_job(session, task):
    job_id = queue(session, task(lambda session_factory, job: None))
    claim(session)
    session.commit()
    session.get(Job, job_id).attempts = 2
    session.commit()
    assert not settle(session, job_id, 1, state=JobState.DONE)
    assert settle(session, job_id, 2, state=JobState.DONE)


def test_only_a_waiting_job_can_be_cancelled(session, task):
    job_id = queue(session, task(lambda session_factory, job: None))
    claim(session)
    session.commit()
    with pytest.raises(DomainError):
        cancel(session, session.get(Job, job_id))
    other = session.get(Job, queue(session, task(lambda session_factory, job: None)))
    cancel(session, other)
    assert other.state == "cancelled"


def test_progress_is_seen_while_the_job_holds_the_only_write_lock(app, session, task):
    told = []

    def run(session_factory, job):
        with session_factory() as own:
            own.add(FormKey(key="held"))
            own.flush()
            jobs.progress(40, 100, "写入账单")
            pulse = jobs._pulse.get()
            told.append((pulse.write(), jobs.snapshot(job.id)))
            own.commit()
        told.append((pulse.write(), jobs.snapshot(job.id)))

    job_id = queue(session, task(run))
    jobs.run_pending(app)
    (written_locked, live), (written_free, _) = told
    assert (live.done, live.total, live.step) == (40, 100, "写入账单")
    assert written_free
    if db.engine.dialect.name == "sqlite":
        assert not written_locked
    job = stored(session, job_id)
    assert (job.done, job.total) == (100, 100)


def test_the_pulse_writes_the_row_for_pages_of_other_machines(app, session, task):
    job_id = queue(session, task(lambda session_factory, job: None))
    claim(session)
    session.commit()
    with Pulse(db.engine, job_id, 1) as pulse:
        pulse.note(3, 10, "导入")
        assert pulse.write()
    job = stored(session, job_id)
    assert (job.done, job.total, job.step) == (3, 10, "导入")


def test_progress_outside_a_job_does_nothing():
    jobs.progress(1, 2, "x")
    assert jobs.snapshot(0) is None


def test_the_worker_thread_runs_what_is_queued(app, session, task):
    reached = threading.Event()
    worker = jobs.start_worker(app)
    job_id = queue(session, task(lambda session_factory, job: reached.set()))
    assert reached.wait(20)
    jobs.stop_worker(worker)
    assert not worker.is_alive()
    assert stored(session, job_id).state == "done"


def test_old_files_go_and_younger_ones_stay(app, session, task):
    def run(session_factory, job):
        (job.folder / "table.xlsx").write_bytes(b"x")
        return {"file": "table.xlsx"}

    kind = task(run)
    old, young = queue(session, kind), queue(session, kind)
    jobs.run_pending(app)
    session.execute(
        text("UPDATE job SET finished_at = :at WHERE id = :id"),
        {"at": clock.now() - timedelta(days=31), "id": old},
    )
    session.commit()
    jobs.remove_old_files(app)
    with app.app_context():
        assert not jobs.folder_of(old).exists()
        assert (jobs.folder_of(young) / "table.xlsx").exists()


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
