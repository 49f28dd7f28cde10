"""Screens for the tests of the base: over real models, in every combination of options."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.charging.ledger.bill_models import Bill, BillState, ChargeItem
from app.core.columns import column as col
from app.core.columns.lookups import Lookup
from app.core.screens.bulk_actions import act
from app.core.screens.screen import Screen
from app.core.values.errors import DomainError
from app.core.web.menu import MenuEntry
from app.estate.base.codes import UnitKind
from app.estate.base.models import Building, Community, Customer, Resident, Unit, Vehicle
from app.roles import Verb

KINDS = {UnitKind.FLAT: "住宅", UnitKind.SHOP: "商铺", UnitKind.PARKING: "车位"}


class CommunityScreen(Screen):
    screen, route_base, model = "communities", "/communities", Community
    title, one = "小区", "小区"
    menu = MenuEntry("setup", 10, "小区", "fa-building")
    columns = (
        col.text("name", "名称", search=True, required=True),
        col.text("short_code", "简称", required=True),
    )
    lookups = (Lookup("communities", Community, ("name",)),)


class BuildingScreen(Screen):
    screen, route_base, model = "buildings", "/buildings", Building
    title, one = "楼栋", "楼栋"
    columns = (
        col.relation("community", "小区", required=True),
        col.text("name", "名称", search=True, required=True),
        col.integer("floors", "层数", maximum=200),
    )
    lookups = (Lookup("buildings", Building, ("name",)),)


class UnitScreen(Screen):
    screen, route_base, model = "units", "/units", Unit
    title, one = "房屋", "房屋"
    menu = MenuEntry("estate", 10, "房屋", "fa-home")
    columns = (
        col.text("code", "房号", search=True, required=True),
        col.relation("building", "楼栋", required=True),
        col.text("number", "门牌", required=True, list=False),
        col.choice("kind", "用途", KINDS, looks={UnitKind.FLAT: "ok"}, required=True),
        col.area("gross_area", "建筑面积"),
        col.date("handover_date", "交付日期"),
        col.long_text("remark", "备注"),
    )
    related = ("vehicles", "residents")
    lookups = (Lookup("units", Unit, ("code", "number"), order="sort_key"),)


class CustomerScreen(Screen):
    screen, route_base, model = "customers", "/customers", Customer
    title, one = "客户", "客户"
    columns = (
        col.text("name", "姓名", search=True, required=True),
        col.id_number("id_number", "证件号码"),
        col.text("remark", "备注", list=False),
    )
    lookups = (Lookup("customers", Customer, ("name", "initials")),)


class ResidentScreen(Screen):
    screen, route_base, model = "residents", "/residents", Resident
    title, one = "住户", "住户"
    columns = (
        col.relation("unit", "房屋", search=True, required=True),
        col.text("name", "姓名", search=True, required=True),
        col.phone("phone", "电话"),
    )


class VehicleScreen(Screen):
    screen, route_base, model = "vehicles", "/vehicles", Vehicle
    title, one = "车辆", "车辆"
    menu = MenuEntry("estate", 60, "车辆", "fa-car")
    columns = (
        col.relation("unit", "房屋", search=True, required=True),
        col.text("plate", "车牌", search=True, required=True, max_length=20),
        col.relation("customer", "车主", search=True),
        col.text("colour", "颜色"),
        col.computed(
            "length", "长度", lambda record: len(record.plate), like=col.FieldKind.INTEGER
        ),
    )
    order = ("plate",)

    def check(self, values, record):
        if "*" in (values.get("plate") or ""):
            raise DomainError("A plate has no asterisk.", field="plate")

    @act("涂红", Verb.WRITE, confirm="确定涂红？")
    def paint(self, vehicles):
        for vehicle in vehicles:
            vehicle.colour = "红"


class ItemScreen(Screen):
    screen, route_base, model = "charge_items", "/items", ChargeItem
    title, one = "收费项目", "收费项目"
    columns = (
        col.text("code", "编码", search=True, required=True),
        col.text("name", "名称", search=True, required=True),
        col.integer("due_days", "期限", maximum=366, default=30),
        col.yes_no("active", "启用", default=True),
    )
    lookups = (Lookup("charge_items", ChargeItem, ("name", "code")),)


class BillScreen(Screen):
    screen, route_base, model = "bills", "/bills", Bill
    title, one = _l("Bills"), _l("Bill")
    menu = MenuEntry("charging", 30, _l("Bills"), "fa-file-text-o")
    large = True
    columns = (
        col.relation("unit", "房屋", search=True),
        col.relation("customer", "客户", search=True, filter=False),
        col.relation("item", "收费项目"),
        col.date("period_start", "账期"),
        col.date("due_on", "应收日"),
        col.money("amount", "金额"),
        col.choice(
            "state",
            "状态",
            {BillState.POSTED: "正常", BillState.VOID: "作废"},
            looks={BillState.POSTED: "ok", BillState.VOID: "bad"},
        ),
        col.text("sentence", "计算", list=False),
    )


SCREENS = (
    CommunityScreen,
    BuildingScreen,
    UnitScreen,
    CustomerScreen,
    ResidentScreen,
    VehicleScreen,
    ItemScreen,
    BillScreen,
)
