"""Long work: queued once, run in the owner's name, told while it runs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.core.db import audit
from app.core.db.extensions import db
from app.core.db.models import FormKey, Job
from app.core.jobs import heartbeat, tasks, worker
from app.core.jobs.heartbeat import Heartbeat
from app.core.jobs.queue import cancel, claim
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import DomainError
from app.roles import Verb
from tests.core.jobs.asking import person, queue, stored


def test_a_task_gets_its_arguments_and_its_answer_is_kept(app, session, task):
    def run(session_factory, job, *, name):
        with session_factory() as own:
            own.add(FormKey(key=f"{name}-{job.id}"))
            own.commit()
        return {"url": "/somewhere", "sentence": "好了"}

    job_id = queue(session, task(run), {"name": "安居"})
    assert worker.run_pending(app) == 1
    job = stored(session, job_id)
    assert (job.state, job.attempts, job.result["url"]) == ("done", 1, "/somewhere")
    assert job.done == job.total > 0
    assert job.finished_at is not None
    assert session.get(FormKey, f"安居-{job_id}") is not None
    assert worker.run_pending(app) == 0


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
    worker.run_pending(app)
    assert stored(session, first).state == "failed"
    assert queue(session, kind, key="one") == first
    assert worker.run_pending(app) == 1
    job = stored(session, first)
    assert (job.state, job.error) == ("done", None)
    assert queue(session, kind, key="one") == first
    assert worker.run_pending(app) == 0


def test_a_domain_error_is_the_sentence_that_the_owner_reads(app, session, task):
    def run(session_factory, job):
        raise DomainError("The period %(period)s is closed.", period="2026-05")

    job_id = queue(session, task(run))
    worker.run_pending(app)
    job = stored(session, job_id)
    assert job.state == "failed"
    assert "2026-05" in job.error


def test_any_other_error_is_logged_with_the_id_that_the_owner_sees(app, session, task, caplog):
    def run(session_factory, job):
        raise ZeroDivisionError("secret detail")

    job_id = queue(session, task(run))
    worker.run_pending(app)
    job = stored(session, job_id)
    assert job.state == "failed"
    assert "secret" not in job.error
    logged = caplog.records[-1]
    assert logged.args[0] in job.error
    assert logged.exc_info[0] is ZeroDivisionError


def test_a_job_works_in_the_scope_and_name_of_its_owner(app, session, task, monkeypatch):
    seen = {}
    mine = data_scope.Scope(frozenset({7}))

    def run(session_factory, job):
        seen.update(scope=data_scope.current(), actor=audit.actor())

    monkeypatch.setitem(
        app.extensions, "anju_identity", lambda _session, key: (mine, audit.Actor(key, "王五"))
    )
    who = person(session, "collector")
    with audit.acting(who):
        queue(session, task(run))
    worker.run_pending(app)
    assert seen == {"scope": mine, "actor": audit.Actor(who.user_id, "王五")}
    assert data_scope.current() == data_scope.EVERYTHING


def test_an_owner_who_lost_the_right_meanwhile_is_refused(app, session, task, monkeypatch):
    ran = []
    monkeypatch.setitem(
        app.extensions,
        "anju_identity",
        lambda _session, key: (data_scope.EVERYTHING, audit.Actor(key, "")),
    )
    kind = task(lambda session_factory, job: ran.append(job.user_id), right=("billing", Verb.POST))
    ids = {}
    for post in ("supervisor", "clerk"):
        with audit.acting(person(session, post)):
            ids[post] = queue(session, kind)
    worker.run_pending(app)
    assert len(ran) == 1
    assert stored(session, ids["supervisor"]).state == "done"
    assert stored(session, ids["clerk"]).state == "failed"


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
            tasks.progress(40, 100, "写入账单")
            pulse = tasks.HEARTBEAT.get()
            told.append((pulse.write(), heartbeat.snapshot(job.id)))
            own.commit()
        told.append((pulse.write(), heartbeat.snapshot(job.id)))

    job_id = queue(session, task(run))
    worker.run_pending(app)
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
    with Heartbeat(db.engine, job_id, 1) as pulse:
        pulse.note(3, 10, "导入")
        assert pulse.write()
    job = stored(session, job_id)
    assert (job.done, job.total, job.step) == (3, 10, "导入")


def test_progress_outside_a_job_does_nothing():
    tasks.progress(1, 2, "x")
    assert heartbeat.snapshot(0) is None


def test_old_files_go_and_younger_ones_stay(app, session, task):
    def run(session_factory, job):
        (job.folder / "table.xlsx").write_bytes(b"x")
        return {"file": "table.xlsx"}

    kind = task(run)
    old, young = queue(session, kind), queue(session, kind)
    worker.run_pending(app)
    session.execute(
        text("UPDATE job SET finished_at = :at WHERE id = :id"),
        {"at": clock.now() - timedelta(days=31), "id": old},
    )
    session.commit()
    worker.remove_old_files(app)
    with app.app_context():
        assert not tasks.folder_of(old).exists()
        assert (tasks.folder_of(young) / "table.xlsx").exists()
