"""The pages of long work: what I started, how far it is, and the file it made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, jsonify, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select
from werkzeug.exceptions import Forbidden

from app.core.db import audit
from app.core.db.extensions import db
from app.core.db.models import Job
from app.core.jobs import heartbeat, tasks
from app.core.jobs.queue import JobState, cancel
from app.core.records import queries, rights
from app.core.values.errors import N_, NotFound
from app.core.web.menu import MenuEntry
from app.core.web.page import Page, expose, needs
from app.roles import Verb

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

PER_PAGE = 30
STATES = {
    JobState.QUEUED: (_l("Waiting"), "idle"),
    JobState.RUNNING: (_l("Running"), "info"),
    JobState.DONE: (_l("Finished"), "ok"),
    JobState.FAILED: (_l("Failed"), "bad"),
    JobState.CANCELLED: (_l("Cancelled"), "idle"),
}
"""State → label and the look of its tag."""


def sees_all() -> bool:
    """Whoever looks after the accounts looks after the machine, too."""
    return rights.may("users", Verb.WRITE)


def seen() -> ColumnElement[bool]:
    """The jobs that the user may see: his own, or with the right to all, those in his scope."""
    own = Job.user_id == audit.actor().user_id
    return or_(own, and_(sees_all(), queries.inside(Job)))


def whole_number(text: str | None, default: int, least: int = 1) -> int:
    """A number from the address; nonsense is the default."""
    return max(int(text), least) if text and text.isdecimal() and len(text) < 10 else default


def find(job_id: int) -> Job:
    """The job if the user may see it; NotFound otherwise."""
    job = db.session.scalar(select(Job).where(Job.id == job_id, seen()))
    if job is None:
        raise NotFound(N_("This work does not exist, or it is somebody else's."))
    return job


def has_file(job: Job) -> bool:
    """Is there a file to fetch (and not yet cleared away)?"""
    name = (job.result or {}).get("file")
    return bool(name) and (tasks.folder_of(job.id) / str(name)).is_file()


def state_of(job: Job) -> dict[str, Any]:
    """What the page polls: figures from memory while it runs here, else from the row."""
    done, total, step = job.done, job.total, job.step
    if job.state == JobState.RUNNING and (live := heartbeat.snapshot(job.id)):
        done, total, step = live.done, live.total, live.step
    finished = JobState(job.state).over
    percent = min(100, 100 * done // total) if total else 0
    label, look = STATES[JobState(job.state)]
    return {
        "state": job.state,
        "label": str(label),
        "look": look,
        "done": done,
        "total": total,
        "percent": 100 if job.state == JobState.DONE else percent,
        "step": step,
        "finished": finished,
        "error": job.error,
        "url": (job.result or {}).get("url"),
        "sentence": (job.result or {}).get("sentence"),
        "file": url_for("JobsPage.file", job_id=job.id) if has_file(job) else None,
    }


class JobsPage(Page):
    """Own long work; for the administrator everybody's."""

    screen = "jobs"
    route_base = "/jobs"
    menu = MenuEntry("home", 80, _l("Long work"), icon="fa-tasks")

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        page = whole_number(request.args.get("page"), 1)
        query = select(Job).where(seen()).order_by(Job.id.desc())
        found = db.session.scalars(query.limit(PER_PAGE + 1).offset((page - 1) * PER_PAGE)).all()
        return self.render(
            "core/jobs.html",
            rows=[(job, state_of(job)) for job in found[:PER_PAGE]],
            page=page,
            more=len(found) > PER_PAGE,
        )

    @expose("/<int:job_id>")
    @needs(Verb.READ)
    def show(self, job_id: int) -> Any:
        job = find(job_id)
        state = state_of(job)
        # Work that was done before its page could be shown leads on as it would from the page.
        if request.args.get("go") and state["finished"] and state["url"]:
            return redirect(state["url"])
        return self.render("core/job.html", job=job, state=state)

    @expose("/<int:job_id>/state")
    @needs(Verb.READ)
    def state(self, job_id: int) -> Any:
        return jsonify(state_of(find(job_id)))

    @expose("/<int:job_id>/file")
    @needs(Verb.READ)
    def file(self, job_id: int) -> Any:
        """The file goes to its owner only, and only while he still has the right to it."""
        job = find(job_id)
        needed = tasks.needed_right(job)
        result = job.result or {}
        asked = [*([needed] if needed else []), *result.get("rights", [])]
        if job.user_id != audit.actor().user_id or not all(rights.may(*one) for one in asked):
            raise Forbidden
        if not has_file(job):
            raise NotFound(N_("This file has been cleared away; make it again."))
        path = tasks.folder_of(job.id) / str(result["file"])
        name = str(result.get("name") or result["file"])
        return send_file(path, as_attachment=True, download_name=name)

    @expose("/<int:job_id>/cancel", methods=["POST"])
    @needs(Verb.READ)
    def cancel(self, job_id: int) -> Any:
        job = find(job_id)
        cancel(db.session, job)
        db.session.commit()
        flash(_("The work was cancelled."), "success")
        return redirect(url_for("JobsPage.show", job_id=job_id))


SCREENS = (JobsPage,)
