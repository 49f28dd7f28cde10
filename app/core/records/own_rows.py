"""Screens on which most people see only their own rows: who is held to them, and which they are.

A model says so with `own_by`: its columns that hold people, and whoever stands in one of them
sees the row. Whoever has the right `see_all` on its screen sees every row, and so does the
command line. `records.inside` asks here: no list, page, count or look-up shows more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import has_request_context
from flask_login import current_user
from sqlalchemy import or_

from app.core.db import audit
from app.core.records import rights
from app.roles import Verb

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement


def held(model: Any) -> int | None:
    """The key of the present user where only own rows of this model may be seen, else None."""
    who = audit.actor().user_id
    if who is None or not getattr(model, "own_by", ()):
        return None
    here = has_request_context() and current_user.is_authenticated and current_user.id == who
    known = rights.of_current() if here else rights.of_user(who)
    return None if (model.__tablename__, Verb.SEE_ALL.value) in known else who


def may_change(row: Any) -> bool:
    """May the present user edit it? Whom a row is about only sees it and takes its actions."""
    who = held(type(row))
    return who is None or bool(row.created_by_id == who)


def only(model: Any) -> list[ColumnElement[bool]]:
    """The condition of the rows that the present user may see; none where these are all."""
    who = held(model)
    return [] if who is None else [or_(*(getattr(model, name) == who for name in model.own_by))]
