"""A plan beside the period before it: differences per item, and what looks odd. Pure."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.charging.pricing.facts import UNRECORDED
from app.charging.pricing.plans import BillingPlan, Total
from app.core.values.money import from_fen

SHOWN = 50
"""Examples kept of each kind of oddity; all are counted."""
TIMES = 3
"""More than so many times the bill before, or less than that part of it, is odd."""
EXTREME = 10
"""More than so many times the median of the same item and kind, without a bill before."""
ENOUGH = 10
"""A median of fewer bills says nothing."""


class Oddity(StrEnum):
    """Why a line deserves a look before posting; in the order of the page."""

    MUCH_MORE = "much_more"
    MUCH_LESS = "much_less"
    EXTREME = "extreme"
    GONE = "gone"
    NEW = "new"
    NO_OWNER = "no_owner"
    NO_START = "no_start"


OF_THE_UNIT = frozenset({Oddity.NO_OWNER, Oddity.NO_START})
"""Oddities of a unit, whatever it is billed for."""


@dataclass(frozen=True, slots=True)
class Odd:
    """One example: places of the unit and the item, the amount and what it is held against."""

    unit: int
    item: int
    fen: int
    against: int

    @property
    def amount(self) -> Decimal:
        return from_fen(self.fen)

    @property
    def other(self) -> Decimal:
        return from_fen(self.against)


@dataclass(frozen=True, slots=True)
class OddGroup:
    """All lines with one oddity: how many, and the strongest examples.

    Of what is odd about the unit itself (`OF_THE_UNIT`) units are counted, else bills.
    """

    oddity: Oddity
    count: int
    examples: tuple[Odd, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """An item's total beside that of the period before."""

    now: Total
    before: Total

    @property
    def difference(self) -> Decimal:
        return from_fen(self.now.fen - self.before.fen)

    @property
    def percent(self) -> Decimal | None:
        """The change in per cent with one place; None where nothing was billed before."""
        if not self.before.fen:
            return None
        tenths = (self.now.fen - self.before.fen) * 2000 // self.before.fen + 1
        return Decimal(tenths // 2).scaleb(-1)


def differences(plan: BillingPlan) -> tuple[Difference, ...]:
    """Per item: the plan together with what is billed already, beside the period before.

    Bills of this very period that stand already are not in the plan; a second run would
    look like a collapse without them, so the comparison is only of what the plan adds when
    nothing stands yet. The page says so by the count of skipped bills.
    """
    before = []
    for column in plan.facts.previous:
        billed = [fen for fen in column if fen >= 0]
        before.append(Total(len(billed), sum(billed)))
    return tuple(Difference(now, then) for now, then in zip(plan.per_item, before, strict=True))


def oddities(plan: BillingPlan) -> tuple[OddGroup, ...]:
    """What looks odd, strongest first within its kind."""
    finder = _Finder(plan)
    for place, priced in plan.rows():
        finder.look(place, priced.item, priced.line.fen)
    finder.look_for_gone()
    return finder.groups()


class _Finder:
    """Counts every oddity and keeps the strongest examples."""

    def __init__(self, plan: BillingPlan) -> None:
        self.plan = plan
        self.units = plan.facts.units
        self.previous = plan.facts.previous
        self.had_before = [any(fen >= 0 for fen in column) for column in self.previous]
        self.medians = _medians(plan)
        self.counts: Counter[Oddity] = Counter()
        self.best: dict[Oddity, list[tuple[float, int, Odd]]] = defaultdict(list)
        self.last = -1
        self.lined = [bytearray(len(self.units)) for _ in plan.facts.items]

    def look(self, place: int, item: int, fen: int) -> None:
        """Hold one line against the unit's bill before, or against others of its kind."""
        self.lined[item][place] = 1
        before = self.previous[item][place]
        if before > 0 and fen > TIMES * before:
            self.keep(Oddity.MUCH_MORE, fen / before, Odd(place, item, fen, before))
        elif before > 0 and fen * TIMES < before:
            self.keep(Oddity.MUCH_LESS, before / fen, Odd(place, item, fen, before))
        elif before < 0:
            median = self.medians.get((item, self.units.kinds[place]), 0)
            if median and fen > EXTREME * median:
                self.keep(Oddity.EXTREME, fen / median, Odd(place, item, fen, median))
            elif self.had_before[item]:
                self.keep(Oddity.NEW, fen, Odd(place, item, fen, 0))
        if place == self.last:
            return
        # What follows is of the unit, not of its bills: once for all its lines.
        self.last = place
        if not self.units.owners[place]:
            self.keep(Oddity.NO_OWNER, fen, Odd(place, item, fen, 0))
        if self.units.handover[place] == UNRECORDED and not self.units.starts[place]:
            self.keep(Oddity.NO_START, fen, Odd(place, item, fen, 0))

    def look_for_gone(self) -> None:
        """Units that were billed for an item the period before and are not now."""
        facts = self.plan.facts
        for item, column in enumerate(self.previous):
            if not self.had_before[item]:
                continue
            lined = self.lined[item]
            for place, before in enumerate(column):
                if before > 0 and not lined[place] and not facts.billed[place] >> item & 1:
                    self.keep(Oddity.GONE, before, Odd(place, item, 0, before))

    def keep(self, oddity: Oddity, weight: float, odd: Odd) -> None:
        """Count it, and keep it if it is among the strongest."""
        count = self.counts[oddity] = self.counts[oddity] + 1
        heap = self.best[oddity]
        # The running count makes equal weights comparable: the earlier one stays.
        entry = (weight, -count, odd)
        if len(heap) < SHOWN:
            heapq.heappush(heap, entry)
        elif entry > heap[0]:
            heapq.heapreplace(heap, entry)

    def groups(self) -> tuple[OddGroup, ...]:
        return tuple(
            OddGroup(
                oddity,
                self.counts[oddity],
                tuple(
                    odd
                    for *_rank, odd in sorted(
                        self.best[oddity], reverse=True, key=lambda entry: entry[:2]
                    )
                ),
            )
            for oddity in Oddity
            if self.counts[oddity]
        )


def _medians(plan: BillingPlan) -> dict[tuple[int, str], int]:
    """The median amount per item and kind of unit, where there are enough bills."""
    kinds = plan.facts.units.kinds
    counts = Counter(
        zip((kinds[place] for place in plan.line_units), plan.line_priced, strict=True)
    )
    amounts: dict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
    for (kind, number), count in counts.items():
        priced = plan.priced[number]
        amounts[priced.item, kind].append((priced.line.fen, count))
    medians = {}
    for key, pairs in amounts.items():
        total = sum(count for _fen, count in pairs)
        if total < ENOUGH:
            continue
        seen = 0
        for fen, count in sorted(pairs):
            seen += count
            if 2 * seen >= total:
                medians[key] = fen
                break
    return medians
