"""Naughty strings inside an owner file, in its name and in its matching: shown, stored, escaped."""

from __future__ import annotations

import csv
import io
import re

import pytest
from sqlalchemy import select

from app.core.db.models import ImportBatch
from app.core.jobs import worker
from app.core.parsing import cells
from app.estate.base.models import Customer, Unit
from tests.hostile.naughty import HOSTILE, strings, unfit
from tests.hostile.pages import faults, forms

pytestmark = pytest.mark.slow

HEADER = ("房号", "业主姓名", "联系电话", "建筑面积", "备注")


def upload(client, community: int, rows, name: str = "业主.csv", header=HEADER):
    """Send the rows as a text file; the answer of the page."""
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    data = {
        "community": str(community),
        "file": (io.BytesIO(text.getvalue().encode()), name),
    }
    return client.post("/owner-import/upload", data=data, content_type="multipart/form-data")


def looked(client, *addresses: str) -> list[str]:
    """What is wrong with these pages."""
    wrong = []
    for where in addresses:
        answer = client.get(where)
        wrong += [f"{where}: {one}" for one in faults(answer)]
        answer.close()
    return wrong


def test_strings_in_a_file_are_stored_exactly_or_reported(app, session, clients, world):
    client = clients["clerk"]
    texts = [text for text in strings() if text.strip() and not unfit(text)]
    rows = [
        (f"1-1-{2000 + n}", f"业主{n}" if n % 2 else text, "", "80", text)
        for n, text in enumerate(texts)
    ]
    sent = upload(client, world.near.community, rows)
    assert sent.status_code == 302, sent.get_data(as_text=True)[:2000]
    where = sent.headers["Location"]
    tabs = ("error", "warning", "new", "changed", "unchanged", "conflict", "<script>")
    wrong = looked(client, *(f"{where}?tab={tab}&page={page}" for tab in tabs for page in (1, 2)))
    assert client.get(where + "problems.xlsx").status_code in {200, 400}
    page = client.get(where).get_data(as_text=True)
    form = next(form for form in forms(page, where) if form.action.endswith("/post"))
    client.post(form.action, data=form.data() | {"rows": "good"})
    assert worker.run_pending(app) == 1
    batch = session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc())).first()
    session.rollback()
    wrong += looked(
        client,
        f"/owner-import/batches/{batch.id}",
        "/owner-import/",
        "/units/?size=200",
        "/customers/?size=200",
    )
    remarks = dict(
        session.execute(
            select(Unit.number, Unit.remark).where(Unit.origin_batch_id == batch.id)
        ).all()
    )
    assert len(remarks) > 300
    assert sum(remark is not None for remark in remarks.values()) > 280
    for n, text in enumerate(texts):
        stored = remarks.get(f"{2000 + n}")
        if (stored or "") not in {cells.plain(text), ""}:
            wrong.append(f"{text!r} became {stored!r}")
    names = set(session.scalars(select(Customer.name).where(Customer.origin_batch_id == batch.id)))
    known = {cells.plain(part) for text in texts for part in (text, *parts(text))}
    wrong += [
        f"a customer is called {name!r}"
        for name in names
        if not re.fullmatch(r"业主\d+", name) and name not in known
    ]
    assert "\n".join(wrong) == ""


def parts(text: str) -> list[str]:
    """Names that share one cell, as the reader parts them."""
    return re.split(r"[、,，;；/|\n]+", text)


@pytest.mark.parametrize(
    "name",
    [
        "<img src=x onerror=alert(1)>.csv",
        "../../etc/passwd.csv",
        "a\x00b.csv",
        "x" * 500 + ".csv",
        "\u202egpj.csv",
        "..",
        ".csv",
        "业主\r\nX-Evil: 1.csv",
        '"; filename="evil.csv',
        "CON.csv",
    ],
)
def test_file_names_are_only_names(app, clients, world, name):
    client = clients["clerk"]
    answer = upload(client, world.near.community, [("1-1-3001", "张三", "", "80", "")], name)
    assert answer.status_code in {302, 422}
    assert faults(answer) == []
    if answer.status_code == 302:
        where = answer.headers["Location"]
        assert looked(client, where, where + "problems.xlsx", where + "columns") == []
        file = client.get(where + "problems.xlsx")
        assert "X-Evil" not in file.headers
        file.close()


def test_no_matching_of_columns_crashes_the_import(app, clients, world):
    client = clients["clerk"]
    sent = upload(client, world.near.community, [("1-1-3001", "<b>张三", "1", "80", "x")])
    where = sent.headers["Location"]
    page = client.get(where + "columns").get_data(as_text=True)
    form = next(f for f in forms(page, where + "columns") if not f.action.startswith("/l"))
    names = [one.name for one in form.fields if one.kind == "select"]
    assert len(names) == len(HEADER)
    wrong = []
    for number, value in enumerate(HOSTILE):
        data = form.data() | {names[number % len(names)]: [value.replace("\ud800", "")]}
        answer = client.post(where + "columns", data=data)
        wrong += [f"{value!r}: {one}" for one in faults(answer)]
        strange = {
            f"{names[0].partition('.')[0]}.{number * 10**number}": "code",
            "x.y": "code",
            "nothing": value.replace("\ud800", ""),
        }
        wrong += [
            f"{strange}: {one}" for one in faults(client.post(where + "columns", data=strange))
        ]
    for field in ("seen", "rows", "day", "accept"):
        for value in HOSTILE[::3]:
            answer = client.post(where + "post", data={field: value.replace("\ud800", "")})
            wrong += [f"{field} {value!r}: {one}" for one in faults(answer)]
    assert "\n".join(wrong) == ""
