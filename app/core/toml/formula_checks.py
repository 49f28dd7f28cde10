"""What is wrong with a formula of a declared file: names, circles, results that never come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import islice, product
from typing import Any

from app.core.toml.vocabulary import FoundFault, unknown
from app.core.values.errors import N_
from app.core.values.formulas import (
    FUNCTIONS,
    Computed,
    chain_of,
    columns_in,
    compute_chain,
    names_in,
    words_in,
)

SAMPLES: dict[str, tuple[Any, ...]] = {
    "integer": (2, 1), "quantity": (Decimal(2), Decimal(1)), "money": (Decimal(2), Decimal(1)),
    "yes_no": (True, False), "date": (date(2026, 3, 2),), "datetime": (datetime(2026, 3, 2, 9),),  # noqa: DTZ001 - stored moments have no zone
    "unit": (1,), "customer": (1,), "user": (1,), "register": (1,),
}  # fmt: skip
"""Kind → values with which a formula is tried."""
UNREAD = frozenset({"attachment"})
"""Kinds that a formula cannot read."""
MOST_TRIES = 2000


def formula_faults(
    path: Any, name: str, formula: str, known: Mapping[str, Any]
) -> Iterator[FoundFault]:
    """Everything wrong with the formula of `name`; known: the fields beside it, by name."""
    names = names_in(formula)
    if isinstance(names, str):
        yield (
            path,
            N_(
                "The formula cannot be read: it may hold fields, figures, + - * /, brackets "
                "and the functions %(known)s."
            ),
            {"known": ", ".join(sorted(FUNCTIONS))},
        )
        return
    readable = {one for one, field in known.items() if field.kind not in UNREAD}
    faults = list(unknown(path, sorted(names - readable), ()))
    for lines, column in columns_in(formula):
        parts = getattr(known.get(lines), "columns", ())
        faults += unknown(path, column, {one.name for one in parts})
    if _reads(name, names, known):
        faults.append(
            (path, N_("The formula needs its own result: no value would ever come out."), {})
        )
    yield from faults
    if not faults and not _gives_a_number(name, known):
        yield (
            path,
            N_("The formula never gives a number: look at the kinds of the fields that it reads."),
            {},
        )


def _reads(name: str, names: set[str], known: Mapping[str, Any]) -> bool:
    """Do the fields of a formula, followed through other formulas, come to this field?"""
    passed, ahead = set(), set(names)
    while ahead:
        passed.add(one := ahead.pop())
        inner = names_in(getattr(known.get(one), "formula", None) or "0")
        ahead |= set() if isinstance(inner, str) else inner - passed
    return name in passed


def _gives_a_number(name: str, known: Mapping[str, Any]) -> bool:
    """Does any mixture of sample values give a result? Faults of others' formulas are theirs."""
    chain = chain_of(
        name,
        [Computed(one.name, one.formula, one.decimals) for one in known.values() if one.formula],
    )
    texts = [names_in(one.formula) for one in chain]
    if any(isinstance(one, str) or one - known.keys() for one in texts):
        return True
    read = set().union(*(one for one in texts if not isinstance(one, str)))
    words = tuple({word for one in chain for word in words_in(one.formula)})
    fields = [known[one] for one in sorted(read) if not known[one].formula]
    tried = product(*(_samples(field, words) for field in fields))
    return any(
        compute_chain(chain, dict(zip((field.name for field in fields), values, strict=True)))
        is not None
        for values in islice(tried, MOST_TRIES)
    )


def _samples(field: Any, words: tuple[str, ...]) -> tuple[Any, ...]:
    if field.kind == "choice":
        return (*(one.value for one in field.choices), None)
    if field.kind == "lines":
        line = {one.name: _samples(one, words)[0] for one in field.columns}
        return ([line, line],)
    return SAMPLES.get(field.kind, ("1", *words))
