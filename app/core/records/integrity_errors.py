"""What the database refused, as a sentence: the same record twice, or a record still in use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, inspect, select

from app.core.records import queries
from app.core.values.errors import N_, DomainError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.exc import IntegrityError
    from sqlalchemy.orm import Session

TWICE = N_("There is already a record with the same %(columns)s.")
MISSING = N_("“%(label)s” is missing.")
NOT_ALLOWED = N_("A value does not fit the rules of this record; check what you entered.")
POINTS_NOWHERE = N_("A record that you chose has been deleted meanwhile; choose another.")
IN_USE = N_("This record cannot be deleted: %(users)s still refer to it.")


def _unique_columns(error: IntegrityError, model: Any) -> list[str]:
    """The columns of the unique rule that was broken."""
    said = str(error.orig)
    if found := re.search(r"UNIQUE constraint failed: (?!index)(.+)", said):
        return [part.split(".")[-1].strip() for part in found[1].split(",")]
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    named = re.search(r"index '(\w+)'", said)
    name = name or (named[1] if named else None)
    table = inspect(model).local_table
    for rule in (*table.constraints, *table.indexes):
        if rule.name == name:
            return [column.name for column in rule.columns]
    return []


def explain(error: IntegrityError, model: Any, labels: Mapping[str, Any]) -> DomainError:
    """The broken rule as a DomainError at the field that it concerns.

    `labels`: name of the table's column → label and name of the form's field.
    """
    said = str(error.orig)
    state = getattr(error.orig, "sqlstate", "")
    if "UNIQUE" in said or state == "23505":
        named = [labels[name] for name in _unique_columns(error, model) if name in labels]
        own = [pair for pair in named if pair[1] != "community"] or named
        return DomainError(
            TWICE,
            field=own[0][1] if own else None,
            columns=" + ".join(str(label) for label, _ in own) or "id",
        )
    if "FOREIGN KEY" in said or state == "23503":
        return DomainError(POINTS_NOWHERE)
    if found := re.search(r"NOT NULL constraint failed: \w+\.(\w+)", said):
        label, field = labels.get(found[1], (found[1], None))
        return DomainError(MISSING, field=field, label=label)
    return DomainError(NOT_ALLOWED)


def users_of(session: Session, record: Any, titles: Mapping[str, Any]) -> list[str]:
    """Which records refer to this one, as "Vehicles (2)": what a deletion would orphan.

    `titles`: table → the title of its screen. Rows that the database deletes along
    (ON DELETE CASCADE) or our own parts (a customer's phones) do not hinder it.
    """
    mapper = inspect(type(record))
    owned = {
        relation.mapper.local_table.name
        for relation in mapper.relationships
        if "delete" in relation.cascade
    }
    counts: dict[str, int] = {}
    for table in mapper.local_table.metadata.sorted_tables:
        for key in table.foreign_keys:
            points_here = key.column.table is mapper.local_table
            if not points_here or table.name in owned or key.ondelete == "CASCADE":
                continue
            found = select(key.parent).where(key.parent == queries.key_of(record)).limit(100)
            count = session.scalar(select(func.count()).select_from(found.subquery())) or 0
            if count:
                counts[table.name] = counts.get(table.name, 0) + count
    return [f"{titles.get(name, name)} ({count})" for name, count in counts.items()]


def labels_of(columns: Iterable[Any], model: Any) -> dict[str, tuple[Any, str]]:
    """The table's column → label and form field, for `explain`."""
    found = {}
    for column in columns:
        if column.stored:
            key = column.name
            if key in inspect(model).relationships:
                key = queries.foreign_key(model, key).key
            found[key] = (column.label, column.name)
    return found
