"""An owner file lets and sells nothing twice, and an undo brings nothing back on top (H06)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.core.db.one_time_keys import fresh
from app.core.imports.batch import Outcome
from app.core.values.errors import DomainError
from app.estate.base import overlaps
from app.estate.base.models import Customer, Ownership, Tenancy, Unit, Vehicle
from app.estate.owner_import import post
from app.estate.owner_import.intervals import (
    LET_LATER,
    LET_TWICE,
    OWNED_LATER,
    PLATES,
    SHARED,
    SOLD,
    TURNED,
)
from app.estate.owner_import.owners import CO_OWNER, EVERYTHING, ID_DIFFERS
from app.estate.screens import conflicts
from tests.estate.conftest import HEADER

WIDE = [*HEADER, "租户姓名", "租赁开始日期", "租赁结束日期", "车牌号", "房屋用途", "产权份额"]


def row(room: str, *, owner="", tenant="", first="", last="", plate="", use="", share="") -> list:
    return [room, 89.5, owner, "", "", tenant, first, last, plate, use, share]


def reasons(plan) -> list[str]:
    return [line.reason for line in plan.lines if line.outcome is Outcome.CONFLICT]


@pytest.fixture
def rented(session, unit):
    """赵六 rents 1-1-101 of 张三 in 2026, 钱七 has signed for 2028."""
    for name, year in (("赵六", 2026), ("钱七", 2028)):
        person = Customer(community_id=unit.community_id, name=name)
        session.add(person)
        session.flush()
        session.add(
            Tenancy(
                community_id=unit.community_id,
                unit_id=unit.id,
                customer_id=person.id,
                starts_on=date(year, 1, 1),
                ends_on=date(year, 12, 31),
            )
        )
    session.commit()
    return unit


@pytest.mark.parametrize(
    ("first", "last", "stored"),
    [
        ("2027-01-01", "2027-12-31", [(2026, 12, 31), (2028, 12, 31), (2027, 12, 31)]),
        ("2026-12-01", "2027-12-31", [(2026, 11, 30), (2028, 12, 31), (2027, 12, 31)]),
        ("2027-01-01", "2028-01-01", None),
        ("2027-01-01", "", None),
        ("2026-01-01", "2026-06-30", None),
        ("2025-01-01", "2027-01-01", None),
        ("", "", None),
    ],
)
def test_a_file_lets_nothing_twice(session, rented, write, bring, first, last, stored):
    file = write(row("1-1-101", owner="张三", tenant="孙八", first=first, last=last), header=WIDE)
    plan, _batch = bring(file, accept=EVERYTHING)
    ends = session.scalars(select(Tenancy.ends_on).order_by(Tenancy.id)).all()
    if stored is None:
        assert reasons(plan) == [LET_TWICE]
        assert ends == [date(2026, 12, 31), date(2028, 12, 31)]
    else:
        assert reasons(plan) == []
        assert ends == [date(*day) for day in stored]
    assert conflicts.every(session) == []


def test_a_file_sells_no_unit_under_an_owner_who_comes_later(session, unit, write, bring):
    deed = session.query(Ownership).one()
    deed.starts_on = date(2027, 1, 1)
    session.commit()
    plan, batch = bring(write(row("1-1-101", owner="李四"), header=WIDE), accept=EVERYTHING)
    assert (reasons(plan), batch) == ([OWNED_LATER], None)


def test_a_file_lets_no_parking_space_that_is_sold(session, unit, write, bring):
    new = write(row("B1-023", owner="张三", tenant="李四", use="车位"), header=WIDE)
    plan, batch = bring(new)
    assert (reasons(plan), batch) == ([SOLD], None)
    bring(write(row("B1-023", owner="张三", use="车位"), header=WIDE))
    for tenant in (
        row("B1-023", owner="张三", tenant="李四"),
        row("B1-023", owner="张三", tenant="李四", first="2027-01-01"),
    ):
        plan, batch = bring(write(tenant, header=WIDE), accept=EVERYTHING)
        assert (reasons(plan), batch) == ([SOLD], None)
    assert session.query(Tenancy).count() == 0


def test_an_undo_brings_no_tenancy_back_on_days_that_were_let_since(
    session, rented, write, bring, login
):
    line = row("1-1-101", owner="张三", tenant="孙八", first="2026-12-01", last="2026-12-15")
    _plan, batch = bring(write(line, header=WIDE))
    late = Customer(community_id=rented.community_id, name="周九")
    session.add(late)
    session.flush()
    session.add(
        Tenancy(
            community_id=rented.community_id,
            unit_id=rented.id,
            customer_id=late.id,
            starts_on=date(2026, 12, 20),
            ends_on=date(2026, 12, 31),
        )
    )
    session.commit()
    with pytest.raises(DomainError) as refused:
        post.undo(session, batch)
    assert refused.value.message == overlaps.AGAIN
    session.rollback()
    address = f"/owner-import/batches/{batch.id}/undo"
    answer = login("clerk").post(address, data={"form_key": fresh()})
    assert answer.status_code == 409
    assert "周九（2026-12-20 至 2026-12-31）" in answer.text
    session.query(Tenancy).filter_by(customer_id=late.id).delete()
    session.commit()
    post.undo(session, batch)
    ends = session.scalars(select(Tenancy.ends_on).order_by(Tenancy.id)).all()
    assert ends == [date(2026, 12, 31), date(2028, 12, 31)]


def test_a_file_says_which_plates_stand_on_several_units(session, unit, write, bring):
    session.add(Vehicle(community_id=unit.community_id, unit_id=unit.id, plate="浙A12345"))
    session.commit()
    cars = (
        row("1-1-102", owner="李四", plate="浙A12345"),
        row("1-1-103", owner="赵六", plate="浙A54321"),
    )
    plan, batch = bring(write(*cars, header=WIDE))
    assert batch is not None
    (note,) = [params for message, params in plan.notes if message == PLATES]
    assert note == {"count": 1, "plates": "浙A12345（1-1-101、1-1-102）"}
    assert session.query(Vehicle).count() == 3


# The same tenant with other days.


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("2026-01-01", "2027-12-31", None),
        ("2025-06-01", "", None),
        ("2026-02-01", "2026-11-30", None),
        ("2026-01-01", "2028-01-01", LET_TWICE),
        ("2027-06-01", "2028-06-01", LET_TWICE),
        ("2027-06-01", "", TURNED),
        ("", "2025-12-31", TURNED),
    ],
)
def test_a_file_moves_no_tenancy_onto_another_one(session, rented, write, bring, first, last, why):
    before = session.scalars(select(Tenancy.ends_on).order_by(Tenancy.id)).all()
    line = row("1-1-101", owner="张三", tenant="赵六", first=first, last=last)
    plan, batch = bring(write(line, header=WIDE), accept=EVERYTHING)
    assert reasons(plan) == ([why] if why else [])
    assert (batch is None) == bool(why)
    after = session.scalars(select(Tenancy.ends_on).order_by(Tenancy.id)).all()
    assert after[0] == (date.fromisoformat(last) if last and not why else before[0])
    assert after[1:] == before[1:]
    assert conflicts.every(session) == []


def test_a_file_lengthens_no_tenancy_of_a_space_into_its_sale(session, write, bring, community):
    bring(
        write(
            row("B1-023", tenant="李四", first="2026-01-01", last="2026-12-31", use="车位"),
            header=WIDE,
        )
    )
    space = session.query(Unit).one()
    buyer = Customer(community_id=community.id, name="张三")
    session.add(buyer)
    session.flush()
    session.add(
        Ownership(
            community_id=community.id,
            unit_id=space.id,
            customer_id=buyer.id,
            starts_on=date(2027, 1, 1),
        )
    )
    session.commit()
    # Sold while it is let: the tenant stays, and may stay longer.
    longer = row("B1-023", tenant="李四", first="2026-01-01", last="2027-12-31", use="车位")
    plan, _ = bring(write(longer, header=WIDE), accept=EVERYTHING)
    assert reasons(plan) == []
    # Nobody was let in after the sale.
    session.query(Ownership).update({"starts_on": date(2025, 1, 1), "ends_on": date(2025, 12, 31)})
    session.commit()
    earlier = row("B1-023", tenant="李四", first="2025-06-01", last="2027-12-31", use="车位")
    plan, batch = bring(write(earlier, header=WIDE), accept=EVERYTHING)
    assert (reasons(plan), batch) == ([SOLD], None)


# Owners who come, and shares.


def deeds(session):
    """Every ownership on file: name, share, first and last day."""
    session.expire_all()
    found = session.query(Ownership).order_by(Ownership.starts_on.nulls_first(), Ownership.id)
    return [
        (session.get(Customer, one.customer_id).name, one.share, one.starts_on, one.ends_on)
        for one in found
    ]


def deed(session, unit, name, first=None, last=None, share="1"):
    person = session.query(Customer).filter_by(name=name).one_or_none()
    if person is None:
        session.add(person := Customer(community_id=unit.community_id, name=name))
        session.flush()
    session.add(
        Ownership(
            community_id=unit.community_id,
            unit_id=unit.id,
            customer_id=person.id,
            starts_on=first,
            ends_on=last,
            share=Decimal(share),
        )
    )
    session.commit()


@pytest.mark.parametrize("owners", ["张三、李四", "李四"])
def test_nobody_comes_under_an_owner_who_begins_later(session, unit, write, bring, owners):
    session.query(Ownership).update({"ends_on": date(2026, 12, 31)})
    deed(session, unit, "王五", date(2027, 1, 1))
    before = deeds(session)
    plan, batch = bring(write(row("1-1-101", owner=owners), header=WIDE), accept=EVERYTHING)
    assert (reasons(plan), batch) == ([OWNED_LATER], None)
    assert deeds(session) == before


def test_a_co_owner_begins_after_one_who_had_a_part_before(session, unit, write, bring):
    session.query(Ownership).update({"share": Decimal("0.5")})
    deed(session, unit, "王五", None, date(2025, 12, 31), "0.5")
    bring(write(row("1-1-101", owner="张三、李四"), header=WIDE), accept=EVERYTHING)
    half, day = Decimal("0.5"), date(2026, 11, 22)
    assert deeds(session) == [
        ("张三", half, None, None),
        ("王五", half, None, date(2025, 12, 31)),
        ("李四", half, day, None),
    ]
    assert conflicts.every(session) == []


def test_who_stays_with_a_larger_share_has_it_from_the_sale_on(session, unit, write, bring):
    session.query(Ownership).update({"share": Decimal("0.25")})
    deed(session, unit, "李四", share="0.75")
    file = write(row("1-1-101", owner="张三、王五"), header=WIDE)
    _, batch = bring(file, accept=EVERYTHING)
    half, eve, day = Decimal("0.5"), date(2026, 11, 21), date(2026, 11, 22)
    assert deeds(session) == [
        ("张三", Decimal("0.25"), None, eve),
        ("李四", Decimal("0.75"), None, eve),
        ("张三", half, day, None),
        ("王五", half, day, None),
    ]
    assert conflicts.every(session) == []
    plan, again = bring(file, accept=EVERYTHING)
    assert (plan.counts()["unchanged"], again) == (1, None)
    post.undo(session, batch)
    session.commit()
    assert deeds(session) == [
        ("张三", Decimal("0.25"), None, None),
        ("李四", Decimal("0.75"), None, None),
    ]


def test_shares_that_do_not_fit_beside_others_are_refused(session, unit, write, bring):
    session.query(Ownership).update({"share": Decimal("0.5")})
    deed(session, unit, "王五", None, date(2025, 12, 31), "0.5")
    deed(session, unit, "李四", date(2026, 1, 1), share="0.5")
    plan, batch = bring(
        write(row("1-1-101", owner="张三、李四", share="70%、30%"), header=WIDE), accept=EVERYTHING
    )
    assert (reasons(plan), batch) == ([SHARED], None)
    plan, batch = bring(write(row("1-1-101", owner="张三、李四", share="30%、70%"), header=WIDE))
    assert reasons(plan) == []
    assert [share for name, share, *_ in deeds(session) if name != "王五"] == [
        Decimal("0.3"),
        Decimal("0.7"),
    ]
    assert conflicts.every(session) == []


def test_no_co_owner_comes_under_a_space_that_is_let(session, write, bring, community):
    bring(write(row("B1-023", owner="张三", use="车位"), header=WIDE))
    space = session.query(Unit).one()
    session.add(
        Tenancy(
            community_id=community.id,
            unit_id=space.id,
            starts_on=date(2026, 1, 1),
            customer_id=session.query(Customer).one().id,
        )
    )
    session.commit()
    plan, batch = bring(write(row("B1-023", owner="张三、李四"), header=WIDE), accept=EVERYTHING)
    assert (reasons(plan), batch) == ([LET_LATER], None)


def test_a_second_owner_needs_leave_though_a_number_is_corrected(session, unit, write, bring):
    line = ["1-1-101", 89.5, "张三、李四", "", "110101199003070011、110105194912310038"]
    plan, batch = bring(write(line), accept=frozenset({"id"}))
    assert (reasons(plan), batch) == ([CO_OWNER], None)
    plan, batch = bring(write(line), accept=frozenset({"co_owner"}))
    assert (reasons(plan), batch) == ([ID_DIFFERS], None)
    bring(write(line), accept=frozenset({"id", "co_owner"}))
    assert [name for name, *_ in deeds(session)] == ["张三", "李四"]


def test_a_row_that_stays_out_corrects_no_name(session, unit, write, bring):
    line = ["1-1-101", 89.5, "章三、李四", "", "11010519491231002X、110105194912310038"]
    plan, batch = bring(write(line))
    assert (plan.counts()["conflict"], batch) == (1, None)
    assert session.query(Customer).one().name == "张三"
    bring(write(line), accept=frozenset({"co_owner"}))
    assert [name for name, *_ in deeds(session)] == ["章三", "李四"]
