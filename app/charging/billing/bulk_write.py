"""Writing the lines of a plan: the raw driver, because four hundred thousand rows go by it.

SQLite takes a hundred rows a statement (the fixed cost of a statement is larger than that of a
row), PostgreSQL a COPY. Both belong to the caller's transaction: all rows or none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any

from app.charging.pricing.facts import Progress
from app.charging.pricing.plans import BillingPlan
from app.core.values.errors import N_

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SAME = ("community_id", "run_id", "period_start", "period_end", "state", "posted_on")
"""Columns with one value for the whole run."""
OWN = ("unit_id", "customer_id", "item_id", "price_id", "due_on", "amount", "sentence")
TOGETHER = 100
"""Rows of one statement: 706 values, below the 999 of the oldest SQLite met on Windows."""
REPORT = 20_000
WRITING = N_("Writing bills")

Row = tuple[int, int | None, int, int, str, int, str]


def write(
    session: Session, plan: BillingPlan, run_id: int, posted_on: date, progress: Progress
) -> None:
    """Insert a bill for every line of `plan` under the run; nothing is committed here."""
    period = plan.facts.request.period
    same = (
        plan.facts.request.community_id,
        run_id,
        period.first.isoformat(),
        period.last.isoformat(),
        "posted",
        posted_on.isoformat(),
    )
    rows = _reported(_rows(plan), len(plan.line_units), progress)
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        _insert(driver, same, rows)
    else:
        _copy(driver, same, rows)


def _rows(plan: BillingPlan) -> Iterator[Row]:
    """The columns of their own of each bill, in the order of `OWN`."""
    facts, units = plan.facts, plan.facts.units
    tails = []
    for priced in plan.priced:
        item, line = facts.items[priced.item], priced.line
        due = plan.due_on(priced).isoformat()
        tails.append((item.id, line.price_id, due, line.fen, line.sentence))
    for place, number in zip(plan.line_units, plan.line_priced, strict=True):
        yield units.ids[place], units.owners[place] or None, *tails[number]


def _reported(rows: Iterator[Row], total: int, progress: Progress) -> Iterator[Row]:
    """The same rows, with a word of progress now and then."""
    for done in range(0, total, REPORT):
        progress(done, total, WRITING)
        yield from islice(rows, REPORT)
    progress(total, total, WRITING)


def _insert(driver: Any, same: tuple[Any, ...], rows: Iterator[Row]) -> None:
    """Many rows a statement on SQLite; the values of the run are bound once a row group."""
    names = ", ".join((*SAME, *OWN))
    # The run's own values stand once in a table of one row, every bill joins it.
    shared = ", ".join("?" * len(SAME))
    own = "(" + ", ".join("?" * len(OWN)) + ")"
    columns = ", ".join(f"column{place}" for place in range(1, len(OWN) + 1))

    def statement(count: int) -> str:
        values = ", ".join([own] * count)
        # Only names and question marks of ours are put together here.
        return (
            f"INSERT INTO bill ({names}) SELECT {shared}, {columns} "  # noqa: S608
            f"FROM (VALUES {values})"
        )

    cursor = driver.cursor()
    rest: list[tuple[Any, ...]] = []

    def groups() -> Iterator[list[Any]]:
        while part := list(islice(rows, TOGETHER)):
            if len(part) < TOGETHER:
                rest.extend(part)
                return
            yield [*same, *(value for row in part for value in row)]

    cursor.executemany(statement(TOGETHER), groups())
    if rest:
        cursor.execute(statement(len(rest)), [*same, *(value for row in rest for value in row)])
    cursor.close()


def _copy(driver: Any, same: tuple[Any, ...], rows: Iterator[Row]) -> None:
    """COPY on PostgreSQL, composed as text: no value of ours holds a tab or a backslash."""
    names = ", ".join((*SAME, *OWN))
    head = "\t".join(str(value) for value in same)
    with driver.cursor() as cursor, cursor.copy(f"COPY bill ({names}) FROM STDIN") as copy:
        while part := list(islice(rows, 2_000)):
            copy.write("".join(f"{head}\t{_text(row)}\n" for row in part))


def _text(row: Row) -> str:
    unit_id, customer_id, item_id, price_id, due, fen, sentence = row
    owner = "\\N" if customer_id is None else customer_id
    return f"{unit_id}\t{owner}\t{item_id}\t{price_id}\t{due}\t{fen}\t{sentence}"
