"""Numbers without gaps: counted per month, per year or for ever, and apart in each community."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.db import sequences
from app.estate.base.models import Community

EVE, NEW_YEAR = date(2026, 12, 31), date(2027, 1, 1)


@pytest.fixture
def two(session):
    """The keys of two communities."""
    both = [Community(name="安居花园", short_code="AJ"), Community(name="乐居苑", short_code="LJ")]
    session.add_all(both)
    session.commit()
    return [one.id for one in both]


def take(session, community, pattern, *days):
    return [sequences.filled(session, community, "keys", pattern, day) for day in days]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("YS{year}{month}-{seq:4}", ["YS202612-0001", "YS202612-0002", "YS202701-0001"]),
        ("{year}第{seq}号", ["2026第1号", "2026第2号", "2027第1号"]),
        ("DA-{seq:6}", ["DA-000001", "DA-000002", "DA-000003"]),
    ],
)
def test_the_count_begins_anew_with_the_month_or_the_year(session, two, pattern, expected):
    assert take(session, two[0], pattern, EVE, EVE, NEW_YEAR) == expected


def test_the_same_month_of_another_year_counts_by_itself(session, two):
    found = take(session, two[0], "{year}{month}-{seq}", date(2026, 1, 5), date(2027, 1, 5))
    assert found == ["202601-1", "202701-1"]


def test_a_rollback_gives_the_number_back(session, two):
    assert take(session, two[0], "A{seq}", EVE) == ["A1"]
    session.commit()
    assert take(session, two[0], "A{seq}", EVE) == ["A2"]
    session.rollback()
    assert take(session, two[0], "A{seq}", EVE) == ["A2"]


def test_each_community_counts_by_itself_and_a_full_width_only_grows(session, two):
    assert take(session, two[0], "{seq:1}", *[EVE] * 10)[-1] == "10"
    assert take(session, two[1], "{seq:1}", EVE) == ["1"]
