"""Which standard applies to a unit: the narrowest wins, a tie is never guessed."""

from __future__ import annotations

from datetime import date

import pytest

from app.charging.pricing.assignments import AssignmentRule, resolve
from app.charging.pricing.price import Basis, Piece, Reason, Skip, Terms
from app.core.values.period import Cycle, Period

NOVEMBER = Period(date(2026, 11, 1), 1)


def standard(number, cycle=Cycle.MONTH):
    return Terms(number, f"标准{number}", Basis.UNIT, cycle, ())


ONE, TWO = standard(1), standard(2)
WHOLE = (NOVEMBER.first, NOVEMBER.last)


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ({"unit_kind": "flat"}, {"building_id": 7}),
        ({"unit_kind": "flat"}, {"building_id": 7, "unit_kind": "flat"}),
        ({"building_id": 7}, {"building_id": 7, "unit_kind": "flat"}),
        ({"building_id": 7, "unit_kind": "flat"}, {"unit_id": 70}),
        ({"unit_kind": "flat"}, {"unit_id": 70}),
    ],
)
def test_the_narrower_assignment_wins(wide, narrow):
    rules = [AssignmentRule(ONE, **wide), AssignmentRule(TWO, **narrow)]
    assert all(rule.meets(70, 7, "flat") for rule in rules)
    assert resolve(rules, NOVEMBER) == (Piece(*WHOLE, TWO),)


@pytest.mark.parametrize(
    "rule",
    [
        AssignmentRule(ONE, unit_kind="shop"),
        AssignmentRule(ONE, building_id=8),
        AssignmentRule(ONE, unit_id=71),
        AssignmentRule(ONE, building_id=7, unit_kind="shop"),
        AssignmentRule(ONE, building_id=8, unit_kind="flat"),
    ],
)
def test_an_assignment_of_others_does_not_meet_the_unit(rule):
    assert not rule.meets(70, 7, "flat")


def test_two_standards_equally_narrow_are_a_conflict():
    rules = [AssignmentRule(ONE, unit_kind="flat"), AssignmentRule(TWO, unit_kind="flat")]
    assert resolve(rules, NOVEMBER) == Skip(Reason.CONFLICT, ("标准1", "标准2"))


def test_a_conflict_further_out_does_not_matter():
    rules = [
        AssignmentRule(ONE, unit_kind="flat"),
        AssignmentRule(TWO, unit_kind="flat"),
        AssignmentRule(TWO, unit_id=70),
    ]
    assert resolve(rules, NOVEMBER) == (Piece(*WHOLE, TWO),)


def test_the_same_standard_twice_is_no_conflict():
    rules = [AssignmentRule(ONE, unit_kind="flat"), AssignmentRule(ONE, unit_kind="flat")]
    assert resolve(rules, NOVEMBER) == (Piece(*WHOLE, ONE),)


def test_exempt_takes_a_unit_out():
    rules = [AssignmentRule(ONE, unit_kind="flat"), AssignmentRule(ONE, unit_id=70, exempt=True)]
    assert resolve(rules, NOVEMBER) == Skip(Reason.EXEMPT)


def test_exempt_and_charged_equally_narrow_is_a_conflict():
    rules = [AssignmentRule(ONE, unit_id=70), AssignmentRule(TWO, unit_id=70, exempt=True)]
    assert resolve(rules, NOVEMBER) == Skip(Reason.CONFLICT, ("标准1", "标准2"))


def test_the_days_of_an_assignment_cut_the_period():
    rules = [
        AssignmentRule(ONE, unit_kind="flat"),
        AssignmentRule(TWO, unit_id=70, starts_on=date(2026, 11, 11), ends_on=date(2026, 11, 20)),
    ]
    assert resolve(rules, NOVEMBER) == (
        Piece(date(2026, 11, 1), date(2026, 11, 10), ONE),
        Piece(date(2026, 11, 11), date(2026, 11, 20), TWO),
        Piece(date(2026, 11, 21), date(2026, 11, 30), ONE),
    )


def test_days_without_a_standard_are_not_charged():
    rules = [AssignmentRule(ONE, unit_kind="flat", starts_on=date(2026, 11, 16))]
    assert resolve(rules, NOVEMBER) == (Piece(date(2026, 11, 16), date(2026, 11, 30), ONE),)


def test_nothing_applies():
    assert resolve([], NOVEMBER) == Skip(Reason.NO_STANDARD)


def test_a_quarterly_standard_waits_for_its_own_run():
    rules = [AssignmentRule(standard(3, Cycle.QUARTER), unit_kind="flat")]
    assert resolve(rules, NOVEMBER) == Skip(Reason.OTHER_CYCLE, ("标准3", "quarter"))
    quarter = Period.parse("2026-Q4")
    assert resolve(rules, quarter) == (Piece(quarter.first, quarter.last, rules[0].terms),)
