"""What changed between the plan that was shown and the one that would be posted. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b

from app.charging.pricing.assignments import AssignmentRule
from app.charging.pricing.facts import Facts, ItemFacts, Units
from app.charging.pricing.plans import BillingPlan
from app.core.values.errors import N_

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Change:
    """One sentence about what changed: its source text, the number in it, some of the units."""

    message: str
    count: int
    unit_ids: tuple[int, ...] = ()


AREA = N_("%(count)s units have another area")
START = N_("%(count)s units have another billing start or were handed over")
PLACE = N_("%(count)s units have another kind or building")
OWNER = N_("%(count)s units have another owner")
ADDED = N_("%(count)s units were added")
REMOVED = N_("%(count)s units were removed")
STANDARDS = N_("%(count)s standards or prices were added or changed")
ASSIGNMENTS = N_("%(count)s assignments were added, changed or ended")
ROUNDING = N_("%(count)s charge items round differently")
DUE = N_("%(count)s charge items have another number of days to pay")
BILLS = N_("%(count)s units were billed meanwhile, or a bill of theirs was voided")

# For a plan that is no longer in memory: only which facts changed, not how many.
SOME = {
    "units": N_("units were added, removed or changed (area, kind, start of billing)"),
    "owners": N_("owners of units changed"),
    "standards": N_("standards, prices or assignments changed"),
    "items": N_("charge items changed"),
    "bills": N_("bills of the period were posted or voided"),
}


def between(shown: BillingPlan, now: BillingPlan) -> tuple[Change, ...]:
    """Every kind of change, with how many and a few of the units."""
    old, new = shown.facts, now.facts
    before, after = _places(old.units), _places(new.units)
    both = [(before[unit_id], place) for unit_id, place in after.items() if unit_id in before]
    a, b = old.units, new.units
    terms_of_both = {r.terms for r in _rules(old)} & {r.terms for r in _rules(new)}
    found = [
        Change(
            AREA,
            *_units(
                b,
                (
                    y
                    for x, y in both
                    if (a.gross[x], a.net[x], a.charged[x]) != (b.gross[y], b.net[y], b.charged[y])
                ),
            ),
        ),
        Change(
            START,
            *_units(
                b,
                (
                    y
                    for x, y in both
                    if (a.starts[x], a.handover[x]) != (b.starts[y], b.handover[y])
                ),
            ),
        ),
        Change(
            PLACE,
            *_units(
                b,
                (
                    y
                    for x, y in both
                    if (a.kinds[x], a.buildings[x]) != (b.kinds[y], b.buildings[y])
                ),
            ),
        ),
        Change(OWNER, *_units(b, (y for x, y in both if a.owners[x] != b.owners[y]))),
        Change(ADDED, *_units(b, (y for unit_id, y in after.items() if unit_id not in before))),
        Change(REMOVED, len(before.keys() - after.keys())),
        Change(
            STANDARDS,
            len(
                {
                    rule.terms.standard_id
                    for rule in {*_rules(old)} ^ {*_rules(new)}
                    if rule.terms not in terms_of_both
                }
            ),
        ),
        Change(
            ASSIGNMENTS,
            len({_target(rule) for rule in _rules(old)} ^ {_target(rule) for rule in _rules(new)}),
        ),
        Change(ROUNDING, _differing(old, new, lambda item: (item.name, item.rule))),
        Change(DUE, _differing(old, new, lambda item: item.due_days)),
        Change(
            BILLS,
            *_units(
                b,
                (
                    y
                    for x, y in both
                    if (old.billed[x], old.overlapping[x]) != (new.billed[y], new.overlapping[y])
                ),
            ),
        ),
    ]
    return tuple(change for change in found if change.count)


def marks(plan: BillingPlan) -> dict[str, str]:
    """A fingerprint of each group of facts: small enough to travel with the form."""
    facts, units = plan.facts, plan.facts.units
    texts = {
        "units": b"".join(
            (
                units.ids.tobytes(),
                units.buildings.tobytes(),
                "".join(units.kinds).encode(),
                units.gross.tobytes(),
                units.net.tobytes(),
                units.charged.tobytes(),
                units.starts.tobytes(),
                bytes(units.handover),
            )
        ),
        "owners": units.owners.tobytes(),
        "standards": repr(facts.rules).encode(),
        "items": repr(facts.items).encode(),
        "bills": facts.billed.tobytes() + facts.overlapping.tobytes(),
    }
    return {name: blake2b(text, digest_size=6).hexdigest() for name, text in texts.items()}


def by_marks(shown: dict[str, str], now: BillingPlan) -> tuple[Change, ...]:
    """Which groups of facts differ from the fingerprints of the plan that was shown."""
    present = marks(now)
    return tuple(Change(text, 0) for name, text in SOME.items() if shown.get(name) != present[name])


def _differing(old: Facts, new: Facts, what: Callable[[ItemFacts], object]) -> int:
    """How many charge items of both differ in `what`."""
    before = {item.id: what(item) for item in old.items}
    return sum(before.get(item.id, what(item)) != what(item) for item in new.items)


def _places(units: Units) -> dict[int, int]:
    return {unit_id: place for place, unit_id in enumerate(units.ids)}


def _units(units: Units, places: Iterable[int]) -> tuple[int, tuple[int, ...]]:
    """How many, and the ids of the first few."""
    found = array("l", places)
    return len(found), tuple(units.ids[place] for place in found[:EXAMPLES])


def _rules(facts: Facts) -> list[AssignmentRule]:
    return [rule for rules in facts.rules for rule in rules]


def _target(rule: AssignmentRule) -> tuple[object, ...]:
    return (
        rule.terms.standard_id,
        rule.unit_kind,
        rule.building_id,
        rule.unit_id,
        rule.exempt,
        rule.starts_on,
        rule.ends_on,
    )
