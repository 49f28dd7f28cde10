"""Owner files that went wrong in offices, through the import to the stored rows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.core.imports import undo
from app.core.values.errors import DomainError
from app.estate.base.models import Customer, CustomerPhone, Ownership, Resident, Tenancy, Unit
from app.estate.base.remembered import FormerRoom
from app.estate.owner_import import answers, post
from tests.corpus import OWNER_FILES, owner_file
from tests.estate.conftest import DAY, stored

ORDER = "一二三四五六七八"
ROOMS = (101, 102, 103, 104, 201, 202, 203, 204)


@pytest.fixture
def take(session, community):
    """`take(name)` imports the good rows of a file: what was read, the plan, the batch."""

    def run(name, said=None, renumbered=None, **options):
        path = owner_file(name)
        known = answers.remembered(session)
        incoming = post.read(path, path.name, known, replace(known, said=said or {}))
        incoming.renumbered = renumbered or {}
        plan, batch = post.post(session, incoming, community.id, DAY, skip_errors=True, **options)
        session.commit()
        return incoming.file, plan, batch

    return run


def facts(session, name):
    """One fact of every unit by its code."""
    session.rollback()
    return {unit.code: getattr(unit, name) for unit in session.query(Unit)}


def names(session):
    return {code: [owner[0] for owner in owners] for code, owners in stored(session).items()}


def test_01a_three_lists_side_by_side_keep_their_people(session, take):
    take("01a_three_blocks")
    assert names(session) == {
        f"B{block}-{room}": [f"{family}晓{number}"]
        for block, family in enumerate("赵钱孙", start=1)
        for room, number in zip(ROOMS, ORDER, strict=True)
    }


def test_01c_four_lists_side_by_side_keep_their_phones(session, take):
    take("01c_four_blocks_phone")
    assert stored(session) == {
        f"B{block + 1}-{room}": [(f"{family}晓{number}", f"139000{block}000{place}")]
        for block, family in enumerate("赵钱孙李")
        for place, (room, number) in enumerate(zip(ROOMS, ORDER, strict=True))
    }


def test_01h_a_phone_between_room_and_owner_is_the_row_s_own(session, take):
    take("01h_three_blocks_no_area_phone_last")
    assert stored(session) == {
        f"1-{block + 1}0{place + 1}": [(f"{family}晓{ORDER[place]}", f"1390000{block}00{place}")]
        for block, family in enumerate("赵钱孙")
        for place in range(4)
    }


def test_03_one_row_for_each_person_is_one_unit_with_its_people(session, take):
    take("03_one_row_per_person")
    assert names(session) == {"1-1-101": ["赵晓一"], "1-1-102": ["孙晓四"]}
    people = {one.name: (one.relation, one.phone, one.id_number) for one in session.query(Resident)}
    assert people == {
        "钱晓二": ("配偶", "13900000002", "110199198202020026"),
        "赵晓三": ("子女", "13900000003", "110199200503030033"),
    }
    tenancy = session.query(Tenancy).one()
    tenant = session.get(Customer, tenancy.customer_id)
    assert (tenant.name, tenant.id_number) == ("李晓五", "110199198001010059")
    assert session.get(Unit, tenancy.unit_id).code == "1-1-102"


def test_04b_the_charged_area_is_an_area_of_its_own(session, take):
    take("04b_charged_area_differs")
    assert facts(session, "gross_area") == {"1-1-101": 100, "1-1-102": 100}
    assert facts(session, "charged_area") == {"1-1-101": Decimal("95.5"), "1-1-102": 100}


def test_05_a_header_ends_where_its_note_begins(session, take):
    file, _, _ = take("05_header_with_notes")
    assert facts(session, "gross_area") == {"浅水湾3-1-101": Decimal("130.56")}
    assert [(one.row, one.code) for one in file.errors] == [(2, "ROOM_MISSING")]


def test_06d_a_list_of_lent_keys_makes_nobody_an_owner(session, take):
    with pytest.raises(DomainError):
        take("06d_key_loan_list")
    session.rollback()
    assert session.query(Customer).count() == 0


def test_10_phase_and_garden_are_part_of_the_place(session, take):
    take("10_phase_column")
    assert sorted(owner for (owner,) in names(session).values()) == sorted(
        ["赵晓一", "钱晓二", "孙晓三", "李晓四"]
    )
    assert names(session)["3苑1-2-202"] == ["赵晓一"]
    assert names(session)["2苑1-2-202"] == ["钱晓二"]


def test_11_floor_and_door_lose_nothing(session, take):
    take("11_floor_and_door")
    session.rollback()
    found = {(unit.code, unit.floor) for unit in session.query(Unit)}
    assert len(found) == 3
    assert {names(session)[code][0] for code, _ in found} == {"赵晓一", "钱晓二", "孙晓三"}
    assert all("3" in code or floor == 3 or "4" in code for code, floor in found)


def test_12_an_unknown_word_is_nobody_s_flat_until_it_is_said(session, take):
    file, _, _ = take("12_kinds_states")
    kinds = facts(session, "kind")
    asked = {one.value for one in file.questions if one.blocks}
    assert {"厂房", "会所"} <= asked
    assert not {"1-1-116", "1-1-119"} & kinds.keys()
    assert kinds["1-1-117"] == "storage"
    said = {"word/kind/厂房": "shop", "word/kind/会所": "out"}
    take("12_kinds_states", said=said)
    kinds = facts(session, "kind")
    assert kinds["1-1-116"] == "shop"
    assert "1-1-119" not in kinds
    file, _, _ = take("12_kinds_states")
    assert not {"厂房", "会所"} & {one.value for one in file.questions if one.blocks}


def test_14_a_phone_with_a_remark_is_a_phone(session, take):
    take("14_phone_cells")
    found = {code: set(owners[0][1:]) for code, owners in stored(session).items()}
    assert found["1-1-101"] == {"13900000001"}
    assert found["1-1-102"] == {"13900000002", "13900000003"}
    assert found["1-1-103"] == {"13900000004"}
    assert found["1-1-113"] == {"13900000015", "13900000016"}
    assert "妻" in facts(session, "remark")["1-1-103"]


def test_19_an_area_of_four_decimals_stays_as_it_is(session, take):
    take("19_area_four_decimals")
    areas = facts(session, "gross_area")
    assert areas["B1-706"] == Decimal("77.7085")
    assert Decimal("48.8379") in areas.values()


def test_22b_parking_spaces_have_their_owners(session, take):
    take("22b_parking")
    assert names(session) == {"车位-B1-001": ["赵晓一"]} or list(names(session).values()) == [
        ["赵晓一"]
    ]
    assert set(facts(session, "kind").values()) == {"parking"}


def test_30g_the_same_number_under_a_corrected_name_is_one_person(session, take):
    take("30a_first")
    before = session.query(Customer).count()
    _, plan, batch = take("30g_name_typo_fixed")
    assert plan.counts()["changed"] == 1
    assert plan.lines[0].changes[0].new == "李娜娜"
    assert names(session)["1-1-104"] == ["李娜娜"]
    assert session.query(Customer).count() == before
    assert session.query(Ownership).filter(Ownership.ends_on.is_not(None)).count() == 0
    undo.undo(session, batch)
    session.commit()
    assert names(session)["1-1-104"] == ["李娜"]


def test_30h_a_renumbered_room_is_asked_and_stays_the_same_unit(session, take):
    take("30a_first")
    session.rollback()
    unit = session.query(Unit).filter_by(code="1-1-104").one().id
    path = owner_file("30h_room_renumbered")
    plan = post.compare(session, post.read(path, path.name), 1, DAY)
    hints = plan.extras["renumbered"]
    assert [(one.code, one.old) for one in hints] == [("1-1-104A", "1-1-104")]
    take("30h_room_renumbered", renumbered={"1-1-104A": "1-1-104"})
    assert "1-1-104" not in names(session)
    assert session.get(Unit, unit).code == "1-1-104A"
    assert session.query(FormerRoom).one().code == "1-1-104"


def test_33_a_sheet_that_is_no_list_hinders_nobody(session, take):
    file, _, _ = take("33_hand_match_with_second_sheet")
    assert names(session) == {"B1-708": ["赵晓一"], "B1-1008": ["钱晓二"]}
    assert file.left_out == ("汇总",)


def test_40_names_are_split_or_asked_and_never_joined(session, take):
    take("40_owner_names")
    found = names(session)
    assert found["1-1-101"] in (["李叶"], ["李 叶"])
    assert found["1-1-103"] in ([], ["张三", "李四"])
    assert found["1-1-116"] in ([], ["赵晓一", "钱晓二"])
    assert found["1-1-117"] == found["1-1-118"] == found["1-1-119"] == ["赵晓一", "钱晓二"]
    assert found["1-1-111"] == found["1-1-112"] == found["1-1-113"] == found["1-1-114"] == []
    everybody = {one.name for one in session.query(Customer)}
    assert not any("夫妇" in name or "开发商" in name for name in everybody)
    take("40_owner_names", said={"name/张 三 李 四": "张三、李四"})
    assert names(session)["1-1-103"] == ["张三", "李四"]


def test_41b_floors_with_letters_are_rooms_and_stand_in_their_order(session, take):
    take("41b_floor_12A")
    session.rollback()
    codes = [unit.code for unit in session.query(Unit).order_by(Unit.sort_key)]
    assert set(codes) >= {"8-1-3A01", "8-1-12A04", "8-1-23A06"}
    assert len(codes) == 5
    assert codes.index("8-1-3A01") < codes.index("8-1-12A04") < codes.index("8-1-23A06")


def test_42_hidden_rows_are_told_and_taken_or_left(session, take):
    file, _, _ = take("42_hidden_rows", said={"hidden_rows/Sheet": "leave"})
    (question,) = [one for one in file.questions if one.key == "hidden_rows/Sheet"]
    assert question.count > 0
    left = len(names(session))
    take("42_hidden_rows", said={"hidden_rows/Sheet": "take"})
    assert (left, len(names(session))) == (6 - question.count, 6)


def test_46_digits_that_are_all_there_are_read(session, take):
    take("46_id_text_dot0")
    assert stored(session)["1-1-101"] == [("赵晓一", "13900000001")]
    owner = session.query(Customer).filter_by(name="赵晓一").one()
    assert owner.id_number == "110199198001010016"
    assert {one.number for one in session.query(CustomerPhone)} == {
        "13900000001",
        "13900000002",
        "13900000003",
        "13900000006",
    }
    assert len(names(session)) == 6


def test_48b_a_second_header_is_read_anew(session, take):
    take("48b_stacked_other_order")
    assert stored(session) == {
        f"{block + 1}-1-10{place + 1}": [(f"{family}晓{ORDER[place]}", f"139000000{block}{place}")]
        for block, family in enumerate("赵钱")
        for place in range(4)
    }
    assert facts(session, "gross_area")["2-1-103"] == 92


@pytest.mark.parametrize("name", OWNER_FILES)
def test_every_file_is_undone_without_a_trace(session, take, name):
    try:
        _, _, batch = take(name)
    except DomainError:
        session.rollback()
        batch = None
    if batch is not None:
        undo.undo(session, batch)
        session.commit()
    session.rollback()
    for model in (Unit, Customer, CustomerPhone, Ownership, Tenancy, Resident):
        assert session.query(model).count() == 0, model


@pytest.mark.parametrize("name", OWNER_FILES)
def test_every_file_has_a_preview_that_shows_its_rows(session, login, upload, community, name):
    client = login("clerk")
    answer = upload(client, owner_file(name))
    assert answer.status_code in (302, 422)
    assert session.query(Unit).count() == 0
    if answer.status_code == 302:
        page = client.get(answer.location).get_data(as_text=True)
        sheet = client.get(f"{answer.location}?tab=sheet").get_data(as_text=True)
        assert "import-sum" in page
        assert 'id="row-1"' in sheet
