"""What an import will do and does: rows compared, writes collected, one transaction, a batch.

A feature compares its parsed rows with what is stored (reads only) and collects the writes;
this module posts them as one batch that `core.imports.undo` can take back. It knows no feature.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, DateTime, bindparam, update

from app.core.db import audit, bulk_insert
from app.core.db.models import ImportBatch, ImportChange
from app.core.values.errors import N_, Stale

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Table
    from sqlalchemy.orm import Session


class Outcome(StrEnum):
    """What an import makes of one row of the file."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class ImportedChange:
    """One field, as the preview shows it; `field` is a source text, `old` '' means nothing."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One row of the file in the preview: what happens to which record, and why."""

    sheet: str
    row: int
    code: str
    outcome: Outcome
    changes: tuple[ImportedChange, ...] = ()
    reason: str = ""
    facts: tuple[str, ...] = ()


@dataclass(slots=True)
class Inserts:
    """New rows of one table, as tuples in the order of `columns`."""

    table: Table
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, *values: Any) -> int:
        """Collect a row; the negative number returned stands for its key until it has one."""
        self.rows.append(values)
        return -len(self.rows)


@dataclass(frozen=True, slots=True)
class Update:
    """Columns of a stored row that change, from the values seen to the new ones."""

    table: Table
    row_id: int
    version: int
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(slots=True)
class Writes:
    """Everything an import stores, in the order in which tables need each other."""

    inserts: list[Inserts] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)

    def into(self, table: Table, *columns: str) -> Inserts:
        """Announce a table; call it for parents before children."""
        inserts = Inserts(table, columns)
        self.inserts.append(inserts)
        return inserts

    def change(
        self,
        table: Table,
        row_id: int,
        version: int,
        before: dict[str, Any],
        after: dict[str, Any],
    ) -> None:
        """Collect a change of a stored row; without columns only its version rises."""
        self.updates.append(Update(table, row_id, version, before, after))

    def __bool__(self) -> bool:
        return bool(self.updates) or any(part.rows for part in self.inserts)


@dataclass(slots=True)
class ImportPlan:
    """What an import would do. `extras` is what its feature shows beside the lines."""

    lines: list[ImportLine]
    writes: Writes
    community_id: int | None
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    extras: dict[str, Any] = field(default_factory=dict)

    def count(self, outcome: Outcome) -> int:
        return sum(line.outcome == outcome for line in self.lines)

    def counts(self) -> dict[str, int]:
        """Rows by outcome."""
        found = dict.fromkeys((outcome.value for outcome in Outcome), 0)
        for line in self.lines:
            found[line.outcome] += 1
        return found

    def digest(self) -> str:
        """A fingerprint of what the preview says: posting refuses when it would do otherwise."""
        seal = hashlib.sha256()
        for line in self.lines:
            seal.update(
                repr((line.sheet, line.row, line.code, line.outcome, line.changes)).encode()
            )
        return seal.hexdigest()


def post(
    session: Session,
    plan: ImportPlan,
    *,
    community_id: int,
    kind: str,
    file_name: str,
    digest: str,
    counts: dict[str, Any],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> ImportBatch:
    """Store everything the plan says as one batch of the present actor; never commits.

    :raises Stale: somebody changed a record after it was compared.
    """
    batch = ImportBatch(
        community_id=community_id,
        kind=kind,
        file_name=file_name[:200],
        digest=digest,
        counts=counts,
        user_id=audit.actor().user_id,
    )
    session.add(batch)
    session.flush()
    keys = _insert(session, plan.writes, batch.id, progress)
    _update(session, [_settled(one, keys) for one in plan.writes.updates], batch.id)
    audit.record(
        session,
        "import",
        "owner_import",
        batch.id,
        title=file_name,
        community_id=community_id,
        details=counts,
    )
    return batch


def _insert(
    session: Session, writes: Writes, batch_id: int, progress: Callable[[int, int], None]
) -> dict[str, list[int]]:
    """Give every new row its key, replace the stand-in numbers by keys, and write.

    The answer are the keys by table, in the order of the rows.
    """
    total = sum(len(part.rows) for part in writes.inserts)
    keys: dict[str, list[int]] = {}
    done = 0
    for part in writes.inserts:
        own = keys[part.table.name] = bulk_insert.reserve(session, part.table, len(part.rows))
        parents = [
            (place, keys[parent])
            for place, name in enumerate(part.columns)
            for key in part.table.c[name].foreign_keys
            if (parent := key.column.table.name) in keys
        ]
        names = ("id", *part.columns, "origin_batch_id")
        rows = (
            (key, *_resolved(row, parents), batch_id)
            for key, row in zip(own, part.rows, strict=True)
        )
        done += bulk_insert.insert(session, part.table, names, rows)
        progress(done, total)
    return keys


def _settled(change: Update, keys: dict[str, list[int]]) -> Update:
    """The update with the keys of new parents in place of their stand-ins."""
    after = dict(change.after)
    for name, value in change.after.items():
        for key in change.table.c[name].foreign_keys:
            if value is not None and value < 0:
                after[name] = keys[key.column.table.name][-value - 1]
    return replace(change, after=after) if after != change.after else change


def _resolved(row: tuple[Any, ...], parents: list[tuple[int, list[int]]]) -> Sequence[Any]:
    """The row with the keys of its new parents in place of their negative stand-ins."""
    values = list(row)
    for place, keys in parents:
        number = values[place]
        if number is not None and number < 0:
            values[place] = keys[-number - 1]
    return values


def _update(session: Session, updates: list[Update], batch_id: int) -> None:
    """Write the changed columns where the version is still the one that was compared."""
    groups: dict[tuple[str, tuple[str, ...]], list[Update]] = {}
    for change in updates:
        groups.setdefault((change.table.name, tuple(sorted(change.after))), []).append(change)
    for (_, columns), group in groups.items():
        table = group[0].table
        statement = (
            update(table)
            .where(table.c.id == bindparam("key"), table.c.version == bindparam("seen"))
            .values(
                {name: bindparam(f"new_{name}") for name in columns}
                | {"version": table.c.version + 1}
            )
        )
        written = session.connection().execute(
            statement,
            [
                {"key": one.row_id, "seen": one.version}
                | {f"new_{name}": one.after[name] for name in columns}
                for one in group
            ],
        )
        if written.rowcount != len(group):
            raise Stale(
                N_("Records were changed by somebody else meanwhile. Check the preview again.")
            )
    if updates:
        session.connection().execute(
            ImportChange.__table__.insert(),
            [
                {
                    "batch_id": batch_id,
                    "table_name": one.table.name,
                    "row_id": one.row_id,
                    "before": encoded(one.before),
                    "after": encoded(one.after),
                    "version": one.version + 1,
                }
                for one in updates
            ],
        )


def encoded(values: dict[str, Any]) -> dict[str, Any]:
    """Column values as JSON can keep them: exact numbers and days as text."""
    return {
        name: str(value) if isinstance(value, Decimal | date) else value
        for name, value in values.items()
    }


def decoded(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    """The opposite of `encoded`, by the types of the table's columns."""

    def one(kind: Any, value: Any) -> Any:
        if value is not None and isinstance(kind, Date):
            return date.fromisoformat(value)
        if value is not None and isinstance(kind, DateTime):
            return datetime.fromisoformat(value)
        return value

    return {name: one(table.c[name].type, value) for name, value in values.items()}
