"""Each community closes at its own time: new rows, stored rows and actions keep to it."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from app.core.db.models import AuditEntry
from app.core.values import clock
from app.estate.base import office_hours
from app.estate.base.models import Community
from tests.registers.conftest import furnish

LEDGER = "key_loan"  # due the same day
HOURLY = "incident"  # due some hours after the moment


def close_at(walk, typed):
    """The administrator types a closing time; the answer, and what is stored then."""
    community = walk.place.community
    walk.session.rollback()
    place = walk.session.get_one(Community, community)
    form = {
        "name": place.name,
        "short_code": place.short_code,
        "version": place.version,
        "closing_time": typed,
    }
    answer = walk.login("administrator").post(
        f"/communities/edit/{community}", data=form, follow_redirects=True
    )
    walk.session.rollback()
    walk.session.expire_all()
    return answer, walk.session.get_one(Community, community).closing_time


def due(row):
    return clock.local(row.due_at).strftime("%H:%M")


def test_without_a_word_an_office_closes_at_six(everywhere):
    assert everywhere.session.get_one(Community, everywhere.place.community).closing_time == "18:00"
    assert due(everywhere.create(LEDGER)) == "18:00"


def test_stored_rows_follow_and_new_ones_keep_to_it(everywhere):
    walk = everywhere
    elsewhere = furnish(
        walk.session, name=f"乐居苑{walk.place.community}号", short_code=f"X{walk.place.community}"
    )
    before = walk.create(LEDGER)
    key, lent, version = before.id, before.lent_at, before.version
    hourly = walk.create(HOURLY)
    exact = (hourly.id, hourly.due_at)
    answer, stored = close_at(walk, "17：30")
    assert stored == "17:30"
    assert "1 条台账记录" in answer.text
    row = walk.row(LEDGER, key)
    assert (due(row), row.lent_at, row.version) == ("17:30", lent, version)
    assert walk.row(HOURLY, exact[0]).due_at == exact[1], "hours run exactly"
    assert due(walk.create(LEDGER)) == "17:30"
    action = next(one for one in walk.definition(LEDGER).actions if one.name == "return")
    assert walk.take(LEDGER, walk.row(LEDGER, key), action).due_at is None
    reopen = next(one for one in walk.definition(LEDGER).actions if one.name == "reopen")
    back = walk.take(LEDGER, walk.row(LEDGER, key), reopen)
    assert due(back) == "17:30"
    assert office_hours.times(walk.session)[elsewhere.community].hour == 18, (
        "only of this community"
    )
    said = walk.session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.screen == "communities", AuditEntry.record_id == str(walk.place.community)
        )
        .order_by(AuditEntry.id.desc())
    ).first()
    assert said.details["closing_time"] == ["18:00", "17:30"]


def test_a_row_is_overdue_from_the_new_time_on(everywhere):
    walk = everywhere
    row = walk.create(LEDGER)
    key, day = row.id, clock.local(row.due_at).date()
    close_at(walk, "20:00")
    desk = walk.login(walk.keeper(LEDGER))
    for hour, late in ((19, False), (20, True)):
        with clock.fixed(datetime(day.year, day.month, day.day, hour, 1)):
            page = desk.get(f"/registers/{LEDGER}/show/{key}").text
            assert ("逾期" in page) == late


@pytest.mark.parametrize(("typed", "said"), [
    ("", "下班时间"), ("6:00", "12:00 至 23:59"), ("25:00", "09:30"), ("傍晚", "09:30"),
])  # fmt: skip
def test_what_is_no_closing_time_is_refused_in_one_sentence(everywhere, typed, said):
    row = everywhere.create(LEDGER).id
    answer, stored = close_at(everywhere, typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert stored == "18:00"
    assert due(everywhere.row(LEDGER, row)) == "18:00"


def test_a_change_of_something_else_touches_no_row(everywhere, monkeypatch):
    asked = []
    monkeypatch.setattr(office_hours, "FURTHER", [lambda *given: asked.append(given) or 0])
    assert close_at(everywhere, "18:00")[1] == "18:00"
    assert asked == []
