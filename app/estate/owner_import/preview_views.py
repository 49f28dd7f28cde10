"""The preview of an owner file: corrected in place, questions answered, then posted or dropped."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import flash, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.utils import redirect

from app.core.db import audit
from app.core.db.engine import reading
from app.core.db.extensions import db
from app.core.i18n.sentences import sentence
from app.core.imports.batch import Outcome
from app.core.jobs import queue
from app.core.parsing import form_text
from app.core.records import queries
from app.core.values import clock
from app.core.values.errors import DomainError
from app.core.web import uploads
from app.core.web.page import Page, expose, needs
from app.estate.base.labels import FATES, OUTCOMES
from app.estate.base.models import Community
from app.estate.owner_import import answers as import_answers
from app.estate.owner_import import job as import_job
from app.estate.owner_import import post as imports
from app.estate.owner_import import preview as import_preview
from app.estate.owner_import import said, sheets, workbooks
from app.estate.owner_import.column_matching import choices
from app.estate.owner_import.owners import EVERYTHING
from app.roles import Verb

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.core.sheets.questions import Answers
    from app.core.web.uploads import Upload

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LOOKS = {
    "error": "bad",
    "warning": "warn",
    "conflict": "warn",
    "changed": "info",
    "new": "ok",
    "unchanged": "idle",
}
SHEET = "sheet"
"""The tab with the rows as the sheet has them."""


def whole(text: str | None) -> int:
    """A page number of the address; nonsense is the first page."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 1


def mine(token: str) -> Upload:
    """The upload of this token: the present user's own, in a community that he may see."""
    upload = uploads.find(import_job.folder(), token, audit.actor().user_id)
    if upload.facts.get("community_id"):
        queries.get(db.session, Community, upload.facts["community_id"])
    return upload


def prepare(
    upload: Upload,
    answers: Answers | None = None,
    moved: dict[str, str] | None = None,
    incoming: imports.Incoming | None = None,
) -> None:
    """Read, compare and keep the preview; the write lock is not held meanwhile.

    With `answers` and `moved` (new code → old code) as they shall be from now on; they are kept
    only when the file can be read with them.

    :raises DomainError: no sheet is left that is a list.
    """
    known = import_answers.remembered(db.session)
    db.session.commit()
    own = said.own(upload) if answers is None else answers
    with reading():
        if incoming is None:
            incoming = imports.read(upload.source, upload.file_name, known, own)
        incoming.renumbered = said.renumbered(upload) if moved is None else moved
        today = clock.today()
        plan = imports.compare(db.session, incoming, upload.facts["community_id"], today)
        import_preview.store(upload, incoming, plan)
        db.session.rollback()
    said.keep(upload, own, incoming.renumbered)
    upload.facts["day"] = today.isoformat()
    upload.save()


def previewed(view: Callable[..., Any]) -> Callable[..., Any]:
    """Give a view the upload with what its preview holds; without one the columns come first."""

    @wraps(view)
    def found(self: PreviewPage, token: str) -> Any:
        upload = mine(token)
        facts = import_preview.load(upload)
        if facts is None:
            return redirect(url_for("ImportPage.columns", token=token))
        return view(self, upload, facts)

    return found


class PreviewPage(Page):
    """导入预览."""

    screen = "owner_import"
    route_base = "/owner-import"
    default_view = "preview"

    @expose("/<token>/")
    @needs(Verb.IMPORT)
    @previewed
    def preview(self, upload: Upload, facts: dict[str, Any]) -> Any:
        return self.show(upload, facts)

    def show(
        self, upload: Upload, facts: dict[str, Any], error: str | None = None, status: int = 200
    ) -> Any:
        """One tab of the preview, with what was typed when something was refused."""
        counts = facts["counts"]
        sizes = {
            "error": counts["errors"],
            "warning": counts["warnings"],
            **{outcome.value: counts[outcome.value] for outcome in Outcome},
        }
        tab = request.values.get("tab", "")
        if tab not in (*import_preview.TABS, SHEET):
            tab = next((tab for tab in import_preview.OPENED if sizes[tab]), "new")
        page = whole(request.values.get("page"))
        shown = listed = None
        if tab == SHEET:
            place = whole(request.values.get("sheet", "0")) if request.values.get("sheet") else 0
            odd = request.values.get("rows", "") == "odd"
            shown = sheets.page(upload.folder, facts["sheets"], place, page, only_odd=odd)
        else:
            listed = import_preview.listed(upload, facts, tab, page)
        unmatched = sorted(
            {
                label
                for header in facts["headers"]
                for index, label in enumerate(header["labels"])
                if label and str(index) not in header["fields"]
            }
        )
        body = self.render(
            "estate/import/preview.html",
            upload=upload,
            facts=facts,
            counts=counts,
            sizes=sizes,
            tabs=import_preview.TABS,
            words=OUTCOMES,
            looks=LOOKS,
            unmatched=unmatched,
            tab=tab,
            listed=listed,
            shown=shown,
            today=clock.today(),
            error=error,
            choices=choices(),
            fates=FATES,
            own=said.own(upload),
            moved=said.renumbered(upload),
            editing=whole(request.values.get("row")) if request.values.get("row") else None,
            typed=request.form if error else {},
            places=_places(facts),
        )
        return body, status

    @expose("/<token>/correct", methods=["POST"])
    @needs(Verb.IMPORT)
    @previewed
    def correct(self, upload: Upload, facts: dict[str, Any]) -> Any:
        """Take what was said in the preview over and read the file anew; nothing is stored."""
        try:
            answers = said.read_form(request.form, facts, said.own(upload))
            moved = _moved(facts, said.renumbered(upload))
            prepare(upload, answers, moved)
        except DomainError as error:
            db.session.rollback()
            return self.show(upload, facts, sentence(error), 422)
        flash(_("The file was read anew with what you said. Nothing is stored yet."), "info")
        stay = {
            name: request.form[name]
            for name in ("tab", "page", "sheet", "rows")
            if request.form.get(name)
        }
        return redirect(url_for("PreviewPage.preview", token=upload.token, **stay))

    @expose("/<token>/post", methods=["POST"])
    @needs(Verb.POST)
    @previewed
    def post(self, upload: Upload, facts: dict[str, Any]) -> Any:
        """Queue the posting of exactly what the preview shows."""
        try:
            day = form_text.day(request.form.get("day", "")) or clock.today()
            if request.form.get("seen") != facts["digest"]:
                raise DomainError(imports.CHANGED_MEANWHILE)
            skip = request.form.get("rows") == "good"
            if facts["counts"]["errors"] and not skip:
                raise DomainError(imports.HAS_ERRORS, count=facts["counts"]["bad_rows"])
        except DomainError as error:
            return self.show(upload, facts, sentence(error), 422)
        accept = sorted(EVERYTHING.intersection(request.form.getlist("accept")))
        arguments = {
            "token": upload.token,
            "seen": facts["digest"],
            "seen_day": upload.facts["day"],
            "day": day.isoformat(),
            "skip_errors": skip,
            "accept": accept,
            "community_id": upload.facts["community_id"],
            "community_name": upload.facts["community_name"],
        }
        job = queue.enqueue(
            db.session,
            import_job.KIND,
            _("Import %(name)s", name=upload.file_name),
            arguments,
            key=f"import-{upload.token}-{facts['digest'][:32]}",
            community_id=upload.facts["community_id"],
        )
        db.session.commit()
        return redirect(url_for("JobsPage.show", job_id=job.id, go=1))

    @expose("/<token>/again", methods=["POST"])
    @needs(Verb.IMPORT)
    def again(self, token: str) -> Any:
        """Compare once more with what is stored now."""
        prepare(mine(token))
        return redirect(url_for("PreviewPage.preview", token=token))

    @expose("/<token>/discard", methods=["POST"])
    @needs(Verb.IMPORT)
    def discard(self, token: str) -> Any:
        mine(token).remove()
        flash(_("The upload was discarded; nothing was imported."), "info")
        return redirect(url_for("ImportPage.index"))

    @expose("/<token>/problems.xlsx")
    @needs(Verb.IMPORT)
    def problems(self, token: str) -> Any:
        """The problem rows as the office's own workbook with a red column."""
        upload = mine(token)
        known = import_answers.remembered(db.session)
        incoming = imports.read(upload.source, upload.file_name, known, said.own(upload))
        found = workbooks.problem_rows(upload.source, upload.file_name, incoming.file)
        stem = upload.file_name.rsplit(".", 1)[0]
        name = _("%(name)s problems.xlsx", name=stem)
        return send_file(found, XLSX, as_attachment=True, download_name=name)


def _places(facts: dict[str, Any]) -> dict[str, int]:
    """The place of each sheet by its name, as the forms call it."""
    return {sheet["name"]: place for place, sheet in enumerate(facts["sheets"])}


def _moved(facts: dict[str, Any], before: dict[str, str]) -> dict[str, str]:
    """The rooms that are said to be renumbered: a tick of the form for each that was shown."""
    moved = dict(before)
    hinted = {one["code"]: one["old"] for one in facts["renumbered"]}
    for code in request.form.getlist("renumber_shown"):
        moved.pop(code, None)
    for code in request.form.getlist("renumber"):
        if code in hinted or code in before:
            moved[code] = hinted.get(code) or before[code]
    return moved
