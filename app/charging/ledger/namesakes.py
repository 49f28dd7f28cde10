"""People of one name at one unit, told apart: by the tail of their phone, else by their number."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from sqlalchemy import select, union

from app.charging.ledger.payment_models import PrepaymentEntry
from app.estate.base.models import Customer, Ownership, Tenancy
from app.estate.base.occupants import phones_of, slices

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy.orm import Session

TAIL = 4
"""Figures of a phone that everybody may see: the mask shows them too."""

Labels = dict[tuple[int, int], str]
"""(unit, customer) → how he is called there, for those whose name alone does not say it."""


def labels(session: Session, unit_ids: Collection[int]) -> Labels:
    """Who ever owned, rented or paid ahead at one of these units and shares his name there."""
    alike: dict[tuple[int, str], set[int]] = defaultdict(set)
    for part in slices(unit_ids):
        everybody = union(
            *(
                select(model.unit_id, model.customer_id).where(model.unit_id.in_(part))
                for model in (Ownership, Tenancy, PrepaymentEntry)
            )
        ).subquery()
        rows = session.execute(
            select(everybody.c.unit_id, Customer.id, Customer.name).join(
                Customer, Customer.id == everybody.c.customer_id
            )
        )
        for unit_id, customer_id, name in rows:
            alike[unit_id, name].add(customer_id)
    names = {
        one: name for (_unit, name), people in alike.items() if len(people) > 1 for one in people
    }
    told = _told(session, names)
    return {
        (unit_id, one): told[one]
        for (unit_id, _name), people in alike.items()
        if len(people) > 1
        for one in people
    }


def apart(session: Session, people: Iterable[tuple[int, str]]) -> dict[int, str]:
    """Of these customers (key and name) those who share their name, told apart."""
    names = dict(people)
    counts = Counter(names.values())
    return _told(session, {key: name for key, name in names.items() if counts[name] > 1})


def _told(session: Session, names: dict[int, str]) -> dict[int, str]:
    """These names with what tells them apart."""
    if not names:
        return {}
    phones = phones_of(session, names)
    tails = {key: numbers[0][-TAIL:] for key, numbers in phones.items() if numbers}
    used = Counter((names[key], tail) for key, tail in tails.items())
    return {
        key: _("%(name)s (phone …%(tail)s)", name=name, tail=tails[key])
        if key in tails and used[name, tails[key]] == 1
        else _("%(name)s (customer no. %(number)s)", name=name, number=key)
        for key, name in names.items()
    }
