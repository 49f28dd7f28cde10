"""The reviewer's day, the strip of days, the queue, and the trend of a month."""

from datetime import date, timedelta

import pytest

from app.core.records import data_scope
from app.core.values import clock
from app.duty.base.deadlines import Standing
from app.duty.review import board, decisions, trend
from app.duty.review.trend import Mark
from tests.duty.conftest import FRIDAY, MONDAY, SATURDAY, THURSDAY, at


@pytest.fixture(autouse=True)
def begun(cast):
    """The office has written logs since the 3rd: from then on they are owed."""
    cast.hand_in(cast.qian, date(2026, 11, 3))


def standings(session, cast, reviewer, day, moment):
    with clock.fixed(moment):
        return {
            line.person.id: line.standing for line in board.of_day(session, reviewer, day).lines
        }


def test_a_board_shows_who_handed_in_and_who_did_not(session, cast):
    cast.hand_in(cast.wang, FRIDAY)
    cast.write(cast.li, FRIDAY)
    seen = standings(session, cast, cast.qian, FRIDAY, at(FRIDAY, 20))
    assert seen == {
        cast.wang: Standing.SUBMITTED,
        cast.li: Standing.MISSING,
        cast.sun: Standing.MISSING,
        cast.zhao: Standing.MISSING,
    }
    seen = standings(session, cast, cast.qian, FRIDAY, at(SATURDAY, 9))
    assert seen[cast.li] == Standing.OVERDUE


def test_a_draft_is_not_shown_to_the_reviewer(session, cast):
    cast.write(cast.li, FRIDAY)
    with clock.fixed(at(FRIDAY)):
        lines = board.of_day(session, cast.zhao, FRIDAY).lines
    assert [line.log for line in lines if line.person.id == cast.li] == [None]


def test_a_weekend_shows_only_who_wrote(session, cast):
    cast.hand_in(cast.wang, SATURDAY)
    assert standings(session, cast, cast.qian, SATURDAY, at(MONDAY)) == {
        cast.wang: Standing.SUBMITTED
    }


def test_a_supervisor_sees_the_people_of_the_own_communities(session, cast):
    with data_scope.use(data_scope.Scope(frozenset({cast.garden}))):
        seen = standings(session, cast, cast.zhao, FRIDAY, at(FRIDAY))
    assert set(seen) == {cast.wang, cast.li}


def test_a_day_off_is_no_missing_log(session, cast):
    decisions.note_day_off(session, cast.qian, [cast.wang], FRIDAY, "年假")
    seen = standings(session, cast, cast.qian, FRIDAY, at(MONDAY))
    assert seen[cast.wang] == Standing.OFF
    with clock.fixed(at(MONDAY)):
        counted = {c.day: c.absent for c in board.strip(session, cast.qian, MONDAY)}
    assert (counted[FRIDAY], counted[THURSDAY]) == (3, 4)


def test_nothing_is_owed_before_the_account_existed(session, cast):
    assert standings(session, cast, cast.qian, date(2026, 10, 30), at(FRIDAY)) == {}


def test_nothing_is_owed_before_the_office_began_to_write_logs(session, cast):
    assert standings(session, cast, cast.qian, date(2026, 11, 2), at(FRIDAY)) == {}
    assert len(standings(session, cast, cast.qian, date(2026, 11, 3), at(FRIDAY))) == 4


def test_the_queue_offers_the_same_day_first_then_the_oldest(session, cast):
    old = cast.hand_in(cast.wang, THURSDAY)
    same = cast.hand_in(cast.li, FRIDAY)
    assert board.waiting(session, cast.zhao) == 2
    assert board.next_waiting(session, cast.zhao, FRIDAY) == (same.id, FRIDAY)
    with clock.fixed(at(FRIDAY)):
        decisions.approve(session, same.id, cast.zhao, version=same.version)
    assert board.next_waiting(session, cast.zhao, FRIDAY) == (old.id, THURSDAY)
    with clock.fixed(at(FRIDAY)):
        decisions.approve(session, old.id, cast.zhao, version=old.version)
    assert board.next_waiting(session, cast.zhao, FRIDAY) is None


def test_the_strip_counts_what_waits_and_what_is_absent(session, cast):
    cast.hand_in(cast.wang, FRIDAY)
    with clock.fixed(at(MONDAY)):
        days = board.strip(session, cast.qian, MONDAY, days=3)
    assert [(d.day, d.waiting, d.absent, d.handed_in) for d in days] == [
        (THURSDAY, 0, 4, 0),
        (FRIDAY, 1, 3, 1),
        (MONDAY, 0, 4, 0),
    ]


def test_the_list_of_problems_goes_across_people(session, cast):
    cast.hand_in(cast.wang, THURSDAY, entries=[{"text": "漏水", "unit_id": cast.room}])
    cast.hand_in(
        cast.li,
        FRIDAY,
        entries=[{"text": "投诉噪音"}, {"text": "灯坏", "closed": True, "result": "已换"}],
    )
    with clock.fixed(at(MONDAY)):
        opened = board.problem_list(session, cast.zhao)
        closed = board.problem_list(session, cast.zhao, closed=True)
    assert [(row.problem.text, row.days) for row in opened] == [("漏水", 4), ("投诉噪音", 3)]
    assert [row.problem.result for row in closed] == ["已换"]
    assert board.problem_list(session, cast.li) == []


def test_the_trend_marks_each_day_of_each_person(session, cast):
    cast.hand_in(cast.wang, THURSDAY)
    cast.hand_in(cast.wang, FRIDAY, moment=at(MONDAY, 10))
    decisions.note_day_off(session, cast.zhao, [cast.li], FRIDAY, "休息")
    with clock.fixed(at(MONDAY)):
        found = trend.of_days(session, cast.zhao, MONDAY, count=5)
    marks = {series.person.id: series.marks for series in found.people}
    assert marks[cast.wang] == [Mark.ON_TIME, Mark.LATE, Mark.FREE, Mark.FREE, Mark.PENDING]
    assert marks[cast.li] == [Mark.MISSING, Mark.OFF, Mark.FREE, Mark.FREE, Mark.PENDING]
    rates = {series.person.id: series.rate for series in found.people}
    assert (rates[cast.wang], rates[cast.li]) == (50, 0)
    assert found.per_day[0] == {Mark.ON_TIME: 1, Mark.MISSING: 2}


def test_the_trend_counts_the_problems_open_at_the_end_of_each_day(session, cast):
    log = cast.hand_in(cast.wang, THURSDAY, entries=[{"text": "漏水"}, {"text": "灯坏"}])
    number = board.problem_list(session, cast.zhao)[0].problem.id
    assert log.day == THURSDAY
    cast.hand_in(
        cast.wang, FRIDAY, entries=[{"id": number, "text": "", "closed": True, "result": "已修"}]
    )
    with clock.fixed(at(MONDAY)):
        found = trend.of_days(session, cast.zhao, MONDAY, count=6)
    assert found.days[0] == MONDAY - timedelta(days=5)
    assert found.open_problems == [0, 2, 1, 1, 1, 1]
