"""The table of a declared record: what each has by itself, its fields, what leads its lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    inspect,
)
from sqlalchemy.orm import registry, relationship

from app.core.db import audit
from app.core.db.models import ImportBatch
from app.core.db.types import BigId, word
from app.core.declared.columns import one_of
from app.core.declared.fields import UNSTORED
from app.core.values import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from app.core.columns.column import Field as LabelledColumn
    from app.core.declared.columns import Kinds
    from app.core.declared.fields import FieldPart
    from app.core.workflow.states import State, Steps


class Record:
    """A declared record: its class knows its labelled columns and, if it has any, its steps.

    called_by: the columns that name a record; called_relations: those of them that point to
    other records. own_by: the columns with people where most see only their own records.
    """

    columns: Mapping[str, LabelledColumn]
    steps: Steps | None = None
    called_relations: tuple[str, ...] = ()
    own_by: tuple[str, ...] = ()
    __table__: Table
    id: int

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)

    @classmethod
    def called_by(cls) -> tuple[str, ...]:
        """The columns that name a record."""
        raise NotImplementedError

    def __repr__(self) -> str:
        """What the record is called in headings, messages and other records."""
        absent = inspect(self).unloaded - set(self.__table__.c.keys())
        said = {name: column.choices or {} for name, column in self.columns.items()}
        words = [
            str(said.get(name, {}).get(value, value))
            for name in self.called_by()
            if name not in absent and (value := getattr(self, name, None)) is not None
        ]
        return " ".join(words) or f"#{self.id}"


def columns_of(
    fields: Sequence[FieldPart],
    kinds: Kinds,
    states: Sequence[State],
    *,
    numbered: bool,
    community: Any,
    user: Any,
) -> Iterator[Column[Any]]:
    """The columns; `community` and `user` are the models to which every record points."""
    yield Column("id", BigId, primary_key=True)
    yield Column("community_id", ForeignKey(community.__table__.c.id), nullable=False)
    yield Column("version", Integer, nullable=False, default=1, server_default="1")
    yield Column("created_at", DateTime, nullable=False, default=clock.now)
    yield Column(
        "created_by_id", ForeignKey(user.__table__.c.id), default=lambda: audit.actor().user_id
    )
    yield Column("origin_batch_id", ForeignKey(ImportBatch.__table__.c.id), index=True)
    if numbered:
        yield Column("number", String(40), nullable=False)
    if states:
        yield Column("state", word(30), nullable=False, default=states[0].name)
    if any(state.due for state in states):
        yield Column("due_at", DateTime)
    for field in fields:
        if (column := kinds.sql_column(field)) is not None:
            yield column


def rules_of(
    table: str,
    fields: Sequence[FieldPart],
    kinds: Kinds,
    states: Sequence[State],
    order: Sequence[str],
    *,
    numbered: bool,
    owned: bool = False,
) -> Iterator[Any]:
    """Constraints and indexes: what the database holds itself, and what lists are led by.

    owned: most people see only the records that they entered themselves.
    """
    if owned:
        yield Index(f"ix_{table}_created_by_id", "created_by_id")
    yield Index(f"ix_{table}_created_at", "created_at")
    if states:
        yield one_of("state", (state.name for state in states))
        yield Index(f"ix_{table}_state", "community_id", "state")
    if any(state.due for state in states):
        yield Index(f"ix_{table}_due_at", "due_at")
    if numbered:
        yield Index(f"uq_{table}_number", "community_id", "number", unique=True)
    led = {
        field.name
        for field in fields
        if field.kind not in UNSTORED and kinds.model_of(field) is None
    }
    for part in order:
        if (field := part.removeprefix("-")) in led:
            yield Index(f"ix_{table}_{field}", field)
    yield from kinds.field_rules(table, fields)


def map_to(
    model: Any,
    table: Table,
    house: MetaData,
    fields: Sequence[FieldPart],
    kinds: Kinds,
    *,
    community: Any,
    user: Any,
) -> None:
    """Map a class to its table, with a relation for everything to which it points."""
    pointing = {
        "community": (community, table.c.community_id),
        "created_by": (user, table.c.created_by_id),
    }
    for field in fields:
        if (target := kinds.model_of(field)) is not None:
            pointing[field.name] = (target, table.c[kinds.stored_name(field)])
    # A registry of its own: the class may be made anew when its file changes.
    registry(metadata=house).map_imperatively(
        model,
        table,
        version_id_col=table.c.version,
        properties={
            name: relationship(
                target,
                foreign_keys=[key],
                lazy="raise_on_sql",
                primaryjoin=key == target.__table__.c.id,
                remote_side=target.__table__.c.id,
            )
            for name, (target, key) in pointing.items()
        },
    )
