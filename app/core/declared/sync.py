"""Brings declared tables to what their files say: shown first, nothing that loses data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Column, MetaData, Table, func, inspect, select, text, update
from sqlalchemy.schema import AddConstraint, CreateColumn, CreateIndex
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from app.core.db.types import metadata
from app.core.values.errors import N_, DomainError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Engine

RULE = re.compile(r"^(.*)_(?:known|places)$")
KNOWN = re.compile(r"'([^']*)'")
LENGTH = re.compile(r"VARCHAR\((\d+)\)")


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a table, as a sentence; a refused one would lose data or cannot be done."""

    table: str
    said: str
    params: Mapping[str, object] = field(default_factory=dict)
    kind: str = ""
    about: Any = None
    refused: bool = False


def plan(connection: Connection, tables: list[Table]) -> list[Step]:
    """What must change so that every record that the files declare can be stored; reads only."""
    present = set(inspect(connection).get_table_names())
    steps: list[Step] = []
    for table in tables:
        if table.name not in present:
            steps.append(
                Step(
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


def require_others(engine: Engine, tables: list[Table]) -> None:
    """DomainError where a table of the house is missing that migrations make."""
    others = set(metadata.tables) - {table.name for table in tables}
    if others - set(inspect(engine).get_table_names()):
        raise DomainError(N_("The database is not ready for this version: run “anju init” first."))


def bring(engine: Engine, tables: list[Table], *, only_plan: bool = False) -> Iterator[Step]:
    """Plan, yield every step, then do them in one transaction (nothing with `only_plan`).

    :raises DomainError: a step is refused, or rows would point to nothing; nothing is changed.
    """
    try:
        with engine.connect() as connection:
            lite = connection.dialect.name == "sqlite"
            if lite:  # a table that others point to is replaced: checked again below
                for statement in ("ROLLBACK", "PRAGMA foreign_keys = OFF", "BEGIN IMMEDIATE"):
                    connection.exec_driver_sql(statement)
            steps = plan(connection, tables)
            yield from steps
            if only_plan:
                return
            carry_out(connection, steps)
            if lite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise DomainError(N_("Rows would point to nothing: no table was changed."))
            connection.commit()
    finally:  # the next connection checks foreign keys again
        engine.dispose()


def _step(table: Table, said: str, kind: str, about: Any = None, **params: object) -> Step:
    return Step(table.name, said, {"table": table.name, **params}, kind, about, kind == "refuse")


def _columns(connection: Connection, table: Table) -> Iterator[Step]:
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


def _words(connection: Connection, table: Table) -> Iterator[Step]:
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


def _targets(connection: Connection, table: Table) -> Iterator[Step]:
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


def _indexes(connection: Connection, table: Table) -> Iterator[Step]:
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


def carry_out(connection: Connection, steps: list[Step]) -> None:
    """Do what was planned; DomainError and nothing at all where something is refused."""
    if refused := [step for step in steps if step.refused]:
        raise DomainError(refused[0].said, **refused[0].params)
    lite = connection.dialect.name == "sqlite"
    rebuilt: set[str] = set()
    for step in steps:
        if step.kind == "table":
            step.about.create(connection)
        elif step.kind == "column":
            _add_column(connection, step.about)
        elif step.kind == "drop":
            connection.execute(text(f"DROP INDEX IF EXISTS {step.about}"))
        elif step.kind == "index":
            connection.execute(CreateIndex(step.about, if_not_exists=True))
        elif lite and step.kind in {"rebuild", "words", "relax", "free"}:
            rebuilt.add(step.table)
    for step in steps if not lite else ():
        _alter(connection, step)
    for name in sorted(rebuilt):
        _rebuild(connection, metadata.tables[name])


def _add_column(connection: Connection, column: Column[Any]) -> None:
    """An added column may be empty: the rows of before have its fixed default in it, or nothing."""
    loose = column._copy()
    loose.nullable = True
    ddl = str(CreateColumn(loose).compile(dialect=connection.dialect)).strip()
    points = [
        f" REFERENCES {key.target_fullname.partition('.')[0]} (id)" for key in column.foreign_keys
    ]
    connection.execute(text(f"ALTER TABLE {column.table.name} ADD COLUMN {ddl}{''.join(points)}"))
    if isinstance(column.default, ScalarElementColumnDefault):  # the first state
        connection.execute(update(column.table).values({column.name: column.default.arg}))


def _alter(connection: Connection, step: Step) -> None:
    """One change of a column or a rule on PostgreSQL."""
    start = f"ALTER TABLE {step.table}"
    if step.kind == "rebuild":
        kind = step.about.type.compile(connection.dialect)
        connection.execute(text(f"{start} ALTER COLUMN {step.about.name} TYPE {kind}"))
    elif step.kind == "relax":
        connection.execute(text(f"{start} ALTER COLUMN {step.about} DROP NOT NULL"))
    elif step.kind == "free":
        connection.execute(text(f"{start} DROP CONSTRAINT {step.about}"))
    elif step.kind == "words":
        connection.execute(text(f"{start} DROP CONSTRAINT IF EXISTS {step.about.name}"))
        connection.execute(AddConstraint(step.about))


def _rebuild(connection: Connection, table: Table) -> None:
    """SQLite changes rules only by a new table: made, filled, put in the place of the old one."""
    old = Table(table.name, MetaData(), autoload_with=connection, resolve_fks=False)
    aside = MetaData()
    for key in table.foreign_keys:
        if (name := key.target_fullname.partition(".")[0]) != table.name:
            Table(
                name, aside, Column("id", key.column.type, primary_key=True), extend_existing=True
            )
    new = table.to_metadata(aside, name=f"{table.name}_new")
    for column in old.c:
        if column.name not in new.c:
            new.append_column(Column(column.name, column.type, nullable=True))
    for column in new.c:
        column.nullable = column.nullable or old.c[column.name].nullable
    indexes = list(table.indexes)
    new.indexes.clear()
    new.create(connection)
    names = ", ".join(f'"{column.name}"' for column in old.c)
    for statement in (
        f"INSERT INTO {new.name} ({names}) SELECT {names} FROM {table.name}",  # noqa: S608 - our own names
        f"DROP TABLE {table.name}",
        f"ALTER TABLE {new.name} RENAME TO {table.name}",
    ):
        connection.exec_driver_sql(statement)
    for index in indexes:
        connection.execute(CreateIndex(index))
