"""Brings declared tables to what their files say: shown first, nothing that loses data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, MetaData, Table, inspect, text, update
from sqlalchemy.schema import AddConstraint, CreateColumn, CreateIndex
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from app.core.db.types import metadata
from app.core.declared.sync_plan import TableChange, plan
from app.core.values.errors import N_, DomainError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


def require_others(engine: Engine, tables: list[Table]) -> None:
    """DomainError where a table of the house is missing that migrations make."""
    others = set(metadata.tables) - {table.name for table in tables}
    if others - set(inspect(engine).get_table_names()):
        raise DomainError(N_("The database is not ready for this version: run “anju init” first."))


def bring(engine: Engine, tables: list[Table], *, only_plan: bool = False) -> Iterator[TableChange]:
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


def carry_out(connection: Connection, steps: list[TableChange]) -> None:
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


def _alter(connection: Connection, step: TableChange) -> None:
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
