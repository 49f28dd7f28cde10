"""Comment, return, approve: by whom, once, and never something that was not shown."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db.extensions import db
from app.core.db.models import AuditEntry
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import DomainError, NotFound, Stale
from app.duty.base import people
from app.duty.base.models import DailyLog, DayOff, LogRemark
from app.duty.log import logs
from app.duty.review import decisions
from tests.duty.conftest import FRIDAY, at


@pytest.fixture
def log(session, cast) -> DailyLog:
    """王五's log of Friday, handed in."""
    handed = cast.hand_in(cast.wang, FRIDAY)
    session.commit()
    return handed


def state(session, log_id) -> str:
    session.rollback()
    session.expire_all()
    return session.get(DailyLog, log_id).state


def acts(session, log_id) -> list[tuple[str, str]]:
    rows = session.scalars(select(LogRemark).filter_by(log_id=log_id).order_by(LogRemark.id))
    return [(row.act, row.text) for row in rows]


def test_an_approval_keeps_who_and_when(session, cast, log):
    with clock.fixed(at(FRIDAY, 18, 0)):
        decisions.approve(session, log.id, cast.zhao, version=log.version, text="好")
    session.commit()
    session.expire_all()
    row = session.get(DailyLog, log.id)
    assert (row.state, row.reviewer_id) == ("approved", cast.zhao)
    assert clock.local(row.reviewed_at).replace(tzinfo=None) == at(FRIDAY, 18, 0)
    assert acts(session, log.id) == [("submit", ""), ("approve", "好")]
    assert session.scalars(select(AuditEntry).filter_by(act="approve")).one().title == (
        "王五 2026-11-20"
    )


def test_a_return_needs_a_reason(session, cast, log):
    with pytest.raises(DomainError, match="why"):
        decisions.send_back(session, log.id, cast.zhao, "  ", version=log.version)
    assert state(session, log.id) == "submitted"


def test_every_remark_of_the_way_is_kept(session, cast, log):
    with clock.fixed(at(FRIDAY)):
        decisions.comment(session, log.id, cast.qian, "辛苦")
        back = decisions.send_back(session, log.id, cast.zhao, "写明户数", version=log.version)
    again = cast.hand_in(cast.wang, FRIDAY)
    assert again.id == back.id
    decisions.approve(session, log.id, cast.zhao, version=again.version)
    decisions.comment(session, log.id, cast.qian, "很好")
    session.commit()
    assert acts(session, log.id) == [
        ("submit", ""),
        ("comment", "辛苦"),
        ("return", "写明户数"),
        ("submit", ""),
        ("approve", ""),
        ("comment", "很好"),
    ]


def test_an_approved_log_can_still_be_returned(session, cast, log):
    approved = decisions.approve(session, log.id, cast.zhao, version=log.version)
    decisions.send_back(session, log.id, cast.qian, "金额不符", version=approved.version)
    session.commit()
    assert state(session, log.id) == "returned"


def test_nobody_reviews_the_own_log(session, cast):
    own = cast.hand_in(cast.zhao, FRIDAY)
    session.commit()
    with pytest.raises(DomainError, match="own log"):
        decisions.approve(session, own.id, cast.zhao, version=own.version)
    assert state(session, own.id) == "submitted"
    session.expire_all()
    decisions.approve(session, own.id, cast.qian, version=own.version)
    session.commit()
    assert state(session, own.id) == "approved"


def test_a_supervisor_does_not_review_the_manager(session, cast):
    own = cast.hand_in(cast.qian, FRIDAY)
    session.commit()
    with pytest.raises(NotFound):
        decisions.comment(session, own.id, cast.zhao, "看到了")
    assert acts(session, own.id) == [("submit", "")]


@pytest.mark.parametrize("who", ["li", "sun"])
def test_a_colleague_reviews_nobody(session, cast, log, who):
    with pytest.raises(NotFound):
        decisions.approve(session, log.id, getattr(cast, who), version=log.version)
    assert state(session, log.id) == "submitted"


def test_a_log_of_another_community_is_out_of_reach(session, cast):
    far = cast.hand_in(cast.sun, FRIDAY)
    session.commit()
    with data_scope.use(data_scope.Scope(frozenset({cast.garden}))), pytest.raises(NotFound):
        decisions.approve(session, far.id, cast.zhao, version=far.version)
    assert state(session, far.id) == "submitted"


def test_a_draft_is_nobody_elses_business(session, cast):
    draft = cast.write(cast.wang, FRIDAY)
    with pytest.raises(NotFound):
        decisions.get(session, draft.id, cast.zhao)


def test_the_second_of_two_reviewers_is_told_and_changes_nothing(session, cast, log):
    number, version = log.id, log.version
    decisions.approve(session, number, cast.zhao, version=version)
    manager = cast.qian
    session.commit()
    with Session(db.engine) as other:
        with pytest.raises(Stale, match="accepted meanwhile"):
            decisions.send_back(other, number, manager, "写明户数", version=version)
        other.rollback()
        with pytest.raises(Stale, match="accepted meanwhile"):
            decisions.approve(other, number, manager, version=version)
    assert acts(session, number) == [("submit", ""), ("approve", "")]


def test_an_approval_of_what_was_not_shown_is_refused(session, cast, log):
    """The writer mends a returned log while the first reviewer still looks at the old text."""
    number, shown = log.id, log.version
    with clock.fixed(at(FRIDAY)):
        decisions.send_back(session, number, cast.qian, "写明户数", version=shown)
    session.commit()
    cast.hand_in(cast.wang, FRIDAY, done="改过")
    session.commit()
    with pytest.raises(Stale, match="read it again"):
        decisions.approve(session, number, cast.zhao, version=shown)
    assert state(session, number) == "submitted"


def test_the_writer_cannot_edit_while_the_reviewer_approves(session, cast, log):
    number, shown = log.id, log.version
    session.rollback()
    with clock.fixed(at(FRIDAY)), Session(db.engine) as other:
        with pytest.raises(DomainError, match="handed in"):
            logs.save(other, cast.wang, FRIDAY, version=shown, done="改", plan="")
        other.rollback()
    decisions.approve(session, number, cast.zhao, version=shown)
    session.commit()
    with clock.fixed(at(FRIDAY)), pytest.raises(DomainError, match="accepted"):
        logs.save(session, cast.wang, FRIDAY, version=shown + 1, done="改", plan="")
    assert session.get(DailyLog, number).done == "收费 12 户"


def test_many_are_approved_together_or_none(session, cast, log):
    other = cast.hand_in(cast.li, FRIDAY)
    session.commit()
    pairs = [(log.id, log.version), (other.id, other.version + 1)]
    with pytest.raises(Stale):
        decisions.approve_all(session, cast.zhao, pairs)
    assert state(session, log.id) == "submitted"
    pairs = [(log.id, log.version), (other.id, other.version)]
    assert len(decisions.approve_all(session, cast.zhao, pairs)) == 2
    session.commit()
    assert [state(session, number) for number, _ in pairs] == ["approved", "approved"]


def test_a_day_off_is_noted_once_and_can_be_taken_back(session, cast):
    noted = decisions.note_day_off(session, cast.zhao, [cast.wang, cast.li], FRIDAY, "年假")
    again = decisions.note_day_off(session, cast.zhao, [cast.wang], FRIDAY, "病假")
    assert (noted, again) == (2, 0)
    rows = session.scalars(select(DayOff).order_by(DayOff.user_id)).all()
    assert [(r.user_id, r.reason) for r in rows] == [(cast.wang, "病假"), (cast.li, "年假")]
    decisions.end_day_off(session, cast.zhao, cast.wang, FRIDAY)
    assert session.scalars(select(DayOff.user_id)).all() == [cast.li]


def test_a_day_off_is_noted_only_for_whom_one_reviews(session, cast):
    with pytest.raises(NotFound):
        decisions.note_day_off(session, cast.zhao, [cast.qian], FRIDAY, "年假")
    with pytest.raises(DomainError):
        decisions.note_day_off(session, cast.zhao, [cast.wang], FRIDAY, " ")


def test_people_overlap_by_their_communities(session, cast):
    with data_scope.use(data_scope.Scope(frozenset({cast.garden}))):
        near = {p.id for p in people.reviewed_by(session, cast.zhao)}
    assert near == {cast.wang, cast.li}
    everyone = {p.id for p in people.reviewed_by(session, cast.qian)}
    assert everyone == {cast.wang, cast.li, cast.sun, cast.zhao}


def test_manager_and_administrator_owe_no_log(session, cast):
    everybody = people.writers(session)
    assert {p.id for p in everybody.values() if p.owes} == {
        cast.wang,
        cast.li,
        cast.sun,
        cast.zhao,
    }
    assert everybody[cast.qian].rank == 2
