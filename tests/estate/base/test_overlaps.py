"""Nothing is let or sold twice: by form, by two people at once (H06)."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import date
from decimal import Decimal
from threading import Barrier
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cli import check
from app.core.db.one_time_keys import fresh
from app.core.records import data_scope
from app.core.values.errors import DomainError
from app.estate.base import overlaps
from app.estate.base.models import Ownership, Tenancy, Unit, Vehicle
from app.estate.screens import conflicts
from app.estate.screens.conflicts import Sort
from tests.charging.books import Books

NOVEMBER = {"starts_on": date(2026, 11, 1), "ends_on": date(2026, 11, 30)}


@pytest.fixture
def place(session):
    """1-1-101 with 李四 as tenant in November 2026, a parking space, and three people."""
    books = Books(session)
    unit, space = books.unit(), books.unit("B1-1-023")
    space.kind = "parking"
    tenant = books.tenant(unit, **NOVEMBER)
    people = [books.customer(unit, name) for name in ("赵六", "钱七", "孙八")]
    session.commit()
    return SimpleNamespace(
        unit=unit.id,
        space=space.id,
        tenant=tenant.id,
        people=[one.id for one in people],
        community=unit.community_id,
        lease=session.scalar(select(Tenancy.id)),
    )


def told(answer) -> str:
    """The sentence at a field or above the form."""
    found = re.findall(
        r'class="(?:field-error"[^>]*|alert alert-danger" role="alert")>([^<]+)<', answer.text
    )
    return " ".join(found)


def let(client, unit, customer, first="", last=""):
    return client.post(
        "/tenancies/add",
        data={
            "form_key": fresh(),
            "unit": unit,
            "customer": customer,
            "starts_on": first,
            "ends_on": last,
        },
    )


def sell(client, unit, customer, first="", last="", share="1"):
    return client.post(
        "/ownerships/add",
        data={
            "form_key": fresh(),
            "unit": unit,
            "customer": customer,
            "share": share,
            "starts_on": first,
            "ends_on": last,
        },
    )


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-11-30", ""), ("2026-11-01", "2026-11-01"), ("2026-10-01", "2026-11-01"), ("", ""),
        ("", "2026-11-15"), ("2026-01-01", "2027-01-01"), ("2026-11-10", "2026-11-12"),
    ],
)  # fmt: skip
def test_a_unit_is_not_let_twice_on_one_day(login, session, place, first, last):
    answer = let(login("clerk"), place.unit, place.people[0], first, last)
    assert answer.status_code == 422
    assert "1-1-101 在这段时间已租给李四（2026-11-01 至 2026-11-30）" in told(answer)
    assert f'value="{first}"' in answer.text
    assert session.scalar(select(func.count(Tenancy.id))) == 1


@pytest.mark.parametrize(
    ("first", "last"), [("2026-12-01", ""), ("", "2026-10-31"), ("2026-12-01", "2026-12-01")]
)
def test_the_day_after_and_the_day_before_are_free(login, session, place, first, last):
    assert let(login("clerk"), place.unit, place.people[0], first, last).status_code == 302
    assert session.scalar(select(func.count(Tenancy.id))) == 2


def test_what_overlaps_from_before_can_be_put_right_and_nothing_made_worse(login, session, place):
    old = Tenancy(
        community_id=place.community,
        unit_id=place.unit,
        customer_id=place.people[0],
        starts_on=date(2026, 11, 15),
    )
    session.add(old)
    session.commit()
    key, client = old.id, login("clerk")

    def change(version: int, **values):
        form = {"version": version, "starts_on": "2026-11-15", "ends_on": "", "remark": ""}
        return client.post(f"/tenancies/edit/{key}", data=form | values)

    assert change(1, remark="电话核实中").status_code == 302
    assert change(2, ends_on="2026-12-31").status_code == 302
    assert "李四" in told(change(3, ends_on="2026-12-31", starts_on="2026-11-14"))
    assert change(3, ends_on="2026-12-31", starts_on="2026-12-01").status_code == 302
    assert "李四" in told(change(4, ends_on="2026-12-31", starts_on="2026-11-30"))
    session.rollback()
    assert session.get(Tenancy, key).starts_on == date(2026, 12, 1)
    assert conflicts.every(session) == []


def test_a_sold_parking_space_is_not_let_and_a_let_one_not_let_again(login, session, place):
    client = login("front_desk")
    first, second, third = place.people
    assert sell(client, place.space, first, "2026-03-01").status_code == 302
    refused = let(client, place.space, second, "2026-11-01")
    assert "车位 B1-1-023 已售给赵六（2026-03-01 至 未定），不能再出租" in told(refused)
    assert let(client, place.space, second, "2026-01-01", "2026-02-28").status_code == 302
    assert "钱七" in told(let(client, place.space, third, "2026-02-28", "2026-02-28"))
    assert session.scalar(select(func.count(Tenancy.id)).filter_by(unit_id=place.space)) == 1


def test_a_let_space_may_be_sold_with_its_tenant_but_not_under_one_who_comes_later(
    login, session, place
):
    client = login("front_desk")
    first, second, third = place.people
    assert let(client, place.space, first, "2026-01-01", "2026-12-31").status_code == 302
    assert "赵六" in told(sell(client, place.space, second, "2025-06-01"))
    assert "赵六" in told(sell(client, place.space, second))
    assert sell(client, place.space, second, "2026-06-01").status_code == 302
    assert "份额" in told(sell(client, place.space, third, "2026-07-01"))
    assert conflicts.every(session) == []


def test_one_owner_stands_on_a_unit_once_on_one_day(login, session, place):
    client, owner = login("clerk"), place.people[0]
    half = {"share": "0.5"}
    assert sell(client, place.unit, owner, "2026-01-01", "2026-06-30", **half).status_code == 302
    again = sell(client, place.unit, owner, "2026-06-30", "", **half)
    assert "赵六在这段时间已经是 1-1-101 的业主（2026-01-01 至 2026-06-30）" in told(again)
    assert sell(client, place.unit, owner, "2026-07-01", "", **half).status_code == 302
    other = place.people[1]
    assert "份额" in told(sell(client, place.unit, other, "2026-05-01", "", share="0.6"))
    assert sell(client, place.unit, other, "2026-05-01", "", **half).status_code == 302


@pytest.mark.parametrize("kind", ["tenancy", "ownership"])
def test_of_many_who_let_or_sell_at_once_one_is_stored(engine, kind):
    with Session(engine) as session:
        books = Books(session)
        unit = books.unit()
        key, community = unit.id, unit.community_id
        people = [books.customer(unit, f"甲{number}").id for number in range(5)]
    start = Barrier(len(people))

    def act(customer: int) -> bool:
        with data_scope.use(data_scope.EVERYTHING), Session(engine) as session:
            start.wait(20)
            overlaps.lock(session, community)
            unit = session.get(Unit, key)
            facts = {"community_id": community, "unit_id": key, "customer_id": customer}
            try:
                if kind == "tenancy":
                    overlaps.tenancy(session, unit, date(2026, 1, 1), None)
                    session.add(Tenancy(**facts, starts_on=date(2026, 1, 1)))
                else:
                    overlaps.ownership(session, unit, people[0], None, None)
                    session.add(Ownership(**facts | {"customer_id": people[0]}))
                session.commit()
            except DomainError:
                return False
            return True

    with ThreadPoolExecutor(len(people)) as pool:
        done = [pool.submit(copy_context().run, act, one) for one in people]
        assert sorted(one.result(60) for one in done) == [False] * 4 + [True]


def test_two_forms_sent_at_once_make_one_tenancy(login, session, place):
    clients = [login("clerk"), login("front_desk")]
    session.rollback()
    start = Barrier(2)

    def act(client, customer):
        start.wait(20)
        return let(client, place.unit, customer, "2027-01-01").status_code

    with ThreadPoolExecutor(2) as pool:
        sent = [
            pool.submit(copy_context().run, act, *pair)
            for pair in zip(clients, place.people[:2], strict=True)
        ]
        assert sorted(one.result(60) for one in sent) == [302, 422]
    assert session.scalar(select(func.count(Tenancy.id))) == 2


# What stands on file.


def test_old_conflicts_are_listed_for_a_person_and_stop_nothing(login, session, place, app):
    facts = {"community_id": place.community, "unit_id": place.unit}
    one, two, three = place.people
    session.add_all(
        [
            Tenancy(**facts, customer_id=one, starts_on=date(2026, 11, 30)),
            Ownership(**facts, customer_id=two, ends_on=date(2026, 5, 1)),
            Ownership(**facts, customer_id=two, starts_on=date(2026, 5, 1)),
            Ownership(**facts, customer_id=three, share=Decimal("0.5"), starts_on=date(2026, 9, 1)),
            Ownership(community_id=place.community, unit_id=place.space, customer_id=one),
            Tenancy(community_id=place.community, unit_id=place.space, customer_id=two),
            Vehicle(**facts, plate="浙A12345", space="023"),
            Vehicle(
                community_id=place.community, unit_id=place.space, plate="浙A12345", space="023"
            ),
            Vehicle(**facts, plate="浙A12345"),
        ]
    )
    session.commit()
    found = {one.sort: one for one in conflicts.every(session)}
    assert set(found) == set(Sort)
    assert found[Sort.SHARES].parties[0].text.startswith("钱七 100.00%")
    page = login("clerk").get("/units/to-settle/").text
    for words in (
        "同一房屋租期重叠",
        "赵六（2026-11-30 至 未定）",
        "车位已售又出租",
        "浙A12345",
        "产权份额合计超过 100%",
    ):
        assert words in page
    for link in re.findall(r'href="(/(?:tenancies|ownerships|vehicles)/show/\d+)"', page):
        assert login("clerk").get(link).status_code == 200
    said = app.test_cli_runner().invoke(check, [])
    assert said.exit_code == 0
    assert "△ 有 1 处同一房屋的租期重叠：1-1-101" in said.output
    assert "△ 有 1 套房屋的产权份额合计超过 100%：1-1-101" in said.output


def test_both_databases_find_the_same(engine):
    with data_scope.use(data_scope.EVERYTHING), Session(engine) as session:
        books = Books(session)
        unit, space = books.unit(), books.unit("B1-1-023")
        space.kind = "parking"
        one, two = books.customer(unit, "甲"), books.customer(unit, "乙")
        for place in (unit, space):
            facts = {"community_id": unit.community_id, "unit_id": place.id}
            session.add_all(
                [
                    Tenancy(**facts, customer_id=one.id, starts_on=date(2026, 1, 1)),
                    Tenancy(**facts, customer_id=two.id, ends_on=date(2026, 1, 1)),
                    Ownership(**facts, customer_id=one.id),
                    Ownership(**facts, customer_id=one.id, share=Decimal("0.5")),
                    Vehicle(**facts, plate="浙A12345", space="023"),
                ]
            )
        session.commit()
        found = [(one.sort, one.about) for one in conflicts.every(session)]
        assert sorted(found) == sorted(
            [
                (Sort.TENANCIES, "1-1-101"),
                (Sort.TENANCIES, "B1-1-023"),
                (Sort.OWNER_TWICE, "1-1-101"),
                (Sort.OWNER_TWICE, "B1-1-023"),
                (Sort.SHARES, "1-1-101"),
                (Sort.SHARES, "B1-1-023"),
                *[(Sort.SOLD_AND_LET, "B1-1-023")] * 4,
                (Sort.PLATES, "浙A12345"),
                (Sort.SPACES, "023"),
            ]
        )


def test_a_house_in_order_has_nothing_to_settle(login, session, place):
    assert "没有需要理顺的档案" in login("collector").get("/units/to-settle/").text


def test_the_same_plate_on_two_units_is_stored_and_said(login, session, place):
    client = login("front_desk")

    def add(unit, **more):
        form = {"form_key": fresh(), "plate": "浙A12345", "unit": unit, "space": "023", **more}
        return client.post("/vehicles/add", data=form, follow_redirects=True)

    assert "请核对" not in add(place.unit).text
    second = add(place.space)
    assert "车牌 浙A12345 还登记在 1-1-101，请核对" in second.text
    assert "车位 023 还有 1-1-101 的车辆在用，请核对" in second.text
    again = add(place.space, again="1")
    assert again.text.count("车牌 浙A12345 还登记在 1-1-101，请核对") == 1
    assert session.scalar(select(func.count(Vehicle.id))) == 3
