"""The one box of the desk finds a unit by whatever people say of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from app.cashier.desk import account as desk
from app.cashier.desk.debtors import Debtors
from app.cashier.desk.search import HitKind, search
from app.cashier.payments.receive import receive
from app.charging.ledger.settling import Given, TenderKind
from app.core.db import audit
from app.core.records import data_scope
from app.core.records.data_scope import Scope
from app.core.values import clock
from app.core.values.errors import NotFound
from app.estate.base.models import Building, Community, Ownership, Resident, UnitNote, Vehicle


@pytest.fixture(autouse=True)
def day():
    with clock.fixed(datetime(2026, 4, 10, 9, 30)):
        yield


@pytest.fixture
def estate(books):
    """Four flats: 张三 owns two of them, 李四 rents the second, 孙八 sold the third."""
    books.flats = [books.unit(f"1-1-{number}") for number in (101, 102, 201, 1001)]
    first, second, third, fourth = books.flats
    books.zhang = books.owner(first, "张三", "zs", "13800001234")
    books.tenant(second, "李四", "ls", "13900005678")
    books.owner(third, "孙八", "sb", "13700004321", ends_on=date(2026, 1, 31))
    books.owner(third, "王小五", "wxw", None)
    books.owner(fourth, "欧阳修", "oyx", None)
    common = {"community_id": books.community.id}
    books.keep(
        Vehicle(unit_id=fourth.id, plate="京A12345", **common),
        Resident(unit_id=second.id, name="周小妹", relation="女儿", **common),
        UnitNote(unit_id=first.id, text="厨房渗水", **common),
        UnitNote(unit_id=first.id, text="已办完", closed_on=date(2026, 1, 1), **common),
    )
    return books


def found(estate, typed):
    return [(hit.code, hit.why) for hit in search(estate.session, typed)]


@pytest.mark.parametrize(
    "typed", ["1-1-101", "1栋1单元101", "1#1单元101室", "１－１－１０１", "01-01-0101", " 1-1-101 "]
)
def test_a_room_in_any_spelling(estate, typed):
    assert found(estate, typed)[0] == ("1-1-101", HitKind.ROOM)


def test_a_room_half_typed_offers_what_begins_like_it(estate):
    assert {code for code, _ in found(estate, "1-1-1")} == {"1-1-101", "1-1-102", "1-1-1001"}


@pytest.mark.parametrize(
    ("typed", "code", "why"),
    [
        ("张三", "1-1-101", HitKind.OWNER),
        ("小五", "1-1-201", HitKind.OWNER),
        ("zs", "1-1-101", HitKind.OWNER),
        ("OY", "1-1-1001", HitKind.OWNER),
        ("1234", "1-1-101", HitKind.OWNER),
        ("13800001234", "1-1-101", HitKind.OWNER),
        ("李四", "1-1-102", HitKind.TENANT),
        ("5678", "1-1-102", HitKind.TENANT),
        ("周小妹", "1-1-102", HitKind.RESIDENT),
        ("京A12345", "1-1-1001", HitKind.PLATE),
        ("a12345", "1-1-1001", HitKind.PLATE),
        ("京A·12345", "1-1-1001", HitKind.PLATE),
        ("孙八", "1-1-201", HitKind.FORMER),
    ],
)
def test_people_phones_and_plates(estate, typed, code, why):
    assert (code, why) in found(estate, typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "%",
        "_",
        "'",
        "'; DROP TABLE unit; --",
        "\0",
        "x" * 500,
        "🙂",
        "不存在的人",
        "99-9-999",
        "\\",
        "NaN",
        "1e400",
        "\ud800",
    ],
)
def test_what_is_nowhere_finds_nothing(estate, typed):
    assert found(estate, typed) == []


def test_a_hit_says_who_owns_and_what_is_owed(estate):
    estate.bill(estate.flats[0], "100.50")
    hit = search(estate.session, "张三")[0]
    assert (hit.owners, hit.owed, hit.community) == ("张三", Decimal("100.50"), "安居花园")


def codes(estate, typed):
    return [code for code, _why in found(estate, typed)]


@pytest.fixture
def street(estate):
    """Beside the flats a shop, spaces of building 1 and of the basement, buildings 2 and 10."""
    kinds = {
        "S1-01": "shop",
        "B1-01": "parking",
        "1-01": "parking",
        "1-02": "storage",
        "B1-02": "parking",
        "10-1-101": "flat",
        "2-1-101": "flat",
        "1-1-99": "flat",
    }
    buildings = {
        name: estate.keep(Building(community_id=estate.community.id, name=name))
        for name in ("S1", "B1", "10", "2")
    }
    for code, kind in kinds.items():
        unit = estate.unit(code)
        unit.kind = kind
        if (place := code.partition("-")[0]) != "1":
            unit.building_id = buildings[place].id
        unit.entrance = "1" if code.count("-") == 2 else ""
        unit.sort_key = "-".join(part.zfill(6) for part in code.split("-"))
    for flat in estate.flats:
        flat.sort_key = "-".join(part.zfill(6) for part in flat.code.split("-"))
    estate.session.commit()
    return estate


def test_flats_come_before_shops_and_these_before_spaces(street):
    assert codes(street, "1") == [
        "1-1-99",
        "1-1-101",
        "1-1-102",
        "1-1-201",
        "1-1-1001",
        "10-1-101",
        "S1-01",
        "1-01",
        "B1-01",
        "1-02",
    ]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("1-1", "1-01"),
        ("b1-1", "B1-01"),
        ("1-02", "1-02"),
        ("1-1-99", "1-1-99"),
        ("S1-1", "S1-01"),
        ("1栋1单元99", "1-1-99"),
    ],
)
def test_what_is_called_exactly_so_is_the_first(street, typed, first):
    assert codes(street, typed)[0] == first


def test_a_space_that_is_called_as_flats_begin_hides_no_flat(street):
    assert {"1-01", "1-1-101", "1-1-1001"} <= set(codes(street, "1-1"))
    assert codes(street, "1-1-101") == ["1-1-101"], "a whole number opens at once"


def test_rooms_stand_in_their_natural_order(street):
    assert codes(street, "101")[:3] == ["1-1-101", "2-1-101", "10-1-101"]


def test_at_most_ten_are_offered(estate):
    for number in range(301, 315):
        estate.unit(f"1-1-{number}")
    assert len(search(estate.session, "1-1")) == 10


def test_the_end_of_a_phone_is_found_though_every_building_has_such_a_room(estate):
    for entrance in range(2, 14):
        estate.unit(f"1-{entrance}-1234")
    offered = found(estate, "1234")
    assert ("1-1-101", HitKind.OWNER) in offered
    assert len(offered) == 10
    assert offered[0][1] is HitKind.ROOM


def test_other_communities_are_not_found(estate):
    elsewhere = estate.keep(Community(name="阳光里", short_code="YG"))
    with data_scope.use(Scope(frozenset({elsewhere.id}))):
        for typed in ("1-1-101", "张三", "zs", "1234", "京A12345", "周小妹"):
            assert found(estate, typed) == []
        with pytest.raises(NotFound):
            desk.account(estate.session, estate.flats[0].id)


def test_the_account_shows_people_bills_notes_and_the_owners_other_units(estate):
    first, second = estate.flats[:2]
    estate.bill(first, "80", month=date(2026, 2, 1))
    estate.bill(first, "100", month=date(2026, 1, 1))
    former = estate.customer(first, "前业主")
    old = estate.bill(first, "60", month=date(2025, 12, 1), customer_id=former.id)
    estate.bill(first, "70", month=date(2026, 4, 1))
    estate.bill(second, "40")
    estate.keep(
        Ownership(community_id=first.community_id, unit_id=second.id, customer_id=estate.zhang.id)
    )
    account = desk.account(estate.session, first.id)
    assert [bill.balance for bill in account.bills] == [
        Decimal(60),
        Decimal(100),
        Decimal(80),
        Decimal(70),
    ]
    assert account.owed == Decimal(310)
    assert account.debtors == Debtors(left={old.id: "前业主"})
    assert [bill.balance for bill in account.ticked] == [Decimal(100), Decimal(80)]
    assert account.ticked_sum == Decimal(180)
    assert (account.early_sum, len(account.early)) == (Decimal(70), 1)
    assert (account.payer.customer_id, account.payer.label) == (estate.zhang.id, "张三")
    assert [note.text for note in account.notes] == ["厨房渗水"]
    assert [(one.code, one.owed) for one in account.siblings] == [("1-1-102", Decimal(40))]
    assert account.payments == []


def test_a_unit_without_people_can_still_be_opened(estate):
    empty = estate.unit("1-1-901")
    account = desk.account(estate.session, empty.id)
    assert (account.payer.customer_id, account.bills, account.siblings) == (None, [], [])


def test_money_that_a_former_owner_paid_ahead_is_named(estate):
    """A purse belongs to a customer: the owner has his own, the collector sees the others."""
    flat = estate.flats[0]
    with audit.acting(estate.collector):
        for payer, key in ((estate.zhang, "a"), (estate.customer(flat, "前业主"), "b")):
            receive(
                estate.session,
                unit_id=flat.id,
                payer="",
                payer_id=payer.id,
                key=key,
                tenders=[Given(TenderKind.CASH, Decimal(50))],
                keep_surplus=True,
            )
    account = desk.account(estate.session, flat.id)
    assert account.purses.payers == Decimal(50)
    assert [(one.name, one.amount) for one in account.purses.left] == [("前业主", Decimal(50))]
    assert account.payer_words == {
        name: {"id": str(who), "purse": "50.00"}
        for name, who in (("张三", estate.zhang.id), ("前业主", account.purses.left[0].customer_id))
    }
