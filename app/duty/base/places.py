"""Which unit a problem is about: a room in any spelling, inside the writer's communities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core.records import data_scope
from app.core.values.errors import N_, DomainError
from app.estate.base.models import Community, Unit
from app.estate.rooms.search import room_conditions

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def unit_of_room(session: Session, typed: str) -> Unit:
    """The one unit that `typed` means: `1-1-101`, `1栋1单元101`, `安居花园 1-1-101`.

    A community's name or short code in front settles which community is meant. DomainError
    when no unit fits, or more than one does.
    """
    text = typed.strip()
    communities = session.scalars(
        select(Community).where(data_scope.current().where(Community.id)).order_by(Community.id)
    ).all()
    within = [community.id for community in communities]
    for community in communities:
        for name in (community.name, community.short_code):
            if text.startswith(name) and text != name:
                within, text = [community.id], text[len(name) :].strip(" -_·，,")
    for condition in room_conditions(text):
        found = session.scalars(
            select(Unit)
            .options(joinedload(Unit.community))
            .where(Unit.community_id.in_(within), condition)
            .order_by(Unit.community_id, Unit.sort_key)
            .limit(4)
        ).all()
        if len(found) == 1:
            return found[0]
        if found:
            raise DomainError(
                N_("“%(room)s” fits several units (%(units)s): choose one from the list."),
                field="problems",
                room=typed[:40],
                units="、".join(f"{unit.community.name} {unit.code}" for unit in found[:3]),
            )
    raise DomainError(
        N_("There is no unit “%(room)s” in your communities: check the room number."),
        field="problems",
        room=typed[:40],
    )


def full_name(unit: Unit) -> str:
    """A unit with its community, as a list that spans communities shows it."""
    return f"{unit.community.name} {unit.code}"
