"""What a plan says: who is billed, who is skipped and why, what looks odd."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.charging.billing import run
from app.charging.ledger.bill_models import Bill, BillingRun
from app.charging.pricing.comparing import Oddity, differences, oddities
from app.charging.pricing.facts import Request
from app.charging.pricing.price import Reason
from app.core.records import data_scope
from app.core.values.errors import DomainError, NotFound
from app.core.values.period import Period
from app.estate.base.codes import Occupancy, UnitKind
from app.estate.base.models import Building
from tests.charging.estate import DECEMBER, NOVEMBER, Estate


@pytest.fixture
def estate(books):
    return Estate(books)


def plan(estate, period=NOVEMBER, *items):
    return run.plan(estate.session, estate.request(period, *items))


def lines(made):
    """unit id → amounts of a plan."""
    found = {}
    for place, priced in made.rows():
        found.setdefault(made.facts.units.ids[place], []).append(priced.line.amount)
    return found


def reasons(made):
    return {
        (group.item, group.skip.reason): len(group.units)
        for group in (*made.skipped, *made.left_out)
    }


def test_a_plan_writes_nothing(estate):
    estate.ordinary()
    made = plan(estate)
    estate.session.commit()
    assert made.total.lines == 2
    assert made.total.amount == Decimal("501.20")
    assert estate.session.scalar(select(func.count(Bill.id))) == 0
    assert estate.session.scalar(select(func.count(BillingRun.id))) == 0


def test_totals_per_item_and_building(estate):
    first, _second = estate.ordinary("1-1-101", "1-1-102")
    other = estate.books.keep(Building(community_id=estate.community.id, name="2"))
    third = estate.unit("2-1-101", building_id=other.id, gross_area=Decimal(100))
    lift = estate.item("电梯费")
    estate.assign(estate.standard(lift, "电梯费", "20", basis="unit"), building_id=other.id)
    made = plan(estate)
    assert lines(made)[third.id] == [Decimal("280.00"), Decimal("20.00")]
    assert [(total.lines, total.amount) for total in made.per_item] == [
        (3, Decimal("781.20")),
        (1, Decimal("20.00")),
    ]
    assert {key: total.amount for key, total in made.per_building.items()} == {
        (first.building_id, 0): Decimal("501.20"),
        (other.id, 0): Decimal("280.00"),
        (other.id, 1): Decimal("20.00"),
    }


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"gross_area": None}, Reason.NO_GROSS_AREA),
        ({"billing_start": date(2026, 12, 1)}, Reason.NOT_STARTED),
        ({"occupancy": Occupancy.UNDELIVERED}, Reason.NOT_HANDED_OVER),
    ],
)
def test_a_unit_is_skipped_with_its_reason(estate, values, reason):
    estate.ordinary("1-1-101")
    estate.unit("1-1-102", **values)
    made = plan(estate)
    assert len(lines(made)) == 1
    assert reasons(made) == {(0, reason): 1}


def test_an_undelivered_unit_with_a_start_is_billed_from_it(estate):
    estate.ordinary("1-1-101")
    unit = estate.unit("1-1-102", occupancy=Occupancy.UNDELIVERED, billing_start=date(2026, 11, 16))
    assert lines(plan(estate))[unit.id] == [Decimal("125.30")]


def test_a_unit_without_a_billing_start_is_billed_from_its_handover(estate):
    estate.ordinary("1-1-101")
    unit = estate.unit("1-1-102", handover_date=date(2026, 11, 16))
    assert lines(plan(estate))[unit.id] == [Decimal("125.30")]


def test_a_unit_of_which_nothing_is_recorded_is_billed_and_listed(estate):
    estate.ordinary("1-1-101")
    unit = estate.unit("1-1-102", occupancy=Occupancy.UNKNOWN)
    made = plan(estate)
    assert lines(made)[unit.id] == [Decimal("250.60")]
    [group] = oddities(made)
    assert (group.oddity, group.count) == (Oddity.NO_START, 1)
    assert made.facts.units.ids[group.examples[0].unit] == unit.id


def test_two_standards_for_the_same_kind_are_listed_not_guessed(estate):
    estate.ordinary("1-1-101")
    estate.assign(estate.standard(estate.items[0], "另一标准"), unit_kind="flat")
    made = plan(estate)
    assert lines(made) == {}
    assert reasons(made) == {(0, Reason.CONFLICT): 1}
    assert made.skipped[0].skip.details == ("住宅物业费", "另一标准")


def test_a_standard_out_of_use_is_no_conflict(estate):
    estate.ordinary("1-1-101")
    other = estate.standard(estate.items[0], "另一标准")
    estate.assign(other, unit_kind="flat")
    other.active = False
    estate.session.commit()
    assert len(lines(plan(estate))) == 1


def test_an_exempt_unit_is_counted_apart(estate):
    units = estate.ordinary()
    estate.assign(estate.standard(estate.items[0], "免收"), unit_id=units[0].id, exempt=True)
    made = plan(estate)
    assert list(lines(made)) == [units[1].id]
    assert [group.skip.reason for group in made.left_out] == [Reason.EXEMPT]
    assert made.skipped == ()


def test_a_unit_without_a_fee_that_others_of_its_kind_pay_is_listed(estate):
    estate.ordinary("1-1-101")
    lift = estate.item("电梯费")
    standard = estate.standard(lift, "电梯费", "20", basis="unit")
    estate.assign(standard, building_id=estate.books.building.id)
    other = estate.books.keep(Building(community_id=estate.community.id, name="2"))
    estate.unit("2-1-101", building_id=other.id)
    estate.unit("车位1", kind=UnitKind.PARKING, building_id=other.id)
    made = plan(estate)
    assert reasons(made) == {(1, Reason.NO_STANDARD): 1, (None, Reason.NO_STANDARD): 1}


def test_a_quarterly_fee_waits_for_the_run_of_the_quarter(estate):
    estate.ordinary("1-1-101")
    site = estate.item("广告位费")
    estate.assign(estate.standard(site, "广告位", "300", "unit", "quarter"), unit_kind="flat")
    assert reasons(plan(estate)) == {(1, Reason.OTHER_CYCLE): 1}
    made = plan(estate, Period.parse("2026-Q4"))
    assert made.total.amount == Decimal("900.00")
    assert reasons(made) == {(0, Reason.OTHER_CYCLE): 1}


def test_who_owes_is_the_first_owner_on_the_first_day(estate):
    standard = estate.standard(estate.item())
    estate.assign(standard, unit_kind="flat")
    unit = estate.unit(owner=None)
    estate.books.owner(unit, "卖方", ends_on=date(2026, 11, 1))
    estate.books.owner(unit, "买方", starts_on=date(2026, 11, 2))
    second = estate.books.owner(unit, "第二人", position=1)
    made = plan(estate)
    assert estate.session.get(type(second), made.facts.units.owners[0]).name == "卖方"


def test_a_unit_handed_over_in_the_period_is_owed_by_its_first_owner_then(estate):
    standard = estate.standard(estate.item())
    estate.assign(standard, unit_kind="flat")
    unit = estate.unit(owner=None, billing_start=date(2026, 11, 16))
    buyer = estate.books.owner(unit, "买方", starts_on=date(2026, 11, 16))
    assert plan(estate).facts.units.owners[0] == buyer.id


def test_nothing_chosen_or_something_unknown_is_refused(estate):
    estate.ordinary()
    for items in ((), (estate.items[0].id, 999)):
        with pytest.raises(DomainError):
            run.plan(estate.session, Request(estate.community.id, NOVEMBER, items))


def test_a_community_outside_the_scope_does_not_exist(estate):
    estate.ordinary()
    with data_scope.use(data_scope.NOTHING), pytest.raises(NotFound):
        plan(estate)


def test_odd_amounts_are_found_with_what_they_are_held_against(estate):
    units = estate.ordinary("1-1-101", "1-1-102", "1-1-103", "1-1-104")
    run.post(estate.session, estate.request())
    estate.session.commit()
    units[0].gross_area = Decimal(300)
    units[1].gross_area = Decimal(20)
    units[2].occupancy, units[2].billing_start = "undelivered", date(2027, 1, 1)
    new = estate.unit("1-1-105", owner=None)
    estate.session.commit()
    made = plan(estate, DECEMBER)
    found = {group.oddity: group for group in oddities(made)}
    seen = {
        oddity: [(made.facts.units.ids[odd.unit], odd.amount, odd.other) for odd in group.examples]
        for oddity, group in found.items()
    }
    assert seen == {
        Oddity.MUCH_MORE: [(units[0].id, Decimal("840.00"), Decimal("250.60"))],
        Oddity.MUCH_LESS: [(units[1].id, Decimal("56.00"), Decimal("250.60"))],
        Oddity.GONE: [(units[2].id, Decimal("0.00"), Decimal("250.60"))],
        Oddity.NEW: [(new.id, Decimal("250.60"), Decimal("0.00"))],
        Oddity.NO_OWNER: [(new.id, Decimal("250.60"), Decimal("0.00"))],
    }
    [difference] = differences(made)
    assert (difference.before.lines, difference.before.amount) == (4, Decimal("1002.40"))
    assert difference.difference == Decimal("394.80")
    assert difference.percent == Decimal("39.4")


def test_an_extreme_amount_is_odd_in_the_first_month_too(estate):
    units = estate.ordinary(*(f"1-1-{number}" for number in range(101, 115)))
    units[5].gross_area = Decimal(8950)
    estate.session.commit()
    free = estate.item("赠送")
    estate.assign(estate.standard(free, "赠送", "0", basis="unit"), unit_id=units[0].id)
    made = plan(estate)
    found = {group.oddity: group for group in oddities(made)}
    assert {oddity: group.count for oddity, group in found.items()} == {Oddity.EXTREME: 1}
    # A price of 0 makes no bill; it is as expected, so nobody need look at it.
    assert reasons(made) == {(1, Reason.FREE): 1, (1, Reason.NO_STANDARD): 13}
    assert [group.skip.reason for group in made.left_out] == [Reason.FREE]
    assert made.facts.units.ids[found[Oddity.EXTREME].examples[0].unit] == units[5].id


def test_the_digest_follows_the_lines_and_nothing_else(estate):
    units = estate.ordinary()
    before = plan(estate).digest
    units[0].remark = "与账单无关"
    estate.session.commit()
    assert plan(estate).digest == before
    units[0].gross_area = Decimal("89.51")
    estate.session.commit()
    assert plan(estate).digest != before
