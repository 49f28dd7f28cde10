"""What a register gives out and keeps: slips, the monthly archive, photos and papers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from flask import flash, request, send_file
from flask_babel import gettext as _
from werkzeug.utils import redirect

from app.core import attachments, audit, clock, records, svg_chart, table
from app.core.errors import N_, DomainError, NotFound
from app.core.page import expose, needs
from app.core.period import Period
from app.extensions import db
from app.registers import archive, counting
from app.registers.definition import Kind
from app.registers.words import lazy
from app.roles import Verb

if TYPE_CHECKING:
    from app.core.columns import Column
    from app.registers.definition import Definition

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NO_SLIP = N_("In this state nothing is printed.")


class PaperRoutes:
    """Routes that a register's screen has beside list, form and page."""

    definition: Definition
    screen: str
    title: Any
    model: Any
    columns: tuple[Column, ...]
    get: Any
    paths: Any
    url: Any
    may: Any
    render: Any
    name_of: Any
    may_edit: Any

    def printable(self, row: Any) -> bool:
        """Is there a slip for this row in its state, and may the user print it?"""
        slip = self.definition.slip
        fits = slip is not None and (not slip.states or row.state in slip.states)
        return fits and self.may(Verb.PRINT)

    @expose("/slip/<pk>")
    @needs(Verb.PRINT)
    def slip(self, pk: str) -> Any:
        """The paper of a row: number, title, fields, lines, signatures."""
        row = self.get(pk, self.paths(list(self.columns)))
        slip = self.definition.slip
        if slip is None or not self.printable(row):
            raise DomainError(NO_SLIP)
        hidden = {one.name for one in self.definition.fields if not one.slip}
        names = slip.fields or tuple(
            one.name for one in self.columns
            if one.name not in hidden | {"number", "state", "due_at", "community", "created_at",
                                         "created_by"}
        )  # fmt: skip
        named = {column.name: column for column in self.columns}
        audit.record(db.session(), "print", self.screen, row.id, title=self.name_of(row),
                     community_id=row.community_id)  # fmt: skip
        page = self.render(
            slip.template or "registers/slip.html", row=row, slip=slip, lazy=lazy,
            columns=[named[one] for one in names if one in named], today=clock.today(),
            lines=[one.name for one in self.definition.of_kind(Kind.LINES)],
        )  # fmt: skip
        db.session.commit()
        return page

    @expose("/months")
    @needs(Verb.READ)
    def months(self) -> Any:
        """How many rows each month brought, as a chart, with the archive of each month."""
        found = counting.months(db.session(), self.model, clock.today())
        columns = (table.Column("name", _("Month")),
                   table.Column("rows", _("Rows"), table.Kind.INTEGER))  # fmt: skip
        chart = table.Chart(_("Rows per month"), "name", bars=("rows",))
        drawn = svg_chart.draw(chart, columns, [[one.name, one.rows] for one in found])
        return self.render("registers/months.html", months=found[::-1], chart=drawn)

    @expose("/archive")
    @needs(Verb.EXPORT)
    def archive(self) -> Any:
        """The workbook of one month for the archive (N05): `?month=2026-11`."""
        month = Period.parse(request.args.get("month", "") or f"{clock.today():%Y-%m}")
        file = io.BytesIO()
        rows = archive.write(file, self, month.first)
        file.seek(0)
        audit.record(db.session(), "export", self.screen, title=f"{self.title} {month}",
                     details={"rows": rows})  # fmt: skip
        db.session.commit()
        name = f"{self.title}-{month}.xlsx"
        return send_file(file, XLSX, as_attachment=True, download_name=name)

    @expose("/files/<pk>/<field>", methods=["POST"])
    @needs(Verb.WRITE)
    def attach(self, pk: str, field: str) -> Any:
        """Add photos or papers to a row."""
        row = self.get(pk)
        if field not in {one.name for one in self.definition.of_kind(Kind.ATTACHMENT)}:
            raise NotFound(records.GONE)
        files = [one for one in request.files.getlist("file") if one.filename]
        if not files:
            raise DomainError(N_("Choose a file first."))
        for file in files:
            attachments.add(db.session(), self.screen, row, field, file)
        db.session.commit()
        flash(_("Files added: %(count)s", count=len(files)), "success")
        return redirect(self.url("show", pk=pk))

    @expose("/file/<pk>/<key>")
    @needs(Verb.READ)
    def file(self, pk: str, key: str) -> Any:
        row = self.get(pk)
        return attachments.send(attachments.find(db.session(), self.screen, row.id, _key(key)))

    @expose("/file/<pk>/<key>/remove", methods=["POST"])
    @needs(Verb.WRITE)
    def detach(self, pk: str, key: str) -> Any:
        row = self.get(pk)
        if not self.may_edit(row):
            raise DomainError(N_("This record can no longer be changed."))
        attachments.remove(
            db.session(), attachments.find(db.session(), self.screen, row.id, _key(key))
        )
        db.session.commit()
        flash(_("The file was removed."), "success")
        return redirect(self.url("show", pk=pk))


def _key(raw: str) -> int:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 18 else 0
