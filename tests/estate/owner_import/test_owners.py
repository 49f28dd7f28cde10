"""Whose unit it is after a file: renamed people, co-owners, tenants and residents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from app.core.db.models import ImportChange
from app.core.imports import undo
from app.estate.base.models import Customer, Ownership, Resident, Tenancy, Unit
from app.estate.owner_import.owners import CO_OWNER, SAME_PHONE, TWO_NAMES
from tests.estate.conftest import HEADER, stored

CARD = "11010519491231002X"
OTHER_CARD = "110105194912310038"


def running(session):
    """The ownerships of today: (name, share, first day)."""
    session.expire_all()
    rows = session.query(Ownership).filter_by(ends_on=None).order_by(Ownership.position)
    return [(session.get(Customer, one.customer_id).name, one.share, one.starts_on) for one in rows]


def changes(plan):
    return [(one.field, one.old, one.new) for one in plan.lines[0].changes]


def test_a_corrected_name_with_the_same_number_is_the_same_person(session, unit, write, bring):
    plan, batch = bring(write(["1-1-101", 89.5, "章三", "", CARD]))
    assert plan.counts()["changed"] == 1
    assert changes(plan) == [("owner_name", "张三", "章三")]
    owner = session.query(Customer).one()
    assert (owner.name, owner.initials) == ("章三", "zs")
    assert running(session) == [("章三", 1, None)]
    undo.undo(session, batch)
    session.commit()
    owner = session.query(Customer).one()
    assert (owner.name, owner.initials) == ("张三", "zs")


def test_a_renamed_person_is_one_in_every_row_of_the_file(session, unit, write, bring):
    new = ["1-1-205", 80, "章三", "", CARD]
    bring(write(new, ["1-1-101", 89.5, "章三", "", CARD]))
    assert session.query(Customer).count() == 1
    assert stored(session) == {
        "1-1-101": [("章三", "13800000001")],
        "1-1-205": [("章三", "13800000001")],
    }


def test_one_number_with_two_names_in_a_file_renames_nobody(session, unit, write, bring):
    plan, _ = bring(write(["1-1-101", 89.5, "章三", "", CARD], ["1-1-205", 80, "张三", "", CARD]))
    assert [line.reason for line in plan.lines] == [TWO_NAMES, ""]
    assert session.query(Customer).one().name == "张三"


def test_a_company_keeps_its_code_under_a_new_name(session, community, write, bring):
    code = "91330106MA2CCB4T6Y"
    bring(write(["S1-01", 50, "某某商贸有限公司", "", code]))
    plan, _ = bring(write(["S1-01", 50, "某某科技有限公司", "", code]))
    assert changes(plan) == [("owner_name", "某某商贸有限公司", "某某科技有限公司")]
    assert session.query(Customer).one().name == "某某科技有限公司"


def test_another_name_with_the_same_phone_is_asked(session, unit, write, bring):
    session.query(Customer).update({"id_number": None})
    session.commit()
    path = write(["1-1-101", 89.5, "章三", "13800000001", ""])
    plan, batch = bring(path)
    assert (plan.lines[0].reason, batch) == (SAME_PHONE, None)
    plan, _ = bring(path, accept=frozenset({"rename"}))
    assert changes(plan) == [("owner_name", "张三", "章三")]
    assert running(session) == [("章三", 1, None)]


def test_the_spouse_beside_the_owner_is_offered_as_a_co_owner(session, unit, write, bring):
    path = write(["1-1-101", 89.5, "张三、李四", "", f"{CARD}、"])
    plan, batch = bring(path)
    assert (plan.lines[0].reason, batch) == (CO_OWNER, None)
    plan, batch = bring(path, accept=frozenset({"sale"}))
    assert batch is None
    plan, batch = bring(path, accept=frozenset({"co_owner"}))
    assert changes(plan) == [("owners", "张三", "张三、李四")]
    half = Decimal("0.5")
    assert running(session) == [("张三", half, None), ("李四", half, None)]
    undo.undo(session, batch)
    session.commit()
    assert running(session) == [("张三", 1, None)]


def test_an_owner_whom_the_file_does_not_name_stays(session, unit, write, bring):
    bring(write(["1-1-101", 89.5, "张三、李四", "", ""]), accept=frozenset({"co_owner"}))
    plan, _ = bring(write(["1-1-101", 90, "张三", "", ""]))
    assert plan.counts()["changed"] == 1
    assert any("李四" in str(params.get("names")) for _, params in plan.notes)
    assert [name for name, _, _ in running(session)] == ["张三", "李四"]
    assert session.get(Unit, unit.id).gross_area == 90


def test_when_one_co_owner_sells_the_other_keeps_the_interval(session, unit, write, bring):
    bring(write(["1-1-101", 89.5, "张三、李四", "", ""]), accept=frozenset({"co_owner"}))
    day = date(2026, 11, 22)
    path = write(["1-1-101", 89.5, "张三、王五", "", ""])
    plan, _ = bring(path)
    assert plan.counts()["conflict"] == 1
    bring(path, accept=frozenset({"sale"}))
    assert [(name, start) for name, _, start in running(session)] == [("张三", None), ("王五", day)]


def test_shares_that_the_file_states_are_taken_over(session, unit, write, bring):
    header = [*HEADER, "产权份额"]
    bring(
        write(["1-1-101", 89.5, "张三、李四", "", "", ""], header=header),
        accept=frozenset({"co_owner"}),
    )
    plan, _ = bring(write(["1-1-101", 89.5, "张三、李四", "", "", "70%、30%"], header=header))
    assert changes(plan) == [("share", "0.5、0.5", "0.7、0.3")]
    assert [share for _, share, _ in running(session)] == [Decimal("0.7"), Decimal("0.3")]


def test_two_people_with_one_number_are_pointed_out(session, unit, write, bring):
    plan, _ = bring(write(["1-1-205", 80, "王五", "", CARD]))
    assert any("张三 / 王五" in str(params.get("names")) for _, params in plan.notes)
    assert session.query(Customer).count() == 2


def test_a_lease_that_is_prolonged_is_taken_over(session, unit, write, bring):
    header = [*HEADER, "租户姓名", "租赁开始日期", "租赁结束日期"]
    row = ["1-1-101", 89.5, "张三", "", "", "李四", date(2025, 1, 1)]
    bring(write([*row, date(2026, 12, 31)], header=header))
    plan, _ = bring(write([*row, date(2027, 12, 31)], header=header))
    assert changes(plan)[0][0] == "lease"
    assert session.query(Tenancy).one().ends_on == date(2027, 12, 31)


def test_the_relation_of_a_resident_is_filled_in(session, unit, write, bring):
    header = [*HEADER, "家庭成员"]
    bring(write(["1-1-101", 89.5, "张三", "", "", "王小五"], header=header))
    plan, batch = bring(write(["1-1-101", 89.5, "张三", "", "", "王小五(子)"], header=header))
    assert session.query(Resident).one().relation == "子"
    assert plan.counts()["changed"] == 1
    assert session.query(ImportChange).filter_by(batch_id=batch.id).one().table == "resident"


def test_what_no_other_record_can_keep_stands_in_the_remark(session, community, write, bring):
    header = ["房号", "建筑面积", "车位号", "通讯地址"]
    bring(write(["1-1-101", 89.5, "B1-023", "幸福路1号"], header=header))
    remark = session.query(Unit).one().remark
    assert "B1-023" in remark
    assert "幸福路1号" in remark
    plan, batch = bring(write(["1-1-101", 89.5, "B1-023", "幸福路1号"], header=header))
    assert (plan.counts()["unchanged"], batch) == (1, None)


def test_new_buildings_are_announced_with_those_much_like_them(session, unit, write, bring):
    plan, _ = bring(
        write(
            ["S1-03", 50, "李四", "", ""],
            ["2-1-101", 80, "王五", "", ""],
            ["1-1-102", 80, "赵六", "", ""],
        )
    )
    made = {one.name: (one.units, one.near) for one in plan.extras["new_buildings"]}
    assert made == {"S1": (1, ("1",)), "2": (1, ())}
