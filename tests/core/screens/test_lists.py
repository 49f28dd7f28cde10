"""Lists: each request has its own question, and nobody sees more than his communities."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import event, select

from app.access.models import Staff, UserCommunity
from app.charging.ledger.bill_models import Bill, BillingRun, ChargeItem, Standard, StandardPrice
from app.core.db.extensions import db
from app.estate.base.models import Unit, Vehicle


def rows_of(page: str) -> list[str]:
    return re.findall(r'<a class="row-link" href="[^"]*">([^<]*)', page)


@pytest.fixture
def only_here(session, world):
    """The supervisor may see the first community alone."""
    person = session.scalars(select(Staff).filter_by(username="supervisor")).one()
    person.all_communities = False
    person.communities = [UserCommunity(community_id=world.here)]
    session.commit()
    session.rollback()


def test_a_list_shows_the_records_with_their_relations(login, world):
    page = login("supervisor").get("/vehicles/").text
    assert "京A12345" in page
    assert "1-1-101" in page
    assert "张三" in page


def test_the_search_box_finds_in_own_and_related_columns(login, world):
    client = login("supervisor")
    assert "京A12345" in client.get("/vehicles/?q=a123").text
    assert "沪B99999" not in client.get("/vehicles/?q=a123").text
    assert "京A12345" in client.get("/vehicles/?q=张三").text
    assert "京A12345" in client.get("/vehicles/?q=zs 1-1-101").text
    assert "没有符合条件的记录" in client.get("/vehicles/?q=无此车").text


@pytest.mark.parametrize("hostile", ["%", "_", "\\", "'", '"><script>', "\x00", "a" * 5000, "𝒳"])
def test_hostile_words_find_nothing_and_break_nothing(login, world, hostile):
    answer = login("supervisor").get("/vehicles/", query_string={"q": hostile + "zz"})
    assert answer.status_code == 200
    assert "京A12345" not in answer.text
    assert "<script>zz" not in answer.text


@pytest.mark.parametrize(
    "asked",
    [
        "page=abc",
        "page=-5",
        "page=99999999999999999999",
        "size=100000",
        "size=x",
        "sort=nothing",
        "sort=-password",
        "sort=id_number",
        "f.plate.has=%00",
        "f.nothing.is=1",
        "f.unit.is=abc",
        "f.unit.is=99999999999999999999",
        "f.plate.drop=1",
        "f..=1",
        "f.=",
        "page=²",
        "f.unit.is=²",
    ],
)
def test_nonsense_in_the_address_is_left_out(login, world, asked):
    answer = login("supervisor").get(f"/vehicles/?{asked}")
    assert answer.status_code == 200


@pytest.mark.parametrize("value", ["NaN", "1e400", "Infinity", "--5", "9" * 30])
def test_a_filter_that_is_no_number_is_left_out_with_a_sentence(login, world, value):
    page = login("supervisor").get(f"/units/?f.gross_area.from={value}").text
    assert "没有生效" in page
    assert "1-1-101" in page


def test_filters_narrow_the_list(login, session, world):
    session.get(Unit, world.one_101).gross_area = Decimal("89.5")
    session.get(Unit, world.one_101).handover_date = date(2020, 5, 1)
    session.get(Unit, world.one_102).kind = "shop"
    session.commit()
    client = login("supervisor")

    def found(query: str) -> list[str]:
        return rows_of(client.get(f"/units/?{query}").text)

    assert found("f.gross_area.from=80&f.gross_area.to=90") == ["1-1-101"]
    assert found("f.kind.is=shop") == ["1-1-102"]
    assert found("f.handover_date.from=2020-05-01") == ["1-1-101"]
    assert len(found("f.handover_date.empty=1")) == 3
    assert len(found(f"f.building.is={world.one_building}")) == 2
    assert found("f.code.has=101&f.kind.not=shop&sort=code") == ["1-1-101", "1-1-101"]


def test_two_people_at_once_never_see_each_others_filter(app, login, world):
    """Flask-AppBuilder keeps the filter in the view, shared by all threads."""
    first, second = login("supervisor"), login("clerk")

    def ask(turn: int) -> bool:
        client, plate = ((first, "京A12345"), (second, "沪B99999"))[turn % 2]
        return rows_of(client.get(f"/vehicles/?f.plate.is={plate}").text) == ["1-1-101"] and (
            plate in client.get(f"/vehicles/?f.plate.is={plate}").text
        )

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(ask, range(60)))


def test_sorting_goes_by_declared_public_columns_only(login, session, world):
    client = login("supervisor")
    up = client.get("/vehicles/?sort=plate").text
    down = client.get("/vehicles/?sort=-plate").text
    assert up.index("京A12345") < up.index("沪B99999")
    assert down.index("沪B99999") < down.index("京A12345")
    assert client.get("/vehicles/?sort=unit").status_code == 200
    assert "sort=id_number" not in client.get("/customers/").text


def test_a_page_beyond_the_end_is_the_last_page(login, session, world):
    session.add_all(
        Vehicle(community_id=world.here, unit_id=world.one_101, plate=f"T{n:03}") for n in range(60)
    )
    session.commit()
    client = login("supervisor")
    page = client.get("/vehicles/?page=300").text
    assert len(rows_of(page)) == 12
    assert "第 3 / 3 页" in page
    assert len(rows_of(client.get("/vehicles/?page=2&size=50").text)) == 12


def test_nobody_sees_records_outside_his_communities(login, world, only_here):
    client = login("supervisor")
    assert "京A12345" in client.get("/vehicles/").text
    assert "沪B99999" not in client.get("/vehicles/").text
    assert "沪B99999" not in client.get("/vehicles/?q=B9").text
    assert client.get(f"/vehicles/show/{world.far}").status_code == 404
    assert client.get(f"/vehicles/edit/{world.far}").status_code == 404
    assert client.post(f"/vehicles/edit/{world.far}", data={"plate": "X"}).status_code == 404
    assert client.post(f"/vehicles/delete/{world.far}").status_code == 404
    assert client.post("/vehicles/act/paint", data={"id": world.far}).status_code == 404
    found = client.get("/lookups/units?q=1-1-101").json["results"]
    assert [one["id"] for one in found] == [world.one_101]
    assert "别处小区" not in client.get("/communities/").text
    with db.session.no_autoflush:
        assert db.session.get(Vehicle, world.far).colour is None


def test_a_user_without_any_community_sees_nothing(login, session, world):
    person = session.scalars(select(Staff).filter_by(username="clerk")).one()
    person.all_communities = False
    session.commit()
    client = login("clerk")
    assert "京A12345" not in client.get("/vehicles/").text
    assert client.get("/lookups/units").json == {"results": []}


@pytest.fixture
def many_bills(session, world):
    """60 bills of one unit."""
    session.add(ChargeItem(id=1, code="W", name="物业费"))
    session.flush()
    session.add(Standard(id=1, community_id=world.here, item_id=1, name="住宅", basis="unit"))
    session.flush()
    session.add(
        StandardPrice(
            id=1,
            community_id=world.here,
            standard_id=1,
            effective_from=date(2020, 1, 1),
            unit_price=Decimal(1),
        )
    )
    session.add(
        BillingRun(
            id=1,
            community_id=world.here,
            period_start=date(2020, 1, 1),
            period_end=date(2020, 1, 31),
            item_ids=[1],
            digest="",
            posted_on=date(2020, 1, 1),
        )
    )
    session.flush()
    for month in range(60):
        day = date(2020 + month // 12, month % 12 + 1, 1)
        session.add(
            Bill(
                community_id=world.here,
                run_id=1,
                unit_id=world.one_101,
                customer_id=world.owner,
                item_id=1,
                price_id=1,
                period_start=day,
                period_end=day,
                due_on=day,
                amount=Decimal("1234.5"),
                sentence="1",
                posted_on=day,
            )
        )
    session.commit()
    session.rollback()


def test_a_list_page_takes_at_most_eight_queries(app, login, many_bills):
    client = login("manager")
    client.get("/bills/")
    statements = []

    def count(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        page = client.get("/bills/").text
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert "1,234.50" in page
    assert len(statements) <= 8, "\n".join(statements)


def test_a_large_table_is_sorted_only_where_an_index_leads(login, many_bills):
    page = login("manager").get("/bills/").text
    assert "sort=amount" not in page
    assert "作废" in page


def test_relations_are_never_rendered_as_options(login, world):
    page = login("supervisor").get("/vehicles/add").text
    assert "1-1-102" not in page
    assert 'data-remote="/lookups/units"' in page
