"""The posting of an owner file as long work: one transaction, done once however often it runs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_babel import gettext

from app.core.db import one_time_keys
from app.core.db.models import FormKey
from app.core.jobs import tasks
from app.core.records import data_scope
from app.core.web import uploads
from app.estate.base.models import Community
from app.estate.owner_import import answers, post, said
from app.roles import Verb

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

KIND = "owner_import"
STEPS = 4


def folder() -> Path:
    """Where uploads wait."""
    return Path(current_app.config["INSTANCE"]) / "uploads"


def batch_path(batch_id: int) -> str:
    """The address of a batch's page, also outside a request."""
    return f"/owner-import/batches/{batch_id}"


@tasks.task(KIND, right=("owner_import", Verb.POST))
def run(
    session_factory: Callable[[], Session],
    job: Any,
    *,
    token: str,
    community_id: int | None,
    community_name: str | None,
    day: str,
    seen: str,
    seen_day: str,
    skip_errors: bool = False,
    accept: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Read the upload again, compare and store it; a second run finds the first one's batch."""
    upload = uploads.find(folder(), token, job.user_id)
    key = f"import-{token}"
    with session_factory() as session:
        known = answers.remembered(session)
        session.rollback()
    tasks.progress(0, STEPS, gettext("Reading the file"))
    incoming = post.read(upload.source, upload.file_name, known, said.own(upload))
    incoming.renumbered = said.renumbered(upload)
    step = gettext("Comparing and storing")
    tasks.progress(1, STEPS, step)
    with session_factory() as session:
        before = session.get(FormKey, key)
        if before is not None and before.answer:
            return {"url": before.answer}
        if community_id is None:
            community = post.make_community(session, community_name or "")
        else:
            community = data_scope.get(session, Community, community_id)
        plan, batch = post.post(
            session,
            incoming,
            community.id,
            date.fromisoformat(day),
            skip_errors=skip_errors,
            accept=frozenset(accept),
            seen=seen,
            seen_day=date.fromisoformat(seen_day),
            progress=lambda done, total: tasks.progress(done, total, step),
        )
        if batch is None:
            session.commit()
            return {"sentence": gettext("Everything in this file is stored already.")}
        url = batch_path(batch.id)
        one_time_keys.use(session, key, url)
        counts = plan.counts()
        batch.counts = {**batch.counts, "upload": token}
        session.commit()
    sentence = gettext(
        "Imported: %(new)s new, %(changed)s changed.", new=counts["new"], changed=counts["changed"]
    )
    return {"url": url, "sentence": sentence}
