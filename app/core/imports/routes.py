"""The routes of an import into a record screen: template, upload, preview, post, undo."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from flask import current_app, flash, request, send_file
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.utils import redirect

from app.core.db import audit, one_time_keys
from app.core.db.extensions import db
from app.core.db.models import ImportBatch
from app.core.i18n.sentences import sentence
from app.core.imports import compare, posting, screen_layout, undo
from app.core.imports.batch import Outcome
from app.core.records import integrity_errors, own_rows, queries
from app.core.screens import editing
from app.core.tables import excel_writer, table
from app.core.values.errors import N_, DomainError
from app.core.web import uploads
from app.core.web.page import expose, needs
from app.roles import Verb

SHOWN = 300
CHANGED = N_("Records changed since the preview. Look at it again, then import.")


def folder() -> Path:
    return Path(current_app.config["INSTANCE"]) / "uploads"


class ImportRoutes:
    """Beside a Screen: its records may come from a sheet."""

    screen: str
    title: Any
    model: Any
    url: Any
    get: Any
    render: Any

    def try_import(self, record: Any) -> None:
        """Refuse a new record of an import with a DomainError; takes no number."""

    def _communities(self) -> list[Any]:
        return screen_layout.communities(
            db.session(), queries.related_model(self.model, "community")
        )

    @expose("/import/", methods=["GET", "POST"])
    @needs(Verb.IMPORT)
    def import_(self) -> Any:
        """Choose community and file; what was imported before."""
        error = None
        if request.method == "POST":
            try:
                community = self._community(request.form.get("community", ""))
                file = request.files.get("file")
                upload = uploads.keep(
                    folder(),
                    file.stream if file else io.BytesIO(),
                    (file.filename if file else "") or "",
                    audit.actor().user_id,
                )
                upload.facts["community_id"] = community.id
                upload.facts["screen"] = self.screen
                upload.save()
                compare.Reader(db.session(), self, community).read(upload.source, upload.file_name)
                return redirect(self.url("preview", token=upload.token))
            except DomainError as refused:
                error = sentence(refused)
            finally:
                db.session.rollback()
        batches = db.session.scalars(
            select(ImportBatch)
            .where(*self._batches(), queries.inside(ImportBatch))
            .order_by(ImportBatch.id.desc())
            .limit(20)
        ).all()
        body = self.render(
            "core/row_import.html",
            communities=self._communities(),
            error=error,
            batches=batches,
            chosen=request.form.get("community", ""),
        )
        return body, 422 if error else 200

    def _batches(self) -> list[Any]:
        """The imports into this screen that the present user may see and take back."""
        who = own_rows.held(self.model)
        mine = [] if who is None else [ImportBatch.user_id == who]
        return [ImportBatch.kind == self.screen, *mine]

    def _community(self, key: str) -> Any:
        model = queries.related_model(self.model, "community")
        if not key:
            raise DomainError(editing.NO_COMMUNITY)
        return queries.get(db.session, model, key)

    def _read(self, token: str) -> tuple[uploads.Upload, Any, list[compare.ComparedRow]]:
        upload = uploads.find(folder(), token, audit.actor().user_id)
        if upload.facts.get("screen") != self.screen:
            raise DomainError(N_("This upload belongs to another list."))
        community = self._community(str(upload.facts["community_id"]))
        reader = compare.Reader(db.session(), self, community)
        return upload, community, reader.read(upload.source, upload.file_name)

    @expose("/import/<token>", methods=["GET", "POST"])
    @needs(Verb.IMPORT)
    def preview(self, token: str) -> Any:
        """What each row will do; then the good ones are stored, all or nothing."""
        upload, community, found = self._read(token)
        seal, error = posting.digest(found), None
        if request.method == "POST":
            try:
                if request.form.get("seen") != seal:
                    raise DomainError(CHANGED)
                one_time_keys.use(db.session, request.form.get("form_key", ""), self.url("import_"))
                posting.post(db.session(), self, found, upload.file_name, community)
                db.session.commit()
                upload.remove()
                flash(_("The import is done."), "success")
                return redirect(self.url("import_"))
            except (DomainError, IntegrityError) as refused:
                db.session.rollback()
                known = editing.labels(self)
                error = sentence(
                    refused
                    if isinstance(refused, DomainError)
                    else integrity_errors.explain(refused, self.model, known)
                )
                upload, community, found = self._read(token)
        sizes = {
            one.value: sum(row.outcome is one and not row.problems for row in found)
            for one in Outcome
        }
        bad = [row for row in found if row.problems]
        body = self.render(
            "core/row_preview.html",
            upload=upload,
            community=community,
            sizes=sizes,
            bad=bad,
            rows=[row for row in found if not row.problems][:SHOWN],
            seal=seal,
            error=error,
            total=len(found),
        )
        db.session.rollback()
        return body, 422 if error else 200

    @expose("/template.xlsx")
    @needs(Verb.IMPORT)
    def template(self) -> Any:
        """An empty sheet with the columns of the list."""
        columns = tuple(
            table.ReportColumn(one.name, one.label, width=18)
            for one in screen_layout.template_columns(self)
        )
        file = io.BytesIO()
        excel_writer.write_table(file, self.title, columns, [], totals=False)
        file.seek(0)
        name = _("%(title)s template.xlsx", title=self.title)
        return send_file(file, as_attachment=True, download_name=name)

    @expose("/import/<pk>/undo", methods=["POST"])
    @needs(Verb.IMPORT)
    def undo_import(self, pk: str) -> Any:
        """Take a batch back as long as nothing was built on it."""
        batch = queries.get(db.session, ImportBatch, pk, *self._batches())
        undo.undo(db.session(), batch)
        db.session.commit()
        flash(_("The import was undone."), "success")
        return redirect(self.url("import_"))
