"""The same form twice, and two people at one record, on every screen that there is."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select, update

from app.core.db import one_time_keys
from app.estate.base.models import Tenancy
from tests.hostile.forms import PROBE, desk, kept, screens, writer_of
from tests.hostile.pages import CHINESE, faults

pytestmark = pytest.mark.slow


def rows(session, screen) -> int:
    """How many records the screen's table has."""
    session.rollback()
    count = session.scalar(select(func.count()).select_from(screen.model))
    session.rollback()
    return count


def test_a_form_sent_twice_makes_one_record_on_every_screen(app, session, clients, world):
    wrong = []
    for screen in screens(app):
        place = desk(app, screen, clients[writer_of(screen)], world.near)
        data = {**place.honest(), "form_key": one_time_keys.fresh()}
        if screen.screen == "ownerships":
            data |= {"share": "0.000001", "starts_on": "2199-01-01"}
            data |= {"ends_on": "2199-01-01"}
        if screen.screen == "tenancies":  # the unit is let: the next tenancy follows its end
            session.execute(update(Tenancy).values(ends_on=date(2026, 6, 30)))
            session.commit()
            data |= {"starts_on": "2026-07-01"}
        before = rows(session, screen)
        where = screen.url("add")
        answers = [place.client.post(where, data=data) for _ in range(2)]
        if rows(session, screen) != before + (answers[0].status_code == 302):
            wrong.append(f"{screen.screen}: {rows(session, screen) - before} rows")
        if answers[0].status_code == 302 and answers[1].location != answers[0].location:
            wrong.append(f"{screen.screen}: the second goes to {answers[1].location}")
        if answers[0].status_code != 302 and screen.screen != "ownerships":
            wrong.append(f"{screen.screen}: {answers[0].status_code} {data}")
        without = place.client.post(where, data=place.honest())
        if without.status_code != 422 or faults(without):
            wrong.append(f"{screen.screen} without a key: {without.status_code}")
    assert "\n".join(wrong) == ""


def test_of_two_changes_the_second_is_refused_and_kept_on_every_screen(
    app, session, clients, world
):
    wrong, tried = [], 0
    for screen in screens(app):
        place = desk(app, screen, clients[writer_of(screen)], world.near)
        if not place.free:
            continue
        tried += 1
        name = next((c.name for c in place.free if not c.required), place.free[0].name)
        place.add(**{name: "a"})
        record = place.stored()
        shown = place.client.get(screen.url("edit", pk=record.id)).get_data(as_text=True)
        version = shown.split('name="version" value="')[1].split('"')[0]
        data = place.honest() | {"version": version}
        first = place.client.post(screen.url("edit", pk=record.id), data=data | {name: "b"})
        second = place.client.post(screen.url("edit", pk=record.id), data=data | {name: PROBE})
        page = second.get_data(as_text=True)
        if (first.status_code, second.status_code) != (302, 409):
            wrong.append(f"{screen.screen}: {first.status_code}, {second.status_code}")
        elif getattr(place.stored(record), name) != "b":
            wrong.append(f"{screen.screen}: the second overwrote the first")
        elif not kept(page, PROBE) or "别人修改" not in page or not CHINESE.search(page):
            wrong.append(f"{screen.screen}: what was typed is lost")
    assert "\n".join(wrong) == ""
    assert tried > 8
