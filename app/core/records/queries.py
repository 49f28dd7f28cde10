"""Records inside the user's communities: the one place where a screen's data scope is applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Integer, String, and_, inspect, or_, true
from sqlalchemy.orm import RelationshipProperty, selectinload

from app.core.records import data_scope, own_rows
from app.core.values.errors import N_, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

GONE = N_("This record does not exist, or it lies outside your communities.")


def inside(model: Any) -> ColumnElement[bool]:
    """The condition that keeps a query on `model` inside the present scope.

    A model without a community (a catalogue) is open to all who may read its screen; a row
    whose community is empty belongs to everybody. Of some models only own rows are seen.
    """
    return and_(_of_communities(model), *own_rows.only(model))


def _of_communities(model: Any) -> ColumnElement[bool]:
    present = data_scope.current()
    if model.__tablename__ == "community":
        return present.where(model.id)
    column = getattr(model, "community_id", None)
    if column is None or present.communities is None:
        return true()
    condition = present.where(column)
    return or_(condition, column.is_(None)) if column.nullable else condition


def identity(model: Any) -> Any:
    """The model's primary key, a single column."""
    return inspect(model).primary_key[0]


def key_attribute(model: Any) -> Any:
    """The mapped attribute of the primary key."""
    mapper = inspect(model)
    return getattr(model, mapper.get_property_by_column(mapper.primary_key[0]).key)


def key_of(record: Any) -> Any:
    """The primary key of a record."""
    return inspect(type(record)).primary_key_from_instance(record)[0]


def readable_key(model: Any, raw: object) -> Any:
    """`raw` as a key of `model`; NotFound for what cannot be one (letters, too large)."""
    kind = identity(model).type
    text = str(raw)
    if isinstance(kind, String):
        return text
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise NotFound(GONE)
    value = int(text)
    if not fits(identity(model), value):
        raise NotFound(GONE)
    return value


def fits(column: Any, value: int) -> bool:
    """Can a column of keys hold this number? PostgreSQL refuses even to compare with more."""
    wide = not isinstance(column.type, Integer) or isinstance(column.type, BigInteger)
    return wide or value < 2**31


def relationship(model: Any, name: str) -> RelationshipProperty[Any]:
    """The relationship `name` of a model."""
    found: RelationshipProperty[Any] = inspect(model).relationships[name]
    return found


def related_model(model: Any, name: str) -> Any:
    """The model at the other end of a relationship."""
    return relationship(model, name).mapper.class_


def foreign_key(model: Any, name: str) -> Any:
    """The attribute that holds the key of a many-to-one relationship: unit → unit_id."""
    column = next(iter(relationship(model, name).local_columns))
    return getattr(model, inspect(model).get_property_by_column(column).key)


def loading(model: Any, paths: Iterable[str]) -> list[Any]:
    """Options that load relations with one query each: ("unit", "unit.building")."""
    options = []
    for path in sorted(set(paths)):
        option, place = None, model
        for name in path.split("."):
            attribute = getattr(place, name)
            option = selectinload(attribute) if option is None else option.selectinload(attribute)
            place = related_model(place, name)
        options.append(option)
    return options


def get(
    session: Session, model: Any, raw: object, *conditions: Any, paths: Iterable[str] = ()
) -> Any:
    """The record with this key inside the scope and the conditions, else NotFound."""
    key = readable_key(model, raw)
    query = session.query(model).filter(key_attribute(model) == key, inside(model), *conditions)
    record = query.options(*loading(model, paths)).one_or_none()
    if record is None:
        raise NotFound(GONE)
    return record


def related(session: Session, record: Any, name: str) -> Any:
    """The record at the end of a many-to-one relationship, by the key as it stands now.

    A relation that was loaded before its key was set would still show the former record.
    """
    key = getattr(record, foreign_key(type(record), name).key)
    return None if key is None else session.get(related_model(type(record), name), key)
