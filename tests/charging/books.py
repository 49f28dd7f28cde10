"""The cast of the money tests: 安居花园 with units, the people in them, and bills on order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cached_property

from app.access.models import Staff
from app.charging.ledger.bill_models import Bill, BillingRun, ChargeItem, Standard, StandardPrice
from app.core.db.audit import Actor
from app.core.values.period import add_months
from app.estate.base.models import (
    Building,
    Community,
    Customer,
    CustomerPhone,
    Ownership,
    Tenancy,
    Unit,
)


class Books:
    """Adds what a test asks for to `session` and commits it, so that every thread sees it."""

    def __init__(self, session) -> None:
        self.session = session

    def keep(self, *records):
        self.session.add_all(records)
        self.session.commit()
        return records[0]

    @cached_property
    def community(self) -> Community:
        return self.keep(
            Community(name="安居花园", short_code="AJ", company="安居物业服务有限公司")
        )

    @cached_property
    def building(self) -> Building:
        return self.keep(Building(community_id=self.community.id, name="1"))

    @cached_property
    def collector(self) -> Actor:
        return self.person("wangwu", "王", "五")

    @cached_property
    def supervisor(self) -> Actor:
        return self.person("zhaoliu", "赵", "六")

    def person(self, username: str, last: str, first: str) -> Actor:
        staff = self.keep(
            Staff(
                username=username,
                last_name=last,
                first_name=first,
                active=True,
                email=f"{username}@example.test",
                password="-",
            )
        )
        return Actor(staff.id, last + first)

    def unit(self, code: str = "1-1-101", community: Community | None = None) -> Unit:
        home = community or self.community
        place, _, rest = code.partition("-")
        building = (
            self.building
            if community is None
            else self.keep(Building(community_id=home.id, name=place))
        )
        return self.keep(
            Unit(
                community_id=home.id,
                building_id=building.id,
                code=code,
                sort_key=code,
                entrance="1",
                number=rest.rpartition("-")[2],
                gross_area=Decimal("89.5"),
            )
        )

    def owned(self, code: str = "1-1-101", community: Community | None = None) -> Unit:
        """A unit of 张三."""
        unit = self.unit(code, community)
        self.owner(unit)
        return unit

    def customer(self, unit: Unit, name: str, initials: str = "", phone: str | None = None):
        customer = Customer(community_id=unit.community_id, name=name, initials=initials)
        if phone:
            customer.phones = [
                CustomerPhone(community_id=unit.community_id, number=phone, tail=phone[-4:])
            ]
        return self.keep(customer)

    def owner(
        self,
        unit: Unit,
        name: str = "张三",
        initials: str = "zs",
        phone: str | None = "13800001234",
        **interval,
    ) -> Customer:
        customer = self.customer(unit, name, initials, phone)
        self.keep(
            Ownership(
                community_id=unit.community_id, unit_id=unit.id, customer_id=customer.id, **interval
            )
        )
        return customer

    def tenant(
        self,
        unit: Unit,
        name: str = "李四",
        initials: str = "ls",
        phone: str | None = "13900005678",
        **interval,
    ) -> Customer:
        customer = self.customer(unit, name, initials, phone)
        self.keep(
            Tenancy(
                community_id=unit.community_id, unit_id=unit.id, customer_id=customer.id, **interval
            )
        )
        return customer

    @cached_property
    def item(self) -> ChargeItem:
        return self.keep(ChargeItem(code="WYF", name="物业服务费"))

    def price(self, community_id: int) -> StandardPrice:
        found = self.session.query(StandardPrice).filter_by(community_id=community_id).first()
        if found:
            return found
        standard = self.keep(
            Standard(
                community_id=community_id,
                item_id=self.item.id,
                name="住宅物业费",
                basis="gross_area",
            )
        )
        return self.keep(
            StandardPrice(
                community_id=community_id,
                standard_id=standard.id,
                effective_from=date(2020, 1, 1),
                unit_price=Decimal("2.8"),
            )
        )

    def bill(
        self,
        unit: Unit,
        amount: str = "250.60",
        month: date = date(2026, 1, 1),
        due_on: date | None = None,
        posted_on: date | None = None,
        **more,
    ) -> Bill:
        """A posted bill of one month with its run: posted on its first day, due on its last."""
        price = self.price(unit.community_id)
        day = posted_on or month
        last = date.fromordinal(add_months(month, 1).toordinal() - 1)
        run = self.keep(
            BillingRun(
                community_id=unit.community_id,
                period_start=month,
                period_end=last,
                item_ids=[self.item.id],
                digest="-",
                lines=1,
                amount=Decimal(amount),
                posted_on=day,
            )
        )
        return self.keep(
            Bill(
                community_id=unit.community_id,
                run_id=run.id,
                unit_id=unit.id,
                item_id=more.pop("item_id", self.item.id),
                price_id=price.id,
                period_start=month,
                period_end=last,
                due_on=due_on or last,
                amount=Decimal(amount),
                posted_on=day,
                sentence="89.50㎡ × 2.80元/㎡·月 × 1个月 = " + amount,
                **more,
            )
        )

    def bills(self, unit: Unit, *amounts: str, first: date = date(2026, 1, 1)) -> list[Bill]:
        """One bill a month from `first` on."""
        return [
            self.bill(unit, amount, month=add_months(first, index))
            for index, amount in enumerate(amounts)
        ]
