"""Queue work and read what became of it."""

from __future__ import annotations

from sqlalchemy import select

from app.access.models import Staff
from app.core.db import audit
from app.core.db.models import Job
from app.core.jobs.queue import enqueue


def queue(session, kind, arguments=None, **more):
    job = enqueue(session, kind, "试算", arguments or {}, **more)
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
