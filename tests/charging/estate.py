"""A small estate for billing tests: buildings of flats and spaces with items and standards."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from app.charging.ledger.bill_models import Assignment, ChargeItem, Standard, StandardPrice
from app.charging.pricing.facts import Request
from app.core.values.period import Period
from app.estate.base.models import Unit

NOVEMBER = Period(date(2026, 11, 1), 1)
DECEMBER = Period(date(2026, 12, 1), 1)


class Estate:
    """Wraps the cast of `books`; every act is committed."""

    def __init__(self, books) -> None:
        self.books = books
        self.session = books.session
        self.community = books.community
        self.items: list[ChargeItem] = []

    def unit(self, code="1-1-101", owner="张三", **values) -> Unit:
        unit = self.books.unit(code)
        unit.occupancy = "owner"
        for name, value in values.items():
            setattr(unit, name, value)
        self.session.commit()
        if owner:
            self.books.owner(unit, owner, phone=None)
        return unit

    def item(self, name="物业服务费", **values) -> ChargeItem:
        item = self.books.keep(ChargeItem(code=name, name=name, position=len(self.items), **values))
        self.items.append(item)
        return item

    def standard(
        self,
        item,
        name="住宅物业费",
        price="2.8",
        basis="gross_area",
        cycle="month",
        since=date(2020, 1, 1),
    ) -> Standard:
        standard = self.books.keep(
            Standard(
                community_id=self.community.id, item_id=item.id, name=name, basis=basis, cycle=cycle
            )
        )
        if price is not None:
            self.price(standard, price, since)
        return standard

    def price(self, standard, price, since) -> StandardPrice:
        return self.books.keep(
            StandardPrice(
                community_id=self.community.id,
                standard_id=standard.id,
                effective_from=since,
                unit_price=Decimal(price),
            )
        )

    def assign(self, standard, **target) -> Assignment:
        return self.books.keep(
            Assignment(community_id=self.community.id, standard_id=standard.id, **target)
        )

    def ordinary(self, *codes):
        """Flats of 89.50㎡ that pay 2.80 a month; their units."""
        standard = self.standard(self.item())
        self.assign(standard, unit_kind="flat")
        return [self.unit(code) for code in codes or ("1-1-101", "1-1-102")]

    def request(self, period=NOVEMBER, *items) -> Request:
        return Request(self.community.id, period, tuple(item.id for item in items or self.items))
