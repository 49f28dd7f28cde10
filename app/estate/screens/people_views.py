"""Screens of the people: customers, ownerships, tenancies and residents (E01-E03, E11)."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect
from sqlalchemy.orm.attributes import flag_modified

from app.core.columns import column as col
from app.core.columns.lookups import Lookup
from app.core.db.extensions import db
from app.core.i18n import filters
from app.core.screens.screen import Screen
from app.core.values import clock
from app.core.web.menu import MenuEntry
from app.estate.base import overlaps
from app.estate.base.codes import CustomerKind
from app.estate.base.initials import initials
from app.estate.base.labels import CUSTOMER_KINDS
from app.estate.base.models import Customer, Ownership, Resident, Tenancy, Unit
from app.estate.base.phones import read_lines
from app.estate.rooms import form_checks, search


def masked_phones(customer: Customer) -> str:
    """The phones of a customer with their middle hidden."""
    return "、".join(filters.mask_phone(one.number) for one in customer.phones)


def unit_codes(customer: Customer) -> str:
    """The rooms that a customer owns today, five at most."""
    today = clock.today()
    codes = sorted(
        one.unit.code for one in customer.ownerships if one.ends_on is None or one.ends_on >= today
    )
    return "、".join(codes[:5]) + ("…" if len(codes) > 5 else "")


class CustomerScreen(Screen):
    """客户: search by name, initials or phone tail."""

    screen = "customers"
    route_base = "/customers"
    model = Customer
    title = _l("Customers")
    one = _l("Customer")
    menu = MenuEntry("estate", 30, title, icon="fa-users")
    order = ("community_id", "initials", "name")
    related = ("ownerships", "tenancies", "vehicles")
    search_hint = _l("Name, initials, room or phone tail")
    lookups = (
        Lookup(
            "customers",
            Customer,
            ("name",),
            also=search.customer_conditions,
            hint=lambda record: f"{record.community.name} {masked_phones(record)}",
            loads=("community", "phones"),
        ),
    )
    columns = (
        col.text("name", _l("Name"), search=True, required=True, max_length=120),
        col.relation("community", _l("Community"), form="add", required=True, list=False),
        col.choice("kind", _l("Kind"), CUSTOMER_KINDS, required=True, default=CustomerKind.PERSON),
        col.computed("units", _l("Rooms"), unit_codes, loads=("ownerships.unit",)),
        col.long_text(
            "phone_lines",
            _l("Phones"),
            private=True,
            like=col.FieldKind.PHONE,
            loads=("phones",),
            list=True,
            filter=False,
            sort=False,
            max_length=300,
            wide=False,
            width=24,
            help=_l("One phone in a line; the first is called first."),
        ),
        col.id_number("id_number", _l("ID number"), list=False),
        col.text("credit_code", _l("Credit code"), max_length=40, list=False, search="exact"),
        col.text("address", _l("Address"), max_length=200, list=False),
        col.text("email", _l("E-mail"), max_length=120, list=False),
        col.long_text("remark", _l("Remark"), max_length=2000),
    )

    def also(self, word: str) -> list[Any]:
        found = search.customer_conditions(word)
        for room in search.room_conditions(word):
            units = search.inside(Unit).where(room)
            found.append(Customer.id.in_(search.owners_of(units)))
        return found

    def check(self, values: dict[str, Any], record: Customer | None) -> None:
        kept = {
            name: values[name] if isinstance(values.get(name), str) else None
            for name in ("id_number", "credit_code")
        }
        form_checks.identity(values["kind"], kept["id_number"], kept["credit_code"])
        if isinstance(values.get("phone_lines"), str):
            read_lines(values["phone_lines"])
        if record is None:
            return
        # Phones are rows of their own: the customer's version must rise with them.
        flag_modified(record, "name")

    def pre_add(self, item: Customer) -> None:
        item.initials = initials(item.name)
        for name in ("id_number", "credit_code"):
            if value := getattr(item, name):
                setattr(item, name, value.strip().upper())
        for phone in item.phones:
            phone.community_id = item.community_id

    pre_update = pre_add


UNIT = col.relation("unit", _l("Unit"), search=True, required=True, form="add")
CUSTOMER = col.relation("customer", _l("Customer"), search=True, required=True, form="add")
STARTS = col.date("starts_on", _l("From day"), help=_l("Empty: always."))
ENDS = col.date("ends_on", _l("Until day"), help=_l("Empty: still."))


def before(record: Any) -> dict[str, Any]:
    """What is stored of a record of which some values were changed already."""
    return {
        one.key: (one.history.deleted or [one.value])[0]
        for one in inspect(record).attrs
        if one.key in {"starts_on", "ends_on", "share"}
    }


def reaches_further(record: Any, values: dict[str, Any]) -> bool:
    """A new interval, or days that it did not have: whoever shortens one can meet nobody new.

    So what overlaps on file from before can be put right step by step, and its remark changed.
    """
    if record is None:
        return True
    old = SimpleNamespace(**before(record))
    return not overlaps.within(values["starts_on"], values["ends_on"], old)


class OwnershipScreen(Screen):
    """产权."""

    screen = "ownerships"
    route_base = "/ownerships"
    model = Ownership
    title = _l("Ownership")
    one = _l("Ownership")
    menu = MenuEntry("estate", 40, title, icon="fa-key")
    columns = (
        UNIT,
        CUSTOMER,
        col.number(
            "share",
            _l("Share"),
            places=6,
            required=True,
            default=Decimal(1),
            maximum=1,
            help=_l("1 is the whole unit, 0.5 one half."),
        ),
        STARTS,
        ENDS,
    )

    def name_of(self, record: Ownership) -> str:
        return f"{record.unit.code} {record.customer.name}"

    def check(self, values: dict[str, Any], record: Ownership | None) -> None:
        known = {"unit": record.unit, "customer": record.customer} if record else {}
        values = known | values
        form_checks.interval(values)
        form_checks.same_community(values)
        unit, owner = values["unit"], values["customer"]
        overlaps.lock(db.session, unit.community_id)
        more = record is None or values["share"] > before(record)["share"]
        if more or reaches_further(record, values):
            form_checks.shares(db.session, values, record.id if record else None)
        if reaches_further(record, values):
            overlaps.ownership(
                db.session,
                unit,
                owner.id,
                values["starts_on"],
                values["ends_on"],
                own_id=record.id if record else None,
            )


class TenancyScreen(Screen):
    """租赁 (E11)."""

    screen = "tenancies"
    route_base = "/tenancies"
    model = Tenancy
    title = _l("Tenancies")
    one = _l("Tenancy")
    menu = MenuEntry("estate", 50, title, icon="fa-handshake-o")
    columns = (
        UNIT,
        CUSTOMER,
        STARTS,
        ENDS,
        col.text("remark", _l("Remark"), max_length=200),
    )

    def name_of(self, record: Tenancy) -> str:
        return f"{record.unit.code} {record.customer.name}"

    def check(self, values: dict[str, Any], record: Tenancy | None) -> None:
        known = {"unit": record.unit, "customer": record.customer} if record else {}
        values = known | values
        form_checks.interval(values)
        form_checks.same_community(values)
        overlaps.lock(db.session, values["unit"].community_id)
        if reaches_further(record, values):
            overlaps.tenancy(
                db.session,
                values["unit"],
                values["starts_on"],
                values["ends_on"],
                record.id if record else None,
            )


class ResidentScreen(Screen):
    """住户."""

    screen = "residents"
    route_base = "/residents"
    model = Resident
    title = _l("Residents")
    one = _l("Resident")
    menu = MenuEntry("estate", 60, title, icon="fa-user")
    columns = (
        UNIT,
        col.text("name", _l("Name"), search=True, required=True, max_length=80),
        col.text("relation", _l("Relation to the owner"), max_length=40),
        col.phone("phone", _l("Phone")),
        col.id_number("id_number", _l("ID number"), list=False),
        STARTS,
        ENDS,
    )

    def name_of(self, record: Resident) -> str:
        return f"{record.unit.code} {record.name}"

    def check(self, values: dict[str, Any], _record: Resident | None) -> None:
        form_checks.interval(values)
        if isinstance(values.get("phone"), str):
            values["phone"] = form_checks.phone(values["phone"])
        number = values.get("id_number")
        if isinstance(number, str):
            form_checks.identity(CustomerKind.PERSON, number, None)

    def pre_add(self, item: Resident) -> None:
        item.phone = form_checks.phone(item.phone)
        if item.id_number:
            item.id_number = item.id_number.strip().upper()

    pre_update = pre_add
