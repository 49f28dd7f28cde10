"""Arrears and their age as of any day, and the takings of a day by collector and tender."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from app.cashier.desk.account import account
from app.cashier.payments.receive import receive
from app.cashier.payments.takings import takings, together
from app.cashier.payments.voiding import void_payment
from app.charging.ledger.bill_models import ChargeItem
from app.charging.ledger.debts import debts
from app.charging.ledger.settling import Given, TenderKind
from app.collection.owing import BUCKETS, Bucket, Contact, ageing, arrears, contacts, owing
from app.core.db import audit
from app.core.records import data_scope
from app.core.records.data_scope import Scope
from app.core.values import clock
from app.estate.base.models import Building, Community

TODAY = date(2026, 4, 10)


@pytest.fixture(autouse=True)
def day():
    with clock.fixed(datetime(2026, 4, 10, 9, 30)):
        yield


def pay(books, unit, kind, amount, key, who=None, **more):
    with audit.acting(who or books.collector):
        payment = receive(
            books.session,
            unit_id=unit.id,
            payer="张三",
            key=key,
            tenders=[Given(kind, Decimal(amount))],
            **more,
        )
    books.session.commit()
    return payment


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (1, Bucket.DAYS_30),
        (30, Bucket.DAYS_30),
        (31, Bucket.DAYS_90),
        (90, Bucket.DAYS_90),
        (91, Bucket.DAYS_180),
        (180, Bucket.DAYS_180),
        (181, Bucket.DAYS_365),
        (365, Bucket.DAYS_365),
        (366, Bucket.LONGER),
        (2000, Bucket.LONGER),
    ],
)
def test_days_past_due_decide_the_bucket(books, days, bucket):
    unit = books.unit()
    due = TODAY - timedelta(days=days)
    books.bill(unit, "100", month=due.replace(day=1), due_on=due, posted_on=date(2020, 1, 1))
    row = arrears(books.session)[0]
    assert row.buckets == tuple(Decimal(100 if one is bucket else 0) for one in BUCKETS)
    assert (row.oldest_due, row.bills, row.not_due) == (due, 1, Decimal(0))


def test_what_is_not_yet_due_stands_apart(books):
    late, early = books.unit("1-1-101"), books.unit("1-1-102")
    books.bill(late, "100", month=date(2026, 1, 1))
    books.bill(late, "70", month=date(2026, 4, 1))
    books.bill(early, "50", month=date(2026, 4, 1))
    rows = arrears(books.session)
    assert [(row.code, row.total, row.not_due) for row in rows] == [
        ("1-1-101", Decimal("100"), Decimal("70"))
    ]
    every = ageing(owing(books.session))
    assert (every.units, every.total, every.not_due) == (1, Decimal("100"), Decimal("120"))


def test_the_largest_come_first_and_the_list_narrows(books):
    small, large = books.unit("1-1-101"), books.unit("1-1-102")
    books.bill(small, "99.99", month=date(2026, 1, 1))
    books.bill(large, "100", month=date(2025, 1, 1))
    assert [row.code for row in arrears(books.session)] == ["1-1-102", "1-1-101"]
    assert [row.code for row in arrears(books.session, least=Decimal(100))] == ["1-1-102"]
    assert [row.code for row in arrears(books.session, bucket=Bucket.DAYS_90)] == ["1-1-101"]
    empty = books.keep(Building(community_id=books.community.id, name="2"))
    assert arrears(books.session, building_id=empty.id) == []
    assert len(arrears(books.session, building_id=books.building.id)) == 2


def test_a_past_day_gives_the_figures_it_gave_then(books):
    unit = books.unit()
    books.bill(unit, "100", month=date(2026, 1, 1))
    books.bill(unit, "100", month=date(2026, 2, 1))
    then = arrears(books.session)
    paid = pay(books, unit, TenderKind.WECHAT, "150", "k1")
    assert [row.total for row in arrears(books.session)] == [Decimal("50")]
    assert arrears(books.session, as_of=date(2026, 4, 9)) == [
        row for row in then if row.total == Decimal(200)
    ]
    with audit.acting(books.supervisor):
        void_payment(books.session, paid.id, "收错了")
        books.session.commit()
    assert [row.total for row in arrears(books.session)] == [Decimal("200")]
    assert [row.total for row in arrears(books.session, as_of=date(2026, 2, 15))] == [
        Decimal("100")
    ]


def test_a_bill_voided_later_was_owed_before(books):
    unit = books.unit()
    books.bill(unit, "100", month=date(2026, 1, 1), state="void", voided_on=date(2026, 3, 1))
    assert arrears(books.session) == []
    assert [row.total for row in arrears(books.session, as_of=date(2026, 2, 28))] == [
        Decimal("100")
    ]


def test_other_communities_stay_out(books):
    elsewhere = books.keep(Community(name="阳光里", short_code="YG"))
    books.bill(books.unit(), "100")
    books.bill(books.unit("9-1-101", elsewhere), "200")
    assert len(arrears(books.session)) == 2
    rows = arrears(books.session, community_id=elsewhere.id)
    assert [row.total for row in rows] == [Decimal("200")]
    with data_scope.use(Scope(frozenset({elsewhere.id}))):
        assert [row.total for row in arrears(books.session)] == [Decimal("200")]
        assert arrears(books.session, community_id=books.community.id) == []


def test_the_contact_is_the_debtor_whoever_owns_the_unit_today(books):
    unit = books.unit()
    seller = books.owner(unit, "张三", phone="13800001111", ends_on=date(2026, 2, 28))
    buyer = books.owner(unit, "王五", phone="13800002222", starts_on=date(2026, 3, 1))
    books.bill(unit, "100", month=date(2026, 1, 1), customer_id=seller.id)
    books.bill(unit, "60", month=date(2026, 3, 1), customer_id=buyer.id)
    rows = arrears(books.session)
    assert [(row.debtor, row.total) for row in rows] == [
        ("张三", Decimal("100")),
        ("王五", Decimal("60")),
    ]
    people = contacts(books.session, rows, TODAY)
    assert [people[row.key] for row in rows] == [
        Contact("张三", "13800001111", former=True, customer_id=seller.id),
        Contact("王五", "13800002222", former=False, customer_id=buyer.id),
    ]
    assert ageing(rows).units == 1
    then = date(2026, 2, 28)
    (row,) = arrears(books.session, as_of=then)
    assert contacts(books.session, [row], then)[row.key] == Contact(
        "张三", "13800001111", former=False, customer_id=seller.id
    )


def test_joint_owners_are_asked_together_also_when_one_sold_to_the_other(books):
    unit = books.unit()
    first = books.owner(unit, "张三", phone=None, ends_on=date(2026, 2, 28))
    second = books.owner(unit, "王五", phone="13800002222")
    books.bill(unit, "100", month=date(2026, 1, 1), customer_id=first.id)
    books.bill(unit, "60", month=date(2026, 3, 1), customer_id=second.id)
    rows = arrears(books.session)
    people = contacts(books.session, rows, TODAY)
    assert [(people[row.key].names, people[row.key].phone) for row in rows] == [
        ("张三、王五", "13800002222"),
        ("王五", "13800002222"),
    ]


def test_bills_that_name_nobody_belong_to_nobody_who_came_later(books):
    unit, kept = books.unit("1-1-101"), books.unit("1-1-102")
    books.owner(unit, "王五", starts_on=date(2026, 3, 1))
    books.owner(kept, "赵六", phone="13800003333")
    for one in (unit, kept):
        books.bill(one, "100", month=date(2026, 1, 1))
    rows = arrears(books.session)
    people = contacts(books.session, rows, TODAY)
    assert [(row.debtor, people[row.key].names) for row in rows] == [("", ""), ("", "赵六")]


def test_takings_stand_by_collector_and_tender_and_leave_voids_out(books):
    unit = books.owned()
    books.bills(unit, "100", "100", "100")
    pay(books, unit, TenderKind.CASH, "60", "k1")
    pay(books, unit, TenderKind.CASH, "40", "k2")
    wrong = pay(books, unit, TenderKind.WECHAT, "25", "k3")
    pay(books, unit, TenderKind.BANK, "500", "k4", who=books.supervisor, keep_surplus=True)
    books.bill(unit, "80", month=date(2026, 4, 1))
    pay(books, unit, TenderKind.PREPAYMENT, "80", "k5")
    with audit.acting(books.supervisor):
        void_payment(books.session, wrong.id, "收错了")
        books.session.commit()
    with clock.fixed(datetime(2026, 4, 11, 9, 0)):
        pay(books, unit, TenderKind.CASH, "1", "k6", lines=[], keep_surplus=True)
    rows = {row.name: row for row in takings(books.session, TODAY)}
    mine, other = rows["王五"], rows["赵六"]
    assert (mine.payments, mine.voids, mine.void_amount) == (3, 1, Decimal("25.00"))
    assert mine.amounts[TenderKind.CASH] == Decimal("100.00")
    assert mine.amounts[TenderKind.WECHAT] == 0
    assert mine.amounts[TenderKind.PREPAYMENT] == Decimal("80.00")
    assert (mine.total, other.total) == (Decimal("100.00"), Decimal("500.00"))
    whole = together(takings(books.session, TODAY, date(2026, 4, 11)), "合计")
    assert (whole.total, whole.payments, whole.voids) == (Decimal("601.00"), 5, 1)
    with data_scope.use(Scope(frozenset())):
        assert takings(books.session, TODAY) == []


def test_on_its_due_day_a_bill_is_not_late_anywhere(books):
    """It can still be paid in time: the list, the unit's debts and the desk say the same."""
    unit = books.unit()
    owner = books.owner(unit, "张三")
    books.bill(unit, "100", month=date(2026, 4, 1), due_on=TODAY, customer_id=owner.id)
    (row,) = owing(books.session)
    assert (row.total, row.not_due, row.bills) == (Decimal(0), Decimal(100), 0)
    assert arrears(books.session) == []
    (debt,) = debts(books.session, unit.id)
    assert debt.late(TODAY) == []
    assert [bill.due_on for bill in account(books.session, unit.id).ticked] == [TODAY]
    with clock.fixed(datetime(2026, 4, 11, 0, 30)):
        assert [row.total for row in arrears(books.session)] == [Decimal(100)]
        assert debts(books.session, unit.id)[0].late(clock.today()) == [Decimal(100)]


def test_a_purse_covers_bills_of_one_due_day_as_the_desk_pays_them(books):
    """By the items' order, not by the order of entry: both counts say what is left."""
    unit = books.unit()
    owner = books.owner(unit, "张三")
    later = books.keep(ChargeItem(code="late", name="垃圾清运费", position=9))
    first = books.keep(ChargeItem(code="first", name="电梯费", position=1))
    for item, amount in ((later, "50"), (first, "100")):
        books.bill(unit, amount, month=date(2026, 1, 1), item_id=item.id, customer_id=owner.id)
    pay(books, unit, TenderKind.CASH, "60", "k1", lines=[], keep_surplus=True, payer_id=owner.id)
    (debt,) = debts(books.session, unit.id)
    assert debt.left == (Decimal(40), Decimal(50))
    assert [(row.total, row.bills) for row in owing(books.session)] == [(Decimal(90), 2)]
