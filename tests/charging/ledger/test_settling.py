"""What is given against what is owed: change, partial payment, prepayment and hostile sums."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from app.charging.ledger.settling import Due, Given, TenderKind, amount_typed, settle
from app.core.values.errors import DomainError
from app.core.values.money import ZERO, from_fen

CASH, WECHAT, PREPAID = TenderKind.CASH, TenderKind.WECHAT, TenderKind.PREPAYMENT
DUE = [Due(1, Decimal("100.00")), Due(2, Decimal("50.50"))]


def settled(*givens, due=DUE, purse=ZERO, keep=False):
    return settle(
        due,
        [Given(kind, Decimal(amount)) for kind, amount in givens],
        purse=Decimal(purse),
        keep_surplus=keep,
    )


def test_the_exact_sum_pays_every_bill():
    answer = settled((CASH, "150.50"))
    assert answer.paid == ((1, Decimal("100.00")), (2, Decimal("50.50")))
    assert (answer.amount, answer.into_prepayment) == (Decimal("150.50"), ZERO)


def test_cash_above_what_is_owed_comes_back_as_change():
    answer = settled((CASH, "200"))
    tender = answer.tenders[0]
    assert (tender.given, tender.change, tender.amount) == (
        Decimal("200"),
        Decimal("49.50"),
        Decimal("150.50"),
    )
    assert answer.amount == Decimal("150.50")


def test_change_comes_from_the_cash_when_there_are_several_tenders():
    answer = settled((WECHAT, "100.50"), (CASH, "60"))
    assert [tender.change for tender in answer.tenders] == [ZERO, Decimal("10.00")]


def test_a_surplus_that_is_kept_becomes_prepayment():
    answer = settled((CASH, "200"), keep=True)
    assert answer.into_prepayment == Decimal("49.50")
    assert answer.tenders[0].change == ZERO


def test_too_little_pays_the_first_bills_in_their_order():
    assert settled((WECHAT, "120")).paid == ((1, Decimal("100.00")), (2, Decimal("20.00")))
    assert settled((WECHAT, "0.01")).paid == ((1, Decimal("0.01")),)


def test_prepayment_pays_together_with_cash():
    answer = settled((PREPAID, "30"), (CASH, "200"), purse="30")
    assert answer.from_prepayment == Decimal("30")
    assert answer.tenders[1].change == Decimal("79.50")
    assert answer.amount == Decimal("150.50")


def test_money_without_any_bill_is_paid_ahead_when_it_is_kept():
    answer = settled((WECHAT, "500"), due=[], keep=True)
    assert (answer.paid, answer.into_prepayment) == ((), Decimal("500"))


@pytest.mark.parametrize(
    ("givens", "purse", "keep", "says"),
    [
        ([], "0", False, "Enter the sum"),
        ([(CASH, "0")], "0", False, "more than zero"),
        ([(CASH, "-5")], "0", False, "more than zero"),
        ([(CASH, "NaN")], "0", False, "more than zero"),
        ([(CASH, "Infinity")], "0", False, "more than zero"),
        ([(CASH, "1e400")], "0", True, "too large"),
        ([(CASH, "12345678901234567890")], "0", True, "too large"),
        ([(CASH, "0.001")], "0", False, "two decimals"),
        ([(CASH, "1"), (CASH, "1")], "0", False, "each be entered once"),
        ([(WECHAT, "1")] * 9, "0", False, "At most 8"),
        ([(WECHAT, "151")], "0", False, "only cash can be given back"),
        ([(WECHAT, "150.50"), (CASH, "10")], "0", False, "already enough"),
        ([(PREPAID, "30")], "29.99", False, "Only 29.99 is left"),
        ([(PREPAID, "200")], "500", True, "at most what is chosen"),
    ],
)
def test_what_cannot_be_settled_is_refused_with_a_sentence(givens, purse, keep, says):
    with pytest.raises(DomainError, match=says):
        settled(*givens, purse=purse, keep=keep)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("250.60", "250.60"),
        ("1,234.5", "1234.50"),
        ("１００", "100.00"),
        ("￥300", "300.00"),
        (" 12元 ", "12.00"),
        (".5", "0.50"),
        ("9,999,999,999.99", "9999999999.99"),
        ("007", "7.00"),
    ],
)
def test_sums_are_read_as_people_type_them(text, amount):
    assert str(amount_typed(text)) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "NaN",
        "inf",
        "-Infinity",
        "1e400",
        "1e2",
        "-5",
        "+5",
        "1.005",
        "1,2",
        "12,34.5",
        "99999999999999999999",
        "10000000000",
        "1.2.3",
        "٣",
        "0x10",
        "五十",
        "1 000",
        "¥",
    ],
)
def test_sums_that_are_none_are_refused(text):
    with pytest.raises(DomainError):
        amount_typed(text)


fen = st.integers(1, 10_000_00)


@examples(
    due=st.lists(fen, max_size=6),
    tenders=st.lists(st.tuples(st.sampled_from(list(TenderKind)), fen), min_size=1, max_size=4),
    purse=st.integers(0, 10_000_00),
    keep=st.booleans(),
)
def test_whatever_is_settled_ties(due, tenders, purse, keep):
    bills = [Due(index, from_fen(balance)) for index, balance in enumerate(due)]
    givens = [Given(kind, from_fen(amount)) for kind, amount in tenders]
    try:
        answer = settle(bills, givens, purse=from_fen(purse), keep_surplus=keep)
    except DomainError:
        return
    paid = dict(answer.paid)
    assert sum(t.amount for t in answer.tenders) == answer.amount
    assert answer.amount == sum(paid.values()) + answer.into_prepayment
    assert all(0 < paid[bill.bill_id] <= bill.balance for bill in bills if bill.bill_id in paid)
    assert all(t.amount > 0 and t.given - t.change == t.amount for t in answer.tenders)
    assert answer.from_prepayment <= from_fen(purse)
    # Money goes to a later bill only when the earlier ones are paid in full.
    missing = [bill.balance - paid.get(bill.bill_id, ZERO) for bill in bills]
    first = next((i for i, rest in enumerate(missing) if rest), len(bills))
    assert all(bill.bill_id not in paid for bill in bills[first + 1 :])
