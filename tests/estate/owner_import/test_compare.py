"""What an import makes of each row, compared with what is stored."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.core.db.models import ImportBatch, ImportChange
from app.core.values.errors import DomainError
from app.estate.base.models import (
    Building,
    Customer,
    CustomerPhone,
    Ownership,
    Resident,
    Tenancy,
    Unit,
    Vehicle,
)
from app.estate.owner_import.owners import EVERYTHING
from app.estate.owner_import.tables import equal_shares
from tests.estate.conftest import DAY, HEADER, LI, ZHANG, stored


def test_new_units_come_with_building_owner_phone_and_initials(session, write, bring):
    plan, batch = bring(write(ZHANG, LI))
    assert plan.counts() == {"new": 2, "changed": 0, "unchanged": 0, "conflict": 0}
    assert stored(session) == {
        "1-1-101": [("张三", "13800000001")],
        "1-1-102": [("李四", "13800000002")],
    }
    unit = session.query(Unit).filter_by(code="1-1-101").one()
    assert (unit.entrance, unit.number, unit.gross_area) == ("1", "101", Decimal("89.500"))
    assert session.query(Building).one().name == "1"
    owner = session.query(Customer).filter_by(name="张三").one()
    assert (owner.initials, owner.id_number) == ("zs", "11010519491231002X")
    assert {unit.origin_batch_id, owner.origin_batch_id} == {batch.id}


def test_the_same_file_again_is_unchanged_and_makes_no_batch(session, write, bring):
    path = write(ZHANG, LI)
    bring(path)
    plan, batch = bring(path)
    assert plan.counts() == {"new": 0, "changed": 0, "unchanged": 2, "conflict": 0}
    assert batch is None
    assert session.query(ImportBatch).count() == 1


def test_every_spelling_of_a_room_meets_the_stored_unit(session, unit, write, bring):
    for room in ("1栋1单元101", "1#1单元101室", "０１－０１－１０１"):
        plan, batch = bring(write([room, 89.5, "张三", "13800000001", ""]))
        assert plan.counts()["unchanged"] == 1, room
        assert batch is None
    assert session.query(Unit).count() == 1


def test_a_blank_cell_takes_nothing_away(session, unit, write, bring):
    plan, _ = bring(write(["1-1-101", 89.5, "张三", "", ""]))
    assert plan.counts()["unchanged"] == 1
    assert stored(session) == {"1-1-101": [("张三", "13800000001")]}


def test_another_area_is_shown_as_old_and_new_and_kept_for_the_undo(session, unit, write, bring):
    plan, batch = bring(write(["1-1-101", 90.25, "张三", "13800000001", ""]))
    change = plan.lines[0].changes[0]
    assert (change.field, change.old, change.new) == ("gross_area", "89.5", "90.25")
    session.expire_all()
    assert session.get(Unit, unit.id).gross_area == Decimal("90.250")
    kept = session.query(ImportChange).one()
    assert (kept.batch_id, kept.table, kept.before) == (
        batch.id,
        "unit",
        {"gross_area": "89.5000"},
    )


def test_a_further_phone_is_added_and_none_is_removed(session, unit, write, bring):
    plan, _ = bring(write(["1-1-101", 89.5, "张三", "13900000009", ""]))
    assert plan.counts()["changed"] == 1
    assert stored(session) == {"1-1-101": [("张三", "13800000001", "13900000009")]}


def test_another_owner_is_a_conflict_and_nothing_of_the_row_is_stored(session, unit, write, bring):
    plan, batch = bring(write(["1-1-101", 99, "王五", "13700000007", ""]))
    assert plan.counts()["conflict"] == 1
    assert batch is None
    assert stored(session) == {"1-1-101": [("张三", "13800000001")]}
    session.expire_all()
    assert session.get(Unit, unit.id).gross_area == Decimal("89.500")


def test_a_confirmed_conflict_changes_the_owner_from_the_day_on(session, unit, write, bring):
    bring(write(["1-1-101", 89.5, "王五", "13700000007", ""]), accept=EVERYTHING)
    rows = session.query(Ownership).order_by(Ownership.id).all()
    assert [(row.starts_on, row.ends_on) for row in rows] == [
        (None, date(2026, 11, 21)),
        (DAY, None),
    ]
    assert stored(session) == {"1-1-101": [("王五", "13700000007")]}


def test_a_change_of_owner_before_the_stored_one_began_stays_a_conflict(
    session, unit, write, bring
):
    session.query(Ownership).one().starts_on = DAY
    session.commit()
    plan, batch = bring(write(["1-1-101", 89.5, "王五", "", ""]), accept=EVERYTHING)
    assert plan.counts()["conflict"] == 1
    assert batch is None


def test_the_same_name_with_another_id_number_is_a_conflict_until_confirmed(
    session, unit, write, bring
):
    path = write(["1-1-101", 89.5, "张三", "", "440524188001010014"])
    plan, batch = bring(path)
    assert plan.counts()["conflict"] == 1
    assert batch is None
    bring(path, accept=EVERYTHING)
    session.expire_all()
    assert session.query(Customer).one().id_number == "440524188001010014"


def test_one_person_owns_two_units_when_name_and_phone_agree(session, write, bring):
    bring(write(ZHANG, ["1-1-102", 126.4, "张三", "13800000001", ""]))
    assert session.query(Customer).count() == 1
    assert session.query(Ownership).count() == 2


def test_two_people_of_one_name_are_never_made_one(session, write, bring):
    bring(
        write(
            ["1-1-101", 89.5, "张伟", "13800000001", ""],
            ["1-1-102", 89.5, "张伟", "13800000002", ""],
            ["1-1-103", 89.5, "张伟", "", ""],
        )
    )
    assert session.query(Customer).count() == 3


def test_one_phone_and_two_id_numbers_are_two_people(session, write, bring):
    bring(
        write(
            ["1-1-101", 89.5, "张伟", "13800000001", "11010519491231002X"],
            ["1-1-102", 89.5, "张伟", "13800000001", "440524188001010014"],
        )
    )
    assert session.query(Customer).count() == 2


def test_several_owners_share_in_equal_parts_unless_the_file_says(session, write, bring):
    header = [*HEADER, "产权份额"]
    bring(
        write(
            ["1-1-101", 89.5, "张三、李四、王五", "", "", ""],
            ["1-1-102", 89.5, "赵六、钱七", "", "", "30%、70%"],
            header=header,
        )
    )
    shares = [row.share for row in session.query(Ownership).order_by(Ownership.id)]
    assert shares == [
        Decimal("0.333334"),
        Decimal("0.333333"),
        Decimal("0.333333"),
        Decimal("0.3"),
        Decimal("0.7"),
    ]


@pytest.mark.parametrize("count", [1, 2, 3, 7, 11])
def test_equal_shares_add_up_to_one(count):
    assert sum(equal_shares(count)) == 1


def test_tenant_family_and_car_come_with_the_unit(session, write, bring):
    header = [*HEADER, "家庭成员", "租户姓名", "租户电话", "租赁开始日期", "车牌号", "使用状态"]
    path = write(
        [*ZHANG, "王五(子)", "钱七", "13800000004", "2025-03-01", "浙A12345", ""], header=header
    )
    bring(path)
    tenancy = session.query(Tenancy).one()
    assert tenancy.starts_on == date(2025, 3, 1)
    assert session.get(Customer, tenancy.customer_id).name == "钱七"
    resident = session.query(Resident).one()
    assert (resident.name, resident.relation) == ("王五", "子")
    assert session.query(Vehicle).one().plate == "浙A12345"
    assert session.query(Unit).one().occupancy == "let"
    assert bring(path)[1] is None


def test_another_tenant_ends_the_old_tenancy_the_day_before(session, write, bring):
    header = [*HEADER, "租户姓名"]
    bring(write([*ZHANG, "钱七"], header=header))
    plan, _ = bring(write([*ZHANG, "孙八"], header=header))
    assert [change.field for change in plan.lines[0].changes] == ["tenants"]
    rows = session.query(Tenancy).order_by(Tenancy.id).all()
    assert [(row.starts_on, row.ends_on) for row in rows] == [
        (None, date(2026, 11, 21)),
        (DAY, None),
    ]


def test_errors_stop_the_import_unless_the_good_rows_are_wanted(session, write, bring):
    path = write(ZHANG, ["", 80, "无房号", "", ""])
    with pytest.raises(DomainError) as refusal:
        bring(path)
    assert refusal.value.params == {"count": 1}
    assert session.query(Unit).count() == 0
    plan, batch = bring(path, skip_errors=True)
    assert plan.counts()["new"] == 1
    assert batch.counts["bad_rows"] == 1
    assert session.query(CustomerPhone).count() == 1


def test_a_use_that_is_not_said_is_assumed_aloud(write, bring):
    plan, _ = bring(write(ZHANG))
    assert [params for _, params in plan.notes] == [{"count": 1}, {"count": 1}]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("业主姓名", "杭州" + "大" * 120 + "有限公司"),
        ("通讯地址", "路" * 201),
        ("家庭成员", "A" + "b" * 90),
        ("车位号", "号" * 41),
    ],
)
def test_a_text_that_is_too_long_is_refused_with_its_place(session, write, bring, column, cell):
    header = ["房号", "建筑面积", "业主姓名", "通讯地址", "家庭成员", "车位号"]
    row = ["1-1-101", 80, "张三", "", "", ""]
    row[header.index(column)] = cell
    with pytest.raises(DomainError) as refusal:
        bring(write(row, header=header))
    assert refusal.value.params["row"] == 2
    session.rollback()
    assert session.query(Unit).count() == 0
