"""Whom a register's form offers for the chosen unit: its owners, tenants and residents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify, request, url_for
from flask_babel import gettext as _

from app.core.db.extensions import db
from app.core.records import queries, rights
from app.core.values import clock
from app.core.web.page import expose, needs
from app.estate.base.models import Unit
from app.estate.base.occupants import occupants
from app.roles import Verb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.estate.base.occupants import Occupants
    from app.registers.definition import Definition


class PeopleRoutes:
    """Beside a Screen whose definition has fields with `people` or `phone_of`."""

    definition: Definition

    @property
    def offers_people(self) -> bool:
        return any(field.marks for field in self.definition.fields)

    def unused(self) -> set[str]:
        return super().unused() | (set() if self.offers_people else {"people"})

    @expose("/people")
    @needs(Verb.WRITE)
    def people(self) -> Any:
        """The people of `?unit=12` by name; `phones` is where a reader with the right asks for
        their numbers, each look recorded."""
        unit = queries.get(db.session, Unit, request.args.get("unit", ""))
        found = offered(occupants(db.session, unit.id, clock.today()))
        where = url_for("UnitScreen.reveal_people", pk=unit.id) if rights.may("phones") else None
        return jsonify(people=found, phones=where)


def offered(here: Occupants) -> list[Mapping[str, Any]]:
    """Each person once: the name, as what, and under which key the phones are found."""
    named: dict[str, dict[str, Any]] = {}
    groups = (
        (_("owner"), "customers", [(one.name, one.customer_id) for one in here.owners]),
        (_("tenant"), "customers", [(one.name, one.customer_id) for one in here.tenants]),
        (_("resident"), "residents", [(one.name, one.id) for one in here.residents]),
    )
    for what, kind, people in groups:
        for name, key in people:
            named.setdefault(name, {"name": name, "what": what, "kind": kind, "key": str(key)})
    return list(named.values())
