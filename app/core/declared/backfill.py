"""What stored records lack since their declaration changed: numbers, and when they are due.

The records are read and changed a portion at a time, however many there are; nothing commits.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, inspect, literal, null, or_, select, text, tuple_, update

from app.core.db import sequences
from app.core.declared.sync_plan import TableChange
from app.core.values import clock
from app.core.values.due_rules import CLOSING_TIME, begins_with, due_moment
from app.core.values.errors import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, time

    from sqlalchemy import Table
    from sqlalchemy.orm import Session

    from app.core.workflow.states import State

PORTION = 2000


def fill(
    session: Session,
    declared: Iterable[tuple[Table, str | None, Sequence[State]]],
    times: Callable[[Session], Mapping[int, time]],
    *,
    only_plan: bool = False,
) -> Iterator[TableChange]:
    """Bring the records of these tables up to date; a Step says of how many what is done.

    declared: table, pattern of its numbers (None: it has none), states; times: gives community →
    closing time of its office. With `only_plan` nothing is changed.
    """
    closing = times(session)
    present = inspect(session.connection())
    known = set(present.get_table_names())
    for table, pattern, states in declared:
        if table.name not in known:
            continue
        held = {one["name"] for one in present.get_columns(table.name)}
        if pattern and (count := _unnumbered(session, table, held)):
            yield TableChange(
                table.name,
                N_(
                    "%(table)s: %(count)s records of before get a number, in "
                    "the order of their entry"
                ),
                {"table": table.name, "count": count},
            )
            if not only_plan:
                give_numbers(session, table, pattern)
        if "due_at" in table.c:
            count = renew_due(session, table, states, closing, held=held, only_plan=only_plan)
            if count:
                yield TableChange(
                    table.name,
                    N_("%(table)s: %(count)s records are due at another time now"),
                    {"table": table.name, "count": count},
                )


def _unnumbered(session: Session, table: Table, held: Collection[str]) -> int:
    query = select(func.count()).select_from(table)
    return session.scalar(query.where(table.c.number.is_(None)) if "number" in held else query) or 0


def give_numbers(session: Session, table: Table, pattern: str) -> None:
    """Number the records that have none, the oldest first, in the period of their entry."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        name = session.get_bind().dialect.identifier_preparer.format_table(table)
        session.execute(text(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE"))
    place = tuple_(table.c.created_at, table.c.id)
    query = (
        select(table.c.id, table.c.community_id, table.c.created_at)
        .where(table.c.number.is_(None))
        .order_by(table.c.created_at, table.c.id)
        .limit(PORTION)
    )
    rows = session.execute(query).all()
    while rows:
        days = {row.id: clock.local(row.created_at).date() for row in rows}
        groups = {
            row.id: (row.community_id, sequences.span_of(pattern, days[row.id])) for row in rows
        }
        free = {
            (community, span): sequences.take(session, community, table.name, span, count) - count
            for (community, span), count in Counter(groups.values()).items()
        }
        given = []
        for row in rows:
            free[groups[row.id]] += 1
            number = sequences.written(pattern, days[row.id], free[groups[row.id]])
            given.append({"key": row.id, "value": number})
        _write(session, table, "number", given)
        last = (literal(rows[-1].created_at), literal(rows[-1].id))
        rows = session.execute(query.where(place > tuple_(*last))).all()


def renew_due(
    session: Session,
    table: Table,
    states: Sequence[State],
    closing: Mapping[int, time],
    *,
    held: Collection[str] | None = None,
    only_plan: bool = False,
    community: int | None = None,
) -> int:
    """Work out anew when records are due; answers for how many it is another time.

    held: the columns that the database has, where these are not all; community: only of this one.
    """
    present = set(table.c.keys()) if held is None else held
    rules = {state.name: state.due for state in states if state.due}
    read = {"id", "community_id", "state", "due_at", *map(begins_with, rules.values())}
    columns = [table.c[one] if one in present else null().label(one) for one in sorted(read)]
    query = select(*columns).order_by(table.c.id).limit(PORTION)
    if community is not None:
        query = query.where(table.c.community_id == community)
    if {"state", "due_at"} <= set(present):
        query = query.where(or_(table.c.state.in_(rules), table.c.due_at.is_not(None)))
    changed, rows = 0, session.execute(query).mappings().all()
    while rows:
        found = []
        for row in rows:
            wanted = _due(row, rules, states, closing)
            if wanted != row["due_at"]:
                found.append({"key": row["id"], "value": wanted})
        if found and not only_plan:
            _write(session, table, "due_at", found)
        changed += len(found)
        rows = session.execute(query.where(table.c.id > rows[-1]["id"])).mappings().all()
    return changed


def renew_all(session: Session, models: Iterable[Any], community: int, closing: time) -> int:
    """Work out anew when the records of a community are due, since it closes at this time."""
    return sum(
        renew_due(
            session, model.__table__, model.steps.states, {community: closing}, community=community
        )
        for model in models
    )


def _due(
    row: Mapping[str, Any],
    rules: Mapping[str, str],
    states: Sequence[State],
    closing: Mapping[int, time],
) -> datetime | None:
    """When a record is due; one that has no state yet begins with the first."""
    rule = rules.get(row["state"] or states[0].name)
    return due_moment(rule, row.__getitem__, closing.get(row["community_id"], CLOSING_TIME))


def _write(session: Session, table: Table, column: str, values: list[dict[str, Any]]) -> None:
    """Set one column of records by their keys."""
    changed = (
        update(table).where(table.c.id == bindparam("key")).values({column: bindparam("value")})
    )
    session.execute(changed, values, execution_options={"synchronize_session": False})
