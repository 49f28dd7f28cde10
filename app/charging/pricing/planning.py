"""Making the plan of a billing run from facts alone: who is alike is resolved and priced once."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from app.charging.pricing.assignments import resolve
from app.charging.pricing.facts import NOT_TAKEN, Facts, Progress, silent
from app.charging.pricing.plans import BillingPlan, Priced, Skipped, Total, digest_of
from app.charging.pricing.price import Basis, Piece, Reason, Schedule, Skip, price, schedule
from app.core.values.errors import N_
from app.estate.base.codes import UnitKind

NOTHING = Skip(Reason.NO_STANDARD)
STEP = 20_000
"""Units between two reports of progress."""
# Reasons that need nobody: the line exists already, its time is another run's, it is free.
EXPECTED = frozenset({Reason.ALREADY_BILLED, Reason.OTHER_CYCLE, Reason.EXEMPT, Reason.FREE})
UNDELIVERED = -1
"""In the place of a start: nobody has taken the unit over, and no start was set."""


def make(facts: Facts, progress: Progress = silent) -> BillingPlan:
    """Price every unit for every item of the request; writes nothing, looks at nothing else."""
    work = _Work(facts)
    units = facts.units
    total, first = len(units), facts.request.period.first.toordinal()
    columns = zip(
        units.ids,
        units.buildings,
        units.kinds,
        units.gross,
        units.net,
        units.charged,
        units.starts,
        units.handover,
        strict=True,
    )
    lines, priced = array("l"), array("l")
    for place, (unit_id, building_id, kind, *areas, start, handover) in enumerate(columns):
        if place % STEP == 0:
            progress(place, total, N_("Pricing"))
        # Whoever is billed since before the period is alike.
        since = start if start > first else 0
        if handover == NOT_TAKEN and not start:
            since = UNDELIVERED
        blocked = facts.billed[place] | facts.overlapping[place]
        for way in work.ways(unit_id, building_id, kind, since):
            number = way.outcome(*areas)
            if number < 0:
                work.skips[~number].append(place)
            elif blocked and blocked >> way.item & 1:
                work.block(place, way.item)
            else:
                lines.append(place)
                priced.append(number)
    return work.plan(lines, priced)


@dataclass(slots=True)
class _Way:
    """How one item is billed to alike units: their schedule, and the outcome for each area.

    An outcome is the place of a priced line, or, inverted (`~`), that of a group of skips.
    `skip` set means that no area matters.
    """

    item: int
    laid: Schedule | None
    skip: int
    parking: bool
    work: _Work
    gross: bool = False
    net: bool = False
    charged: bool = False
    outcomes: dict[tuple[int, int, int], int] = field(default_factory=dict)

    def outcome(self, gross: int, net: int, charged: int) -> int:
        """The outcome for a unit with these areas; only what the schedule asks for counts."""
        if self.laid is None:
            return self.skip
        key = (
            gross if self.gross else 0,
            net if self.net else 0,
            charged if self.charged else 0,
        )
        found = self.outcomes.get(key)
        if found is None:
            line = price(self.laid, *key, is_space=self.parking)
            found = (
                self.work.skip(self.item, line)
                if isinstance(line, Skip)
                else self.work.keep(Priced(self.item, line))
            )
            self.outcomes[key] = found
        return found


class _Work:
    """The caches of one planning."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.period = facts.request.period
        self.priced: list[Priced] = []
        self.skips: list[array[int]] = []
        self._skip_numbers: dict[tuple[int | None, Skip], int] = {}
        self._ways: dict[tuple[int, str, int], tuple[_Way, ...]] = {}
        self._shared: dict[tuple[object, ...], tuple[_Way, ...]] = {}
        self._special = {
            rule.unit_id for rules in facts.rules for rule in rules if rule.unit_id is not None
        }
        self._kinds_with: list[set[str]] = [set() for _ in facts.items]

    def ways(self, unit_id: int, building_id: int, kind: str, since: int) -> tuple[_Way, ...]:
        """How each item is billed to a unit; alike units share the answer."""
        # Ids are positive, so a unit with rules of its own takes the place below zero.
        key = (-unit_id if unit_id in self._special else building_id, kind, since)
        found = self._ways.get(key)
        if found is None:
            pieces = self._pieces(unit_id, building_id, kind)
            forgotten = all(found == NOTHING for found in pieces) and not any(
                rule.meets(unit_id, building_id, kind) for rule in self.facts.other_rules
            )
            alike = (pieces, forgotten, kind == UnitKind.PARKING, since)
            found = self._shared.get(alike)
            if found is None:
                found = self._shared[alike] = (
                    (_Way(0, None, self.skip(None, NOTHING), False, self),)
                    if forgotten
                    else tuple(
                        self._way(item, part, kind == UnitKind.PARKING, since)
                        for item, part in enumerate(pieces)
                    )
                )
            self._ways[key] = found
        return found

    def _pieces(
        self, unit_id: int, building_id: int, kind: str
    ) -> tuple[tuple[Piece, ...] | Skip, ...]:
        """Which standard applies when, per item."""
        answers = []
        for item, rules in enumerate(self.facts.rules):
            met = [rule for rule in rules if rule.meets(unit_id, building_id, kind)]
            answer = resolve(met, self.period)
            if answer != NOTHING:
                self._kinds_with[item].add(kind)
            answers.append(answer)
        return tuple(answers)

    def _way(self, item: int, pieces: tuple[Piece, ...] | Skip, parking: bool, since: int) -> _Way:
        laid: Schedule | Skip
        if isinstance(pieces, Skip):
            laid = pieces
        elif since == UNDELIVERED:
            laid = Skip(Reason.NOT_HANDED_OVER)
        else:
            start = date.fromordinal(since) if since else None
            laid = schedule(self.period, start, pieces, self.facts.items[item].rule)
        if isinstance(laid, Skip):
            return _Way(item, None, self.skip(item, laid), parking, self)
        return _Way(
            item,
            laid,
            0,
            parking,
            self,
            gross=Basis.GROSS_AREA in laid.asks,
            net=Basis.NET_AREA in laid.asks,
            charged=Basis.CHARGED_AREA in laid.asks,
        )

    def keep(self, priced: Priced) -> int:
        """The place of a new priced outcome."""
        self.priced.append(priced)
        return len(self.priced) - 1

    def skip(self, item: int | None, skip: Skip) -> int:
        """The outcome that means: this group of skips."""
        number = self._skip_numbers.setdefault((item, skip), len(self.skips))
        if number == len(self.skips):
            self.skips.append(array("l"))
        return ~number

    def block(self, place: int, item: int) -> None:
        """A standing bill is in the way: of this very period, or of one that shares days."""
        same = self.facts.billed[place] >> item & 1
        reason = Reason.ALREADY_BILLED if same else Reason.OVERLAP
        self.skips[~self.skip(item, Skip(reason))].append(place)

    def plan(self, lines: array[int], priced: array[int]) -> BillingPlan:
        """Totals and digest over the finished columns."""
        buildings = self.facts.units.buildings
        amounts = [(outcome.item, outcome.line.fen) for outcome in self.priced]
        sums: list[dict[int, list[int]]] = [{} for _ in self.facts.items]
        units: Counter[int] = Counter()
        before = -1
        for place, number in zip(lines, priced, strict=True):
            item, fen = amounts[number]
            # The lines of a unit stand together.
            if place != before:
                units[buildings[place]] += 1
                before = place
            total = sums[item].setdefault(buildings[place], [0, 0])
            total[0] += 1
            total[1] += fen
        skipped, left_out = self._grouped()
        return BillingPlan(
            facts=self.facts,
            priced=tuple(self.priced),
            line_units=lines,
            line_priced=priced,
            skipped=skipped,
            left_out=left_out,
            per_item=tuple(
                Total(
                    sum(total[0] for total in found.values()),
                    sum(total[1] for total in found.values()),
                )
                for found in sums
            ),
            per_building={
                (building, item): Total(*total)
                for item, found in enumerate(sums)
                for building, total in found.items()
            },
            units_of_building=dict(units),
            digest=digest_of(self.facts, self.priced, lines, priced),
        )

    def _grouped(self) -> tuple[tuple[Skipped, ...], tuple[Skipped, ...]]:
        """Skips to look at, the largest group first, and those that are as expected."""
        groups = []
        for (item, skip), number in self._skip_numbers.items():
            units = self.skips[number]
            if skip.reason is Reason.NO_STANDARD and item is not None:
                # A flat pays no parking fee: worth a word only where others of its kind pay.
                kinds, payers = self.facts.units.kinds, self._kinds_with[item]
                units = array("l", (place for place in units if kinds[place] in payers))
            if units:
                groups.append(Skipped(item, skip, units))
        groups.sort(key=lambda group: (-len(group.units), group.item or 0, group.skip.reason))
        expected = [group for group in groups if group.skip.reason in EXPECTED]
        return tuple(g for g in groups if g.skip.reason not in EXPECTED), tuple(expected)
