"""Numbers, dates, shares and words out of single cells, by table."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.parsing.cell_dates import dates
from app.core.parsing.cells import (
    Doubt,
    Severity,
    area,
    choice,
    email,
    number,
    plain,
    share,
    text,
    word,
)
from app.core.parsing.sheet_rows_packed import CellError

day = dates()


def code(found: object) -> str | None:
    return found.code if isinstance(found, Doubt) else None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (" 张三 ", "张三"),
        ("张\u200b三\ufeff", "张三"),
        ("\u3000张三\u00a0", "张三"),
        (101.0, "101"),
        (101.5, "101.5"),
        (date(2019, 5, 1), "2019-05-01"),
        (CellError("#N/A"), "#N/A"),
        ("  ", None),
        ("", None),
        ("无", "无"),
    ],
)
def test_text_is_kept_as_typed_but_for_what_cannot_be_seen(cell, expected):
    assert text(cell) == expected


def test_a_word_for_nothing_is_nothing():
    assert [word(cell) for cell in ("/", "无", "-", "——", "A12")] == [None] * 4 + ["A12"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (89.5, "89.500"),
        (89, "89.000"),
        ("89.5", "89.500"),
        ("89.5㎡", "89.500"),
        ("８９．５ 平方米", "89.500"),
        ("89.5m²", "89.500"),
        ("1,234.5平米", "1234.500"),
        ("1，234.5", "1234.500"),
        (89.53000000001, "89.530"),
        (0.1 + 0.2, "0.300"),
        ("89.5300000", "89.530"),
        (".5", "0.500"),
    ],
)
def test_areas_in_every_spelling(cell, expected):
    assert str(area(cell)) == expected


@pytest.mark.parametrize(
    "cell",
    [
        0,
        0.0,
        "0",
        -1,
        "-89.5",
        float("nan"),
        float("inf"),
        1e400,
        "NaN",
        "1e400",
        "1e5",
        "89,5",
        "12,34,567",
        "八十九",
        "89.5+10",
        "约89.5",
        2_000_000,
        "9" * 20,
        0.00001,
        "=1+1",
        "89.5.1",
        date(2019, 5, 1),
        "12 34 平",
        "0x10",
    ],
)
def test_what_is_no_area_is_an_error(cell):
    if cell == "12 34 平":  # spaces inside are only odd typing
        assert area(cell) == Decimal(1234)
        return
    assert code(area(cell)) == "AREA_INVALID"


def test_more_decimals_than_are_kept_are_a_warning_and_no_value():
    found = area(89.53571428)
    assert (found.code, found.value, found.severity) == ("AREA_INVALID", None, Severity.WARNING)


@given(st.decimals("0.001", "999999", places=3))
def test_every_area_survives_text_and_number_cells_exactly(value):
    assert area(str(value)) == area(float(value)) == value


def test_a_number_may_be_zero_where_zero_means_something():
    reading = number("READING_INVALID", places=3, zero=True)
    assert reading(0.0) == 0
    assert code(reading("x")) == "READING_INVALID"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("50%", "0.500000"), ("1/3", "0.333333"), (0.25, "0.250000"), (1.0, "1.000000"),
        (50.0, "0.500000"), ("100", "1.000000"), ("100％", "1.000000"),
    ],
)  # fmt: skip
def test_shares(cell, expected):
    assert str(share(cell)) == expected


@pytest.mark.parametrize("cell", ["0%", "101%", "1/0", "3/2", "半", -1.0, float("nan")])
def test_what_is_no_share_is_in_doubt(cell):
    assert code(share(cell)) == "VALUE_INVALID"


@pytest.mark.parametrize(
    "cell",
    [
        "2019-05-01",
        "2019/5/1",
        "2019.5.1",
        "2019年5月1日",
        "2019年05月01号",
        "20190501",
        20190501.0,
        43586.0,
        43586,
        "43586",
        "２０１９－０５－０１",
        "2019-05-01 00:00:00",
        "2019-05-01T08:30",
        "2019年5月1日 8:30",
        "二〇一九年五月一日",
        date(2019, 5, 1),
        datetime(2019, 5, 1, 23, 59),
        "1/5/2019"[:0] + "2019-5-1",
    ],
)
def test_one_day_in_many_spellings(cell):
    assert day(cell) == date(2019, 5, 1)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2019年5月", "DATE_PARTIAL"),
        ("2019-05", "DATE_PARTIAL"),
        ("2019", "DATE_PARTIAL"),
        (2019.0, "DATE_PARTIAL"),
        (2019.5, "DATE_PARTIAL"),
        ("5月1日", "DATE_PARTIAL"),
        ("二〇一九年五月", "DATE_PARTIAL"),
        ("03/04/2019", "DATE_AMBIGUOUS"),
        ("19-5-1", "DATE_AMBIGUOUS"),
        ("19年5月1日", "DATE_AMBIGUOUS"),
        ("2019-02-29", "DATE_INVALID"),
        ("2019-13-01", "DATE_INVALID"),
        ("1019-05-01", "DATE_INVALID"),
        (date(1899, 12, 31), "DATE_INVALID"),
        ("13/13/2019", "DATE_INVALID"),
        ("长期", "DATE_INVALID"),
        (5.0, "DATE_INVALID"),
        (-1.0, "DATE_INVALID"),
        (float("nan"), "DATE_INVALID"),
        (1e300, "DATE_INVALID"),
        ("2019-05-01至2020-05-01", "DATE_INVALID"),
    ],
)
def test_days_that_are_not_sure_are_never_guessed(cell, expected):
    assert code(day(cell)) == expected


def test_a_day_that_has_one_reading_only_is_taken():
    assert day("13/04/2019") == day("04/13/2019") == date(2019, 4, 13)
    assert day("05/05/2019") == date(2019, 5, 5)


def test_day_numbers_of_1904_are_counted_from_1904():
    assert dates(date1904=True)(42124.0) == date(2019, 5, 1)


@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)))
def test_every_day_survives_every_spelling(value):
    serial = float((value - date(1899, 12, 30)).days)
    spellings = (
        value,
        value.isoformat(),
        f"{value:%Y%m%d}",
        f"{value.year}年{value.month}月{value.day}日",
        f"{value.year}.{value.month}.{value.day}",
        serial,
    )
    assert {day(cell) for cell in spellings} == {value}


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers()))
def test_no_cell_breaks_a_parser(cell):
    for parse in (area, share, day, email, word, text):
        found = parse(cell)
        assert found is None or isinstance(found, Doubt | str | Decimal | date)
    assert isinstance(plain(cell), str)


def test_synonyms_lead_to_their_value():
    pick = choice({"yes": ("是", "有"), "no": ("否",)}, "%(value)s?")
    assert [pick("是"), pick(" 有 "), pick("否"), pick("/")] == ["yes", "yes", "no", None]
    assert code(pick("也许")) == "VALUE_INVALID"


def test_mail_addresses():
    assert email(" Zhang.San@Example.com ") == "zhang.san@example.com"
    assert code(email("zhangsan@")) == "VALUE_INVALID"
