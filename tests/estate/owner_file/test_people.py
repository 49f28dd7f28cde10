"""People of an owner file: owners, companies, their numbers, family members."""

from __future__ import annotations

import pytest

from app.estate.owner_file.names import Member, is_company, members, names
from tests.estate.owner_lists import CARD, found, parse


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("张三", ["张三"]), (" 张  三 ", ["张三"]), ("张　三", ["张三"]), ("王 小 明", ["王小明"]),
        ("张三、李四", ["张三", "李四"]), ("张三，李四；王五", ["张三", "李四", "王五"]),
        ("张三/李四", ["张三", "李四"]), ("张三\n李四", ["张三", "李四"]),
        ("张三 李四", ["张三", "李四"]), ("张三、张三", ["张三"]), ("欧阳娜娜", ["欧阳娜娜"]),
        ("买买提·艾力", ["买买提·艾力"]),
        ("John Smith", ["John Smith"]), ("𠮷田太郎", ["𠮷田太郎"]),
        ("某某（上海）有限公司", ["某某（上海）有限公司"]), ("A&B有限公司", ["A&B有限公司"]),
        ("某某(杭州)贸易有限公司、张三", ["某某(杭州)贸易有限公司", "张三"]), ("/", []), ("无", []),
    ],
)  # fmt: skip
def test_owners_in_a_cell(cell, expected):
    assert list(names(cell) or ()) == expected


@pytest.mark.parametrize(
    "cell",
    [
        "张三（已故）",
        "张三(租)",
        "张三（李四代）",
        "张三13800000001",
        "张三?",
        "张三 某某",
        "欧阳 三",
        "未售",
        "已故",
        "张三、李四(妻)",
        "李",
        "1001",
        5.0,
        "<b>张三</b>",
        "同上",
        "空置",
    ],
)
def test_names_with_something_else_in_them_are_left_to_people(cell):
    assert names(cell).code == "NAME_REMARK"


def test_companies_are_told_from_persons():
    companies = ("某某有限公司", "工商银行西湖支行", "杭州市教育局", "好又多便利店")
    assert all(map(is_company, companies))
    assert not any(map(is_company, ("张三", "李行", "王大站", "欧阳学社"[:3])))


def test_a_credit_code_belongs_to_the_company():
    owners = parse(["1-1-101", "某某有限公司", "", 80, "91330100799655058B", ""])
    (owner,) = owners.rows[0].owners
    assert (owner.is_company, owner.credit_code, owner.id_number) == (
        True,
        "91330100799655058B",
        None,
    )


def test_several_phones_of_one_owner_stay_together_and_odd_numbers_go_to_the_first():
    owners = parse(
        ["1-1-101", "张三", "13800000001/13900000002", 80],
        ["1-1-102", "张三、李四", "13800000001", 80],
    )
    assert [[owner.phones for owner in row.owners] for row in owners.rows] == [
        [("13800000001", "13900000002")],
        [("13800000001",), ()],
    ]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("李四(妻) 13900000001；王五(子)", [("李四", "妻", "13900000001"), ("王五", "子", None)]),
        ("妻：李四", [("李四", "妻", None)]),
        ("李四、王五", [("李四", None, None), ("王五", None, None)]),
        ("无", []),
    ],
)
def test_family_members(cell, expected):
    assert list(members(cell) or ()) == [Member(*parts) for parts in expected]


def test_family_members_in_columns_of_their_own():
    header = ["房号", "业主", "面积", "家庭成员", "与业主关系", "家属电话"]
    owners = parse(
        ["1-1-101", "张三", 80, "李四", "妻", "13900000001"],
        ["1-1-102", "张三", 80, "李四、王五", "妻", ""],
        header=header,
    )
    assert owners.rows[0].family == (Member("李四", "妻", "13900000001"),)
    assert found(owners) == [(3, "VALUE_INVALID", "warning")]


@pytest.mark.parametrize(
    ("header", "cells", "owner", "tenant", "unmatched"),
    [
        (["联系电话", "租户姓名", "联系电话"], ["13800000001", "李四", "13900000002"],
         ("13800000001",), ("13900000002",), ()),
        (["联系电话", "紧急联系人", "联系电话"], ["13800000001", "李四", "13900000002"],
         ("13800000001",), None, ("紧急联系人", "联系电话")),
        (["电话", "配偶姓名", "电话"], ["", "李四", "13900000002"],
         (), None, ("配偶姓名", "电话")),
        (["业主2", "电话1", "电话2"], ["李四", "13800000001", "13900000002"],
         ("13800000001",), None, ("业主2", "电话2")),
        (["电话1", "电话2", "家庭成员"], ["13800000001", "13900000002", "李四"],
         ("13800000001", "13900000002"), None, ()),
        (["家庭成员", "联系电话"], ["李四", "13800000001"], ("13800000001",), None, ()),
        (["联系人", "联系电话"], ["李四", "13800000001"], ("13800000001",), None, ("联系人",)),
        (["业主类型", "联系电话"], ["个人", "13800000001"], ("13800000001",), None, ("业主类型",)),
        (["租户姓名", "联系电话"], ["李四", "13900000002"], (), (), ("联系电话",)),
    ],
)  # fmt: skip
def test_nobody_is_given_the_phone_of_somebody_else(header, cells, owner, tenant, unmatched):
    """联系电话 beside a tenant or an emergency contact is theirs; nobody guesses."""
    owners = parse(["1-1-101", "张三", *cells, 90], header=["房号", "业主1", *header, "面积"])
    (unit,) = owners.rows
    assert [(one.name, one.phones) for one in unit.owners] == [("张三", owner)]
    assert (unit.tenant.phones if unit.tenant else None) == tenant
    assert owners.headers[0].unmatched == unmatched


def test_an_id_number_beside_the_tenant_is_not_the_owners():
    header = ["房号", "业主姓名", "租户姓名", "身份证号", "面积"]
    (unit,) = parse(["1-1-101", "张三", "李四", CARD, 90], header=header).rows
    assert unit.owners[0].id_number is None


def test_two_people_joined_by_and_are_not_taken_for_one():
    owners = parse(["1-1-101", "张三和李四", "", 90], ["1-1-102", "李和平", "", 90])
    assert found(owners) == [(2, "NAME_REMARK", "warning")]
    assert owners.rows[1].owners[0].name == "李和平"
