"""What is asked of the database while something runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from app.core.db.extensions import db

FRAME = ("BEGIN", "PRAGMA", "SAVEPOINT", "ROLLBACK")
"""What belongs to the transaction and asks nothing."""


@contextmanager
def statements(app, starting: str = "") -> Iterator[list[str]]:
    """The statements of what runs inside that begin so, without the transaction's own."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith(starting) and not statement.startswith(FRAME):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
