"""The form of the desk as it was sent, read into the arguments of `payments.receive`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.cashier.payments.receive import PaymentLine
from app.charging.ledger.settling import Given, TenderKind, amount_typed
from app.core.parsing import form_text
from app.core.values.errors import N_, DomainError

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

LARGEST_KEY = 2**63 - 1
LONGEST_KEY = 19
MOST_LINES = 500


def read(form: MultiDict[str, str]) -> dict[str, Any]:
    """The arguments of `payments.receive`; DomainError for what no honest page can send."""
    return {
        "unit_id": key(form.get("unit_id", "")),
        "payer": form.get("payer", ""),
        "payer_id": key(form["payer_id"]) if form.get("payer_id") else None,
        "tenders": tenders(form),
        "lines": lines(form.getlist("bill")),
        "keep_surplus": form.get("keep") == "1",
        "key": form.get("form_key", ""),
        "remark": form.get("remark"),
    }


def tenders(form: MultiDict[str, str]) -> list[Given]:
    """The rows of tenders in their order; a row without a sum is no tender."""
    names = ("tender_kind", "tender_sum", "tender_reference")
    kinds, sums, references = (form.getlist(name) for name in names)
    if not len(kinds) == len(sums) == len(references):
        raise DomainError(UNREADABLE)
    found = []
    for kind, typed, reference in zip(kinds, sums, references, strict=True):
        if typed.strip():
            if kind not in set(TenderKind):
                raise DomainError(N_("Choose how the money was paid."), field="tenders")
            amount = amount_typed(typed, "tenders")
            found.append(Given(TenderKind(kind), amount, form_text.text(reference, max_length=60)))
    return found


def lines(ticked: list[str]) -> list[PaymentLine]:
    """The ticked bills, each as `key:what the page showed as owed`."""
    if len(ticked) > MOST_LINES:
        raise DomainError(UNREADABLE)
    found = []
    for value in ticked:
        bill, _, shown = value.partition(":")
        found.append(PaymentLine(key(bill), amount_typed(shown)))
    return found


def key(typed: str) -> int:
    """The key of a record; whatever is none is a form that was tampered with."""
    if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_KEY:
        number = int(typed)
        if number <= LARGEST_KEY:
            return number
    raise DomainError(UNREADABLE)


UNREADABLE = N_("The form could not be read. Open the unit again and repeat your entry.")
