"""Who lived where on a day, and what each owner file lacks, against cases made by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.core.reports.output import as_data
from app.core.values.secret import Secret
from app.estate.base.models import (
    Building,
    Community,
    Customer,
    CustomerPhone,
    Ownership,
    Resident,
    Tenancy,
    Unit,
)
from app.estate.reports import file_faults, listings
from app.estate.reports.completeness import FAULTS, Holder, owner_faults

GOOD_ID = "11010519491231002X"
DAY = date(2026, 5, 31)


class Estate:
    """Adds units and people to 安居花园."""

    def __init__(self, session) -> None:
        self.session = session
        self.home = Community(name="安居花园", short_code="AJ")
        session.add(self.home)
        session.flush()
        self.building = Building(community_id=self.home.id, name="1", sort_key="000001")
        session.add(self.building)
        session.flush()

    def unit(self, number: str, **facts) -> Unit:
        values = {
            "occupancy": "owner",
            "gross_area": Decimal("89.5"),
            "handover_date": date(2020, 1, 1),
            "billing_start": date(2020, 1, 1),
        } | facts
        unit = Unit(
            community_id=self.home.id,
            building_id=self.building.id,
            number=number,
            code=f"1-1-{number}",
            sort_key=number,
            **values,
        )
        self.session.add(unit)
        self.session.flush()
        return unit

    def person(self, name: str, phone: str | None = "13800000001", **facts) -> Customer:
        values = {"id_number": GOOD_ID} | facts
        person = Customer(community_id=self.home.id, name=name, **values)
        if phone:
            person.phones = [
                CustomerPhone(community_id=self.home.id, number=phone, tail=phone[-4:])
            ]
        self.session.add(person)
        self.session.flush()
        return person

    def link(self, model, unit: Unit, person: Customer, **facts) -> None:
        self.session.add(
            model(community_id=self.home.id, unit_id=unit.id, customer_id=person.id, **facts)
        )
        self.session.flush()

    def owned(self, number: str, name: str = "张三", phone="13800000001", person=None, **facts):
        unit = self.unit(number, **facts)
        self.link(Ownership, unit, self.person(name, phone, **(person or {})))
        return unit


@pytest.fixture
def estate(session):
    return Estate(session)


def data_of(estate, report, day=DAY, **chosen):
    parameters = {"community": None, "building": None, "kind": None, "day": day} | chosen
    data = as_data(report, estate.session, parameters, whole=frozenset(Secret))
    return {sheet["name"]: sheet for sheet in data["sheets"]}


def test_the_roster_of_a_past_day_names_those_who_were_there_then(estate):
    unit = estate.unit("101")
    estate.link(Ownership, unit, estate.person("张三"), ends_on=date(2026, 3, 31))
    estate.link(Ownership, unit, estate.person("李四", "13900000002"), starts_on=date(2026, 4, 1))
    estate.link(
        Tenancy, unit, estate.person("王五"), starts_on=date(2026, 2, 1), ends_on=date(2026, 2, 28)
    )
    estate.session.add(
        Resident(
            community_id=estate.home.id, unit_id=unit.id, name="小张", ends_on=date(2026, 3, 31)
        )
    )
    estate.session.flush()

    (winter,) = data_of(estate, listings.occupancy, date(2026, 2, 15))["roster"]["rows"]
    assert (winter["owners"], winter["tenants"], winter["residents"]) == ("张三", "王五", "小张")
    assert winter["phones"] == "13800000001"
    assert str(winter["state"]) == "出租"
    (spring,) = data_of(estate, listings.occupancy, date(2026, 4, 1))["roster"]["rows"]
    assert (spring["owners"], spring["tenants"], spring["residents"]) == ("李四", "", "")
    assert str(spring["state"]) == "自住"


def test_occupancy_is_counted_per_building_with_its_rate(estate):
    for number, state in enumerate(
        ("owner", "owner", "vacant", "undelivered", "unknown"), start=101
    ):
        handed = {"handover_date": None} if state == "undelivered" else {}
        estate.unit(str(number), occupancy=state, **handed)
    estate.unit("201", handover_date=date(2026, 6, 30))
    (line,) = data_of(estate, listings.occupancy)["buildings"]["rows"]
    assert [line[key] for key in ("units", "owner", "let", "vacant", "undelivered", "unknown")] == [
        6,
        2,
        0,
        1,
        2,
        1,
    ]
    assert line["full"] == "0.5000"
    assert line["area"] == "537.0000"


def test_a_whole_file_has_no_fault_and_counts_as_complete(estate):
    estate.owned("101")
    found = data_of(estate, file_faults.files)
    assert found["faults"]["rows"] == []
    (line,) = found["summary"]["rows"]
    assert (line["files"], line["whole"], line["rate"]) == (1, 1, "1.0000")


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("phone", {"phone": None}),
        ("phone_wrong", {"phone": "1380000"}),
        ("id", {"person": {"id_number": None}}),
        ("id_wrong", {"person": {"id_number": "110105194912310021"}}),
        ("credit_code", {"person": {"kind": "company", "id_number": None}}),
        (
            "credit_code_wrong",
            {"person": {"kind": "company", "id_number": None, "credit_code": "12"}},
        ),
        ("area", {"gross_area": None}),
        ("net_area", {"net_area": Decimal("95")}),
        ("handover", {"handover_date": None}),
        ("occupancy", {"occupancy": "unknown"}),
        ("tenant", {"occupancy": "let"}),
    ],
)
def test_each_fault_is_found_alone(estate, code, facts):
    estate.owned("101", **facts)
    found = data_of(estate, file_faults.files)
    faults = found["faults"]["rows"]
    assert [row["fault"] for row in faults] == [str(FAULTS[code].label)]
    (line,) = found["summary"]["rows"]
    assert (line["missing"], line["wrong"]) == ((1, 0) if FAULTS[code].missing else (0, 1))
    assert line["whole"] == 0


def test_a_unit_without_owner_says_so_and_one_not_handed_over_needs_no_dates(estate):
    estate.unit("101", occupancy="undelivered", handover_date=None, billing_start=None)
    rows = data_of(estate, file_faults.files)["faults"]["rows"]
    assert [row["fault"] for row in rows] == [str(FAULTS["owner"].label)]


def test_shares_must_add_up_and_three_thirds_do():
    def holders(*shares):
        return [
            Holder(number, "张三", "person", GOOD_ID, None, Decimal(share))
            for number, share in enumerate(shares)
        ]

    phones = dict.fromkeys(range(4), ("13800000001",))
    assert list(owner_faults(holders("0.333333", "0.333333", "0.333333"), phones)) == []
    (fault,) = owner_faults(holders("0.5", "0.4"), phones)
    assert fault.code == "shares"
    assert fault.value == "50.00% + 40.00%"


def test_private_numbers_are_masked_on_the_page_and_areas_are_not(login, estate):
    estate.owned("101", "李四", person={"id_number": "110105194912310021"})
    estate.owned("102", "王五", net_area=Decimal("95"))
    estate.session.commit()
    page = login("clerk").get("/reports/files/").get_data(as_text=True)
    assert "110105194912310021" not in page
    assert "0021" in page
    assert "95.00 &gt; 89.50" in page
    roster = login("front_desk").get("/reports/occupancy/").get_data(as_text=True)
    assert "13800000001" not in roster
    assert "138****0001" in roster


def test_the_owner_of_the_day_decides_the_check_of_a_past_day(estate):
    unit = estate.unit("101")
    estate.link(Ownership, unit, estate.person("张三", id_number=None), ends_on=date(2026, 3, 31))
    estate.link(Ownership, unit, estate.person("李四"), starts_on=date(2026, 4, 1))
    assert data_of(estate, file_faults.files)["faults"]["rows"] == []
    (fault,) = data_of(estate, file_faults.files, date(2026, 3, 1))["faults"]["rows"]
    assert fault["person"] == "张三"
