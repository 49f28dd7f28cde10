"""The list of bills at a million rows: pages, filters and search, with the queries they take."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient
from sqlalchemy import event

from app.core.db.extensions import db
from tests.benchmarks.desk import desk, get, median
from tests.benchmarks.million import million
from tests.benchmarks.table import Row

LIMIT_MS, LIMIT_QUERIES = 40, 8
FLOOR = "SELECT * FROM bill ORDER BY id DESC LIMIT 25"
PAGES = (
    ("first page", "/bills/"),
    ("second page", "/bills/?page=2"),
    ("page 200", "/bills/?page=200"),
    ("100 rows", "/bills/?size=100"),
    ("void bills only", "/bills/?f.state.is=void"),
    ("search of a room", "/bills/?q=1-1-101"),
)


@contextmanager
def counted(client: FlaskClient) -> Iterator[list[str]]:
    """The statements that the database sees while in here."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            seen.append(statement)

    with client.application.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def floor() -> float:
    """Twenty-five rows of the same table by the database driver alone."""
    connection = sqlite3.connect(million())
    try:
        return median(lambda: connection.execute(FLOOR).fetchall())
    finally:
        connection.close()


def run() -> list[Row]:
    """Each page beside an empty request of the same application (`/healthz`)."""
    rows = []
    bare = floor()
    with desk() as client:
        nothing = median(get(client, "/healthz"))
        for name, address in PAGES:
            act = get(client, address)
            spent = median(act)
            with counted(client) as statements:
                act()
            rows.append(
                Row(
                    f"bills, {name}",
                    f"{spent:.1f} ms, {len(statements)} queries",
                    f"{nothing:.1f} ms /healthz",
                    spent / nothing,
                    f"limit {LIMIT_MS} ms and {LIMIT_QUERIES} queries; driver {bare:.2f} ms",
                )
            )
    return rows
