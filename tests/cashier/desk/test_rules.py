"""The server's side of the desk's table of sums; the script's is in tests/browser."""

from __future__ import annotations

from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict

from app.cashier.desk import form as desk_form
from app.charging.ledger.settling import REFUSALS, Due, settle
from app.core.values.errors import DomainError
from app.core.values.money import ZERO
from tests.cashier.desk.rules import RULES, named


def server_says(rule):
    """What `settle` makes of a form with these sums, in the words of the table."""
    form = MultiDict(
        [
            (name, value)
            for kind, typed in rule["tenders"]
            for name, value in (
                ("tender_kind", kind),
                ("tender_sum", typed),
                ("tender_reference", ""),
            )
        ]
    )
    due = Decimal(rule["due"])
    try:
        settled = settle(
            [Due(1, due)] if due else [],
            desk_form.tenders(form),
            purse=Decimal(rule["purse"]).quantize(Decimal("0.01")),
            keep_surplus=rule["keep"],
        )
    except DomainError as error:
        (name,) = (name for name, text in REFUSALS.items() if text == error.message)
        values = {key: str(value) for key, value in error.params.items()}
        return {"refused": name, "values": values}
    change = sum((tender.change for tender in settled.tenders), ZERO)
    paid = sum((amount for _bill, amount in settled.paid), ZERO)
    sums = {
        "amount": settled.amount,
        "change": change,
        "kept": settled.into_prepayment,
        "short": due - paid,
    }
    return {name: f"{value:.2f}" for name, value in sums.items()}


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_the_server_says_what_the_table_says(rule):
    wanted = rule["says"]
    if "refused" in wanted:
        wanted = {"refused": wanted["refused"], "values": wanted.get("values", {})}
    assert server_says(rule) == wanted


def test_the_table_has_every_reason_that_a_form_can_meet():
    met = {rule["says"].get("refused") for rule in RULES} - {None}
    assert met == set(REFUSALS) - {"decimals"}, "a typed sum never has more than two decimals"
