"""From when to when logs are owed: joining, another post, leaving, coming back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask_appbuilder.security.sqla.models import Role

from app.access import accounts
from app.access.models import Staff
from app.core.db import audit
from app.core.values import clock
from app.core.values.period import Period
from app.duty import reports
from app.duty.base import counts, people
from app.duty.base.deadlines import Standing
from app.duty.base.service import Span, Turn, joined_on, spans
from app.duty.review import board, decisions, trend
from app.duty.review.trend import Mark
from app.home.sources import SOURCES
from app.home.viewer import Viewer
from tests.duty.conftest import FRIDAY, MONDAY, THURSDAY, at

DESK, BOSS, DESK_AND_BOSS = frozenset({"desk"}), frozenset({"boss"}), frozenset({"desk", "boss"})


def owes(roles):
    """In this table whoever is at the desk owes logs, unless a boss too."""
    return "desk" in roles and "boss" not in roles


def turn(day, hour=12, **before):
    """A change at an hour of the office."""
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=clock.SHANGHAI)
    return Turn(moment.astimezone(UTC).replace(tzinfo=None), **before)


def d(number):
    return date(2026, 11, number)


TABLE = [
    ("nothing ever changed", DESK, True, [], {*range(2, 31)}),
    ("a boss owes none", BOSS, True, [], set()),
    ("left on the 10th", DESK, False, [turn(d(10), active=True)], {*range(2, 10)}),
    (
        "left and came back",
        DESK,
        True,
        [turn(d(10), active=True), turn(d(20), active=False)],
        {*range(2, 10), *range(20, 31)},
    ),
    ("came to the desk on the 12th", DESK, True, [turn(d(12), roles=BOSS)], {*range(12, 31)}),
    ("left the desk on the 12th", BOSS, True, [turn(d(12), roles=DESK)], {*range(2, 12)}),
    (
        "another post that owes too",
        DESK,
        True,
        [turn(d(12), roles=frozenset({"desk", "x"}))],
        {*range(2, 31)},
    ),
    (
        "closed and opened within a day",
        DESK,
        True,
        [turn(d(10), 9, active=True), turn(d(10), 15, active=False)],
        {*range(2, 31)},
    ),
    (
        "boss for a morning",
        DESK,
        True,
        [turn(d(10), 9, roles=DESK), turn(d(10), 11, roles=DESK_AND_BOSS)],
        {*range(2, 31)},
    ),
    ("a turn before the account counts", DESK, True, [turn(d(1), roles=BOSS)], {*range(2, 31)}),
    (
        "half past midnight is the new day",
        DESK,
        True,
        [turn(d(12), 0, roles=BOSS)],
        {*range(12, 31)},
    ),
]


@pytest.mark.parametrize(
    ("roles", "active", "turns", "owed"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_the_days_that_are_owed(roles, active, turns, owed):
    found = spans(d(2), roles, turns, owes, active=active)
    assert {day for day in range(1, 31) if any(span.holds(d(day)) for span in found)} == owed


def test_an_account_made_in_the_small_hours_is_of_the_new_day():
    # 1 December, 00:30 in the office, is still November in UTC.
    assert joined_on(datetime(2026, 11, 30, 16, 30), None) == date(2026, 12, 1)
    assert joined_on(datetime(2026, 11, 30, 15, 30), None) == date(2026, 11, 30)
    assert joined_on(None, FRIDAY) == FRIDAY
    assert Span(FRIDAY).holds(FRIDAY + timedelta(days=900))


@pytest.fixture
def boss(cast):
    """钱七, who changes the accounts of the others; the office writes logs since the 3rd."""
    cast.hand_in(cast.qian, date(2026, 11, 3))
    admin = Staff(
        username="root",
        last_name="系",
        first_name="统",
        email="root@example.test",
        active=True,
        password="x",
        all_communities=True,
        roles=[cast.session.query(Role).filter_by(name="administrator").one()],
    )
    cast.session.add(admin)
    cast.session.commit()
    return audit.Actor(admin.id, "系统")


def newcomer(cast, boss, moment, role="front_desk"):
    with clock.fixed(moment), audit.acting(boss):
        user = accounts.create_user(
            cast.session,
            username="xinren",
            family="新",
            given="人",
            roles=[role],
            password="Chunfeng-88-ab",
            all_communities=True,
            must_change_password=False,
        )
        cast.session.commit()
    return user.id


@pytest.mark.parametrize("hour", [0, 7, 12, 23])
def test_a_newcomer_is_not_asked_for_the_day_before(session, cast, boss, enter, hour):
    who = newcomer(cast, boss, at(MONDAY, hour, 30))
    with clock.fixed(at(MONDAY, 23, 45)):
        for day in (THURSDAY, FRIDAY):
            lines = board.of_day(session, cast.qian, day).lines
            assert who not in {line.person.id for line in lines}
        assert counts.review_counts(session, cast.qian, FRIDAY).absent == 4
        found = trend.of_days(session, cast.qian, MONDAY).people
        marks = {one.person.id: one.marks for one in found}
        assert marks[who][:-1] == [Mark.FREE] * (trend.DAYS - 1)
        assert marks[who][-1] == Mark.PENDING
        assert SOURCES["own_log"](Viewer(session(), who)).word == "not written yet"
        session.commit()
        page = enter(who).get("/daily-log/").get_data(as_text=True)
        assert "逾期未交" not in page
        assert "11-20" not in page
    # Of the day itself and of the following ones the log is owed.
    assert people.owed_by(session, who, [FRIDAY, MONDAY]).days == {MONDAY}
    with clock.fixed(at(MONDAY + timedelta(days=1), 10)):
        lines = board.of_day(session, cast.qian, MONDAY).lines
    assert {line.person.id: line.standing for line in lines}[who] == Standing.OVERDUE


def test_a_log_written_for_a_day_before_the_account_makes_no_other_day_owed(session, cast, boss):
    who = newcomer(cast, boss, at(MONDAY, 9))
    cast.hand_in(who, THURSDAY, moment=at(MONDAY, 17))
    with clock.fixed(at(MONDAY, 18)):
        assert people.owed_by(session, who, [THURSDAY, FRIDAY]).days == set()


def test_who_takes_a_post_that_owes_logs_owes_them_from_that_day(session, cast, boss):
    user = session.get(Staff, cast.qian)
    with clock.fixed(at(MONDAY, 9)), audit.acting(boss):
        accounts.change_user(
            session,
            user,
            family="钱",
            given="七",
            roles=["collector"],
            all_communities=True,
        )
        session.commit()
    assert people.owed_by(session, cast.qian, [THURSDAY, FRIDAY, MONDAY]).days == {MONDAY}


def test_who_left_owes_nothing_since_and_who_came_back_nothing_between(session, cast, boss):
    wang = session.get(Staff, cast.wang)
    with clock.fixed(at(THURSDAY, 9)), audit.acting(boss):
        accounts.deactivate(session, wang)
        session.commit()

    def line():
        with clock.fixed(at(MONDAY + timedelta(days=1), 10)):
            rows = reports.logs(session, community=None, month=Period.parse("2026-11"), day=MONDAY)
        return next(row for row in rows if row["name"] == "王五")

    # The office has written logs since the 3rd: twelve working days until the 18th.
    assert (line()["owed"], line()["missing"]) == (12, 12)
    with clock.fixed(at(MONDAY, 9)), audit.acting(boss):
        accounts.activate(session, wang)
        session.commit()
    assert line()["owed"] == 13
    assert people.owed_by(session, cast.wang, [THURSDAY, FRIDAY, MONDAY]).days == {MONDAY}


def test_a_day_off_is_no_overdue_log_on_the_own_page(session, cast, boss, enter):
    session.commit()
    client = enter(cast.wang)
    with clock.fixed(at(MONDAY, 10)):
        assert "逾期未交" in client.get("/daily-log/").get_data(as_text=True)
    for day in (16, 17, 18, 19, 20):
        with audit.acting(boss):
            decisions.note_day_off(session, cast.zhao, [cast.wang], date(2026, 11, day), "年假")
    session.commit()
    with clock.fixed(at(MONDAY, 10)):
        assert "逾期未交" not in client.get("/daily-log/").get_data(as_text=True)


def test_a_manager_who_owes_no_log_is_told_of_none(session, cast, boss, enter):
    session.commit()
    with clock.fixed(at(MONDAY, 10)):
        assert "逾期未交" not in enter(cast.qian).get("/daily-log/").get_data(as_text=True)
