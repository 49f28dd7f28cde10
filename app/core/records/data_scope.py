"""Whose data: the communities that the present user may see, applied in one place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ColumnElement, false, true

from app.core.values.errors import N_, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Model = TypeVar("Model")


@dataclass(frozen=True, slots=True)
class Scope:
    """`communities` None means all of them; an empty set means none."""

    communities: frozenset[int] | None

    def allows(self, community_id: int | None) -> bool:
        """May rows of this community be seen? Rows of no community belong to everybody."""
        return community_id is None or self.communities is None or community_id in self.communities

    def where(self, column: Any) -> ColumnElement[bool]:
        """The condition that keeps a query on `column` (a community id) inside the scope."""
        if self.communities is None:
            return true()
        return column.in_(self.communities) if self.communities else false()


EVERYTHING = Scope(None)
NOTHING = Scope(frozenset())
_current: ContextVar[Scope] = ContextVar("scope", default=NOTHING)


def current() -> Scope:
    """The scope of the user of this request, job or command; nothing where none was set."""
    return _current.get()


@contextmanager
def use(scope: Scope) -> Iterator[None]:
    """Work inside `scope` (a request's user, a job's owner, the command line)."""
    token = _current.set(scope)
    try:
        yield
    finally:
        _current.reset(token)


def enter(scope: Scope) -> None:
    """Set the scope for the rest of this request's context."""
    _current.set(scope)


def get(session: Session, model: type[Model], key: int) -> Model:
    """The record with this key if it exists inside the scope, else NotFound.

    `model` either has a `community_id` or is the community itself.
    """
    record = session.get(model, key)
    community_id = getattr(record, "community_id", getattr(record, "id", None))
    if record is None or not current().allows(community_id):
        raise NotFound(N_("This record does not exist, or it lies outside your communities."))
    return record
