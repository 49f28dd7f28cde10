"""Large queries on plain columns, read a chunk at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

CHUNK = 5_000
"""Rows held at once between the database and the columns."""


def many(session: Session, query: Select[Any]) -> Iterator[Any]:
    """The rows of a large query; they do not pass through the mapper."""
    result = session.connection().execute(query.execution_options(yield_per=CHUNK))
    for part in result.partitions():
        yield from part
