"""The page of one import: what it did, who did it, and how it is undone."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.utils import redirect

from app.access.models import Staff
from app.core.db import audit, one_time_keys
from app.core.db.extensions import db
from app.core.db.models import ImportBatch
from app.core.i18n.sentences import sentence
from app.core.imports import undo as undoing
from app.core.records import queries
from app.core.values.errors import DomainError
from app.core.web import uploads
from app.core.web.page import Page, expose, needs
from app.estate.base.models import Community
from app.estate.owner_import import job, post
from app.roles import Verb


class BatchPage(Page):
    """导入批次."""

    screen = "owner_import"
    route_base = "/owner-import/batches"
    default_view = "show"

    @expose("/<pk>")
    @needs(Verb.READ)
    def show(self, pk: str) -> Any:
        return self.show_batch(queries.get(db.session, ImportBatch, pk))

    def show_batch(self, batch: ImportBatch, standing: Any = (), status: int = 200) -> Any:
        """What a batch did; `standing` is what forbids to undo it."""
        token = str(batch.counts.get("upload", ""))
        own = (job.folder() / token / "source").is_file() if token else False
        body = self.render(
            "estate/import/batch.html",
            batch=batch,
            standing=standing,
            titles=table_titles(),
            community=db.session.get(Community, batch.community_id),
            author=db.session.get(Staff, batch.user_id) if batch.user_id else None,
            token=token if own and batch.user_id == audit.actor().user_id else None,
        )
        return body, status

    @expose("/<pk>/undo", methods=["POST"])
    @needs(Verb.POST)
    def undo(self, pk: str) -> Any:
        batch = queries.get(db.session, ImportBatch, pk)
        one_time_keys.use(db.session, request.form.get("form_key", ""))
        try:
            post.undo(db.session(), batch)
            db.session.commit()
        except undoing.Blocked as blocked:
            db.session.rollback()
            batch = queries.get(db.session, ImportBatch, pk)
            return self.show_batch(batch, blocked.obstacles, 409)
        except DomainError as error:
            db.session.rollback()
            flash(sentence(error), "danger")
            return self.show_batch(queries.get(db.session, ImportBatch, pk), status=409)
        if token := str(batch.counts.get("upload", "")):
            forget(token, batch.user_id)
        flash(_("The import was undone."), "success")
        return redirect(url_for("BatchPage.show", pk=pk))


def forget(token: str, user_id: int | None) -> None:
    """The file of an undone import is not kept."""
    try:
        uploads.find(job.folder(), token, user_id).remove()
    except DomainError:
        return


def table_titles() -> dict[str, Any]:
    """What the records of a table are called, from the screens that show them."""
    return {
        view.model.__tablename__: view.title
        for view in current_app.extensions["anju"].views
        if hasattr(view, "model")
    }
