"""Sheets as an office fills them: a register's template with rows, an export with changes."""

from __future__ import annotations

import html
import io
import re
from datetime import date, datetime
from types import SimpleNamespace

import xlsxwriter
from sqlalchemy import select

from app.access.models import Staff
from app.core.db.models import ImportBatch
from app.core.db.one_time_keys import fresh
from app.core.workbook import reader, sandbox
from app.estate.base.models import Customer, Unit
from app.registers.definition import RegisterKind
from app.roles import Verb

Is = RegisterKind
NONSENSE = {
    Is.UNIT: "9-9-999", Is.CUSTOMER: "查无此人", Is.USER: "查无此人",
    Is.REGISTER: "没有这条",
    Is.CHOICE: "没有这个词", Is.DATE: "昨天", Is.DATETIME: "昨天下午", Is.TIME: "25:99",
    Is.INTEGER: "很多", Is.QUANTITY: "很多", Is.MONEY: "很多", Is.YES_NO: "也许",
    Is.PHONE: "12", Is.PLATE: "没有车牌", Is.ID_NUMBER: "123",
}  # fmt: skip
"""What no cell of this kind can be."""


def read_here(path, title, _size, limits):
    """Read a workbook without the process of its own, whose tests are elsewhere."""
    out = io.BytesIO()
    writer = sandbox._Writer(out, limits)
    with path.open("rb") as file:
        writer.line(sandbox._read(file, title, limits, writer))
    out.seek(0)
    return reader._take(out)


def cells_of(content, path):
    """The rows of the first sheet of a workbook that was sent to somebody."""
    path.write_bytes(content)
    return [list(row) for row in reader.read_workbook(path).visible[0].rows]


def book_of(rows):
    """A workbook with these rows; days as Excel keeps them."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_numbers": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet("台账")
    for at, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, date):
                style = moment if isinstance(value, datetime) else day
                sheet.write_datetime(at, place, value, style)
            elif value not in {"", None}:
                sheet.write(at, place, value)
    book.close()
    return file.getvalue()


def heading(field):
    """A field's label as template and export show it: 数量（把）."""
    return f"{field.label.zh}（{field.unit.zh}）" if field.unit else field.label.zh


def written(walk, field, form):
    """What was typed into a form's field, as a person writes it into a cell."""
    if field.kind is RegisterKind.LINES:
        return " | ".join(
            _word(one, form[f"{field.name}.{one.name}"])
            for one in field.columns
            if one.kind != "computed"
        )
    typed = form[field.name]
    if field.kind is RegisterKind.CHOICE:
        return next(one.label.zh for one in field.choices if one.value == typed)
    if field.kind is RegisterKind.YES_NO:
        return "是"
    if field.kind is RegisterKind.REGISTER:
        offered = walk.login(walk.keeper(field.other)).get(f"/lookups/register_{field.other}")
        return next(one["text"] for one in offered.json["results"] if str(one["id"]) == typed)
    models = {RegisterKind.UNIT: Unit, RegisterKind.CUSTOMER: Customer, RegisterKind.USER: Staff}
    if field.kind in models:
        found = walk.session.scalars(select(models[field.kind]).filter_by(id=int(typed))).one()
        return found.code if field.kind is RegisterKind.UNIT else str(found)
    return typed


def _word(column, typed):
    """A value of a small table's column in words."""
    if column.kind == "yes_no":
        return "是"
    return next((one.label.zh for one in column.choices if one.value == typed), typed)


def mistakes(definition):
    """Cells that make a row wrong, one of each sort: (field, what the cell holds instead)."""
    found = {}
    for field in definition.fields:
        if not field.form or field.kind in {
            RegisterKind.COMPUTED,
            RegisterKind.ATTACHMENT,
            RegisterKind.LINES,
        }:
            continue
        if field.kind in NONSENSE:
            found.setdefault(field.kind, (field, NONSENSE[field.kind]))
        if field.kind is RegisterKind.TEXT:
            found.setdefault("long", (field, "字" * ((field.max_length or 200) + 1)))
        if field.required and field.default is None:
            found.setdefault("missing", (field, ""))
        if field.must_be is True:
            found.setdefault("must", (field, "否"))
    order = ["missing", "must", *NONSENSE, "long"]
    return [found[sort] for sort in order if sort in found]


class Desk:
    """A keeper of a register at the page of imports."""

    def __init__(self, walk, name, folder):
        self.walk, self.name, self.path = walk, name, folder / "read.xlsx"
        self.client = walk.login(walk.keeper(name, Verb.IMPORT))

    def template(self):
        """The rows of the register's own template; the last one is its header."""
        answer = self.client.get(f"/registers/{self.name}/template.xlsx")
        assert answer.status_code == 200
        return cells_of(answer.data, self.path)

    def export(self, query=""):
        """The exported list: the file, and its rows from the header on."""
        answer = self.client.get(f"/registers/{self.name}/export{query}")
        assert answer.status_code == 200
        return answer.data, cells_of(answer.data, self.path)

    def upload(self, content, file_name="台账.xlsx"):
        """What the preview of a file says."""
        answer = self.client.post(
            f"/registers/{self.name}/import/",
            content_type="multipart/form-data",
            data={"community": self.walk.place.community, "file": (io.BytesIO(content), file_name)},
        )
        assert answer.status_code == 302, re.findall(r'role="alert">([^<]*)', answer.text)
        where = answer.headers["Location"]
        page = self.client.get(where).text
        sizes = re.findall(r'<span class="tag tag-\w+">(新增|修改|无变化|错误) (\d+)</', page)
        wrong = re.findall(
            r'<tr><td class="num">(\d+)</td><td>([^<]*)</td><td>([^<]*)</td><td>([^<]*)</td></tr>',
            page,
        )
        seal = re.search(r'name="seen" value="(\w+)"', page)
        return SimpleNamespace(
            where=where,
            page=page,
            seal=seal and seal[1],
            sizes={label: int(count) for label, count in sizes},
            wrong=[(int(row), *map(html.unescape, rest)) for row, *rest in wrong],
        )

    def confirm(self, preview):
        """Store what the preview said."""
        answer = self.client.post(preview.where, data={"seen": preview.seal, "form_key": fresh()})
        said = re.findall(r'role="alert">([^<]*)', answer.text)
        assert answer.status_code == 302, said

    def undo(self):
        """Take the last import back."""
        self.walk.session.rollback()
        batch = self.walk.session.scalars(
            select(ImportBatch.id)
            .filter_by(community_id=self.walk.place.community)
            .order_by(ImportBatch.id.desc())
        ).first()
        answer = self.client.post(f"/registers/{self.name}/import/{batch}/undo")
        assert answer.status_code == 302
        self.walk.session.rollback()
        assert self.walk.session.get(ImportBatch, batch).state == "undone"
