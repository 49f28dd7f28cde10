"""Writing a log: saved, handed in, locked, late, never lost."""

import json
import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.core.db.models import AuditEntry
from app.core.values import clock
from app.core.values.errors import DomainError, NotFound, Stale
from app.duty.base.models import DailyLog, LogFollowUp, LogProblem, LogRemark, LogState
from app.duty.log import logs
from app.duty.review import decisions
from tests.duty.conftest import FRIDAY, MONDAY, SATURDAY, at


def stored(session, who, day) -> DailyLog:
    session.expire_all()
    return session.scalars(select(DailyLog).filter_by(user_id=who, day=day)).one()


def test_a_look_at_the_log_leaves_nothing_behind(session, cast):
    with clock.fixed(at(FRIDAY)):
        sheet = logs.open_sheet(session, cast.wang, FRIDAY)
    assert sheet.log is None
    assert sheet.editable
    assert sheet.version == 0
    assert session.scalar(select(func.count()).select_from(DailyLog)) == 0


def test_the_first_save_makes_a_draft(session, cast):
    cast.write(cast.wang, FRIDAY, done="收费 3 户\r\n回访 2 户", plan="催缴")
    log = stored(session, cast.wang, FRIDAY)
    assert (log.done, log.plan) == ("收费 3 户\n回访 2 户", "催缴")
    assert (log.state, log.late) == ("draft", False)
    assert log.submitted_at is None


def test_handing_in_keeps_moment_state_and_a_line(session, cast):
    cast.hand_in(cast.wang, FRIDAY)
    log = stored(session, cast.wang, FRIDAY)
    assert log.state == LogState.SUBMITTED
    assert clock.local(log.submitted_at).replace(tzinfo=None) == at(FRIDAY)
    assert not log.late
    remarks = session.scalars(select(LogRemark).filter_by(log_id=log.id)).all()
    assert [(r.act, r.user_id) for r in remarks] == [("submit", cast.wang)]
    entry = session.scalars(select(AuditEntry).filter_by(act="submit")).one()
    assert entry.record_id == str(log.id)


def test_a_log_needs_something_done_and_a_plan(session, cast):
    cast.write(cast.wang, FRIDAY, done=" \n", plan="催缴")
    with clock.fixed(at(FRIDAY)), pytest.raises(DomainError) as refused:
        logs.submit(session, cast.wang, FRIDAY, version=stored(session, cast.wang, FRIDAY).version)
    assert refused.value.field == "done"
    cast.write(cast.wang, FRIDAY, done="收费", plan=" ")
    with clock.fixed(at(FRIDAY)), pytest.raises(DomainError) as refused:
        logs.submit(session, cast.wang, FRIDAY, version=stored(session, cast.wang, FRIDAY).version)
    assert refused.value.field == "plan"
    assert stored(session, cast.wang, FRIDAY).state == LogState.DRAFT


def test_what_the_system_knows_is_enough_without_words(session, cast):
    cast.hand_in(cast.wang, FRIDAY, done="", plan="继续跟进", entries=[{"text": "电梯异响"}])
    log = stored(session, cast.wang, FRIDAY)
    assert log.facts == [
        {"source": "problems_opened", "count": 1, "amount": None, "parts": [], "named": []}
    ]


def test_nothing_changes_after_handing_in(session, cast):
    cast.hand_in(cast.wang, FRIDAY, done="甲")
    with pytest.raises(DomainError, match="handed in"):
        cast.write(cast.wang, FRIDAY, done="乙", entries=[{"text": "新问题"}])
    with clock.fixed(at(FRIDAY)), pytest.raises(DomainError, match="handed in"):
        logs.submit(session, cast.wang, FRIDAY, version=stored(session, cast.wang, FRIDAY).version)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(LogProblem)) == 0


def test_two_windows_do_not_overwrite_each_other(session, cast):
    first = cast.write(cast.wang, FRIDAY, done="甲")
    version = first.version
    cast.write(cast.wang, FRIDAY, done="乙")
    with clock.fixed(at(FRIDAY)):
        for old in (0, version):
            with pytest.raises(Stale):
                logs.save(session, cast.wang, FRIDAY, version=old, done="丙", plan="")
    assert stored(session, cast.wang, FRIDAY).done == "乙"


def test_a_change_of_the_problems_alone_raises_the_version(session, cast):
    before = cast.write(cast.wang, FRIDAY).version
    after = cast.write(cast.wang, FRIDAY, entries=[{"text": "楼道灯不亮"}]).version
    assert after == before + 1


@pytest.mark.parametrize(("hour", "late"), [(8, False), (9, True)])
def test_a_first_submission_after_the_deadline_is_late(session, cast, hour, late):
    cast.hand_in(cast.wang, FRIDAY, moment=at(SATURDAY, hour, 0))
    assert stored(session, cast.wang, FRIDAY).late is late


def test_a_second_submission_does_not_make_it_late(session, cast):
    log = cast.hand_in(cast.wang, FRIDAY)
    with clock.fixed(at(MONDAY)):
        decisions.send_back(session, log.id, cast.zhao, "写明户数", version=log.version)
    cast.hand_in(cast.wang, FRIDAY, moment=at(MONDAY), done="收费 12 户，另 3 户约定周二")
    log = stored(session, cast.wang, FRIDAY)
    assert (log.state, log.late) == ("submitted", False)
    assert clock.local(log.submitted_at).date() == MONDAY


@pytest.mark.parametrize("days", [-1, 8, 4000])
def test_a_closed_or_future_day_takes_no_log(session, cast, days):
    with pytest.raises(DomainError):
        cast.write(cast.wang, FRIDAY - timedelta(days=days), moment=at(FRIDAY))
    session.rollback()
    assert session.scalar(select(func.count()).select_from(DailyLog)) == 0


def test_a_returned_log_can_be_mended_however_old(session, cast):
    log = cast.hand_in(cast.wang, FRIDAY)
    later = FRIDAY + timedelta(days=20)
    with clock.fixed(at(later)):
        decisions.send_back(session, log.id, cast.zhao, "补充", version=log.version)
        assert logs.open_sheet(session, cast.wang, FRIDAY).editable
    cast.hand_in(cast.wang, FRIDAY, moment=at(later), done="补充后")
    assert stored(session, cast.wang, FRIDAY).done == "补充后"


def test_the_sheet_of_a_returned_log_tells_the_last_reason(session, cast):
    log = cast.hand_in(cast.wang, FRIDAY)
    for reason in ("写明户数", "写明金额"):
        with clock.fixed(at(FRIDAY)):
            log = decisions.send_back(session, log.id, cast.zhao, reason, version=log.version)
            sheet = logs.open_sheet(session, cast.wang, FRIDAY)
            assert sheet.reason.text == reason
            assert sheet.reason.user.get_full_name() == "赵六"
        log = cast.hand_in(cast.wang, FRIDAY)
    assert logs.open_sheet(session, cast.wang, FRIDAY).reason is None


def test_the_plan_of_the_day_before_is_at_hand(session, cast):
    cast.write(cast.wang, FRIDAY, plan="周一催缴 3 栋")
    with clock.fixed(at(MONDAY)):
        assert logs.open_sheet(session, cast.wang, MONDAY).yesterday.plan == "周一催缴 3 栋"


def test_there_is_nothing_to_hand_in_before_the_first_save(session, cast):
    with clock.fixed(at(FRIDAY)), pytest.raises(NotFound):
        logs.submit(session, cast.wang, FRIDAY, version=0)


def test_a_text_that_is_too_long_or_cannot_be_stored_is_refused(session, cast):
    for text in ("长" * 5001, "a\0b", "\ud800"):
        with pytest.raises(DomainError):
            cast.write(cast.wang, FRIDAY, done=text)
        session.rollback()
    cast.write(cast.wang, FRIDAY, done="长" * 5000)
    assert len(stored(session, cast.wang, FRIDAY).done) == 5000


def test_the_history_is_newest_first_and_ones_own(session, cast):
    for day in (date(2026, 11, 18), FRIDAY):
        cast.hand_in(cast.wang, day)
    cast.hand_in(cast.li, FRIDAY)
    assert [log.day for log in logs.history(session, cast.wang)] == [FRIDAY, date(2026, 11, 18)]


def naughty() -> list[str]:
    shared = os.environ.get("ANJU_CORPUS") or Path(__file__).parents[4] / "shared" / "corpus"
    file = Path(shared) / "blns" / "blns.json"
    if not file.exists():
        pytest.skip(f"the corpus is not on this machine: {file}")
    return json.loads(file.read_text(encoding="utf-8"))


def test_naughty_strings_are_stored_exactly(session, cast):
    texts = naughty()
    assert len(texts) == 515
    for text in texts:
        cast.write(
            cast.wang,
            FRIDAY,
            done=text,
            plan=text,
            entries=[{"text": text, "follow_up": text}] if text.strip() else (),
        )
        log = stored(session, cast.wang, FRIDAY)
        expected = text.replace("\r\n", "\n")
        assert (log.done, log.plan) == (expected, expected)
    kept = [text for text in texts if text.strip()]
    assert session.scalars(select(LogProblem.text).order_by(LogProblem.id)).all() == kept
    assert session.scalars(select(LogFollowUp.text).order_by(LogFollowUp.id)).all() == kept
