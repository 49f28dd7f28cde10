"""Forms: what was typed is checked, kept when refused, stored once, and overwrites nobody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.access.models import Staff, UserCommunity
from app.charging.ledger.bill_models import ChargeItem
from app.core.db import one_time_keys
from app.estate.base.models import Building, Customer, Resident, Unit, Vehicle
from tests.core.screens.vehicles import entries, vehicle_form, version_of


def test_a_new_record_belongs_to_the_community_of_its_unit(login, session, world):
    answer = login("supervisor").post("/vehicles/add", data=vehicle_form(world, plate=" 京B00001 "))
    assert answer.status_code == 302
    made = session.scalars(select(Vehicle).filter_by(plate="京B00001")).one()
    assert (made.unit_id, made.community_id, made.customer_id) == (world.one_101, world.here, None)
    (entry,) = entries(session, "create", "vehicles")
    assert entry.record_id == str(made.id)
    assert entry.user_name == "王supervisor"
    assert entry.community_id == world.here
    assert entry.details["plate"] == ["", "京B00001"]


def test_a_form_sent_twice_makes_one_record(login, session, world):
    client, form = login("supervisor"), vehicle_form(world)
    first, second = (client.post("/vehicles/add", data=form) for _ in range(2))
    assert first.location == second.location
    assert session.scalar(select(func.count()).where(Vehicle.plate == "京B00001")) == 1
    assert "已经提交过" in client.get(second.location).text


def test_a_form_sent_twice_at_once_makes_one_record(app, login, session, world):
    client, form = login("supervisor"), vehicle_form(world)
    with client.session_transaction() as cookie:
        values = dict(cookie)

    def send(_):
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie.update(values)
        return browser.post("/vehicles/add", data=form).location

    with ThreadPoolExecutor(4) as pool:
        places = set(pool.map(send, range(4)))
    assert len(places) == 1
    assert session.scalar(select(func.count()).where(Vehicle.plate == "京B00001")) == 1


def test_a_form_without_its_key_stores_nothing(login, session, world):
    answer = login("supervisor").post("/vehicles/add", data=vehicle_form(world, form_key=""))
    assert answer.status_code == 422
    assert "京B00001" in answer.text
    assert session.scalar(select(func.count()).where(Vehicle.plate == "京B00001")) == 0


def test_what_was_typed_is_kept_when_a_rule_refuses_it(login, session, world):
    answer = login("supervisor").post(
        "/vehicles/add", data=vehicle_form(world, plate="京*1", colour="天蓝")
    )
    assert answer.status_code == 422
    assert 'value="京*1"' in answer.text
    assert 'value="天蓝"' in answer.text
    assert 'value="1-1-101"' in answer.text
    assert 'id="plate-error"' in answer.text
    assert session.scalar(select(func.count(Vehicle.id))) == 2


def test_what_is_missing_is_said_at_its_field(login, session, world):
    page = login("supervisor").post("/vehicles/add", data=vehicle_form(world, unit="", plate=" "))
    assert "请填写“车牌”" in page.text
    # The text of a unit was typed, but none was chosen from the list.
    assert "请从下拉列表中选择" in page.text
    assert session.scalar(select(func.count(Vehicle.id))) == 2


def test_a_name_typed_whole_is_the_record_unless_two_are_called_so(login, session, world):
    client = login("supervisor")
    typed = vehicle_form(world, unit="")
    assert "请从下拉列表中选择" in client.post("/vehicles/add", data=typed).text
    session.get(Unit, world.other_101).code = "9-1-101"
    session.commit()
    part = vehicle_form(world, unit="", unit__text="1-1-1")
    assert "请从下拉列表中选择" in client.post("/vehicles/add", data=part).text
    assert session.scalar(select(func.count(Vehicle.id))) == 2
    assert client.post("/vehicles/add", data=typed).status_code == 302
    stored = session.scalars(select(Vehicle).filter_by(plate="京B00001")).one()
    assert stored.unit_id == world.one_101


def test_the_same_code_twice_is_a_sentence_not_an_error(login, session, world):
    session.add(ChargeItem(code="WY", name="物业费"))
    session.commit()
    answer = login("supervisor").post(
        "/items/add",
        data={
            "form_key": one_time_keys.fresh(),
            "code": "WY",
            "name": "别的费",
            "due_days": "30",
        },
    )
    assert answer.status_code == 422
    assert "已有相同的记录（编码重复）" in answer.text
    assert 'value="别的费"' in answer.text


def test_a_record_outside_the_scope_cannot_be_chosen(login, session, world):
    person = session.scalars(select(Staff).filter_by(username="supervisor")).one()
    person.all_communities = False
    person.communities = [UserCommunity(community_id=world.here)]
    session.commit()
    answer = login("supervisor").post(
        "/vehicles/add", data=vehicle_form(world, unit=world.other_101)
    )
    assert answer.status_code == 422
    assert "请从下拉列表中选择" in answer.text
    assert session.scalar(select(func.count(Vehicle.id))) == 2


def test_records_of_two_communities_are_not_mixed(login, session, world):
    client = login("supervisor")
    mixed = vehicle_form(world, unit=world.other_101, customer=world.owner)
    assert "不属于同一个小区" in client.post("/vehicles/add", data=mixed).text
    page = client.get(f"/vehicles/edit/{world.vehicle}").text
    moved = client.post(
        f"/vehicles/edit/{world.vehicle}",
        data={
            "version": version_of(page),
            "unit": world.other_101,
            "plate": "京A12345",
        },
    )
    assert moved.status_code == 422
    assert session.get(Vehicle, world.vehicle).unit_id == world.one_101


def test_a_change_is_stored_with_old_and_new(login, session, world):
    client = login("clerk")
    page = client.get(f"/vehicles/edit/{world.vehicle}").text
    answer = client.post(
        f"/vehicles/edit/{world.vehicle}",
        data={
            "version": version_of(page),
            "unit": world.one_102,
            "plate": "京A12345",
            "customer": world.owner,
            "colour": "白",
        },
    )
    assert answer.location.endswith(f"/vehicles/show/{world.vehicle}")
    stored = session.get(Vehicle, world.vehicle)
    assert (stored.unit_id, stored.colour, stored.version) == (world.one_102, "白", 2)
    (entry,) = entries(session, "write", "vehicles")
    assert entry.details == {"unit": ["1-1-101", "1-1-102"], "colour": ["", "白"]}


def test_nothing_changed_is_said_and_not_recorded(login, session, world):
    client = login("clerk")
    page = client.get(f"/vehicles/edit/{world.vehicle}").text
    answer = client.post(
        f"/vehicles/edit/{world.vehicle}",
        data={
            "version": version_of(page),
            "unit": world.one_101,
            "plate": "京A12345",
            "customer": world.owner,
        },
        follow_redirects=True,
    )
    assert "没有改动" in answer.text
    assert entries(session, "write", "vehicles") == []


@pytest.mark.parametrize("old", ["stale", "none"])
def test_a_change_never_overwrites_what_another_stored_meanwhile(login, session, world, old):
    client = login("clerk")
    version = version_of(client.get(f"/vehicles/edit/{world.vehicle}").text)
    session.get(Vehicle, world.vehicle).colour = "黑"
    session.commit()
    form = {
        "version": version if old == "stale" else "",
        "unit": world.one_101,
        "plate": "京A12345",
        "customer": world.owner,
        "colour": "白",
    }
    answer = client.post(f"/vehicles/edit/{world.vehicle}", data=form)
    assert answer.status_code == 409
    assert "刚刚被别人修改过" in answer.text
    assert 'value="白"' in answer.text
    assert "现在保存的是：黑" in answer.text
    assert session.get(Vehicle, world.vehicle).colour == "黑"
    form["version"] = version_of(answer.text)
    assert client.post(f"/vehicles/edit/{world.vehicle}", data=form).status_code == 302
    session.rollback()
    assert session.get(Vehicle, world.vehicle).colour == "白"


def test_two_changes_at_the_same_moment_store_one_and_refuse_the_other(app, login, session, world):
    client = login("clerk")
    version = version_of(client.get(f"/vehicles/edit/{world.vehicle}").text)
    with client.session_transaction() as cookie:
        values = dict(cookie)

    def send(colour):
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie.update(values)
        return browser.post(
            f"/vehicles/edit/{world.vehicle}",
            data={
                "version": version,
                "unit": world.one_101,
                "plate": "京A12345",
                "customer": world.owner,
                "colour": colour,
            },
        ).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(send, "红黄蓝绿"))
    assert answers == [302, 409, 409, 409]
    assert session.get(Vehicle, world.vehicle).version == 2


def test_a_record_in_use_is_not_deleted_and_the_users_are_named(login, session, world):
    client = login("supervisor")
    answer = client.post(
        f"/customers/delete/{world.owner}",
        headers={"Referer": f"http://localhost/customers/show/{world.owner}"},
        follow_redirects=True,
    )
    assert "不能删除：还有车辆 (1)与此记录有关" in answer.text
    assert session.get(Customer, world.owner) is not None


def test_a_deleted_record_stays_in_the_record_of_changes(login, session, world):
    client = login("supervisor")
    assert client.get(f"/vehicles/delete/{world.vehicle}").status_code == 405
    answer = client.post(f"/vehicles/delete/{world.vehicle}")
    assert answer.location.endswith("/vehicles/")
    assert session.get(Vehicle, world.vehicle) is None
    (entry,) = entries(session, "delete", "vehicles")
    assert entry.details["plate"] == ["京A12345", ""]
    assert client.post(f"/vehicles/delete/{world.vehicle}").status_code == 404


def test_an_act_runs_on_the_chosen_records_only(login, session, world):
    client = login("supervisor")
    client.post("/vehicles/act/paint", data={"id": [world.vehicle]})
    assert session.get(Vehicle, world.vehicle).colour == "红"
    assert session.get(Vehicle, world.far).colour is None
    assert login("manager").post("/vehicles/act/paint", data={"id": world.far}).status_code == 403
    assert client.post("/vehicles/act/paint").status_code == 400


def test_related_records_are_tabs_as_far_as_rights_reach(login, session, world):
    page = login("supervisor").get(f"/units/show/{world.one_101}").text
    assert "京A12345" in page
    assert "沪B99999" not in page
    assert f"/residents/add?unit={world.one_101}" in page
    assert (
        f"/residents/add?unit={world.one_101}"
        not in login("manager").get(f"/units/show/{world.one_101}").text
    )


def test_a_screen_has_no_route_for_what_nobody_may_do(login, world):
    client = login("administrator")
    for address in ("/bills/add", "/bills/edit/1", "/bills/delete/1", "/vehicles/reveal/1/plate"):
        assert client.post(address).status_code == 404
    assert client.get("/vehicles/download/x").status_code == 404
    assert client.get("/vehicles/action/x/1").status_code == 404


def test_rights_are_asked_on_every_route(login, session, world):
    front = login("front_desk")
    assert front.get("/vehicles/").status_code == 200
    assert front.post(f"/vehicles/delete/{world.vehicle}").status_code == 403
    collector = login("collector")
    assert collector.get("/vehicles/add").status_code == 403
    assert collector.post("/vehicles/add", data=vehicle_form(world)).status_code == 403
    assert "新增" not in collector.get("/vehicles/").text
    assert collector.get("/lookups/nothing").status_code == 404
    assert session.get(Vehicle, world.vehicle) is not None


def test_a_catalogue_without_community_can_be_edited_and_a_number_kept_small(login, session, world):
    client = login("supervisor")
    client.post(
        "/buildings/add",
        data={
            "form_key": one_time_keys.fresh(),
            "community": world.here,
            "name": "S1",
            "floors": "33",
        },
    )
    made = session.scalars(select(Building).filter_by(name="S1")).one()
    assert (made.community_id, made.floors) == (world.here, 33)
    for pk in ("0", "-1", "abc", "2147483648", "9" * 25, "1%00"):
        assert client.get(f"/buildings/show/{pk}").status_code == 404


def test_several_records_can_be_added_one_after_the_other(login, session, world):
    client = login("clerk")
    answer = client.post(
        "/residents/add",
        data={
            "form_key": one_time_keys.fresh(),
            "unit": world.one_101,
            "name": "张小三",
            "phone": "13800000001",
            "again": "1",
        },
    )
    assert answer.location.endswith("/residents/add")
    assert session.scalars(select(Resident)).one().phone == "13800000001"
