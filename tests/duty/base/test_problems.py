"""Problems roll from day to day until they are closed, with a dated trail."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import DomainError, NotFound
from app.duty.base import problems
from app.duty.base.models import LogFollowUp, LogProblem
from tests.duty.conftest import FRIDAY, MONDAY, THURSDAY, at


def only(session) -> LogProblem:
    session.expire_all()
    return session.scalars(select(LogProblem)).one()


def test_a_problem_keeps_its_unit_and_community(session, cast):
    cast.write(cast.wang, THURSDAY, entries=[{"text": "漏水", "unit_id": cast.room}])
    problem = only(session)
    assert (problem.text, problem.unit_id, problem.community_id) == ("漏水", cast.room, cast.garden)
    assert (problem.state, problem.opened_on, problem.user_id) == ("open", THURSDAY, cast.wang)


def test_a_unit_outside_the_scope_is_refused(session, cast):
    with data_scope.use(data_scope.Scope(frozenset({cast.garden}))), pytest.raises(NotFound):
        cast.write(cast.wang, THURSDAY, entries=[{"text": "漏水", "unit_id": cast.far_room}])
    session.rollback()
    assert session.scalar(select(func.count()).select_from(LogProblem)) == 0


def test_an_open_problem_rolls_into_the_next_log_with_its_trail(session, cast):
    cast.hand_in(cast.wang, THURSDAY, entries=[{"text": "漏水", "follow_up": "已报修"}])
    number = only(session).id
    cast.hand_in(
        cast.wang, FRIDAY, entries=[{"id": number, "text": "", "follow_up": "师傅周一上门"}]
    )
    rows = problems.of_log(session, cast.wang, MONDAY)
    assert [(row.days, row.carried, row.closed, row.follow_up) for row in rows] == [
        (4, True, False, "")
    ]
    assert [(entry.day, entry.text) for entry in rows[0].trail] == [
        (THURSDAY, "已报修"),
        (FRIDAY, "师傅周一上门"),
    ]
    assert only(session).text == "漏水"


def test_a_closed_problem_shows_on_its_last_day_and_no_longer(session, cast):
    cast.hand_in(cast.wang, THURSDAY, entries=[{"text": "漏水"}])
    number = only(session).id
    cast.hand_in(
        cast.wang, FRIDAY, entries=[{"id": number, "text": "", "closed": True, "result": "已修好"}]
    )
    problem = only(session)
    assert (problem.state, problem.closed_on, problem.result) == ("closed", FRIDAY, "已修好")
    assert problem.closed_by_id == cast.wang
    assert [row.closed for row in problems.of_log(session, cast.wang, THURSDAY)] == [False]
    assert [row.closed for row in problems.of_log(session, cast.wang, FRIDAY)] == [True]
    assert problems.of_log(session, cast.wang, MONDAY) == []


def test_closing_needs_a_result(session, cast):
    cast.write(cast.wang, THURSDAY, entries=[{"text": "漏水"}])
    session.commit()
    number = only(session).id
    with pytest.raises(DomainError, match="settled"):
        cast.write(cast.wang, FRIDAY, entries=[{"id": number, "text": "", "closed": True}])
    session.rollback()
    assert only(session).state == "open"


def test_the_tick_can_be_taken_back_on_the_same_day(session, cast):
    cast.write(cast.wang, THURSDAY, entries=[{"text": "漏水", "closed": True, "result": "已修好"}])
    number = only(session).id
    assert only(session).state == "closed"
    cast.write(cast.wang, THURSDAY, entries=[{"id": number, "text": "漏水"}])
    problem = only(session)
    assert (problem.state, problem.closed_on, problem.result) == ("open", None, "")


def test_a_mistaken_problem_can_be_taken_out_on_its_day(session, cast):
    cast.write(cast.wang, THURSDAY, entries=[{"text": "漏水", "follow_up": "已报修"}])
    number = only(session).id
    cast.write(cast.wang, THURSDAY, entries=[{"id": number, "text": " "}])
    assert session.scalar(select(func.count()).select_from(LogProblem)) == 0
    assert session.scalar(select(func.count()).select_from(LogFollowUp)) == 0


def test_a_problem_with_a_history_is_closed_not_taken_out(session, cast):
    cast.write(cast.wang, THURSDAY, entries=[{"text": "漏水"}])
    number = only(session).id
    cast.write(cast.wang, FRIDAY, entries=[{"id": number, "text": "", "follow_up": "已报修"}])
    with pytest.raises(DomainError, match="close it"):
        cast.write(cast.wang, THURSDAY, moment=at(FRIDAY), entries=[{"id": number, "text": ""}])


def test_a_late_log_cannot_close_before_the_last_follow_up(session, cast):
    cast.write(cast.wang, THURSDAY, entries=[{"text": "漏水"}])
    number = only(session).id
    cast.write(cast.wang, MONDAY, entries=[{"id": number, "text": "", "follow_up": "约师傅"}])
    cast.write(
        cast.wang,
        FRIDAY,
        moment=at(MONDAY),
        entries=[{"id": number, "text": "", "closed": True, "result": "已修好"}],
    )
    assert only(session).closed_on == MONDAY


def test_words_of_a_day_are_replaced_and_taken_away(session, cast):
    cast.write(cast.wang, THURSDAY, entries=[{"text": "漏水", "follow_up": "甲"}])
    number = only(session).id
    for words, expected in (("乙", ["乙"]), ("", [])):
        cast.write(
            cast.wang, THURSDAY, entries=[{"id": number, "text": "漏水", "follow_up": words}]
        )
        assert session.scalars(select(LogFollowUp.text)).all() == expected


def test_a_blank_line_is_passed_over_and_a_half_line_is_not(session, cast):
    cast.write(cast.wang, THURSDAY, entries=[{"text": "  "}])
    assert session.scalar(select(func.count()).select_from(LogProblem)) == 0
    with pytest.raises(DomainError, match="no text"):
        cast.write(cast.wang, THURSDAY, entries=[{"text": "", "follow_up": "已报修"}])


def test_nobody_writes_on_the_problem_of_another(session, cast):
    cast.write(cast.wang, THURSDAY, entries=[{"text": "漏水"}])
    number = only(session).id
    session.commit()
    with pytest.raises(NotFound):
        cast.write(cast.li, THURSDAY, entries=[{"id": number, "text": "改"}])
    session.rollback()
    assert only(session).text == "漏水"


def test_a_reviewer_closes_a_problem_and_the_writer_keeps_the_trail(session, cast):
    cast.hand_in(cast.wang, THURSDAY, entries=[{"text": "漏水", "follow_up": "已报修"}])
    with clock.fixed(at(FRIDAY)):
        problems.close_by_reviewer(session, only(session).id, cast.zhao, "工程部已修好")
    problem = only(session)
    assert (problem.state, problem.closed_on, problem.closed_by_id) == ("closed", FRIDAY, cast.zhao)
    with clock.fixed(at(FRIDAY)), pytest.raises(DomainError, match="closed meanwhile"):
        problems.close_by_reviewer(session, problem.id, cast.qian, "再关")
    cast.write(cast.wang, FRIDAY, entries=[{"id": problem.id, "text": "", "follow_up": "已复查"}])
    assert only(session).state == "closed"
    assert session.scalars(select(LogFollowUp.text).order_by(LogFollowUp.id)).all() == [
        "已报修",
        "已复查",
    ]


@pytest.mark.parametrize("who", ["sun", "li"])
def test_who_does_not_review_the_writer_closes_nothing(session, cast, who):
    cast.hand_in(cast.wang, THURSDAY, entries=[{"text": "漏水"}])
    session.commit()
    with clock.fixed(at(FRIDAY)), pytest.raises(NotFound):
        problems.close_by_reviewer(session, only(session).id, getattr(cast, who), "已修好")
    assert only(session).state == "open"


def test_a_problem_of_a_unit_outside_the_scope_is_not_shown(session, cast):
    cast.write(
        cast.wang,
        THURSDAY,
        entries=[{"text": "远", "unit_id": cast.far_room}, {"text": "近", "unit_id": cast.room}],
    )
    with data_scope.use(data_scope.Scope(frozenset({cast.garden}))):
        shown = problems.of_log(session, cast.wang, THURSDAY + timedelta(days=1))
    assert [row.problem.text for row in shown] == ["近"]
