"""Private columns: masked everywhere, revealed one by one by those who may, and recorded (E07)."""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from app.core.columns import column as col
from app.core.columns.column import FieldKind
from app.core.db.models import AuditEntry
from app.core.screens.cells import cell
from app.core.screens.export import sheet_column
from app.core.values.secret import Secret
from app.estate.base.models import Customer, Resident

FULL = "110101199003070011"
MASKED = "110***********0011"


@pytest.fixture
def resident(session, world):
    found = Resident(
        community_id=world.here, unit_id=world.one_101, name="张小三", phone="13812345678"
    )
    session.add(found)
    session.commit()
    number = found.id
    session.rollback()
    return number


@pytest.mark.parametrize("post", ["manager", "supervisor", "front_desk", "collector", "clerk"])
def test_lists_and_pages_show_the_mask_to_everybody(login, world, post):
    client = login(post)
    for address in ("/customers/", f"/customers/show/{world.owner}"):
        page = client.get(address).text
        assert FULL not in page
        assert MASKED in page


def test_revealing_is_recorded(login, session, world):
    answer = login("clerk").post(f"/customers/reveal/{world.owner}/id_number")
    assert answer.json == {"value": FULL}
    assert answer.headers["Cache-Control"] == "no-store"
    (entry,) = session.scalars(select(AuditEntry).filter_by(act="reveal"))
    assert (entry.screen, entry.record_id, entry.title) == ("customers", str(world.owner), "张三")
    assert entry.details == {"column": "id_number"}


def test_revealing_names_the_record_by_its_relations(login, session, world, resident):
    answer = login("clerk").post(f"/residents/reveal/{resident}/phone")
    assert answer.json == {"value": "13812345678"}
    (entry,) = session.scalars(select(AuditEntry).filter_by(act="reveal"))
    assert entry.title == "1-1-101 张小三"


def test_who_may_not_see_private_data_cannot_reveal_it(login, session, world):
    client = login("collector")
    assert "data-reveal" not in client.get(f"/customers/show/{world.owner}").text
    assert client.post(f"/customers/reveal/{world.owner}/id_number").status_code == 403
    assert session.scalars(select(AuditEntry).filter_by(act="reveal")).all() == []


def test_only_private_columns_are_revealed(login, world):
    client = login("clerk")
    for name in ("name", "version", "password", "__class__"):
        assert client.post(f"/customers/reveal/{world.owner}/{name}").status_code == 404


def test_private_columns_are_no_oracle(login, world):
    client = login("clerk")
    for asked in (f"q={FULL}", "q=110101", "f.id_number.is=" + FULL, "sort=id_number"):
        page = client.get(f"/customers/?{asked}").text
        assert FULL not in page.replace(f'value="{FULL}"', "")
        shown = "张三" in page
        assert shown == (not asked.startswith("q=")), asked
    assert client.get(f"/lookups/customers?q={FULL}").json == {"results": []}


def test_an_edit_form_holds_only_the_mask_and_keeps_what_is_stored(login, session, world, resident):
    client = login("front_desk")
    page = client.get(f"/residents/edit/{resident}").text
    assert "13812345678" not in page
    assert 'placeholder="138****5678"' in page
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    form = {"version": version, "unit": world.one_101, "name": "张小四", "phone": ""}
    assert client.post(f"/residents/edit/{resident}", data=form).status_code == 302
    stored = session.get(Resident, resident)
    assert (stored.name, stored.phone) == ("张小四", "13812345678")


def test_a_private_value_can_be_replaced_or_deleted(login, session, world, resident):
    client = login("front_desk")
    form = {"unit": world.one_101, "name": "张小三"}
    form |= {"version": "1", "phone": "13900001111"}
    assert client.post(f"/residents/edit/{resident}", data=form).status_code == 302
    assert session.get(Resident, resident).phone == "13900001111"
    form |= {"version": "2", "phone": "", "phone__clear": "1"}
    assert client.post(f"/residents/edit/{resident}", data=form).status_code == 302
    session.rollback()
    assert session.get(Resident, resident).phone is None
    details = [entry.details for entry in session.scalars(select(AuditEntry).order_by("id"))]
    assert details == [
        {"phone": ["138****5678", "139****1111"]},
        {"phone": ["139****1111", ""]},
    ]


def sheet(answer) -> list[list]:
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()


def test_an_export_shows_private_columns_only_to_those_who_may_and_say_why(login, session, world):
    asked = {"full": "1", "reason": "核对业主档案"}
    for post, form, shown in (
        ("clerk", {}, MASKED),
        ("clerk", asked, FULL),
        ("collector", {}, MASKED),
    ):
        answer = login(post).post("/customers/export?q=张", data=form)
        assert answer.status_code == 200
        cells = [cell for row in sheet(answer) for cell in row]
        assert shown in cells
    assert login("collector").post("/customers/export", data=asked).status_code == 403
    rows = [entry.details for entry in session.scalars(select(AuditEntry).order_by("id"))]
    assert rows == [
        {"rows": 1, "private": False},
        {
            "rows": 1,
            "private": True,
            "full": ["private"],
            "reason": "核对业主档案",
            "columns": ["证件号码"],
            "filter": "搜索: 张",
        },
        {"rows": 1, "private": False},
    ]


def test_an_export_in_full_without_a_reason_is_refused_and_keeps_the_list(login, session, world):
    client = login("clerk")
    for reason in ("", "   ", "…"):
        answer = client.post("/customers/export?q=张", data={"full": "1", "reason": reason})
        assert answer.status_code == 422
        assert "请写明用途" in answer.text
        assert "张三" in answer.text
        assert FULL not in answer.text
    assert session.scalars(select(AuditEntry)).all() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (col.money("it", "价格", private=True), Decimal("12.50")),
        (col.date("it", "日期", private=True), date(2026, 11, 20)),
        (
            col.computed("it", "和", lambda row: row.it, like=FieldKind.NUMBER, private=True),
            Decimal(3),
        ),
        (col.long_text("it", "说明", private=True), "护照 E7654321"),
        (col.lines("it", "明细", (col.text("one", "一"),), private=True), [{"one": "E7654321"}]),
    ],
)
def test_whatever_kind_is_private_shows_nothing_of_itself(column, value):
    row = SimpleNamespace(it=value)
    hidden = sheet_column(column)
    assert (hidden.of(row), hidden.kind, hidden.total) == ("****", "text", False)
    assert cell(column, row) == "****"
    whole = sheet_column(column, whole={Secret.PRIVATE})
    assert whole.of(row) == value or "E7654321" in whole.of(row)


def test_an_export_holds_the_filtered_list_in_its_scope(login, session, world):
    answer = login("supervisor").get("/vehicles/export?q=京A")
    cells = [cell for row in sheet(answer) for cell in row]
    assert "京A12345" in cells
    assert "沪B99999" not in cells
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_who_may_not_export_gets_no_file(login, session, world):
    assert login("front_desk").get("/bills/export").status_code == 403
    session.get(Customer, world.owner)
