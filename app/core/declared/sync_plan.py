"""What must change in stored tables to hold all that the files declare: reads only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Table, func, inspect, select, text

from app.core.values.errors import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection


RULE = re.compile(r"^(.*)_(?:known|places)$")


KNOWN = re.compile(r"'([^']*)'")


LENGTH = re.compile(r"VARCHAR\((\d+)\)")


@dataclass(frozen=True, slots=True)
class TableChange:
    """One change of a table, as a sentence; a refused one would lose data or cannot be done."""

    table: str
    said: str
    params: Mapping[str, object] = field(default_factory=dict)
    kind: str = ""
    about: Any = None
    refused: bool = False


def plan(connection: Connection, tables: list[Table]) -> list[TableChange]:
    """What must change so that every record that the files declare can be stored; reads only."""
    present = set(inspect(connection).get_table_names())
    steps: list[TableChange] = []
    for table in tables:
        if table.name not in present:
            steps.append(
                TableChange(
                    table.name,
                    N_("make the table %(table)s"),
                    {"table": table.name},
                    "table",
                    table,
                )
            )
        else:
            steps += _columns(connection, table)
            steps += _targets(connection, table)
            steps += _words(connection, table)
            steps += _indexes(connection, table)
    return steps


def _step(table: Table, said: str, kind: str, about: Any = None, **params: object) -> TableChange:
    return TableChange(
        table.name, said, {"table": table.name, **params}, kind, about, kind == "refuse"
    )


def _columns(connection: Connection, table: Table) -> Iterator[TableChange]:
    stored = {one["name"]: one for one in inspect(connection).get_columns(table.name)}
    for column in table.c:
        if column.name not in stored:
            yield _step(
                table,
                N_("%(table)s: add the column %(column)s"),
                "column",
                column,
                column=column.name,
            )
            continue
        new = column.type.compile(connection.dialect)
        old = stored[column.name]["type"].compile(connection.dialect)
        wide, narrow = LENGTH.fullmatch(new), LENGTH.fullmatch(old)
        if wide and narrow and int(wide[1]) >= int(narrow[1]):
            if wide[1] != narrow[1]:
                yield _step(
                    table,
                    N_("%(table)s: widen the column %(column)s"),
                    "rebuild",
                    column,
                    column=column.name,
                )
        elif new != old:
            yield _step(
                table,
                N_(
                    "%(table)s: %(column)s is stored as %(old)s and cannot become "
                    "%(new)s. Give the field a new name."
                ),
                "refuse",
                column=column.name,
                old=old,
                new=new,
            )
        if column.nullable and not stored[column.name]["nullable"]:
            yield _step(
                table,
                N_("%(table)s: the column %(column)s may be empty from now on"),
                "relax",
                column.name,
                column=column.name,
            )
    for name, one in stored.items():
        if name not in table.c and not one["nullable"]:
            yield _step(
                table,
                N_("%(table)s: the column %(column)s may be empty from now on"),
                "relax",
                name,
                column=name,
            )


def _words(connection: Connection, table: Table) -> Iterator[TableChange]:
    """Choices and states: the words that a column may hold."""
    stored = {
        str(one["name"]): set(KNOWN.findall(str(one["sqltext"])))
        for one in inspect(connection).get_check_constraints(table.name)
    }
    columns = {one["name"] for one in inspect(connection).get_columns(table.name)}
    wanted = {str(rule.name) for rule in table.constraints}
    for name in sorted(set(stored) - wanted):
        column = RULE.sub(r"\1", name.removeprefix(f"ck_{table.name}_"))
        if RULE.search(name) and column in table.c:
            yield _step(
                table,
                N_("%(table)s: %(column)s is no longer held to its words"),
                "free",
                name,
                column=column,
            )
    for rule in table.constraints:
        if not isinstance(rule, CheckConstraint):
            continue
        words = set(KNOWN.findall(str(rule.sqltext)))
        old = stored.get(str(rule.name))
        if old == words:
            continue
        column = str(rule.sqltext).partition(" ")[0]
        asked = f"SELECT DISTINCT {column} FROM {table.name} WHERE {column} IS NOT NULL"  # noqa: S608 - our own names
        held = set(connection.scalars(text(asked))) if column in columns else set()
        places = str(rule.name).endswith("_places")
        if held and old is not None and places:
            yield _step(
                table,
                N_(
                    "%(table)s: rows hold numbers with other decimal places in "
                    "%(column)s. Give the field a new name."
                ),
                "refuse",
                column=column,
            )
        elif not places and (lost := held - words):
            yield _step(
                table,
                N_(
                    "%(table)s: rows hold “%(word)s” in %(column)s, which the file "
                    "no longer knows. Put it back."
                ),
                "refuse",
                word=min(lost),
                column=column,
            )
        else:
            said = (
                N_("%(table)s: note the decimal places of %(column)s")
                if places
                else N_("%(table)s: the words of %(column)s change")
            )
            yield _step(table, said, "words", rule, column=column)


def _targets(connection: Connection, table: Table) -> Iterator[TableChange]:
    """Where keys point: the numbers of one table mean nothing in another."""
    stored = {
        one["constrained_columns"][0]: one["referred_table"]
        for one in inspect(connection).get_foreign_keys(table.name)
    }
    for column in table.c:
        for key in column.foreign_keys:
            old, new = stored.get(column.name), key.column.table.name
            if old is not None and old != new:
                yield _step(
                    table,
                    N_(
                        "%(table)s: %(column)s points to %(old)s and cannot point to "
                        "%(new)s. Give the field a new name."
                    ),
                    "refuse",
                    column=column.name,
                    old=old,
                    new=new,
                )


def _shape(index: Any, dialect: str) -> tuple[Any, ...]:
    """What an index does, of the file or the database: columns, unique, the words of its rule."""
    if isinstance(index, dict):
        where = index.get("dialect_options", {}).get(f"{dialect}_where")
        return [*index["column_names"]], bool(index["unique"]), {*KNOWN.findall(str(where))}
    where = index.dialect_options[dialect]["where"]
    names = [column.name for column in index.columns]
    return names, bool(index.unique), {*KNOWN.findall(str(where))}


def _indexes(connection: Connection, table: Table) -> Iterator[TableChange]:
    dialect = connection.dialect.name
    stored = {str(one["name"]): one for one in inspect(connection).get_indexes(table.name)}
    known = {one["name"] for one in inspect(connection).get_columns(table.name)}
    wanted = {str(index.name): index for index in table.indexes}
    for name, one in sorted(stored.items()):
        changed = name in wanted and _shape(one, dialect) != _shape(wanted[name], dialect)
        if changed or (name not in wanted and name.startswith("uq_")):
            yield _step(
                table, N_("%(table)s: take away the index %(index)s"), "drop", name, index=name
            )
    for name, index in sorted(wanted.items()):
        if name in stored and _shape(stored[name], dialect) == _shape(index, dialect):
            continue
        names = [column.name for column in index.columns]
        where = index.dialect_options[dialect]["where"]
        if index.unique and set(names) <= known:
            columns = [table.c[name] for name in names]
            twice = select(func.count()).where(*(one.is_not(None) for one in columns))
            twice = twice.where(where) if where is not None else twice
            if connection.scalar(twice.group_by(*columns).having(func.count() > 1).limit(1)):
                yield _step(
                    table,
                    N_(
                        "%(table)s: there are rows with the same %(column)s "
                        "already. Correct them first."
                    ),
                    "refuse",
                    column=", ".join(names),
                )
                continue
        yield _step(
            table, N_("%(table)s: add the index %(index)s"), "index", index, index=index.name
        )
