"""What reports can be narrowed to: communities, buildings and kinds inside the reader's scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select, true

from app.core.records import data_scope
from app.core.reports.parameters import Option, Parameter, choice
from app.estate.base.labels import KINDS
from app.estate.base.models import Building, Community, Unit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def communities(session: Session, _values: Mapping[str, Any]) -> list[Option]:
    """The communities that the reader may see."""
    rows = session.execute(
        select(Community.id, Community.name)
        .where(data_scope.current().where(Community.id))
        .order_by(Community.id)
    )
    return [(row.id, row.name) for row in rows]


def buildings(session: Session, values: Mapping[str, Any]) -> list[Option]:
    """The buildings of the chosen community, or of all that the reader may see."""
    chosen = values.get("community")
    query = (
        select(Building.id, Building.name, Community.name.label("community"))
        .join(Community, Community.id == Building.community_id)
        .where(data_scope.current().where(Building.community_id))
        .order_by(Building.community_id, Building.sort_key, Building.id)
    )
    if chosen is not None:
        rows = session.execute(query.where(Building.community_id == chosen))
        return [(row.id, row.name) for row in rows]
    return [(row.id, f"{row.community} {row.name}") for row in session.execute(query)]


def kinds(_session: Session, _values: Mapping[str, Any]) -> list[Option]:
    """The kinds of units."""
    return list(KINDS.items())


def every_community(names: Sequence[str]) -> str:
    """All of them, or those of a reader who sees only some: a paper must not claim more."""
    if data_scope.current().communities is None:
        return _("All communities")
    return _("Own communities (%(names)s)", names="、".join(names))


COMMUNITY: Parameter = choice("community", _l("Community"), communities, everything=every_community)
BUILDING: Parameter = choice("building", _l("Building"), buildings, everything=_l("All buildings"))
KIND: Parameter = choice("kind", _l("Use"), kinds, everything=_l("All uses"))


def units_chosen(
    community: int | None = None, building: int | None = None, kind: str | None = None
) -> list[ColumnElement[bool]]:
    """The conditions on `Unit` for these choices, always inside the scope."""
    return [
        data_scope.current().where(Unit.community_id),
        Unit.community_id == community if community is not None else true(),
        Unit.building_id == building if building is not None else true(),
        Unit.kind == kind if kind is not None else true(),
    ]
