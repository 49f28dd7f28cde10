"""At which period billing opens, as a rule and on the page."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from app.charging.billing import run as billing
from app.charging.billing.opening import around, next_unposted, posted
from app.charging.billing.voiding import void_run
from app.core.db import audit
from app.core.values import clock
from app.core.values.period import Cycle, Period
from app.estate.base.models import Community
from tests.charging.books import Books
from tests.charging.estate import Estate

NOW = datetime(2026, 11, 20, 9, 0)


@pytest.mark.parametrize(
    ("periods", "present", "found"),
    [
        ("", "2026-11", "2026-11"),
        ("2026-11", "2026-11", "2026-12"),
        ("2026-10", "2026-11", "2026-11"),
        ("2026-09", "2026-11", "2026-10"),
        ("2026-09 2026-11", "2026-11", "2026-10"),
        ("2026-11 2026-12 2027-01 2027-02", "2026-11", "2027-03"),
        ("2026-12", "2026-11", "2026-11"),
        # Longer ago than is looked back: history, not the office's rhythm.
        ("2024-01 2024-02", "2026-11", "2026-11"),
        # Other cycles are periods of their own.
        ("2026 2026-Q4", "2026-11", "2026-11"),
        ("2026-Q3 2026-11", "2026-Q4", "2026-Q4"),
        ("2026-Q4", "2026-Q4", "2027-Q1"),
        ("2025 2026", "2026", "2027"),
        ("2026-12", "2027-01", "2027-01"),
    ],
)
def test_the_next_period_that_is_not_posted(periods, present, found):
    known = [Period.parse(text) for text in periods.split()]
    assert next_unposted(known, Period.parse(present)) == Period.parse(found)


def test_the_periods_to_choose_from_hold_the_next_one_wherever_it_lies():
    far = Period.parse("2029-05")
    offered = around(Cycle.MONTH, date(2026, 11, 20), [far, Period.parse("2029")])
    assert (offered[0], offered[1], offered[-1]) == (
        far,
        Period.parse("2027-02"),
        Period.parse("2025-11"),
    )


@pytest.fixture
def estate(session):
    with clock.fixed(NOW):
        estate = Estate(Books(session))
        estate.ordinary()
        yield estate


def post(estate, period):
    posted = billing.post(estate.session, estate.request(Period.parse(period)))
    estate.session.commit()
    return posted.run_id


def opened(client, **asked):
    text = client.get("/billing/", query_string=asked).get_data(as_text=True)
    select = text[text.index('id="period"') :]
    return re.search(r'value="([^"]+)" selected', select)[1], text


def test_the_page_opening_the_next_month(estate, login):
    client = login("collector")
    assert opened(client)[0] == "2026-11"
    run = post(estate, "2026-11")
    period, text = opened(client)
    assert period == "2026-12"
    assert "2026年11月 （已出账）" in text
    assert "2026年12月 （已出账）" not in text
    assert "下一个待出账的账期：<span>2026年12月</span>" in text
    # A run of which nothing stands is no run.
    with audit.acting(estate.books.supervisor):
        void_run(estate.session, run, "面积有误")
    estate.session.commit()
    assert opened(client)[0] == "2026-11"


def test_what_was_chosen_stays(estate, login):
    post(estate, "2026-11")
    assert opened(login("collector"), period="2026-11")[0] == "2026-11"


def test_each_community_has_its_own_next_period(estate, login):
    other = estate.books.keep(Community(name="翠湖苑", short_code="CH"))
    post(estate, "2026-11")
    client = login("collector")
    # As long as none is chosen: the one that is furthest behind.
    period, text = opened(client)
    assert period == "2026-11"
    assert re.search(r'data-next="2026-12"[^>]*>安居花园', text)
    assert re.search(r'data-next="2026-11"[^>]*>翠湖苑', text)
    assert opened(client, community=estate.community.id)[0] == "2026-12"
    assert opened(client, community=other.id)[0] == "2026-11"


def test_it_opens_by_the_cycle_that_the_community_uses(estate, login):
    known = posted(estate.session, [estate.community.id])[estate.community.id]
    assert known.cycles == (Cycle.MONTH,)
    spaces = estate.item("车位费")
    estate.assign(estate.standard(spaces, "按季", cycle="quarter"), unit_kind="parking")
    known = posted(estate.session, [estate.community.id])[estate.community.id]
    assert known.cycles == (Cycle.MONTH, Cycle.QUARTER)
    text = opened(login("collector"))[1]
    assert "2026年11月、2026年第4季度" in text


def test_a_community_that_bills_by_the_quarter_opening_a_quarter(session, login):
    with clock.fixed(NOW):
        estate = Estate(Books(session))
        estate.unit()
        estate.assign(estate.standard(estate.item(), cycle="quarter"), unit_kind="flat")
        assert opened(login("collector"))[0] == "2026-Q4"
        post(estate, "2026-Q4")
        assert opened(login("collector"))[0] == "2027-Q1"


def test_an_installation_without_communities_opening_the_present_month(session, login):
    with clock.fixed(NOW):
        period, text = opened(login("collector"))
    assert period == "2026-11"
    assert "（已出账）" not in text.split("data-posted-mark", 1)[1].split(">", 1)[1]
