"""The record screens of the estate and a unit's page, through the browser's requests."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from app.core.db.models import AuditEntry
from app.estate.base.models import (
    Building,
    Customer,
    CustomerPhone,
    Ownership,
    Unit,
    UnitNote,
    Vehicle,
)
from tests.estate.conftest import ZHANG


@pytest.fixture
def form(app):
    """`form(client, address, **values)` opens a form, fills it in and sends it."""

    def send(client, address, **values):
        page = client.get(address).get_data(as_text=True)
        hidden = dict(re.findall(r'type="hidden" name="(form_key|version)" value="([^"]*)"', page))
        return client.post(address, data={**hidden, **values})

    return send


def test_a_unit_gets_its_one_code_from_what_was_typed(session, unit, login, form):
    answer = form(
        login("clerk"),
        "/units/add",
        building=str(unit.building_id),
        entrance="01单元",
        number="0102室",
        kind="flat",
        occupancy="vacant",
        gross_area="88.5",
    )
    assert answer.status_code == 302
    made = session.query(Unit).filter_by(code="1-1-102").one()
    assert (made.entrance, made.number, made.community_id) == ("1", "102", unit.community_id)
    assert made.sort_key > session.get(Unit, unit.id).sort_key


@pytest.mark.parametrize(
    ("wrong", "value"),
    [
        ("number", "??"),
        ("entrance", "随便"),
        ("gross_area", "0"),
        ("gross_area", "-5"),
        ("gross_area", "NaN"),
        ("net_area", "500"),
        ("handover_date", "2019-02-30"),
        ("kind", "palace"),
        ("building", "999999"),
        ("number", "101"),
    ],
)
def test_what_a_unit_cannot_be_is_refused_with_the_form_kept(
    session, unit, login, form, wrong, value
):
    values = {
        "building": str(unit.building_id),
        "entrance": "1",
        "number": "105",
        "kind": "flat",
        "occupancy": "vacant",
        "gross_area": "88.5",
        "remark": "靠路的一套",
    }
    answer = form(login("clerk"), "/units/add", **{**values, wrong: value})
    assert answer.status_code == 422
    assert "靠路的一套" in answer.get_data(as_text=True)
    assert session.query(Unit).count() == 1


@pytest.mark.parametrize(
    "question", ["1-1-101", "1栋1单元101", "101", "张三", "zs", "0001", "13800000001"]
)
def test_a_unit_is_found_by_whatever_is_said_of_it(unit, login, question):
    page = login("front_desk").get("/units/", query_string={"q": question})
    assert f"/units/show/{unit.id}" in page.get_data(as_text=True), question


@pytest.mark.parametrize("question", ["2-1-101", "李四", "ls", "9999", "浙B99999"])
def test_what_is_not_there_is_not_found(unit, login, question):
    page = login("front_desk").get("/units/", query_string={"q": question})
    assert f"/units/show/{unit.id}" not in page.get_data(as_text=True)


def test_a_unit_is_found_by_its_plate(session, unit, login):
    session.add(Vehicle(community_id=unit.community_id, unit_id=unit.id, plate="浙A12345"))
    session.commit()
    for question in ("浙A12345", "A12345", "12345"):
        page = login("collector").get("/units/", query_string={"q": question})
        assert f"/units/show/{unit.id}" in page.get_data(as_text=True), question


def test_phones_are_edited_one_in_a_line(session, community, login, form):
    answer = form(
        login("clerk"),
        "/customers/add",
        community=str(community.id),
        name="单雄信",
        kind="person",
        phone_lines="138 0000 0001\n0571-88888888\n13800000001",
    )
    assert answer.status_code == 302
    made = session.query(Customer).one()
    assert made.initials == "sxx"
    phones = session.query(CustomerPhone).order_by(CustomerPhone.position).all()
    assert [(one.number, one.tail, one.community_id) for one in phones] == [
        ("13800000001", "0001", community.id),
        ("0571-88888888", "8888", community.id),
    ]


def test_a_phone_that_is_none_is_refused(session, community, login, form):
    answer = form(
        login("clerk"),
        "/customers/add",
        community=str(community.id),
        name="张三",
        kind="person",
        phone_lines="12345",
    )
    assert answer.status_code == 422
    assert session.query(Customer).count() == 0


def test_a_customers_version_rises_with_its_phones(session, unit, login, form):
    owner = session.query(Customer).one()
    key, version = owner.id, owner.version
    answer = form(
        login("clerk"),
        f"/customers/edit/{key}",
        name="张三",
        kind="person",
        phone_lines="13900000009",
    )
    assert answer.status_code == 302
    session.expire_all()
    assert session.get(Customer, key).version == version + 1
    assert session.query(CustomerPhone).one().number == "13900000009"
    assert session.get(Customer, key).id_number == "11010519491231002X"


@pytest.mark.parametrize("number", ["110105194912310021", "123", "11010519491331002X"])
def test_an_id_number_that_cannot_be_is_refused(session, community, login, form, number):
    answer = form(
        login("clerk"),
        "/customers/add",
        community=str(community.id),
        name="张三",
        kind="person",
        id_number=number,
    )
    assert answer.status_code == 422
    assert session.query(Customer).count() == 0


def test_shares_never_add_up_to_more_than_one(session, unit, login, form):
    other = Customer(community_id=unit.community_id, name="李四", initials="ls")
    session.add(other)
    session.commit()
    values = {"unit": str(unit.id), "customer": str(other.id), "share": "0.5"}
    client = login("clerk")
    assert form(client, "/ownerships/add", **values).status_code == 422
    assert session.query(Ownership).count() == 1
    session.query(Ownership).one().ends_on = date(2026, 10, 31)
    session.commit()
    answer = form(client, "/ownerships/add", **values, starts_on="2026-11-01")
    assert answer.status_code == 302
    assert session.query(Ownership).filter_by(customer_id=other.id).one().share == Decimal("0.5")


def test_an_interval_cannot_end_before_it_begins(session, unit, login, form):
    row = session.query(Ownership).one()
    answer = form(
        login("clerk"),
        f"/ownerships/edit/{row.id}",
        share="1",
        starts_on="2026-11-02",
        ends_on="2026-11-01",
    )
    assert answer.status_code == 422


def test_a_new_name_of_a_building_becomes_part_of_its_codes(session, unit, login, form):
    key = unit.building_id
    answer = form(login("clerk"), f"/buildings/edit/{key}", name="12栋")
    assert answer.status_code == 302
    session.expire_all()
    assert session.get(Building, key).name == "12"
    assert session.get(Unit, unit.id).code == "12-1-101"


def test_the_page_of_a_building_is_the_plan_of_its_units(unit, login):
    page = login("front_desk").get(f"/buildings/show/{unit.building_id}").get_data(as_text=True)
    assert f"/units/show/{unit.id}" in page
    assert "张三" in page


def test_a_units_page_shows_who_and_keeps_phones_masked(unit, login):
    page = login("front_desk").get(f"/units/show/{unit.id}").get_data(as_text=True)
    assert "张三" in page
    assert "138****0001" in page
    assert "13800000001" not in page


def test_showing_full_phones_is_recorded_and_needs_the_right(session, unit, login):
    address = f"/units/{unit.id}/people"
    assert login("administrator").post(address).status_code == 403
    answer = login("collector").post(address)
    assert list(answer.get_json()["customers"].values()) == [["13800000001"]]
    entry = session.query(AuditEntry).filter_by(act="reveal").one()
    assert (entry.screen, entry.record_id) == ("units", str(unit.id))


def test_a_note_is_added_once_and_closed(session, unit, login):
    client = login("collector")
    page = client.get(f"/units/show/{unit.id}").get_data(as_text=True)
    key = re.search('name="form_key" value="([^"]+)"', page)[1]
    for _ in range(2):
        client.post(f"/units/{unit.id}/notes", data={"text": "欠钥匙一把", "form_key": key})
    note = session.query(UnitNote).one()
    assert (note.text, note.closed_on) == ("欠钥匙一把", None)
    client.post(f"/units/{unit.id}/notes/{note.id}/close")
    session.expire_all()
    assert session.query(UnitNote).one().closed_on is not None


def test_a_note_without_words_is_refused(session, unit, login):
    answer = login("collector").post(f"/units/{unit.id}/notes", data={"text": "  "})
    assert answer.status_code == 422
    assert session.query(UnitNote).count() == 0


def test_a_units_history_names_the_import_that_brought_it(session, write, bring, login):
    bring(write(ZHANG))
    unit = session.query(Unit).one()
    page = login("clerk").get(f"/units/show/{unit.id}").get_data(as_text=True)
    assert "业主.xlsx" in page
    assert "100%" in page


def test_a_plate_that_cannot_be_is_refused(session, unit, login, form):
    client = login("clerk")
    values = {"unit": str(unit.id)}
    assert form(client, "/vehicles/add", plate="ABC", **values).status_code == 422
    assert form(client, "/vehicles/add", plate="浙a·12345", **values).status_code == 302
    assert session.query(Vehicle).one().plate == "浙A12345"


def test_the_form_keeps_four_decimals(session, unit, login):
    client = login("clerk")
    page = client.get(f"/units/edit/{unit.id}").get_data(as_text=True)
    assert 'name="charged_area"' in page
    version = page.split('name="version" value="')[1].split('"')[0] if "version" in page else ""
    answer = client.post(
        f"/units/edit/{unit.id}",
        data={
            "kind": "flat",
            "occupancy": "owner",
            "gross_area": "77.7085",
            "charged_area": "95.5",
            "version": version,
        },
    )
    assert answer.status_code == 302
    session.expire_all()
    kept = session.get(Unit, unit.id)
    assert (kept.gross_area, kept.charged_area) == (Decimal("77.7085"), Decimal("95.5"))
    shown = client.get(f"/units/show/{unit.id}").get_data(as_text=True)
    assert "77.7085㎡" in shown
    assert "95.50㎡" in shown
