"""The first pages of the owner-file import: upload, matching by hand, what is remembered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import flash, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.utils import redirect

from app.access.models import Staff
from app.core.db import audit
from app.core.db.extensions import db
from app.core.db.models import ImportBatch
from app.core.i18n.sentences import sentence
from app.core.parsing import form_text
from app.core.records import data_scope, queries, rights
from app.core.values.errors import N_, DomainError
from app.core.web import uploads
from app.core.web.menu import MenuEntry
from app.core.web.page import Page, expose, needs
from app.estate.base.models import Community
from app.estate.owner_file.parse import owner_headers
from app.estate.owner_import import answers, job, post, said, workbooks
from app.estate.owner_import.column_matching import choices, groups, read_matching
from app.estate.owner_import.preview_views import XLSX, mine, prepare, whole
from app.roles import Verb

if TYPE_CHECKING:
    from app.core.web.uploads import Upload

RECENT = 20


class ImportPage(Page):
    """业主资料导入."""

    screen = "owner_import"
    route_base = "/owner-import"
    menu = MenuEntry("estate", 90, _l("Import owner file"), icon="fa-upload")

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        return self.start()

    def start(
        self, error: DomainError | None = None, upload: Upload | None = None, status: int = 200
    ) -> Any:
        """The page with the upload form and the last imports."""
        communities = db.session.scalars(
            select(Community)
            .where(data_scope.current().where(Community.id))
            .order_by(Community.name)
        ).all()
        batches = db.session.execute(
            select(ImportBatch, Community.name, Staff)
            .join(Community, Community.id == ImportBatch.community_id)
            .outerjoin(Staff, Staff.id == ImportBatch.user_id)
            .where(data_scope.current().where(ImportBatch.community_id))
            .order_by(ImportBatch.id.desc())
            .limit(RECENT)
        ).all()
        body = self.render(
            "estate/import/start.html",
            communities=communities,
            batches=batches,
            may_create=rights.may("communities", Verb.WRITE),
            upload=upload,
            chosen=request.form.get("community") or request.args.get("community", ""),
            new_name=request.form.get("community_name", ""),
            error=sentence(error) if error else None,
        )
        return body, status

    @expose("/upload", methods=["POST"])
    @needs(Verb.IMPORT)
    def upload(self) -> Any:
        """Keep the file, read it in its own process, compare it; nothing is stored yet."""
        upload = None
        try:
            facts = self.wanted_community()
            # The file is read without holding the one write lock of SQLite.
            db.session.commit()
            file = request.files.get("file")
            if file is None:
                raise DomainError(N_("Choose a file first."), field="file")
            upload = uploads.keep(
                job.folder(), file.stream, file.filename or "", audit.actor().user_id
            )
            upload.facts = facts
            upload.save()
            workbook, digest = post.open_file(upload.source, upload.file_name)
            known = answers.remembered(db.session)
            db.session.commit()
            try:
                incoming = post.understand(workbook, digest, upload.file_name, known)
            except DomainError as error:
                if owner_headers(workbook, answers=known):
                    return self.start(error, upload, 422)
                raise
            prepare(upload, incoming=incoming)
        except DomainError as error:
            if upload is not None:
                upload.remove()
            return self.start(error, None, 422)
        return redirect(url_for("PreviewPage.preview", token=upload.token))

    def wanted_community(self) -> dict[str, Any]:
        """The community of the form: one of the user's, or a new name where that is a right."""
        chosen = request.form.get("community", "")
        if chosen == "new" and rights.may("communities", Verb.WRITE):
            name = form_text.text(request.form.get("community_name", ""), max_length=80)
            if not name:
                raise DomainError(N_("Give the new community a name."), field="community_name")
            known = post.community_named(db.session, name)
            return {"community_id": known.id if known else None, "community_name": name}
        if not chosen:
            raise DomainError(N_("Choose the community first."), field="community")
        community = queries.get(db.session, Community, chosen)
        return {"community_id": community.id, "community_name": community.name}

    @expose("/<token>/columns", methods=["GET", "POST"])
    @needs(Verb.IMPORT)
    def columns(self, token: str) -> Any:
        """Say by hand what the columns of the file mean, and which sheets are none of the list."""
        upload = mine(token)
        workbook, _digest = post.open_file(upload.source, upload.file_name)
        own = said.own(upload)
        known = answers.together(answers.remembered(db.session), own)
        headers = owner_headers(workbook, answers=replace(known, sheets_left_out=frozenset()))
        error, typed = None, None
        if request.method == "POST":
            try:
                found = read_matching(headers, request.form)
                chosen = replace(
                    own, columns={**own.columns, **found.columns}, sheets_left_out=found.left_out
                )
                prepare(upload, chosen)
                return redirect(url_for("PreviewPage.preview", token=token))
            except DomainError as refused:
                db.session.rollback()
                error, typed = sentence(refused), request.form
        body = self.render(
            "estate/import/columns.html",
            upload=upload,
            error=error,
            choices=choices(),
            groups=groups(workbook, headers, typed, own.sheets_left_out),
        )
        return body, 422 if error else 200

    @expose("/remembered")
    @needs(Verb.READ)
    def remembered(self) -> Any:
        """What the office said of its files, and holds for the next one."""
        return self.render("estate/import/remembered.html", listed=answers.listed(db.session))

    @expose("/remembered/<kind>/<pk>/forget", methods=["POST"])
    @needs(Verb.IMPORT)
    def forget(self, kind: str, pk: str) -> Any:
        """The next file asks again."""
        words = answers.forget(db.session(), kind, whole(pk))
        if words is None:
            flash(_("This was forgotten already."), "info")
        else:
            flash(_("“%(words)s” is asked again from the next file on.", words=words), "info")
        db.session.commit()
        return redirect(url_for("ImportPage.remembered"))

    @expose("/template.xlsx")
    @needs(Verb.IMPORT)
    def template(self) -> Any:
        name = _("Owner file template.xlsx")
        return send_file(workbooks.template(), XLSX, as_attachment=True, download_name=name)
