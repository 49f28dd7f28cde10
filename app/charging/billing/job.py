"""The posting of a billing run as long work, with what it found out about the plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.charging.billing import form, run
from app.charging.billing.labels import change_sentence, period_name
from app.charging.billing.recent_plans import RECENT_PLANS
from app.core.i18n import filters
from app.core.jobs import tasks
from app.roles import Verb

KIND = "billing.post"


@tasks.task(KIND, right=("billing", Verb.POST))
def post_run(
    session_factory: Callable[[], Session],
    job: tasks.Running,
    *,
    request: dict[str, Any],
    digest: str,
    marks: dict[str, str],
) -> dict[str, Any]:
    """Post the plan that was shown, in one transaction; a refusal keeps what changed.

    A worker may die between the posting and the end of its job: the next attempt then finds
    the run and answers with it.
    """
    asked = form.from_arguments(request)
    shown = run.ShownPlan(digest, marks, RECENT_PLANS.take(asked.community_id, digest))

    def progress(done: int, total: int, step: str) -> None:
        tasks.progress(done, total, _(step))

    with session_factory() as session:
        try:
            posted = None
            if job.attempt > 1:
                posted = run.posted_before(session, asked, digest)
            posted = posted or run.post(session, asked, shown, progress)
        except run.PlanChanged as error:
            changes = [
                {"sentence": change_sentence(change), "units": list(change.unit_ids)}
                for change in error.changes
            ]
            return {
                "url": f"/billing/refused/{job.id}",
                "sentence": _("Nothing was posted: the facts changed after the plan was shown."),
                "changes": changes,
                "request": request,
            }
        session.commit()
    if posted.run_id is None:
        return {"url": "/billing/", "sentence": _("Nothing was missing; no bill was added.")}
    return {
        "url": f"/billing/runs/{posted.run_id}",
        "run": posted.run_id,
        "sentence": _(
            "%(period)s: %(count)s bills for %(units)s units posted, together %(amount)s yuan.",
            period=period_name(asked.period),
            count=f"{posted.lines:,}",
            units=f"{posted.units:,}",
            amount=filters.money(posted.amount),
        ),
    }
