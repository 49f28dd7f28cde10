"""No formula stops the house: what FORMAT.md does not promise is refused, nothing runs for long."""

from __future__ import annotations

import ast
from datetime import date
from decimal import Decimal

import pytest

from app.core.values.formulas import compute, names_in

ROW = {"price": Decimal("1.10"), "name": "水泥", "day": date(2026, 1, 31)}
HUGE = ("9" * 40, "1e400", "price + 1e400", "1.5e300 * 1e300")


@pytest.mark.parametrize(
    "formula",
    [
        "9 ** 3",
        "price ** 2",
        "f'{price:>999999999}'",
        "'%999d' % 1",
        "1 << 3",
        "1j",
        "b'x'",
        "...",
        "[1]",
        "{1: 2}",
        "(1, 2)",
        "[name for name in price]",
    ],
)
def test_what_the_format_does_not_promise_is_named_when_the_file_is_checked(formula):
    assert isinstance(names_in(formula), str)


@pytest.mark.parametrize(
    "formula",
    [
        "-" * 5000 + "1",
        "+".join(["1"] * 5000),
        "price + " * 30000 + "1",
        "a" * 50000 + " b",
    ],
)
def test_a_very_long_formula_is_named_and_never_parsed(formula, monkeypatch):
    parsed = []
    monkeypatch.setattr(ast, "parse", lambda *_args, **_options: parsed.append(1))
    assert isinstance(names_in(formula), str)
    assert compute(formula, ROW) is None
    assert parsed == []


@pytest.mark.parametrize(
    "formula",
    [
        *HUGE,
        "day - day",
        "total(name, 'sum')",
        "1j",
        "b'x'",
        "...",
    ],
)
def test_what_is_no_number_of_the_house_is_empty_and_no_crash(formula):
    assert compute(formula, ROW) is None
