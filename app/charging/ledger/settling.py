"""What a customer hands over against what is owed: tenders, change, bills paid, prepayment.

Pure: it takes what is owed and what was typed and answers with a settlement, or a
`DomainError` in one sentence. Amounts are `Decimal` yuan with two places.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.core.values.errors import N_, DomainError
from app.core.values.money import FEN, LARGEST, ZERO

MOST_TENDERS = 8

REFUSALS: Mapping[str, str] = {
    "unreadable": N_("“%(text)s” is no sum of money: write figures with at most two decimals."),
    "too_large": N_("The sum is too large."),
    "nothing": N_("Enter the sum received."),
    "too_many": N_("At most %(most)s tenders in one payment."),
    "zero": N_("The sum received must be more than zero."),
    "decimals": N_("A sum of money has at most two decimals."),
    "twice": N_("Cash and prepayment may each be entered once; add the sums up."),
    "purse": N_("Only %(purse)s is left of the prepayment; %(asked)s cannot be taken from it."),
    "purse_owed": N_("The prepayment pays at most what is chosen: %(owed)s."),
    "no_bill": N_(
        "No bill is chosen: tick what is to be paid, or choose to keep the sum as prepayment."
    ),
    "without_cash": N_(
        "Without the cash it is already enough: take the cash out or correct the sums."
    ),
    "no_change": N_(
        "%(surplus)s too much was entered, and only cash can be given back. Correct the sum,"
        " or choose to keep the surplus as prepayment."
    ),
}
"""Why a sum is refused, by the name that the script of the desk uses for the same rule."""


class TenderKind(StrEnum):
    """收款方式. `PREPAYMENT` spends what was paid ahead: no money comes in with it."""

    CASH = "cash"
    WECHAT = "wechat"
    ALIPAY = "alipay"
    BANK = "bank"
    POS = "pos"
    PREPAYMENT = "prepayment"


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed for one tender: the sum handed over, before any change."""

    kind: TenderKind
    amount: Decimal
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A chosen bill and what is still owed of it; the order is the order of payment."""

    bill_id: int
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Taken:
    """One tender as it is stored: `amount` is `given` less `change`."""

    kind: TenderKind
    amount: Decimal
    given: Decimal
    change: Decimal
    reference: str | None


@dataclass(frozen=True, slots=True)
class Settlement:
    """`amount` = Σ tenders; less `from_prepayment` it is Σ paid + `into_prepayment`."""

    amount: Decimal
    tenders: tuple[Taken, ...]
    paid: tuple[tuple[int, Decimal], ...]
    into_prepayment: Decimal
    from_prepayment: Decimal


def amount_typed(text: str, field: str | None = None) -> Decimal:
    """A sum of money as people type it (`1,234.50`, `￥300`, full width); never rounded."""
    plain = unicodedata.normalize("NFKC", text).strip().lstrip("¥").rstrip("元").strip()
    plain = re.sub(r"(?<=\d),(?=\d{3}(?:\D|$))", "", plain)
    if not re.fullmatch(r"\d{1,12}(\.\d{1,2})?|\.\d{1,2}", plain, re.ASCII):
        raise _refusal("unreadable", field, text=text.strip()[:30])
    amount = Decimal(plain).quantize(FEN)
    if amount > LARGEST:
        raise _refusal("too_large", field)
    return amount


def _refusal(name: str, field: str | None = "tenders", **params: object) -> DomainError:
    return DomainError(REFUSALS[name], field=field, **params)


def settle(
    due: Sequence[Due], givens: Sequence[Given], *, purse: Decimal, keep_surplus: bool
) -> Settlement:
    """Pay the bills in their order with what was given (A19).

    Too little pays the first bills and leaves the rest. Too much is given back as change,
    from the cash alone; with `keep_surplus` all of it is paid ahead instead. The tender
    `prepayment` spends the `purse`, never more than it holds or than is owed.
    """
    _check_tenders(givens)
    owed = sum((bill.balance for bill in due), ZERO)
    total = sum((given.amount for given in givens), ZERO)
    from_purse = sum((g.amount for g in givens if g.kind is TenderKind.PREPAYMENT), ZERO)
    if from_purse > purse:
        raise _refusal("purse", purse=purse, asked=from_purse)
    if from_purse > owed:
        raise _refusal("purse_owed", owed=owed)
    surplus = max(total - owed, ZERO)
    change = ZERO if keep_surplus else surplus
    tenders = tuple(_taken(given, change) for given in givens)
    if change and not owed:
        raise _refusal("no_bill")
    if change:
        _check_change(givens, change)
    paid = _oldest_first(due, total - surplus)
    return Settlement(total - change, tenders, paid, surplus - change, from_purse)


def _check_tenders(givens: Sequence[Given]) -> None:
    if not givens:
        raise _refusal("nothing")
    if len(givens) > MOST_TENDERS:
        raise _refusal("too_many", most=MOST_TENDERS)
    for given in givens:
        amount = given.amount
        if not amount.is_finite() or amount <= 0:
            raise _refusal("zero")
        if amount > LARGEST:
            raise _refusal("too_large")
        if amount != amount.quantize(FEN):
            raise _refusal("decimals")
    count = Counter(given.kind for given in givens)
    if count[TenderKind.CASH] > 1 or count[TenderKind.PREPAYMENT] > 1:
        raise _refusal("twice")


def _check_change(givens: Sequence[Given], change: Decimal) -> None:
    """Change comes out of the cash: a transfer cannot be given back across the desk."""
    cash = sum((given.amount for given in givens if given.kind is TenderKind.CASH), ZERO)
    if change < cash:
        return
    if cash:
        raise _refusal("without_cash")
    raise _refusal("no_change", surplus=change)


def _taken(given: Given, change: Decimal) -> Taken:
    back = change if given.kind is TenderKind.CASH else ZERO
    return Taken(given.kind, given.amount - back, given.amount, back, given.reference)


def _oldest_first(due: Sequence[Due], money: Decimal) -> tuple[tuple[int, Decimal], ...]:
    """Share the money over the bills in their order (domain-rules 5: oldest due first)."""
    paid = []
    for bill in due:
        part = min(bill.balance, money)
        if part > 0:
            paid.append((bill.bill_id, part))
            money -= part
    return tuple(paid)
