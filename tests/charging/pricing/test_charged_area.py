"""A standard that charges the contract's own area: billed by it or skipped with the reason."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.charging.billing.read_facts import gather
from app.charging.pricing import planning
from app.charging.pricing.price import Reason
from tests.charging.estate import NOVEMBER, Estate


@pytest.fixture
def estate(books):
    return Estate(books)


def made(estate, item):
    """The plan of November."""
    facts = gather(estate.session, estate.request(NOVEMBER, item))
    return planning.make(facts)


def test_the_charged_area_is_billed_and_its_lack_is_a_reason(estate):
    item = estate.item()
    estate.assign(estate.standard(item, price="2", basis="charged_area"), unit_kind="flat")
    estate.unit("1-1-101", gross_area=Decimal(100), charged_area=Decimal("95.5"))
    estate.unit("1-1-102", gross_area=Decimal(100))
    plan = made(estate, item)
    (priced,) = plan.priced
    assert priced.line.fen == 19100
    assert "计费面积95.50㎡" in priced.line.sentence
    assert [group.skip.reason for group in plan.skipped] == [Reason.NO_CHARGED_AREA]
