"""The routes of photos and papers on a record's page: add, see, small picture, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, request
from flask_babel import gettext as _
from werkzeug.utils import redirect

from app.core.columns.column import FieldKind
from app.core.db import one_time_keys
from app.core.db.extensions import db
from app.core.extras import attachments
from app.core.records import queries
from app.core.screens import editing
from app.core.values.errors import N_, DomainError, NotFound
from app.core.web.page import expose, needs
from app.core.workflow import states
from app.roles import Verb

if TYPE_CHECKING:
    from app.core.columns.column import Field


class AttachmentRoutes:
    """Beside a Screen with columns of files (`columns.files`)."""

    screen: str
    columns: tuple[Field, ...]
    get: Any
    url: Any
    can: Any
    may_edit: Any

    def unused(self) -> set[str]:
        with_files = any(column.kind is FieldKind.FILES for column in self.columns)
        return super().unused() | (set() if with_files else {"attach", "file", "detach"})

    def files_of(self, record: Any) -> list[tuple[Field, list[Any]]]:
        """Each column of files with what was added to it, the oldest first."""
        kept = attachments.of_record(db.session(), self.screen, record.id)
        return [
            (column, [one for one in kept if one.field == column.name])
            for column in self.columns
            if column.kind is FieldKind.FILES
        ]

    def may_attach(self, record: Any) -> bool:
        """May the present user add files to this record as it stands?"""
        return bool(self.can("attach")) and states.takes_files(record)

    def may_detach(self, record: Any) -> bool:
        """May the present user take files away from this record as it stands?"""
        return bool(self.can("detach")) and self.may_edit(record)

    def pre_delete(self, item: Any) -> None:
        """The files go with their record."""
        for kept in attachments.of_record(db.session(), self.screen, item.id):
            attachments.remove(db.session(), item, kept)

    @expose("/files/<pk>/<field>", methods=["POST"])
    @needs(Verb.WRITE)
    def attach(self, pk: str, field: str) -> Any:
        """Add photos or papers to a record; what is sent twice is kept once."""
        row = self.get(pk)
        if field not in {one.name for one in self.columns if one.kind is FieldKind.FILES}:
            raise NotFound(queries.GONE)
        files = [one for one in request.files.getlist("file") if one.filename]
        if not files:
            raise DomainError(N_("Choose a file first."))
        if answer := editing.sent_before(key := request.form.get("form_key", "")):
            return answer
        one_time_keys.use(db.session(), key, self.url("show", pk=pk))
        for one in files:
            attachments.add(db.session(), self.screen, row, field, one)
        db.session.commit()
        flash(_("Files added: %(count)s", count=len(files)), "success")
        return redirect(self.url("show", pk=pk))

    @expose("/file/<pk>/<key>")
    @needs(Verb.READ)
    def file(self, pk: str, key: str) -> Any:
        """A file; `?small=1` the small picture of a photo."""
        return attachments.send(self._kept(self.get(pk), key), small="small" in request.args)

    @expose("/file/<pk>/<key>/remove", methods=["POST"])
    @needs(Verb.WRITE)
    def detach(self, pk: str, key: str) -> Any:
        row = self.get(pk)
        if not states.is_locked(row) and not self.may_edit(row):
            raise DomainError(editing.FIXED)
        attachments.remove(db.session(), row, self._kept(row, key))
        db.session.commit()
        flash(_("The file was removed."), "success")
        return redirect(self.url("show", pk=pk))

    def _kept(self, row: Any, raw: str) -> Any:
        key = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 18 else 0
        return attachments.find(db.session(), self.screen, row.id, key)
