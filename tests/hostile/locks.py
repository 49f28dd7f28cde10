"""Others who are at work in the database: one who holds the write lock, one who never stops."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing, contextmanager

from app.core.db import engine, witness


@contextmanager
def held(folder):
    """Another connection holds the only write lock throughout, with rows not yet committed."""
    with closing(sqlite3.connect(folder / "anju.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE community SET hotline = 'held'")
        yield
        other.execute("ROLLBACK")


@contextmanager
def never_still(folder):
    """Another connection writes and commits all the time; counts how often."""
    over, written = threading.Event(), [0]

    def work():
        with closing(sqlite3.connect(folder / "anju.db", isolation_level=None, timeout=30)) as one:
            one.execute("PRAGMA synchronous = OFF")
            while not over.is_set():
                one.execute("UPDATE community SET hotline = ?", (str(written[0]),))
                written[0] += 1

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield written
    finally:
        over.set()
        thread.join()


def impatient(monkeypatch):
    """Nobody waits long for a lock: connections that are opened from now on."""
    monkeypatch.setattr(engine, "PATIENCE", 20)
    monkeypatch.setattr(witness, "PATIENCE", 20)
