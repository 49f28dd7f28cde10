"""Every spelling of a room leads to one key; what is not sure leads to none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.estate.rooms.room_key import RoomKey, RoomPattern, parse_room, search_patterns
from app.estate.rooms.spellings import building_in, kind_of, normal_building, normal_entrance


@pytest.mark.parametrize(
    "written",
    [
        "1-1-101", "1#1单元101室", "1#1单元101", "1栋1单元101", "1号楼1单元101室", "1幢1单元101户",
        "1座1单元101", "一号楼一单元101", "第1栋1单元101", "１－１－１０１", "1—1—101", "1–1–101",
        "1 - 1 - 101", "1 1 101", "01-01-0101", "1.1.101", "1/1/101", "1_1_101", "1#-1-101",
        "1栋-1单元-101", "1栋1单元1层101", "1号楼1门101", "1栋 1单元 101 室", "1-1-101号",
    ],
)  # fmt: skip
def test_one_room_in_every_spelling(written):
    assert parse_room(written) == RoomKey("1", "1", "101")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1-101", "1-101"),
        ("1#101", "1-101"),
        ("1栋101", "1-101"),
        ("1-0-101", "1-101"),
        ("S1-03", "S1-03"),
        ("S1-3", "S1-03"),
        ("S1-0-03", "S1-03"),
        ("A座1203", "A-1203"),
        ("a座1203", "A-1203"),
        ("12栋A单元1205B", "12-A-1205B"),
        ("1栋东单元101", "1-东-101"),
        ("二期3栋1单元101", "2期3-1-101"),
        ("二期-3-1-101", "2期3-1-101"),
        ("海棠阁-1-101", "海棠阁-1-101"),
        ("海棠阁1单元101", "海棠阁-1-101"),
        ("12号301室", "12-301"),
        ("88弄12号301室", "88弄12-301"),
        ("B1-023", "B1-23"),
        ("车位023", "车位-23"),
        ("车位-023", "车位-23"),
        ("地下车位A-12", "地下车位-A12"),
        ("商铺12", "商铺-12"),
        ("1栋底商3", "1-底商03"),
        ("1-1-101东", "1-1-101东"),
        ("2栋3楼6号", "2-306"),
        ("2幢十二楼06室", "2-1206"),
        ("2栋1单元3层16户", "2-1-316"),
        ("2栋3楼306", "2-306"),
        ("8-1-12A04", "8-1-12A04"),
        ("8-1-12A-04", "8-1-12A-04"),
        ("8栋1单元3A01室", "8-1-3A01"),
        ("1-1-801+802", "1-1-801+802"),
        ("1栋1单元801＋802室", "1-1-801+802"),
        ("1-1-阁楼", "1-1-阁楼"),
        ("1-1-601阁楼", "1-1-601阁楼"),
        ("1栋1单元阁楼2", "1-1-阁楼2"),
        ("3苑1幢2单元202", "3苑1-2-202"),
        ("东苑-1-2-202", "东苑1-2-202"),
        ("1-1-105.0", "1-1-105"),
        ("'1-1-101", "1-1-101"),
    ],
)
def test_other_rooms(written, code):
    key = parse_room(written)
    assert key.code == code
    assert parse_room(code) == key


@pytest.mark.parametrize(
    "written",
    [
        "",
        "101",
        "1单元101",
        "张三",
        "合计",
        "1-1-",
        "-1-101",
        "1-1-101/102",
        "1-1-101、102",
        "101/102",
        "1-1-101-1",
        "10101",
        "2019-05-01",
        "123456-1-1",
        "1-2#101",
        "1栋1单元101(复式)",
        "x" * 500,
        "1-" * 50,
        "#REF!",
        "1栋1单元",
        "2栋3楼506",
        "2栋3楼",
        "1-1-801+",
        "1-1-801+2",
        "1-1-801-802",
    ],
)
def test_what_cannot_be_told_for_sure_is_no_room(written):
    assert parse_room(written) is None


@pytest.mark.parametrize(
    ("written", "building", "entrance", "code"),
    [
        ("101", "3", None, "3-101"),
        ("101", "3", "2", "3-2-101"),
        ("0101室", "3", "2", "3-2-101"),
        ("1单元101", "3", None, "3-1-101"),
        ("1-101", "3", None, "3-1-101"),
        ("3-101", "3", None, "3-101"),
        ("3-1-101", "3", None, "3-1-101"),
        ("3-1-101", "3", "1", "3-1-101"),
        ("底商3", "1", None, "1-底商03"),
        ("A1203", "A", None, "A-A1203"),
        ("101-1", "3", "2", None),
        ("2-1-101", "3", None, None),
        ("2栋101", "3", None, None),
        ("2单元101", "3", "1", None),
        ("1 101", "3", None, "3-1-101"),
        ("12A-04", "8", "1", "8-1-12A-04"),
        ("12A-04", "8", None, "8-12A-04"),
        ("3楼6号", "2", None, "2-306"),
        ("阁楼", "2", "1", "2-1-阁楼"),
    ],
)
def test_columns_beside_the_room_complete_it_or_contradict_it(written, building, entrance, code):
    key = parse_room(written, building, entrance)
    assert (key.code if key else None) == code


def test_the_file_decides_what_two_equal_parts_mean():
    assert parse_room("1-101", "1").code == "1-101"
    assert parse_room("1-101", "1", entrance_first=True).code == "1-1-101"


@given(st.integers(1, 99), st.integers(1, 9), st.integers(101, 3999))
def test_spellings_agree_for_every_room(building, entrance, number):
    keys = {
        parse_room(text)
        for text in (
            f"{building}-{entrance}-{number}",
            f"{building}栋{entrance}单元{number}室",
            f"{building}#{entrance}单元{number}",
            f"{building:02d}-{entrance:02d}-{number:04d}",
            f"{building}号楼 {entrance} 单元 {number}",
        )
    }
    assert keys == {RoomKey(str(building), str(entrance), str(number))}


@given(st.text(max_size=30))
def test_no_text_breaks_the_parser_and_codes_are_stable(text):
    key = parse_room(text)
    if key:
        again = parse_room(key.code)
        assert again is None or again.code == key.code
    assert isinstance(search_patterns(text), tuple)


def test_rooms_sort_as_people_count():
    codes = ["10-1-101", "2-1-1001", "2-1-201", "2-2-101", "A-101"]
    assert sorted(codes, key=lambda code: parse_room(code).sort_key) == [
        "2-1-201",
        "2-1-1001",
        "2-2-101",
        "10-1-101",
        "A-101",
    ]


@pytest.mark.parametrize(
    ("title", "building"),
    [
        ("3号楼", "3"), ("3栋业主表", "3"), ("十二幢", "12"), ("A座", "A"), ("二期3栋", "2期3"),
        ("阳光小区3号楼业主信息表", "3"), ("3#", "3"), ("S1栋", "S1"), ("1-3栋", None),
        ("1栋2栋", None), ("Sheet1", None), ("2020年", None), ("业主表", None), ("3楼", None),
        ("1、2栋", None), ("", None),
    ],
)  # fmt: skip
def test_a_title_names_one_building_or_none(title, building):
    assert building_in(title) == building


def test_names_of_buildings_and_entrances_have_one_form():
    buildings = ("01幢", "1#楼", "一号楼", "A座", "海棠阁", "3.5")
    assert [normal_building(name) for name in buildings] == ["1", "1", "1", "A", "海棠阁", None]
    assert [normal_entrance(name) for name in ("一单元", "01", "无", "0", "甲单元", "1-2")] == [
        "1",
        "1",
        "",
        "",
        "甲",
        None,
    ]


def test_areas_tell_the_use_of_their_spaces():
    assert kind_of("车位") == "parking"
    assert kind_of("1") is None


@pytest.mark.parametrize(
    ("typed", "patterns"),
    [
        ("1-1-101", [("1", "1", "101")]),
        ("1 1 101", [("1", "1", "101")]),
        ("1#1单元101", [("1", "1", "101")]),
        ("1-101", [("1", "", "101"), ("1", None, "101")]),
        ("101", [(None, None, "101")]),
        ("1单元101", [(None, "1", "101")]),
        ("s1-3", [("S1", "", "03"), ("S1", None, "03")]),
        ("3栋", [("3", None, None)]),
        ("1号楼2单元", [("1", "2", None)]),
        ("3栋 一单元", [("3", "1", None)]),
        ("张三", []),
        ("浙A12345", []),
    ],
)
def test_what_is_typed_at_the_desk_becomes_patterns(typed, patterns):
    assert search_patterns(typed) == tuple(RoomPattern(*parts) for parts in patterns)


def test_a_floor_with_a_letter_is_sorted_behind_the_floor_it_is_named_after():
    codes = ["8-1-1102", "8-1-1204", "8-1-1204A", "8-1-12A04", "8-1-12A05", "8-1-1301"]
    keys = {code: parse_room(code).sort_key for code in codes}
    assert sorted(keys, key=lambda code: (keys[code], code)) == codes


@pytest.mark.parametrize("written", ["2栋顶层", "二号楼顶楼", "1栋1单元夹层", "3栋架空层"])
def test_a_whole_floor_is_no_flat(written):
    assert parse_room(written) is None
