"""A register's sheet: template, wrong rows, export and re-import as a change, undo."""

from __future__ import annotations

import io
import re
from datetime import datetime

import pytest

from app.core.db.one_time_keys import fresh
from app.core.values import clock
from tests.registers.shipped.test_key_loans import NOON, lend, loans

HEADER = "房号,钥匙名称,数量（把）,借用人,联系电话,已核对业主身份,用途,借出时间"


def send(client, place, text: str | bytes, name: str = "钥匙.csv"):
    """Upload a file; the preview's address and page."""
    content = text.encode() if isinstance(text, str) else text
    answer = client.post(
        "/registers/key_loan/import/",
        data={"community": place.community, "file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 302, answer.text
    where = answer.headers["Location"]
    return where, client.get(where).text


def confirm(client, where: str, page: str):
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    answer = client.post(where, data={"seen": seen, "form_key": fresh()})
    assert answer.status_code == 302, answer.text
    return answer


def test_good_rows_come_in_with_numbers_and_wrong_ones_are_named(login, session, place):
    desk = login("front_desk")
    rows = [
        "1-1-101,入户门,1,张三,13800000001,是,看房,2026-11-20 09:00",
        "1-1-101,地下室,2,张三,13800000001,是,维修,2026-11-20 09:30",
        "9-9-999,入户门,1,李四,13800000002,是,看房,2026-11-20 09:00",
        "1-1-101,车库,0,李四,13800000002,是,看房,2026-11-20 09:00",
        "1-1-101,信箱,1,李四,12,否,闲逛,2026-11-20 09:00",
    ]
    with clock.fixed(NOON):
        where, page = send(desk, place, "\n".join([HEADER, *rows]))
        assert "9-9-999" in page
        assert "请从列表" in page or "选择" in page
        assert loans(session) == []
        assert confirm(desk, where, page).status_code == 302
    assert [(one.number, one.key_name, one.state) for one in loans(session)] == [
        ("YS202611-0001", "入户门", "lent"),
        ("YS202611-0002", "地下室", "lent"),
    ]


def test_the_export_comes_back_unchanged_and_as_a_change_and_is_undone(login, session, place):
    desk = login("front_desk")
    with clock.fixed(NOON):
        lend(desk, place, borrower="张三")
        sheet = desk.get("/registers/key_loan/export").data
        _, page = send(desk, place, sheet, "导出.xlsx")
        assert "无需导入" in page or "都已保存" in page or "没有" in page
        number = loans(session)[0].number
        where, page = send(desk, place, f"编号,借用人,数量（把）\n{number},李四,3")
        assert "李四" in page
        assert confirm(desk, where, page).status_code == 302
        (loan,) = loans(session)
        assert (loan.borrower, loan.key_count, loan.version) == ("李四", 3, 2)
        undone = desk.post("/registers/key_loan/import/1/undo")
        assert undone.status_code == 302
    session.expire_all()
    (loan,) = loans(session)
    assert (loan.borrower, loan.key_count) == ("张三", 1)


def test_an_undone_import_takes_its_new_rows_back(login, session, place):
    desk = login("front_desk")
    with clock.fixed(datetime(2026, 11, 20, 10, 0)):
        row = "1-1-101,入户门,1,张三,13800000001,是,看房,2026-11-20 09:00"
        where, page = send(desk, place, f"{HEADER}\n{row}")
        confirm(desk, where, page)
        assert len(loans(session)) == 1
        desk.post("/registers/key_loan/import/1/undo")
    assert loans(session) == []


@pytest.mark.parametrize("post", ["supervisor", "collector"])
def test_only_keepers_import(login, post):
    assert login(post).get("/registers/key_loan/import/").status_code == 403
