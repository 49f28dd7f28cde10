"""What a clerk finds on the lists of registers: rows by other rows, choices in their order."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from app.core.values import clock
from app.estate.base.models import Unit
from tests.registers.files import test_beside
from tests.registers.shipped.walking import Walk


@pytest.fixture
def walk(session, login, place):
    with clock.fixed(datetime(2026, 11, 5, 9, 30)):
        yield Walk(session, login, place)


def enter(walk, name, **changes):
    """A further row, with values that no other row has."""
    walk.count += 1
    return test_beside.enter(walk, name, **changes)


def page(walk, address):
    return walk.login("front_desk").get(f"/registers/{address}").text


def found(walk, name, query):
    """The keys of the rows that the list shows, in its order."""
    links = re.findall(rf'data-href="/registers/{name}/show/(\d+)"', page(walk, f"{name}/{query}"))
    return [int(one) for one in links]


def test_a_row_is_found_by_the_name_of_the_row_that_it_points_to(walk):
    units = [walk.unit(), walk.unit()]
    codes = [walk.session.get(Unit, one).code for one in units]
    vacant = [enter(walk, "vacant_unit", unit=str(one)).id for one in units]
    keys = [enter(walk, "vacant_unit_inspection", vacant_unit=str(one)).id for one in vacant]
    assert found(walk, "vacant_unit_inspection", f"?q={codes[0]}") == [keys[0]]
    assert found(walk, "vacant_unit_inspection", f"?q={codes[1]}") == [keys[1]]


def test_the_page_of_a_row_shows_what_points_to_it_and_begins_a_new_one(walk):
    key = enter(walk, "vacant_unit").id
    add = f"/registers/vacant_unit_inspection/add?vacant_unit={key}"
    assert add in page(walk, f"vacant_unit/show/{key}"), "even before there is any"
    row = enter(walk, "vacant_unit_inspection", vacant_unit=str(key)).id
    assert f"/registers/vacant_unit_inspection/show/{row}" in page(walk, f"vacant_unit/show/{key}")
    filled = walk.login("front_desk").get(add).text
    assert f'name="vacant_unit" value="{key}"' in filled


def test_choices_stand_in_the_order_of_the_file_not_of_their_words(walk):
    kinds = ["around", "emergency", "bank"]
    keys = {kind: enter(walk, "phone_book", kind=kind).id for kind in kinds}
    in_order = [keys["emergency"], keys["bank"], keys["around"]]
    assert found(walk, "phone_book", "") == in_order
    assert found(walk, "phone_book", "?sort=kind") == in_order
    assert found(walk, "phone_book", "?sort=-kind") == in_order[::-1]


def test_the_first_choice_of_a_list_is_a_drop_down_beside_the_search_box(walk):
    keys = {kind: enter(walk, "phone_book", kind=kind).id for kind in ("bank", "police")}
    box = re.search(r'<select[^>]*name="f\.kind\.is".*?</select>', page(walk, "phone_book/"), re.S)
    assert box is not None
    assert "银行" in box[0]
    assert found(walk, "phone_book", "?f.kind.is=police") == [keys["police"]]


def test_an_empty_list_says_how_to_begin_and_a_vain_search_where_it_looked(walk):
    assert "也可以把原来的 Excel 台账整表导入" in page(walk, "phone_book/")
    reader = walk.login("collector").get("/registers/phone_book/").text
    assert "还没有登记。" in reader
    assert "导入" not in reader.partition("还没有登记。")[2]
    enter(walk, "phone_book")
    vain = page(walk, "phone_book/?q=zzzz")
    assert "没有符合条件的记录" in vain
    assert "搜索框查找：单位名称" in vain


def test_what_is_due_by_closing_time_is_told_by_its_day_and_by_hours_with_the_hour(walk):
    enter(walk, "phone_book", checked_on="2026-11-05")
    assert ">2027-02-05<" in page(walk, "phone_book/")
    enter(walk, "visitor", arrived_at="2026-11-05 08:00")
    assert ">2026-11-05 20:00<" in page(walk, "visitor/")


def test_a_search_stays_within_the_tab_that_is_chosen(walk):
    enter(walk, "visitor")
    shown = page(walk, "visitor/?f.state.is=inside")
    assert '<input type="hidden" name="f.state.is" value="inside">' in shown
    assert 'class="chip"' not in shown, "the tab says it already"
    assert 'class="chip"' in page(walk, "visitor/?f.name.has=x")
