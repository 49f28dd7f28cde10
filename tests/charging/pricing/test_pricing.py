"""What a unit owes for an item and a period: by table, and against a second calculation."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.charging.pricing.price import (
    Basis,
    Piece,
    PricedLine,
    PriceStep,
    Reason,
    RoundingRule,
    Skip,
    Terms,
    price,
    schedule,
)
from app.core.values.money import Rounding
from app.core.values.period import Cycle, Period

NOVEMBER = Period(date(2026, 11, 1), 1)
ALWAYS = date(2020, 1, 1)


def terms(*steps, basis=Basis.GROSS_AREA, cycle=Cycle.MONTH):
    """A standard with prices given as (day, yuan)."""
    return Terms(
        1,
        "住宅物业费",
        basis,
        cycle,
        tuple(
            PriceStep(number, day, int(Decimal(yuan) * 10_000))
            for number, (day, yuan) in enumerate(steps, start=1)
        ),
    )


def bill(
    period,
    standard,
    gross="0",
    net="0",
    start=None,
    rule=None,
    is_space=False,
    pieces=None,
    charged="0",
):
    pieces = pieces or (Piece(period.first, period.last, standard),)
    laid = schedule(period, start, pieces, rule or RoundingRule())
    if isinstance(laid, Skip):
        return laid
    areas = [int(Decimal(area) * 10_000) for area in (gross, net, charged)]
    return price(laid, *areas, is_space=is_space)


@pytest.mark.parametrize(
    ("period", "start", "area", "yuan", "sentence"),
    [
        ("2026-11", None, "89.5", "2.8", "89.50㎡ × 2.80元/㎡·月 × 1个月 = 250.60"),
        (
            "2026-11",
            date(2026, 11, 16),
            "89.5",
            "2.8",
            "89.50㎡ × 2.80元/㎡·月 × 15/30个月 = 125.30",
        ),
        ("2026-11", date(2026, 11, 1), "89.5", "2.8", "89.50㎡ × 2.80元/㎡·月 × 1个月 = 250.60"),
        ("2026-11", date(2026, 11, 30), "89.5", "2.8", "89.50㎡ × 2.80元/㎡·月 × 1/30个月 = 8.35"),
        ("2026-01", date(2026, 1, 31), "100", "3.1", "100.00㎡ × 3.10元/㎡·月 × 1/31个月 = 10.00"),
        ("2024-02", date(2024, 2, 29), "100", "2.9", "100.00㎡ × 2.90元/㎡·月 × 1/29个月 = 10.00"),
        ("2026-02", date(2026, 2, 28), "100", "2.8", "100.00㎡ × 2.80元/㎡·月 × 1/28个月 = 10.00"),
        ("2026-Q4", None, "89.5", "2.8", "89.50㎡ × 2.80元/㎡·月 × 3个月 = 751.80"),
        (
            "2026-Q4",
            date(2026, 10, 20),
            "89.5",
            "2.8",
            "89.50㎡ × 2.80元/㎡·月 × (2+12/31)个月 = 598.21",
        ),
        ("2026", date(2026, 7, 1), "60.125", "0.1234", "60.125㎡ × 0.1234元/㎡·月 × 6个月 = 44.52"),
        ("2026-11", None, "148.065", "3", "148.065㎡ × 3.00元/㎡·月 × 1个月 = 444.20"),
    ],
)
def test_an_area_is_priced_with_its_sentence(period, start, area, yuan, sentence):
    when = Period.parse(period)
    cycle = when.cycle
    line = bill(when, terms((ALWAYS, yuan), cycle=cycle), area, start=start)
    assert line.sentence == sentence
    assert line.amount == Decimal(sentence.rsplit(" = ", 1)[1])
    assert line.price_id == 1


def test_the_binary_double_that_lost_a_fen_is_right_here():
    """444.195 became 444.19 elsewhere, because a double cannot hold it (domain-rules 1)."""
    assert bill(NOVEMBER, terms((ALWAYS, "3")), "148.065").fen == 44420


def test_a_net_area_is_named_in_the_sentence():
    line = bill(NOVEMBER, terms((ALWAYS, "2"), basis=Basis.NET_AREA), gross="90", net="75.2")
    assert line.sentence == "套内75.20㎡ × 2.00元/㎡·月 × 1个月 = 150.40"


def test_a_charged_area_is_named_in_the_sentence():
    line = bill(
        NOVEMBER, terms((ALWAYS, "2"), basis=Basis.CHARGED_AREA), gross="100", charged="95.5"
    )
    assert line.sentence == "计费面积95.50㎡ × 2.00元/㎡·月 × 1个月 = 191.00"


def test_an_area_of_four_decimals_is_charged_as_it_is():
    line = bill(NOVEMBER, terms((ALWAYS, "2.8")), gross="77.7085")
    assert line.sentence == "77.7085㎡ × 2.80元/㎡·月 × 1个月 = 217.58"


def test_a_fixed_price_needs_no_area():
    line = bill(NOVEMBER, terms((ALWAYS, "15"), basis=Basis.UNIT))
    assert line.sentence == "15.00元/户·月 × 1个月 = 15.00"


def test_a_parking_space_is_one_space():
    line = bill(NOVEMBER, terms((ALWAYS, "60"), basis=Basis.SPACE), is_space=True)
    assert line.sentence == "60.00元/车位·月 × 1个月 = 60.00"


def test_a_price_per_space_is_not_for_a_flat():
    found = bill(NOVEMBER, terms((ALWAYS, "60"), basis=Basis.SPACE), "89.5")
    assert found == Skip(Reason.NO_SPACE)


@pytest.mark.parametrize(
    ("basis", "reason"),
    [
        (Basis.GROSS_AREA, Reason.NO_GROSS_AREA),
        (Basis.NET_AREA, Reason.NO_NET_AREA),
        (Basis.CHARGED_AREA, Reason.NO_CHARGED_AREA),
    ],
)
def test_an_unknown_area_is_a_reason_not_a_zero(basis, reason):
    assert bill(NOVEMBER, terms((ALWAYS, "2"), basis=basis)) == Skip(reason)


def test_a_new_price_inside_the_period_makes_two_products_and_one_rounding():
    standard = terms((ALWAYS, "2.6"), (date(2026, 11, 16), "2.8"))
    line = bill(NOVEMBER, standard, "89.51")
    assert line.sentence == (
        "89.51㎡ × 2.60元/㎡·月 × 15/30个月 + 89.51㎡ × 2.80元/㎡·月 × 15/30个月 = 241.68"
    )
    assert line.price_id == 2
    assert line.months == 1


def test_a_new_price_from_the_second_month_of_a_quarter():
    standard = terms((ALWAYS, "2"), (date(2026, 11, 1), "3"), cycle=Cycle.QUARTER)
    line = bill(Period.parse("2026-Q4"), standard, "100")
    assert line.sentence == (
        "100.00㎡ × 2.00元/㎡·月 × 1个月 + 100.00㎡ × 3.00元/㎡·月 × 2个月 = 800.00"
    )


def test_a_price_that_begins_after_the_period_does_not_matter():
    standard = terms((ALWAYS, "2"), (date(2026, 12, 1), "3"))
    assert bill(NOVEMBER, standard, "100").fen == 20000


def test_a_day_without_a_price_is_never_guessed():
    found = bill(NOVEMBER, terms((date(2026, 11, 10), "2.8")), "89.5")
    assert found == Skip(Reason.NO_PRICE, ("住宅物业费", "2026-11-01", "2026-11-09"))


def test_a_standard_without_any_price():
    found = bill(NOVEMBER, terms(), "89.5")
    assert found == Skip(Reason.NO_PRICE, ("住宅物业费", "2026-11-01", "2026-11-30"))


def test_days_before_the_billing_start_need_no_price():
    standard = terms((date(2026, 11, 10), "3"))
    assert bill(NOVEMBER, standard, "10", start=date(2026, 11, 21)).fen == 1000


def test_a_unit_that_starts_later_is_not_billed():
    found = bill(NOVEMBER, terms((ALWAYS, "2.8")), "89.5", start=date(2026, 12, 1))
    assert found == Skip(Reason.NOT_STARTED, ("2026-12-01",))


@pytest.mark.parametrize(
    ("rule", "amount", "note"),
    [
        (RoundingRule(Rounding.HALF_UP, 2), "33.34", ""),
        (RoundingRule(Rounding.UP, 2), "33.34", "（进位到分）"),
        (RoundingRule(Rounding.DOWN, 2), "33.33", "（舍去尾数到分）"),
        (RoundingRule(Rounding.HALF_UP, 1), "33.30", "（四舍五入到角）"),
        (RoundingRule(Rounding.UP, 1), "33.40", "（进位到角）"),
        (RoundingRule(Rounding.HALF_UP, 0), "33.00", "（四舍五入到元）"),
        (RoundingRule(Rounding.UP, 0), "34.00", "（进位到元）"),
        (RoundingRule(Rounding.DOWN, 0), "33.00", "（舍去尾数到元）"),
    ],
)
def test_an_item_rounds_its_line_once_as_it_says(rule, amount, note):
    line = bill(NOVEMBER, terms((ALWAYS, "3.335")), "9.996", rule=rule)
    assert line.amount == Decimal(amount)
    assert line.sentence.endswith(f"= {amount}{note}")


def test_an_amount_beyond_every_form_is_refused():
    found = bill(NOVEMBER, terms((ALWAYS, "99999999")), "99999999")
    assert found == Skip(Reason.TOO_LARGE)


def test_two_standards_one_after_the_other_in_a_period():
    pieces = (
        Piece(date(2026, 11, 1), date(2026, 11, 10), terms((ALWAYS, "3"))),
        Piece(date(2026, 11, 11), date(2026, 11, 30), terms((ALWAYS, "30"), basis=Basis.UNIT)),
    )
    line = bill(NOVEMBER, None, "100", pieces=pieces)
    assert line.sentence == (
        "100.00㎡ × 3.00元/㎡·月 × 10/30个月 + 30.00元/户·月 × 20/30个月 = 120.00"
    )


def by_days(period, start, steps, area, rule):
    """The same amount added up day by day: every day is 1/length of its month."""
    total = Fraction(0)
    day = period.first
    while day <= period.last:
        if start is None or day >= start:
            current = [yuan for since, yuan in steps if since <= day][-1]
            length = calendar.monthrange(day.year, day.month)[1]
            total += Fraction(current) * Fraction(area) / length
        day += timedelta(days=1)
    scaled = total * 10**rule.places
    floor = scaled.numerator // scaled.denominator
    rest = scaled - floor
    if rule.rounding is Rounding.UP:
        floor += rest > 0
    elif rule.rounding is Rounding.HALF_UP:
        floor += rest >= Fraction(1, 2)
    return floor * 10 ** (2 - rule.places)


days = st.dates(date(2023, 6, 1), date(2025, 6, 30))
prices = st.decimals(min_value=0, max_value=200, places=4, allow_nan=False)
areas = st.decimals(min_value=Decimal("0.001"), max_value=5000, places=3, allow_nan=False)
rules = st.builds(RoundingRule, st.sampled_from(Rounding), st.integers(0, 2))


@given(
    first=st.dates(date(2024, 1, 1), date(2025, 1, 1)),
    cycle=st.sampled_from(Cycle),
    start=st.none() | days,
    changes=st.lists(st.tuples(days, prices), max_size=4, unique_by=lambda change: change[0]),
    yuan=prices,
    area=areas,
    rule=rules,
)
def test_it_agrees_with_adding_up_the_days(first, cycle, start, changes, yuan, area, rule):
    period = Period.containing(first, cycle)
    steps = [(ALWAYS, yuan), *sorted(changes)]
    line = bill(period, terms(*steps, cycle=cycle), str(area), start=start, rule=rule)
    if start is not None and start > period.last:
        assert line == Skip(Reason.NOT_STARTED, (start.isoformat(),))
        return
    amount = by_days(period, start, steps, area, rule)
    if not amount:
        # Nothing to pay makes no line, whatever made it nothing.
        assert isinstance(line, Skip)
        free = first_charged(period, start, steps) is None
        assert line.reason is (Reason.FREE if free else Reason.ROUNDS_TO_ZERO)
        return
    assert isinstance(line, PricedLine)
    assert line.fen == amount
    assert f"= {line.amount}" in line.sentence
    assert line.first == first_charged(period, start, steps)


def first_charged(period, start, steps):
    """The first day of the period that costs anything, looked for day by day."""
    day = max(period.first, start or period.first)
    while day <= period.last:
        if [yuan for since, yuan in steps if since <= day][-1] > 0:
            return day
        day += timedelta(days=1)
    return None


@pytest.mark.parametrize(
    ("standard", "area", "rule", "found"),
    [
        # Free, whatever else is missing or rounded.
        (terms((ALWAYS, "0")), "89.5", None, Skip(Reason.FREE, ("住宅物业费",))),
        (terms((ALWAYS, "0")), "0", None, Skip(Reason.FREE, ("住宅物业费",))),
        (terms((ALWAYS, "0"), basis=Basis.UNIT), "0", None, Skip(Reason.FREE, ("住宅物业费",))),
        (
            terms((ALWAYS, "0"), (date(2026, 11, 16), "0")),
            "89.5",
            None,
            Skip(Reason.FREE, ("住宅物业费",)),
        ),
        # An unknown area is no zero.
        (terms((ALWAYS, "2.8")), "0", None, Skip(Reason.NO_GROSS_AREA)),
        # Something, but less than can be billed.
        (terms((ALWAYS, "0.0001")), "10", None, Skip(Reason.ROUNDS_TO_ZERO)),
        (terms((ALWAYS, "2.8")), "0.001", None, Skip(Reason.ROUNDS_TO_ZERO)),
        (
            terms((ALWAYS, "0.99"), basis=Basis.UNIT),
            "0",
            RoundingRule(Rounding.DOWN, 0),
            Skip(Reason.ROUNDS_TO_ZERO),
        ),
    ],
)
def test_nothing_to_pay_is_a_skip_with_its_reason(standard, area, rule, found):
    assert bill(NOVEMBER, standard, area, rule=rule) == found


def test_a_price_that_begins_inside_the_period_after_free_days_is_billed_from_there():
    line = bill(NOVEMBER, terms((ALWAYS, "0"), (date(2026, 11, 16), "2")), "100")
    assert (line.amount, line.first) == (Decimal("100.00"), date(2026, 11, 16))
