"""The newest records of many screens about one thing, in one query: what happened to a unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import DateTime, String, cast, literal, null, select, union_all

from app.core.records import queries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Newest:
    """One record: its screen, key, number and state (if it has them), since when, if late.

    `record` is the record itself, for what its screen says of it.
    """

    screen: Any
    key: int
    number: str | None
    state: str | None
    entered: datetime
    late: bool
    record: Any


def newest(session: Session, about: Mapping[Any, Any], most: int) -> list[Newest]:
    """The newest records of all screens; `about`: screen → the condition that its records meet."""
    if not about:
        return []
    named = {screen.screen: screen for screen in about}
    parts = [
        select(
            literal(name).label("screen"),
            screen.model.id,
            screen.model.created_at.label("entered"),
            *(
                getattr(screen.model, column)
                if hasattr(screen.model, column)
                else cast(null(), kind).label(column)
                for column, kind in (("number", String), ("state", String), ("due_at", DateTime))
            ),
        ).where(queries.inside(screen.model), about[screen])
        for name, screen in named.items()
    ]
    whole = union_all(*parts).subquery()
    found = session.execute(select(whole).order_by(whole.c.entered.desc()).limit(most)).all()
    keys: dict[str, list[int]] = {}
    for one in found:
        keys.setdefault(one.screen, []).append(one.id)
    held = {
        (name, row.id): row
        for name, ids in keys.items()
        for row in session.scalars(select(named[name].model).where(named[name].model.id.in_(ids)))
    }
    return [
        Newest(
            named[one.screen],
            one.id,
            one.number,
            one.state,
            one.entered,
            bool(named[one.screen].row_look(one)),
            held[one.screen, one.id],
        )
        for one in found
        if (one.screen, one.id) in held
    ]
