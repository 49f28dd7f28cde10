"""Who is in a unit: one answer on every page, in every list, file and figure (E11)."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.values import clock
from app.estate.base import occupancy
from app.estate.base.codes import Occupancy
from app.estate.base.models import Building, Community, Customer, Tenancy, Unit
from config import ROOT
from tests.charging.books import Books
from tests.core.screens.test_privacy import sheet

DAY = date(2026, 11, 20)


def lease(first: date | None, last: date | None) -> SimpleNamespace:
    return SimpleNamespace(starts_on=first, ends_on=last)


PAST = lease(date(2025, 1, 1), date(2026, 11, 19))
LAST_DAY = lease(date(2025, 1, 1), DAY)
FIRST_DAY = lease(DAY, None)
OPEN = lease(None, None)
LATER = lease(date(2026, 11, 21), None)


@pytest.mark.parametrize(
    ("stated", "handover", "leases", "found"),
    [
        ("owner", None, [], "owner"),
        ("owner", None, [OPEN], "let"),
        ("owner", None, [FIRST_DAY], "let"),
        ("owner", None, [LAST_DAY], "let"),
        ("owner", None, [PAST], "owner"),
        ("owner", None, [LATER], "owner"),
        ("vacant", None, [PAST, FIRST_DAY], "let"),
        ("undelivered", date(2027, 1, 1), [OPEN], "let"),
        ("vacant", date(2026, 11, 21), [], "undelivered"),
        ("vacant", DAY, [], "vacant"),
        ("let", None, [], "let"),
        ("let", None, [LATER], "let"),
        ("let", None, [PAST], "vacant"),
        ("let", None, [PAST, LATER], "vacant"),
        ("unknown", None, [PAST], "unknown"),
    ],
)
def test_dates_on_file_know_better_than_the_statement(stated, handover, leases, found):
    assert occupancy.occupancy_of(stated, handover, leases, DAY) == found
    assert occupancy.occupancy_of(stated, handover, leases[::-1], DAY) == found


@pytest.mark.parametrize("seed", range(3))
def test_the_database_and_the_program_say_the_same_of_random_units(engine, seed):
    chance = random.Random(seed)

    def some_day():
        return chance.choice([None, DAY + timedelta(days=chance.randint(-3, 3))])

    with Session(engine) as session:
        home = Community(name="安居花园", short_code="AJ")
        session.add(home)
        session.flush()
        building = Building(community_id=home.id, name="1")
        tenant = Customer(community_id=home.id, name="李四")
        session.add_all([building, tenant])
        session.flush()
        for number in range(200):
            unit = Unit(
                community_id=home.id,
                building_id=building.id,
                number=str(number),
                code=str(number),
                occupancy=chance.choice(list(Occupancy)),
                handover_date=some_day(),
            )
            session.add(unit)
            session.flush()
            for _one in range(chance.choice([0, 0, 1, 2, 3])):
                first, last = some_day(), some_day()
                if first and last and last < first:
                    first, last = last, first
                session.add(
                    Tenancy(
                        community_id=home.id,
                        unit_id=unit.id,
                        customer_id=tenant.id,
                        starts_on=first,
                        ends_on=last,
                    )
                )
        session.flush()
        seen = set()
        for day in (DAY + timedelta(days=step) for step in range(-4, 5)):
            asked = select(Unit, occupancy.occupancy_on(day)).order_by(Unit.id)
            for unit, word in session.execute(asked).all():
                rows = session.scalars(select(Tenancy).filter_by(unit_id=unit.id)).all()
                said = occupancy.occupancy_of(unit.occupancy, unit.handover_date, rows, day)
                assert said == word
                seen.add(said)
            words = session.scalars(select(occupancy.occupancy_on(day)).order_by(Unit.id)).all()
            known = occupancy.of_units(session, list(range(1, 201)), day)
            assert [known[key] for key in sorted(known)] == words
        assert seen == set(Occupancy)


@pytest.fixture
def told(session):
    """1-1-101 recorded as owner-occupied, let since 1 November; 1-1-102 recorded as let, over."""
    books = Books(session)
    first, second, third = (books.unit(f"1-1-10{number}") for number in (1, 2, 3))
    first.occupancy, second.occupancy, third.occupancy = "owner", "let", "vacant"
    books.tenant(first, starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 30))
    books.tenant(second, name="赵六", starts_on=date(2025, 1, 1), ends_on=date(2026, 10, 31))
    session.commit()
    with clock.fixed(clock.datetime(2026, 11, 20, 12, 0)):
        yield SimpleNamespace(
            first=first.id, second=second.id, third=third.id, building=first.building_id
        )


def state_on(page: str) -> list[str]:
    return re.findall(r'class="tag tag-[a-z]+">(未登记|未交付|空置|自住|出租)<', page)


def test_every_page_list_file_and_figure_says_the_same(login, told):
    client = login("supervisor")
    assert state_on(client.get("/units/").text) == ["出租", "空置", "空置"]
    assert state_on(client.get(f"/units/show/{told.first}").text)[0] == "出租"
    assert state_on(client.get(f"/units/show/{told.second}").text)[0] == "空置"
    plan = client.get(f"/buildings/show/{told.building}").text
    assert re.findall(r"floor-unit floor-([a-z]+)", plan) == ["let", "vacant", "vacant"]
    assert "· 出租" in client.get(f"/desk/unit/{told.first}").text
    roster = client.get("/reports/occupancy/").text
    assert re.findall(r"<td>(自住|出租|空置)</td>", roster) == ["出租", "空置", "空置"]
    rows = sheet(client.get("/units/export"))
    place = next(row.index("使用状态") for row in rows if "使用状态" in row)
    assert [row[place] for row in rows if str(row[0]).startswith("1-1")] == ["出租", "空置", "空置"]


def test_lists_are_filtered_and_sorted_by_what_they_show(login, told):
    client = login("clerk")

    def rooms(question: str) -> list[str]:
        return re.findall(
            r'class="row-link" href="[^"]+">(1-1-\d+)<', client.get(f"/units/?{question}").text
        )

    assert rooms("f.occupancy.is=let") == ["1-1-101"]
    assert rooms("f.occupancy.is=owner") == []
    assert rooms("f.occupancy.is=vacant") == ["1-1-102", "1-1-103"]
    assert rooms("f.occupancy.not=vacant") == ["1-1-101"]
    assert rooms("sort=occupancy")[-1] == "1-1-101"
    assert rooms("sort=-occupancy")[0] == "1-1-101"


def test_the_form_keeps_the_statement_and_says_that_a_tenancy_counts(login, session, told):
    page = login("clerk").get(f"/units/edit/{told.first}").text
    assert '<option value="owner" selected>自住</option>' in page
    assert "租约未到期时一律显示为出租" in page
    session.rollback()
    with clock.fixed(clock.datetime(2026, 12, 1, 12, 0)):
        after = login("clerk").get(f"/units/show/{told.first}").text
    assert state_on(after)[0] == "自住"


READERS = {
    "app/estate/base/occupancy.py",
    "app/estate/base/models.py",
    "app/estate/owner_file/rows.py",
    "app/estate/owner_import/plan.py",
    "app/estate/reports/completeness.py",
    "app/estate/screens/unit_views.py",
    "app/estate/display.py",
}


def test_nothing_reads_the_statement_past_the_one_derivation():
    """`completeness` reads rows whose `occupancy` is derived, `import_plan` also a file's."""
    wrong = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "app").rglob("*"))
        if path.suffix in {".py", ".html"}
        and "demo" not in path.parts
        and str(path.relative_to(ROOT)) not in READERS
        and re.search(r"\b(unit|Unit|UNIT|record)\.occupancy\b", path.read_text("utf-8"))
    ]
    assert wrong == []
