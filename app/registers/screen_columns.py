"""The columns of a register's screen: its own fields and what every row has by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import columns as col
from app.core import records
from app.estate.models import Community
from app.extensions import db
from app.registers import kinds
from app.registers.definition import Definition, Kind
from app.registers.words import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACED = {Kind.UNIT, Kind.CUSTOMER, Kind.REGISTER}
"""A field of these kinds says to which community a row belongs."""


def only_community() -> Any:
    """The community where the user has just one; else it is asked for."""
    found = db.session.scalars(
        select(Community).where(records.inside(Community)).order_by(Community.id).limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def columns_of(definition: Definition) -> Iterator[col.Column]:
    """In the order of form, page and list."""
    placed = any(one.kind in PLACED and one.required and one.form for one in definition.fields)
    if definition.head.number:
        yield col.text("number", _l("Number"), search="contains", form=False)
    if not placed:
        yield col.relation("community", _l("Community"), form="add", required=True, list=False,
                           filter=True, default=only_community)  # fmt: skip
    for field in definition.fields:
        column = kinds.screen_column(field, definition.fields)
        if column is not None:
            yield column
    if definition.states:
        yield col.choice(
            "state", _l("State"), {one.name: lazy(one.label) for one in definition.states},
            looks={one.name: one.look for one in definition.states}, form=False, quick=False,
        )  # fmt: skip
    if definition.has_due:
        yield col.moment("due_at", _l("Due by"), form=False)
    if placed:
        yield col.relation("community", _l("Community"), form=False, list=False)
    yield col.relation("created_by", _l("Entered by"), form=False, list=False)
    yield col.moment("created_at", _l("Entered at"), form=False, list=False)
