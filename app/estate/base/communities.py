"""Which community is meant where the user has only one."""

from __future__ import annotations

from flask import g
from sqlalchemy import select

from app.core.db.extensions import db
from app.core.records import queries
from app.estate.base.models import Community


def only_community() -> Community | None:
    """The community where the user has just one; else it is asked for. Kept for the request."""
    if "anju_communities" not in g:
        g.anju_communities = db.session.scalars(
            select(Community).where(queries.inside(Community)).order_by(Community.id).limit(2)
        ).all()
    found: list[Community] = g.anju_communities
    return found[0] if len(found) == 1 else None
