"""The pages of the owner-file import: upload, match, preview, post, result and undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.utils import redirect

from app.access.models import Staff
from app.core import audit, clock, entry, jobs, records, rights, scope, uploads
from app.core.database import reading
from app.core.errors import N_, DomainError
from app.core.importing import Outcome
from app.core.menu import Entry
from app.core.models import ImportBatch
from app.core.page import Page, expose, needs
from app.core.texts import sentence
from app.estate import import_files, import_job, import_preview, imports
from app.estate.import_matching import choices, groups, read_matching
from app.estate.labels import OUTCOMES
from app.estate.models import Community
from app.estate.owner_file import owner_headers
from app.extensions import db
from app.roles import Verb

if TYPE_CHECKING:
    from app.core.uploads import Upload

RECENT = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LOOKS = {
    "error": "bad", "warning": "warn", "conflict": "warn", "changed": "info", "new": "ok",
    "unchanged": "idle",
}  # fmt: skip


def whole(text: str | None) -> int:
    """A page number of the address; nonsense is the first page."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 1


class ImportPage(Page):
    """业主资料导入."""

    screen = "owner_import"
    route_base = "/owner-import"
    menu = Entry("estate", 90, _l("Import owner file"), icon="fa-upload")

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        return self.start()

    def start(
        self, error: DomainError | None = None, upload: Upload | None = None, status: int = 200
    ) -> Any:
        """The page with the upload form and the last imports."""
        communities = db.session.scalars(
            select(Community).where(scope.current().where(Community.id)).order_by(Community.name)
        ).all()
        batches = db.session.execute(
            select(ImportBatch, Community.name, Staff)
            .join(Community, Community.id == ImportBatch.community_id)
            .outerjoin(Staff, Staff.id == ImportBatch.user_id)
            .where(scope.current().where(ImportBatch.community_id))
            .order_by(ImportBatch.id.desc())
            .limit(RECENT)
        ).all()
        body = self.render(
            "estate/import/start.html", communities=communities, batches=batches,
            may_create=rights.may("communities", Verb.WRITE), upload=upload,
            chosen=request.form.get("community") or request.args.get("community", ""),
            new_name=request.form.get("community_name", ""),
            error=sentence(error) if error else None,
        )  # fmt: skip
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
                import_job.folder(), file.stream, file.filename or "", audit.actor().user_id
            )
            upload.facts = facts
            upload.save()
            workbook, digest = imports.open_file(upload.source, upload.file_name)
            try:
                known = imports.corrections(db.session)
                incoming = imports.understand(workbook, digest, upload.file_name, known)
            except DomainError as error:
                if owner_headers(workbook):
                    return self.start(error, upload, 422)
                raise
            self.prepare(upload, incoming)
        except DomainError as error:
            if upload is not None:
                upload.remove()
            return self.start(error, None, 422)
        return redirect(url_for("ImportPage.preview", token=upload.token))

    def wanted_community(self) -> dict[str, Any]:
        """The community of the form: one of the user's, or a new name where that is a right."""
        chosen = request.form.get("community", "")
        if chosen == "new" and rights.may("communities", Verb.WRITE):
            name = entry.text(request.form.get("community_name", ""), max_length=80)
            if not name:
                raise DomainError(N_("Give the new community a name."), field="community_name")
            known = imports.community_named(db.session, name)
            return {"community_id": known.id if known else None, "community_name": name}
        if not chosen:
            raise DomainError(N_("Choose the community first."), field="community")
        community = records.get(db.session, Community, chosen)
        return {"community_id": community.id, "community_name": community.name}

    def prepare(self, upload: Upload, incoming: imports.Incoming | None = None) -> None:
        """Read, compare and keep the preview; the write lock is not held meanwhile."""
        known = imports.corrections(db.session)
        db.session.commit()
        with reading():
            if incoming is None:
                incoming = imports.read(upload.source, upload.file_name, known)
            today = clock.today()
            plan = imports.compare(db.session, incoming, upload.facts["community_id"], today)
            import_preview.store(upload, incoming, plan)
            db.session.rollback()
        upload.facts["day"] = today.isoformat()
        upload.save()

    def mine(self, token: str) -> Upload:
        """The upload of this token: the present user's own, in a community that he may see."""
        upload = uploads.find(import_job.folder(), token, audit.actor().user_id)
        if upload.facts.get("community_id"):
            records.get(db.session, Community, upload.facts["community_id"])
        return upload

    @expose("/<token>/columns", methods=["GET", "POST"])
    @needs(Verb.IMPORT)
    def columns(self, token: str) -> Any:
        """Say by hand what the columns of the file mean; remembered for the next file like it."""
        upload = self.mine(token)
        workbook, _digest = imports.open_file(upload.source, upload.file_name)
        headers = owner_headers(workbook, imports.corrections(db.session))
        error, typed = None, None
        if request.method == "POST":
            try:
                typed = read_matching(headers, request.form)
                for fingerprint, fields in typed.items():
                    imports.remember(db.session, fingerprint, fields)
                self.prepare(upload)
                return redirect(url_for("ImportPage.preview", token=token))
            except DomainError as refused:
                db.session.rollback()
                error = sentence(refused)
        body = self.render(
            "estate/import/columns.html", upload=upload, error=error,
            groups=groups(workbook, headers, typed), choices=choices(),
        )  # fmt: skip
        return body, 422 if error else 200

    @expose("/<token>/")
    @needs(Verb.IMPORT)
    def preview(self, token: str) -> Any:
        upload = self.mine(token)
        facts = import_preview.load(upload)
        if facts is None:
            return redirect(url_for("ImportPage.columns", token=token))
        return self.show_preview(upload, facts)

    def show_preview(
        self, upload: Upload, facts: dict[str, Any], error: str | None = None, status: int = 200
    ) -> Any:
        counts = facts["counts"]
        sizes = {
            "error": counts["errors"], "warning": counts["warnings"],
            **{outcome.value: counts[outcome.value] for outcome in Outcome},
        }  # fmt: skip
        first = next((tab for tab in import_preview.OPENED if sizes[tab]), "new")
        tab = request.args.get("tab", first)
        if tab not in import_preview.TABS:
            tab = first
        unmatched = sorted({
            label for header in facts["headers"]
            for index, label in enumerate(header["labels"])
            if label and str(index) not in header["fields"]
        })  # fmt: skip
        body = self.render(
            "estate/import/preview.html", upload=upload, facts=facts, counts=counts, sizes=sizes,
            tabs=import_preview.TABS, words=OUTCOMES, looks=LOOKS, unmatched=unmatched,
            listed=import_preview.listed(upload, facts, tab, whole(request.args.get("page"))),
            today=clock.today(), error=error,
        )  # fmt: skip
        return body, status

    @expose("/<token>/post", methods=["POST"])
    @needs(Verb.POST)
    def post(self, token: str) -> Any:
        """Queue the posting of exactly what the preview shows."""
        upload = self.mine(token)
        facts = import_preview.load(upload)
        if facts is None:
            return redirect(url_for("ImportPage.columns", token=token))
        try:
            day = entry.day(request.form.get("day", "")) or clock.today()
            if request.form.get("seen") != facts["digest"]:
                raise DomainError(imports.CHANGED_MEANWHILE)
            skip = request.form.get("rows") == "good"
            if facts["counts"]["errors"] and not skip:
                raise DomainError(imports.HAS_ERRORS, count=facts["counts"]["bad_rows"])
        except DomainError as error:
            return self.show_preview(upload, facts, sentence(error), 422)
        arguments = {
            "token": token, "seen": facts["digest"], "seen_day": upload.facts["day"],
            "day": day.isoformat(), "skip_errors": skip,
            "accept_conflicts": bool(request.form.get("accept_conflicts")),
            "community_id": upload.facts["community_id"],
            "community_name": upload.facts["community_name"],
        }  # fmt: skip
        job = jobs.enqueue(
            db.session, import_job.KIND, _("Import %(name)s", name=upload.file_name), arguments,
            key=f"import-{token}-{facts['digest'][:32]}",
            community_id=upload.facts["community_id"],
        )  # fmt: skip
        db.session.commit()
        return redirect(url_for("JobsPage.show", job_id=job.id, go=1))

    @expose("/<token>/again", methods=["POST"])
    @needs(Verb.IMPORT)
    def again(self, token: str) -> Any:
        """Compare once more with what is stored now."""
        upload = self.mine(token)
        self.prepare(upload)
        return redirect(url_for("ImportPage.preview", token=token))

    @expose("/<token>/discard", methods=["POST"])
    @needs(Verb.IMPORT)
    def discard(self, token: str) -> Any:
        self.mine(token).remove()
        flash(_("The upload was discarded; nothing was imported."), "info")
        return redirect(url_for("ImportPage.index"))

    @expose("/<token>/problems.xlsx")
    @needs(Verb.IMPORT)
    def problems(self, token: str) -> Any:
        """The problem rows as the office's own workbook with a red column."""
        upload = self.mine(token)
        known = imports.corrections(db.session)
        incoming = imports.read(upload.source, upload.file_name, known)
        found = import_files.problem_rows(upload.source, upload.file_name, incoming.file)
        stem = upload.file_name.rsplit(".", 1)[0]
        name = _("%(name)s problems.xlsx", name=stem)
        return send_file(found, XLSX, as_attachment=True, download_name=name)

    @expose("/template.xlsx")
    @needs(Verb.IMPORT)
    def template(self) -> Any:
        name = _("Owner file template.xlsx")
        return send_file(import_files.template(), XLSX, as_attachment=True, download_name=name)
