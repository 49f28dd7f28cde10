"""What the plan page shows: figures, odd amounts, totals, skips and a page of lines, named."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from app.charging.billing.labels import ODDITIES, REASONS, why
from app.charging.pricing.comparing import OF_THE_UNIT, Difference, differences, oddities
from app.charging.pricing.plan_notes import DueDay, due_days, named_sales, of_billed_units
from app.charging.pricing.plans import BillingPlan, Skipped, Total, alike
from app.charging.pricing.price import Skip
from app.core.values import clock
from app.core.values.money import from_fen
from app.estate.base.models import Building, Customer, Unit
from app.estate.rooms.search import unit_conditions

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.charging.pricing.facts import Sale

PER_PAGE = 50
SHOWN = 20
"""Units named in a group of skips; the others are counted."""
SOLD_SHOWN = 200
ODD_SHOWN = 8
"""Lines of an oddity, the strongest; enough to see what it is about."""


@dataclass(frozen=True, slots=True)
class Named:
    """A unit to link to, with its owner."""

    id: int
    code: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class PlanRow:
    unit: Named
    item: str
    amount: Decimal
    other: Decimal
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class OddRows:
    heading: Any
    look: str
    kind: str
    count: int
    rows: tuple[PlanRow, ...]

    @property
    def bare(self) -> bool:
        """Is it about units (户), not about bills (笔)?"""
        return self.kind in OF_THE_UNIT

    @property
    def units(self) -> tuple[Named, ...]:
        return tuple(row.unit for row in self.rows)


@dataclass(frozen=True, slots=True)
class Sold:
    """A unit that changes hands inside the period; `debtor` gets the whole bill."""

    unit: Named
    day: date
    sellers: str
    buyers: str
    debtor: str


@dataclass(frozen=True, slots=True)
class SkipRows:
    items: tuple[str, ...]
    skip: Skip
    reason: Any
    hint: str
    count: int
    units: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of lines, with the search that led to it."""

    rows: tuple[PlanRow, ...]
    units: int
    page: int
    last_page: int
    q: str


class PlanPage:
    """Names for a plan's places; every part asks the database once."""

    def __init__(self, session: Session, plan: BillingPlan) -> None:
        self.session = session
        self.plan = plan
        self.units = plan.facts.units
        self.items = plan.facts.items

    @property
    def total(self) -> Total:
        return self.plan.total

    def by_item(self) -> list[tuple[str, Difference, DueDay | None]]:
        """Every item's total beside the period before, and its days to pay."""
        return [
            (item.name, difference, self.due.get(place))
            for place, (item, difference) in enumerate(
                zip(self.items, differences(self.plan), strict=True)
            )
        ]

    @cached_property
    def due(self) -> dict[int, DueDay]:
        """Place of an item → its days to pay."""
        return due_days(self.plan, clock.today())

    @property
    def late(self) -> int:
        """Bills whose day to pay is past already: posted now, they are arrears at once."""
        return sum(day.late for day in self.due.values())

    @cached_property
    def changes(self) -> list[Sale]:
        """Every change of owners of billed units inside the period."""
        return of_billed_units(self.plan)

    @property
    def sold_units(self) -> int:
        return len({one.unit for one in self.changes})

    @property
    def sales_left(self) -> int:
        """How many changes `sold` leaves out."""
        return len(self.changes) - len(self.sold)

    @cached_property
    def sold(self) -> list[Sold]:
        """The changes of owners, named; a page does not list more than `SOLD_SHOWN`."""
        found = named_sales(self.session, self.plan, self.changes[:SOLD_SHOWN])
        named = self._named({one.place for one in found})
        return [
            Sold(named[one.place], one.day, one.sellers, one.buyers, one.debtor) for one in found
        ]

    def has_before(self) -> bool:
        return any(difference.before.lines for difference in differences(self.plan))

    def billed(self) -> list[int]:
        """The places of the items that the plan has lines for."""
        return [place for place, total in enumerate(self.plan.per_item) if total.lines]

    def by_building(self) -> list[tuple[str, list[Total | None], Total, int]]:
        """Per building its total of each billed item, of all, and its units, in their order."""
        wanted = {building for building, _item in self.plan.per_building}
        rows = self.session.execute(
            select(Building.id, Building.name)
            .where(Building.id.in_(wanted))
            .order_by(Building.sort_key, Building.id)
        )
        found = []
        for building_id, name in rows:
            cells = [self.plan.per_building.get((building_id, item)) for item in self.billed()]
            known = [cell for cell in cells if cell]
            total = Total(sum(cell.lines for cell in known), sum(cell.fen for cell in known))
            found.append((name, cells, total, self.plan.units_of_building[building_id]))
        return found

    def odd(self) -> list[OddRows]:
        """What should be looked at before posting."""
        groups = oddities(self.plan)
        named = self._named({odd.unit for group in groups for odd in group.examples[:SHOWN]})
        return [
            OddRows(
                *ODDITIES[group.oddity],
                group.oddity.value,
                group.count,
                tuple(
                    PlanRow(named[odd.unit], self.items[odd.item].name, odd.amount, odd.other)
                    for odd in group.examples[: SHOWN if group.oddity in OF_THE_UNIT else ODD_SHOWN]
                ),
            )
            for group in groups
        ]

    def skips(self, groups: Iterable[Skipped]) -> list[SkipRows]:
        """Groups of skips with their reason and the first of their units."""
        together = alike(groups)
        firsts = [same[0] for same in together]
        named = self._named({unit for group in firsts for unit in group.units[:SHOWN]})
        return [
            SkipRows(
                tuple(self.items[one.item].name for one in same if one.item is not None),
                group.skip,
                REASONS[group.skip.reason],
                why(group.skip),
                len(group.units),
                tuple(named[unit] for unit in group.units[:SHOWN]),
            )
            for group, same in zip(firsts, together, strict=True)
        ]

    def lines(self, q: str, page: int) -> Lines:
        """The lines of the units that `q` means (all without it), in walking order."""
        community_id = self.plan.facts.request.community_id
        query = (
            select(Unit.id)
            .join(Building, Building.id == Unit.building_id)
            .where(Unit.community_id == community_id)
            .order_by(Building.sort_key, Unit.sort_key, Unit.id)
        )
        if q:
            conditions = unit_conditions(q)
            query = query.where(or_(Unit.code == q, *conditions))
        places = {unit_id: place for place, unit_id in enumerate(self.units.ids)}
        lined = set(self.plan.line_units)
        found = [
            places[unit_id]
            for unit_id in self.session.scalars(query)
            if places.get(unit_id, -1) in lined
        ]
        last_page = max(1, -(-len(found) // PER_PAGE))
        page = min(max(page, 1), last_page)
        shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
        named = self._named(shown)
        rows = [row for place in shown for row in self._lines_of(place, named[place])]
        return Lines(tuple(rows), len(found), page, last_page, q)

    def every_line(self) -> list[PlanRow]:
        """All lines in walking order: for programs, not for a page."""
        first = self.lines("", 1)
        found = list(first.rows)
        for page in range(2, first.last_page + 1):
            found += self.lines("", page).rows
        return found

    def _lines_of(self, place: int, unit: Named) -> list[PlanRow]:
        """The lines of one unit: they stand together, in the order of the items."""
        plan, rows = self.plan, []
        at = bisect_left(plan.line_units, place)
        while at < len(plan.line_units) and plan.line_units[at] == place:
            priced = plan.priced[plan.line_priced[at]]
            before = plan.facts.previous[priced.item][place]
            rows.append(
                PlanRow(
                    unit,
                    self.items[priced.item].name,
                    priced.line.amount,
                    from_fen(max(before, 0)),
                    priced.line.sentence,
                )
            )
            at += 1
        return rows

    def _named(self, places: Iterable[int]) -> dict[int, Named]:
        """The codes of units and the names of who owes, for these places."""
        places = list(places)
        ids = [self.units.ids[place] for place in places]
        owners = {self.units.owners[place] for place in places} - {0}
        codes = dict(self.session.execute(select(Unit.id, Unit.code).where(Unit.id.in_(ids))).all())
        names = dict(
            self.session.execute(
                select(Customer.id, Customer.name).where(Customer.id.in_(owners))
            ).all()
        )
        return {
            place: Named(
                self.units.ids[place],
                codes.get(self.units.ids[place], "?"),
                names.get(self.units.owners[place], ""),
            )
            for place in places
        }
