"""What a plan of a billing run is: lines in columns, skips with reasons, totals. Pure.

Lines are kept as two columns (place of the unit, place of the priced outcome): units that
are alike share one priced outcome, so 400,000 lines weigh a few megabytes.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import blake2b

from app.charging.pricing.facts import Facts
from app.charging.pricing.price import PricedLine, Skip
from app.core.values.money import from_fen


@dataclass(frozen=True, slots=True)
class Priced:
    """One priced outcome that many units share: the item's place and its line."""

    item: int
    line: PricedLine


@dataclass(frozen=True, slots=True)
class Skipped:
    """Units that get no line for an item, together because of the same reason.

    `item` is the place of the item, None when the unit has no standard for anything.
    """

    item: int | None
    skip: Skip
    units: array[int]


def alike(groups: Iterable[Skipped]) -> list[list[Skipped]]:
    """The groups, those together in which the same units are skipped for the same reason.

    They differ by the item only, so their units count once.
    """
    found: dict[tuple[Skip, bytes], list[Skipped]] = {}
    for group in groups:
        found.setdefault((group.skip, group.units.tobytes()), []).append(group)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Total:
    """How many bills and how much."""

    lines: int
    fen: int

    @property
    def amount(self) -> Decimal:
        return from_fen(self.fen)


@dataclass(frozen=True, slots=True)
class BillingPlan:
    """What a run would post. `digest` changes with every line and with nothing else."""

    facts: Facts
    priced: tuple[Priced, ...]
    line_units: array[int]
    line_priced: array[int]
    skipped: tuple[Skipped, ...]
    left_out: tuple[Skipped, ...]
    per_item: tuple[Total, ...]
    per_building: dict[tuple[int, int], Total]
    units_of_building: dict[int, int]
    digest: str

    @property
    def total(self) -> Total:
        return Total(len(self.line_units), sum(total.fen for total in self.per_item))

    @property
    def billed_units(self) -> int:
        """Units that get at least one bill."""
        return sum(self.units_of_building.values())

    def due_on(self, priced: Priced) -> date:
        """The last day to pay of the bills of an outcome."""
        return due_on(self.facts, priced)

    @property
    def skipped_units(self) -> int:
        """Units that miss at least one line for a reason that somebody should look at."""
        return len({unit for group in self.skipped for unit in group.units})

    @property
    def price_ids(self) -> set[int]:
        """Every price that the lines were worked out with, those inside a period too."""
        lined = set(self.line_priced)
        return {
            price_id
            for number, priced in enumerate(self.priced)
            if number in lined
            for price_id in priced.line.price_ids
        }

    def rows(self) -> Iterator[tuple[int, Priced]]:
        """(place of the unit, priced outcome) for every line, by unit and then item."""
        priced = self.priced
        for unit, outcome in zip(self.line_units, self.line_priced, strict=True):
            yield unit, priced[outcome]


def due_on(facts: Facts, priced: Priced) -> date:
    """The day that the run names, else the item's days after the first day that is charged.

    That is the first day of the period, or later only for who is charged from a later day
    of it. The day of posting has no say: a period that is billed late is late.
    """
    days = timedelta(days=facts.items[priced.item].due_days)
    return facts.request.due_on or priced.line.first + days


def digest_of(facts: Facts, priced: list[Priced], lines: array[int], numbers: array[int]) -> str:
    """A fingerprint of what would be stored: period, units, owners, amounts, sentences, days."""
    units = facts.units
    sums = blake2b(digest_size=16)
    sums.update(f"{facts.request.community_id} {facts.request.period}".encode())
    order = {number: rank for rank, number in enumerate(dict.fromkeys(numbers))}
    for number in order:
        outcome = priced[number]
        line, item = outcome.line, facts.items[outcome.item]
        due = due_on(facts, outcome)
        sums.update(f"{item.id} {line.fen} {line.price_id} {due} {line.sentence}\n".encode())
    sums.update(array("q", (units.ids[place] for place in lines)).tobytes())
    sums.update(array("q", (units.owners[place] for place in lines)).tobytes())
    sums.update(array("q", map(order.__getitem__, numbers)).tobytes())
    return sums.hexdigest()
