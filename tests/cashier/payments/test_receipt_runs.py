"""Receipt numbers are handed over as the runs that they truly are."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cashier.payments.receipt_runs import Issued, runs, written


@pytest.mark.parametrize(
    ("serials", "wanted"),
    [
        ([], []),
        ([5], [(5, 5)]),
        ([1, 2, 3, 5, 7, 8, 9], [(1, 3), (5, 5), (7, 9)]),
        ([9, 7, 8], [(7, 9)]),
        ([4, 4, 5], [(4, 5)]),
        ([1, 3], [(1, 1), (3, 3)]),
        ([999999, 1000000], [(999999, 1000000)]),
    ],
)
def test_a_gap_ends_a_run(serials, wanted):
    assert runs(serials) == wanted


@given(st.sets(st.integers(1, 300)))
def test_the_runs_hold_every_number_once_and_no_other(serials):
    found = runs(serials)
    told = [number for first, last in found for number in range(first, last + 1)]
    assert told == sorted(serials)
    assert all(b[0] > a[1] + 1 for a, b in pairwise(found)), "true runs"


def test_each_community_and_year_stands_for_itself_and_void_ones_are_named(client):
    issued = [Issued("AJ-2026-", serial, void=serial == 2) for serial in (1, 2, 3, 5)]
    issued += [Issued("JX-2026-", 4, void=False)]
    with client.application.test_request_context():
        assert written(issued) == "AJ-2026-000001–000003、000005（作废 000002）；JX-2026-000004"
