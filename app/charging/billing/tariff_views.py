"""Screens of what is charged: items, standards, dated prices, and to whom they apply (A01)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, inspect, select

from app.charging.billing.labels import BASES, CYCLES, ROUNDINGS
from app.charging.ledger.bill_models import Assignment, ChargeItem, Standard, StandardPrice
from app.charging.pricing.price import Basis
from app.core.columns import column as col
from app.core.columns.lookups import Lookup
from app.core.db.extensions import db
from app.core.i18n import filters
from app.core.screens.screen import Screen
from app.core.values import clock
from app.core.values.errors import N_, DomainError
from app.core.values.money import Rounding
from app.core.values.period import Cycle
from app.core.web.menu import MenuEntry
from app.estate.base.labels import KINDS

BILLED_PRICE = N_(
    "Bills were made with this price, so it stays as it is. Add a new price with the day from"
    " which it applies."
)
BILLED_STANDARD = N_(
    "Bills were made with this standard: its item, basis and period stay. Add another standard"
    " and assign it instead."
)


class ChargeItemScreen(Screen):
    """收费项目."""

    screen = "charge_items"
    route_base = "/charge-items"
    model = ChargeItem
    title = _l("Charge items")
    one = _l("Charge item")
    menu = MenuEntry("setup", 30, title, icon="fa-tags")
    order = ("position",)
    related = ("standards",)
    lookups = (Lookup("charge_items", ChargeItem, ("name", "code"), order="position"),)
    columns = (
        col.text("code", _l("Code"), search=True, required=True, max_length=20),
        col.text("name", _l("Item name"), search=True, required=True, max_length=60),
        col.choice(
            "rounding",
            _l("Rounding"),
            ROUNDINGS,
            required=True,
            default=Rounding.HALF_UP,
            quick=False,
        ),
        col.integer(
            "places",
            _l("Decimals kept"),
            maximum=2,
            required=True,
            default=2,
            help=_l("2: to the fen, 1: to the jiao, 0: to the yuan."),
        ),
        col.integer(
            "due_days",
            _l("Days to pay"),
            maximum=366,
            required=True,
            default=30,
            help=_l(
                "The day to pay is the first day of the period plus these days,"
                " whenever it is billed; a billing run can name another day."
            ),
        ),
        col.yes_no(
            "agency",
            _l("Collected for others"),
            help=_l("Passed on to a third party; not income of the company."),
        ),
        col.yes_no("active", _l("In use"), default=True),
        col.integer("position", _l("Order"), required=True, default=0, list=False),
        col.text("explanation", _l("Explanation"), max_length=300, list=False, wide=True),
    )


def price_now(standard: Standard) -> str:
    """The price in force today, and the next one if it is known."""
    today = clock.today()
    begun = [price for price in standard.prices if price.effective_from <= today]
    later = [price for price in standard.prices if price.effective_from > today]
    text = filters.price(begun[-1].unit_price) if begun else "—"
    if later:
        text += _(
            " (from %(day)s: %(price)s)",
            day=later[0].effective_from,
            price=filters.price(later[0].unit_price),
        )
    return text


class StandardScreen(Screen):
    """收费标准."""

    screen = "standards"
    route_base = "/standards"
    model = Standard
    title = _l("Charge standards")
    one = _l("Charge standard")
    menu = MenuEntry("setup", 40, title, icon="fa-balance-scale")
    order = ("community_id", "item_id", "name")
    related = ("standard_prices", "assignments")
    lookups = (
        Lookup(
            "standards",
            Standard,
            ("name",),
            hint=lambda record: record.community.name,
            loads=("community",),
        ),
    )
    columns = (
        col.text("name", _l("Standard name"), search=True, required=True, max_length=80),
        col.relation("community", _l("Community"), form="add", required=True),
        col.relation("item", _l("Charge item"), search=True, required=True),
        col.choice("basis", _l("Charged by"), BASES, required=True, default=Basis.GROSS_AREA),
        col.computed("price", _l("Price now (yuan a month)"), price_now, loads=("prices",)),
        col.choice(
            "cycle",
            _l("Billing cycle"),
            CYCLES,
            required=True,
            default=Cycle.MONTH,
            help=_l("Prices are always per month; a quarter is three of them."),
        ),
        col.yes_no("active", _l("In use"), default=True),
    )

    def check(self, _values: dict[str, Any], record: Standard | None) -> None:
        if record is None or record.id is None:
            return
        state = inspect(record).attrs
        moved = any(state[name].history.has_changes() for name in ("item_id", "basis", "cycle"))
        if moved and is_billed(record.id):
            raise DomainError(BILLED_STANDARD)


def is_billed(standard_id: int) -> bool:
    """Were bills made with one of the standard's prices?"""
    billed = exists().where(StandardPrice.standard_id == standard_id, StandardPrice.billed)
    return bool(db.session.scalar(select(billed)))


class StandardPriceScreen(Screen):
    """收费单价: a new price is a new row with its day; one that was billed stays."""

    screen = "standard_prices"
    route_base = "/standard-prices"
    model = StandardPrice
    title = _l("Prices")
    one = _l("Price")
    menu = MenuEntry("setup", 50, title, icon="fa-jpy")
    order = ("standard_id", "-effective_from")
    columns = (
        col.relation("standard", _l("Charge standard"), search=True, required=True, form="add"),
        col.date("effective_from", _l("Applies from"), required=True),
        col.price(
            "unit_price",
            _l("Price (yuan a month)"),
            required=True,
            maximum=1_000_000,
            help=_l("Per ㎡, per unit or per space, as the standard says; 0 is free of charge."),
        ),
        col.text(
            "basis_document",
            _l("Basis of the price"),
            max_length=200,
            help=_l(
                "The contract or the notice that sets the price; it stands on the payment notice."
            ),
        ),
        col.yes_no("billed", _l("Billed"), form=False),
        col.relation("community", _l("Community"), form=False),
    )

    def name_of(self, record: StandardPrice) -> str:
        return f"{record.standard.name} {record.effective_from}"

    def may_edit(self, record: StandardPrice) -> bool:
        return not record.billed

    def may_delete(self, record: StandardPrice) -> bool:
        return not record.billed

    def check(self, _values: dict[str, Any], record: StandardPrice | None) -> None:
        if record is not None and record.billed:
            raise DomainError(BILLED_PRICE)


def target(assignment: Assignment) -> str:
    """To whom it applies, in words: the narrowest part first."""
    if assignment.unit is not None:
        return _("Unit %(code)s", code=assignment.unit.code)
    kind = str(KINDS[assignment.unit_kind]) if assignment.unit_kind else ""
    if assignment.building is not None:
        building = _("Building %(name)s", name=assignment.building.name)
        return f"{building} · {kind}" if kind else building
    return kind


class AssignmentScreen(Screen):
    """收费标准适用范围: the narrowest assignment of an item wins."""

    screen = "assignments"
    route_base = "/assignments"
    model = Assignment
    title = _l("Who pays which standard")
    one = _l("Assignment")
    menu = MenuEntry("setup", 60, title, icon="fa-share-alt")
    order = ("community_id", "standard_id")
    hint = _l("The narrowest wins: unit, then building and use, then building, then use.")
    columns = (
        col.relation("standard", _l("Charge standard"), search=True, required=True),
        col.computed("target", _l("Applies to"), target, loads=("building", "unit"), show=False),
        col.choice(
            "unit_kind",
            _l("Use"),
            KINDS,
            list=False,
            help=_l("All units of this use, or those of the building below."),
        ),
        col.relation("building", _l("Building"), list=False),
        col.relation(
            "unit",
            _l("Unit"),
            list=False,
            help=_l("A single unit; leave use and building empty then."),
        ),
        col.yes_no(
            "exempt",
            _l("Exempt"),
            help=_l("Takes these units out of what a wider assignment charges."),
        ),
        col.date("starts_on", _l("Starts on")),
        col.date("ends_on", _l("Ends on")),
        col.text("remark", _l("Remark"), max_length=200),
        col.relation("community", _l("Community"), form=False),
    )

    def name_of(self, record: Assignment) -> str:
        return f"{record.standard.name} → {target(record)}"

    def check(self, values: dict[str, Any], _record: Assignment | None) -> None:
        unit, building = values.get("unit"), values.get("building")
        kind = values.get("unit_kind")
        if not (unit or building or kind):
            raise DomainError(
                N_("Say to whom it applies: a use, a building or a single unit."),
                field="unit_kind",
            )
        if unit and (building or kind):
            raise DomainError(N_("For a single unit leave use and building empty."), field="unit")
        starts, ends = values.get("starts_on"), values.get("ends_on")
        if starts and ends and ends < starts:
            raise DomainError(N_("It ends before it starts."), field="ends_on")
