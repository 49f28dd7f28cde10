"""The facts of a billing run, column by column, so that 100,000 units stay small. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from app.charging.pricing.assignments import AssignmentRule
from app.charging.pricing.price import RoundingRule
from app.core.values.period import Period

Progress = Callable[[int, int, str], None]
"""Called as `progress(done, total, step)`; `step` is an English source text."""


def silent(_done: int, _total: int, _step: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to bill: a community, a period and the items in the order of the catalogue.

    `due_on` is the day to pay that the run names for all its bills; None leaves it to the
    items, which count their days from the beginning of the period.
    """

    community_id: int
    period: Period
    item_ids: tuple[int, ...]
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """A charge item as the run needs it."""

    id: int
    name: str
    rule: RoundingRule
    due_days: int


TAKEN, NOT_TAKEN, UNRECORDED = range(3)


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a community, one column each, in the order of their ids.

    Areas in ten-thousandths of a square metre (0: unknown); `starts` the ordinal of the day
    from which the unit is billed: its billing start, else its handover (0: neither is on
    file); `handover` says whether somebody took it over (`TAKEN`, `NOT_TAKEN`, or
    `UNRECORDED`); `owners` the customer who owes (0: nobody on file).
    """

    ids: array[int] = field(default_factory=lambda: array("q"))
    buildings: array[int] = field(default_factory=lambda: array("q"))
    kinds: list[str] = field(default_factory=list)
    gross: array[int] = field(default_factory=lambda: array("q"))
    net: array[int] = field(default_factory=lambda: array("q"))
    charged: array[int] = field(default_factory=lambda: array("q"))
    starts: array[int] = field(default_factory=lambda: array("l"))
    handover: bytearray = field(default_factory=bytearray)
    owners: array[int] = field(default_factory=lambda: array("q"))

    def __len__(self) -> int:
        return len(self.ids)

    def start(self, index: int) -> date | None:
        """The day from which the unit is billed."""
        ordinal = self.starts[index]
        return date.fromordinal(ordinal) if ordinal else None


@dataclass(frozen=True, slots=True)
class Sale:
    """A change of owners inside the billed part of a period: until the eve of `day` the
    `sellers` owned (customers; none where nobody was on file), from `day` on the `buyers`."""

    unit: int
    day: date
    sellers: tuple[int, ...]
    buyers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that decides what a run bills; nothing else is looked at.

    `rules` holds, per item of the request, its assignments, `other_rules` those of all
    other items (a unit that none of them meets was forgotten). `billed` and `overlapping` are
    one bit mask per unit (bit = place of the item): a standing bill of just this period,
    or of another one that shares days with it. `previous` holds per item the fen that each
    unit was billed for the period before (-1: nothing); it decides nothing, and is empty
    where nobody wants to compare. `sales` are the changes of owners inside the period, by
    place of the unit and day: whoever owned it first is billed, the plan warns.
    """

    request: Request
    items: tuple[ItemFacts, ...]
    rules: tuple[tuple[AssignmentRule, ...], ...]
    other_rules: tuple[AssignmentRule, ...]
    units: Units
    billed: array[int]
    overlapping: array[int]
    previous: tuple[array[int], ...]
    sales: tuple[Sale, ...] = ()
