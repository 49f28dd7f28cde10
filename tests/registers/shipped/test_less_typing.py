"""What a clerk need not type or see: days of a line, the only community, later steps' fields."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from app.core.db.one_time_keys import fresh
from app.core.values import clock
from app.estate.base.models import Community, Resident
from tests.registers.shipped.walking import Walk

MORNING = datetime(2026, 11, 5, 9, 30)


@pytest.fixture
def walk(session, login, place):
    with clock.fixed(MORNING):
        yield Walk(session, login, place)


def log(walk, key, **cells):
    """Send the step with which an incident's measures are noted."""
    data = {"form_key": fresh(), **{f"timeline.{name}": cell for name, cell in cells.items()}}
    return walk.login("front_desk").post(f"/registers/incident/step/{key}/log", data=data)


def test_an_empty_day_and_time_of_a_line_are_now_and_typed_ones_stay(walk):
    key = walk.create("incident").id
    answer = log(
        walk,
        key,
        day=["", "2026-11-04", ""],
        at=["", "23:50", ""],
        what=["通知维保", "接报", ""],
        by=["", "", ""],
    )
    assert answer.status_code == 302, answer.text
    stored = [(one["day"], one["at"], one["what"]) for one in walk.row("incident", key).timeline]
    assert stored == [("2026-11-05", "09:30", "通知维保"), ("2026-11-04", "23:50", "接报")]


def test_a_line_whose_own_words_are_missing_is_still_refused(walk):
    row = walk.create("incident")
    key, before = row.id, row.timeline
    answer = log(walk, key, day=["2026-11-05"], at=[""], what=[""], by=["维保"])
    assert answer.status_code == 422
    assert "第 1 行：" in answer.text
    assert walk.row("incident", key).timeline == before


def test_the_only_community_is_not_asked_for_and_stored_all_the_same(walk, session):
    desk = walk.login("front_desk")
    page = desk.get("/registers/mail_item/add").text
    assert '<label for="community">' not in page
    given = re.search(r'<input type="hidden" name="community" value="(\d+)">', page)
    assert given
    assert int(given[1]) == walk.place.community
    assert walk.create("mail_item").community_id == walk.place.community
    session.add(Community(name="锦绣新城", short_code="JX"))
    session.commit()
    assert '<label for="community">' in desk.get("/registers/mail_item/add").text


def test_a_form_says_where_a_field_is_needed(walk):
    page = walk.login("front_desk").get("/registers/access_card/add").text
    assert "卡种为“车卡”时必填。" in page
    assert "车卡填缴费到期日。卡种为“车卡”时必填。" in page


def test_what_a_later_step_fills_in_stays_away_until_then(walk):
    key = walk.create("goods_release").id
    address = f"/registers/goods_release/show/{key}"
    page = walk.login("front_desk").get(address).text
    assert "业主确认</h2>" not in page
    assert "<dt>放行保安</dt>" not in page
    row = walk.row("goods_release", key)
    for name in ("confirm", "release"):
        row = walk.take("goods_release", row, action(row, name))
    page = walk.login("front_desk").get(address).text
    assert "业主确认</h2>" in page
    assert "<dt>放行保安</dt>" in page


def action(row, called):
    return next(one for one in row.definition.actions if one.name == called)


def test_the_missing_unit_is_told_not_the_owner_who_is_missing_without_it(walk):
    form = {
        "form_key": fresh(),
        "community": str(walk.place.community),
        "kind": "household",
        "card_number": "0012",
        "relation": "owner",
        "identity_checked": "1",
        "valid_from": "2026-11-05",
    }
    desk = walk.login("front_desk")
    refused = desk.post("/registers/access_card/add", data=form)
    assert refused.status_code == 422
    assert "请填写“房号”" in refused.text
    assert "请填写“持卡人”" not in refused.text
    assert walk.rows("access_card") == []
    answer = desk.post("/registers/access_card/add", data=form | {"unit": walk.place.unit})
    assert answer.status_code == 302
    assert walk.rows("access_card")[0].holder == "张三"


def test_the_people_of_the_unit_are_offered_by_name_and_no_number_is_told(walk, session):
    session.add_all(
        [
            Resident(
                community_id=walk.place.community,
                unit_id=walk.place.unit,
                name="李四",
                relation="spouse",
                phone="13800000009",
            ),
            Resident(community_id=walk.place.community, unit_id=walk.place.unit, name="张三"),
        ]
    )
    session.commit()
    browser = walk.login("front_desk")
    page = browser.get(f"/registers/goods_release/add?unit={walk.place.unit}").text
    assert 'data-offers="/registers/goods_release/people"' in page
    assert 'data-phone-of="applicant"' in page
    answer = browser.get(f"/registers/goods_release/people?unit={walk.place.unit}")
    assert [(one["name"], one["what"]) for one in answer.json["people"]] == [
        ("张三", "业主"),
        ("李四", "住户"),
    ]
    assert "13800000009" not in answer.text
    assert browser.get("/registers/goods_release/people?unit=987654").status_code == 404
    assert (
        walk.login("clerk")
        .get(f"/registers/goods_release/people?unit={walk.place.unit}")
        .status_code
        == 403
    )
