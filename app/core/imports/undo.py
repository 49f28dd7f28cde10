"""Takes an import batch back, as long as nothing was built on what it brought (generic).

Which rows a batch created is known from their `origin_batch_id`; whether something was built
on them follows from the foreign keys of the whole database, so a feature that comes later is
checked without a line of code here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, delete, exists, func, literal, or_, select, union_all, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from app.core.db import audit
from app.core.db.models import ImportBatch, ImportChange
from app.core.db.types import metadata
from app.core.imports.batch import decoded
from app.core.values import clock
from app.core.values.errors import N_, DomainError

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.orm import Session

ORIGIN = "origin_batch_id"
TAKEN = N_(
    "This import cannot be undone: a record bears by now a number or name that would come back."
)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way: `count` rows of `table` that were `why` built or edited.

    `why` is "built" (they refer to rows of the batch), "edited" (rows of the batch changed
    later) or "batch" (a later import built on it; `batch_id` says which).
    """

    table: str
    count: int
    why: str
    batch_id: int | None = None


class Blocked(DomainError):
    """The batch cannot be undone; `obstacles` say why."""

    code = "blocked"

    def __init__(self, obstacles: list[Obstacle]) -> None:
        self.obstacles = obstacles
        super().__init__(
            N_("This import cannot be undone: other records were built on it or edited since.")
        )


def created_tables() -> list[Table]:
    """Tables whose rows can come from an import, parents first."""
    return [table for table in metadata.sorted_tables if ORIGIN in table.c]


def brought(session: Session, batch: ImportBatch) -> list[Table]:
    """The tables that hold rows of the batch, found in one query, parents first."""
    tables = created_tables()
    asked = [
        select(literal(table.name)).where(exists().where(table.c[ORIGIN] == batch.id))
        for table in tables
    ]
    held = set(session.scalars(union_all(*asked)))
    return [table for table in tables if table.name in held]


def obstacles(session: Session, batch: ImportBatch) -> list[Obstacle]:
    """Everything that forbids to undo the batch; an empty list allows it. Reads only."""
    tables = brought(session, batch)
    found: list[Obstacle] = []
    for table in tables:
        if "version" in table.c:
            found += _edited(session, table, *_created_since(table, batch.id))
    for name in session.scalars(
        select(ImportChange.table).where(ImportChange.batch_id == batch.id).distinct()
    ):
        table = metadata.tables[name]
        found += _edited(session, table, *_changed_since(table, batch.id))
    for child in metadata.sorted_tables:
        for key in child.foreign_keys:
            parent = key.column.table
            if parent in tables and key.parent.name != ORIGIN:
                found += _built(session, batch.id, child, key.parent, parent)
    # A bill refers to its unit and to its owner: it is named once, with the larger number.
    most: dict[tuple[str, str, int | None], Obstacle] = {}
    for one in found:
        place = (one.table, one.why, one.batch_id)
        if place not in most or most[place].count < one.count:
            most[place] = one
    return list(most.values())


def _created_since(table: Table, batch_id: int) -> tuple[Any, Any]:
    """The batch's new rows with every import that changed them; version 1 when untouched."""
    change = aliased(ImportChange)
    rows = table.outerjoin(
        change, and_(change.table == table.name, change.row_id == table.c.id)
    ).outerjoin(ImportBatch, ImportBatch.id == change.batch_id)
    return (
        select(table.c.id, table.c.version - 1).select_from(rows).where(table.c[ORIGIN] == batch_id)
    ), table.c.version


def _changed_since(table: Table, batch_id: int) -> tuple[Any, Any]:
    """The rows that the batch changed, with every later import that changed them again."""
    own, change = aliased(ImportChange), aliased(ImportChange)
    rows = (
        table.join(own, and_(own.table == table.name, own.row_id == table.c.id))
        .outerjoin(
            change,
            and_(change.table == own.table, change.row_id == own.row_id, change.id > own.id),
        )
        .outerjoin(ImportBatch, ImportBatch.id == change.batch_id)
    )
    return (
        select(table.c.id, table.c.version - own.version)
        .select_from(rows)
        .where(own.batch_id == batch_id)
    ), own.version


def _edited(session: Session, table: Table, rows: Any, seen: Any) -> list[Obstacle]:
    """Rows whose version says more than the imports did: edited by people or changed again.

    A later import raises the version by one, an undone one by two (it changed and restored).
    """
    undone = func.coalesce(func.sum(case((ImportBatch.state == "undone", 1), else_=0)), 0)
    later = func.min(case((ImportBatch.state == "posted", ImportBatch.id)))
    times = func.coalesce(func.sum(case((ImportBatch.state == "posted", 1), else_=0)), 0)
    edits = list(rows.selected_columns)[1]
    each = (
        rows.add_columns((edits - 2 * undone - times).label("edits"), later.label("later"))
        .group_by(table.c.id, table.c.version, seen)
        .having(or_(edits != 2 * undone, later.is_not(None)))
        .subquery()
    )
    found = session.execute(
        select(each.c.later, func.count())
        .where(or_(each.c.edits != 0, each.c.later.is_not(None)))
        .group_by(each.c.later)
        .order_by(each.c.later)
    )
    return [
        Obstacle(table.name, count, "edited" if batch is None else "batch", batch)
        for batch, count in found
    ]


def _built(
    session: Session, batch_id: int, child: Table, column: Any, parent: Table
) -> list[Obstacle]:
    """Rows of `child` that refer to the batch's rows of `parent` but are not of the batch."""
    query = (
        select(func.count())
        .select_from(child.join(parent, column == parent.c.id))
        .where(parent.c[ORIGIN] == batch_id)
    )
    if "id" in child.c:
        # What the batch itself moved there goes back; if it was edited since, that is told.
        moved = select(ImportChange.row_id).where(
            ImportChange.batch_id == batch_id, ImportChange.table == child.name
        )
        query = query.where(child.c.id.not_in(moved))
    if ORIGIN not in child.c:
        count = session.scalar(query)
        return [Obstacle(child.name, count, "built")] if count else []
    origin = child.c[ORIGIN]
    query = query.where(or_(origin.is_(None), origin != batch_id))
    grouped = session.execute(query.add_columns(origin).group_by(origin).order_by(origin))
    return [
        Obstacle(child.name, count, "built" if source is None else "batch", source)
        for count, source in grouped
        if count
    ]


def undo(session: Session, batch: ImportBatch) -> dict[str, int]:
    """Delete what the batch created, restore what it changed; rows by table. Never commits.

    :raises Blocked: something was built on it, or it was edited later.
    :raises DomainError: it was undone before.
    """
    if batch.state != "posted":
        raise DomainError(N_("This import was undone before."))
    if standing := obstacles(session, batch):
        raise Blocked(standing)
    try:
        _restore(session, batch.id)
    except IntegrityError as error:
        raise DomainError(TAKEN) from error
    removed: dict[str, int] = {}
    for table in reversed(brought(session, batch)):
        gone = session.execute(delete(table).where(table.c[ORIGIN] == batch.id)).rowcount
        if gone:
            removed[table.name] = gone
    batch.state = "undone"
    batch.undone_at = clock.now()
    batch.undone_by_id = audit.actor().user_id
    audit.record(
        session,
        "undo",
        "owner_import",
        batch.id,
        title=batch.file_name,
        community_id=batch.community_id,
        details=removed,
    )
    session.flush()
    session.expire_all()
    return removed


def _restore(session: Session, batch_id: int) -> None:
    """Put the values of before back; the version rises on, for the record did change."""
    changes = session.scalars(
        select(ImportChange).where(ImportChange.batch_id == batch_id).order_by(ImportChange.id)
    )
    for change in changes:
        table = metadata.tables[change.table]
        session.execute(
            update(table)
            .where(table.c.id == change.row_id)
            .values(**decoded(table, change.before), version=table.c.version + 1)
        )
