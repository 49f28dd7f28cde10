"""The table and the mapped class of a register, made from its definition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    event,
    inspect,
    text,
)
from sqlalchemy.orm import registry, relationship

from app.access.models import Staff
from app.core import audit, clock
from app.core.errors import N_, DomainError
from app.core.fields import BigId, metadata, word
from app.estate.models import Community, Customer, Unit
from app.registers import kinds
from app.registers.definition import Definition, FieldPart, Kind
from app.registers.words import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ILLEGAL = N_("This step is not possible in the present state. Look at the record again.")
MODELS = {Kind.UNIT: Unit, Kind.CUSTOMER: Customer, Kind.USER: Staff}


class Row:
    """A row of a register; its class knows the definition that it was made from."""

    definition: Definition
    register: str

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)

    def __repr__(self) -> str:
        return row_name(self)


def row_name(row: Any) -> str:
    """The number of a row, else the fields that name it."""
    head = row.definition.head
    names = head.called or (("number",) if head.number else ())
    if not names:
        names = [one.name for one in row.definition.of_kind(Kind.TEXT, Kind.UNIT, Kind.PLATE)][:2]
    absent = inspect(row).unloaded - set(row.__table__.c.keys())
    said = {(one.name, choice.value): str(lazy(choice.label))
            for one in row.definition.of_kind(Kind.CHOICE) for choice in one.choices}
    words = [said.get((name, value)) or str(value) for name in names
             if name not in absent and (value := getattr(row, name, None)) is not None]
    return " ".join(words) or f"#{row.id}"


def make(name: str, definition: Definition, others: Mapping[str, type]) -> type[Row]:
    """The mapped class of a register; `others` are the registers that it may point to."""
    table = Table(
        kinds.table_name(name), metadata, *_columns(definition), *_rules(name, definition)
    )
    model: Any = type(_class_name(name), (Row,), {"definition": definition, "register": name})
    properties: dict[str, Any] = {
        "community": relationship(Community, lazy="raise_on_sql"),
        "created_by": relationship(
            Staff, foreign_keys=[table.c.created_by_id], lazy="raise_on_sql"
        ),
    }
    for field in definition.fields:
        if field.kind in kinds.RELATIONS:
            target = others[str(field.other)] if field.other else MODELS[field.kind]
            properties[field.name] = relationship(
                target, foreign_keys=[table.c[kinds.stored_name(field)]], lazy="raise_on_sql",
                remote_side=[target.__table__.c.id],
            )  # fmt: skip
    model.__tablename__, model.__table__ = table.name, table
    # A registry of its own: the class may be made anew when its file changes.
    registry(metadata=metadata).map_imperatively(
        model, table, properties=properties, version_id_col=table.c.version
    )
    if definition.states:
        event.listen(model.state, "set", _guard(definition))
    return model  # type: ignore[no-any-return]


def forget(model: Any) -> None:
    """Take a register out of the house again: its table was declared otherwise meanwhile."""
    metadata.remove(model.__table__)


def _class_name(name: str) -> str:
    return "".join(part.title() for part in name.split("_")) + "Row"


def _columns(definition: Definition) -> Iterator[Column[Any]]:
    yield Column("id", BigId, primary_key=True)
    yield Column("community_id", Integer, ForeignKey("community.id"), nullable=False)
    yield Column("version", Integer, nullable=False, default=1, server_default="1")
    yield Column("created_at", DateTime, nullable=False, default=clock.now)
    yield Column("created_by_id", Integer, ForeignKey("ab_user.id"),
                 default=lambda: audit.actor().user_id)  # fmt: skip
    yield Column("origin_batch_id", Integer, ForeignKey("import_batch.id"), index=True)
    if definition.head.number:
        yield Column("number", String(40), nullable=False)
    if definition.states:
        yield Column("state", word(30), nullable=False, default=definition.states[0].name)
    if definition.has_due:
        yield Column("due_at", DateTime)
    for field in definition.fields:
        if (column := kinds.sql_column(field)) is not None:
            yield column


def _one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{one}'" for one in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def _rules(name: str, definition: Definition) -> Iterator[Any]:
    table = kinds.table_name(name)
    yield Index(f"ix_{table}_created_at", "created_at")
    if definition.states:
        yield _one_of("state", tuple(state.name for state in definition.states))
        yield Index(f"ix_{table}_state", "community_id", "state")
    if definition.has_due:
        yield Index(f"ix_{table}_due_at", "due_at")
    if definition.head.number:
        yield Index(f"uq_{table}_number", "community_id", "number", unique=True)
    for part in definition.head.order:
        field = part.removeprefix("-")
        if field not in {"id", "number", "state", "due_at"} and (
            definition.field(field).kind not in kinds.RELATIONS | kinds.UNSTORED
        ):
            yield Index(f"ix_{table}_{field}", field)
    for field in definition.fields:
        yield from _field_rules(table, field, definition)


def _field_rules(table: str, field: FieldPart, definition: Definition) -> Iterator[Any]:
    if field.kind is Kind.CHOICE and not field.several:
        yield _one_of(field.name, tuple(choice.value for choice in field.choices))
    if field.unique or field.unique_per or field.unique_in:
        per = [kinds.stored_name(definition.field(one)) for one in field.unique_per]
        states = ", ".join(f"'{one}'" for one in field.unique_in)
        where = text(f"state IN ({states})") if states else None
        yield Index(
            f"uq_{table}_{field.name}", "community_id", *per, kinds.stored_name(field),
            unique=True, sqlite_where=where, postgresql_where=where,
        )  # fmt: skip


def _guard(definition: Definition) -> Any:
    """Refuse a change of state for which there is no action."""
    legal = {(start, one.to) for one in definition.actions for start in one.origins}

    def check(_row: Any, new: Any, old: Any, _initiator: Any) -> None:
        if isinstance(old, str) and new != old and (old, new) not in legal:
            raise DomainError(ILLEGAL)

    return check
