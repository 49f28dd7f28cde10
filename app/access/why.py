"""“Why may 李四 see this?”: the roles through which, since when, by whose act, and whose data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.access.cells import Cell, cells_of_user, default_cells
from app.access.guards import roles_of
from app.core.db.models import AuditEntry

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.access.models import Staff


@dataclass(frozen=True, slots=True)
class Since:
    """Who gave something and when; `by` is empty for the command line."""

    at: datetime
    by: str
    act: str


@dataclass(frozen=True, slots=True)
class Path:
    """One role through which the user has the right."""

    role: str
    in_default: bool
    right_since: Since | None
    role_since: Since | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The reasons for a right of a user; no `paths` means that the user lacks it."""

    screen: str
    verb: str
    paths: tuple[Path, ...]
    roles: tuple[str, ...]
    active: bool
    everything: bool
    communities: tuple[int, ...]
    others: tuple[str, ...]
    """The other verbs that the user has on this screen."""


def why(session: Session, user: Staff, screen: str, verb: str) -> Answer:
    """Why the user may do `verb` on `screen`, or that he may not."""
    rights = cells_of_user(session, user.id)
    through = rights.get((screen, verb), [])
    return Answer(
        screen=screen,
        verb=verb,
        paths=tuple(_path(session, user, name, (screen, verb)) for name in through),
        roles=tuple(sorted(roles_of(session, user.id))),
        active=bool(user.active),
        everything=bool(user.all_communities),
        communities=tuple(link.community_id for link in user.communities),
        others=tuple(held for place, held in rights if place == screen and held != verb),
    )


def _path(session: Session, user: Staff, role: str, cell: Cell) -> Path:
    return Path(
        role=role,
        in_default=cell in default_cells(role),
        right_since=_right_since(session, role, cell),
        role_since=_role_since(session, user, role),
    )


def _right_since(session: Session, role: str, cell: Cell) -> Since | None:
    """The last act that gave this right to the role: a change, a copy, or the default."""
    entries = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.screen == "rights",
            AuditEntry.record_id == role,
            AuditEntry.act.in_(("rights.change", "rights.restore", "rights.copy")),
        )
        .order_by(AuditEntry.id.desc())
    )
    for entry in entries:
        if list(cell) in (entry.details or {}).get("added", []):
            return Since(entry.at, entry.user_name, entry.act)
    seeds = session.scalars(
        select(AuditEntry).where(AuditEntry.act == "rights.seed").order_by(AuditEntry.id)
    )
    for entry in seeds:
        if cell[0] in (entry.details or {}).get("screens", []):
            return Since(entry.at, entry.user_name, entry.act)
    return None


def _role_since(session: Session, user: Staff, role: str) -> Since | None:
    """The last act that gave the role to the user."""
    entries = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.screen == "users",
            AuditEntry.record_id == str(user.id),
            AuditEntry.act.in_(("rights.user_create", "rights.user_change")),
        )
        .order_by(AuditEntry.id.desc())
    )
    for entry in entries:
        change = (entry.details or {}).get("roles")
        if isinstance(change, dict):
            given = set(change["new"]) - set(change["old"])
        else:
            given = set(change or ())
        if role in given:
            return Since(entry.at, entry.user_name, entry.act)
    return None
