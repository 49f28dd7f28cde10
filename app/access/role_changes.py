"""Changes to roles on the page of rights: cells, copies, labels, deletion (S02)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_appbuilder.security.sqla.models import Role, assoc_user_role
from sqlalchemy import delete, func, select

from app.access.cells import (
    Cell,
    cells_of_roles,
    everybodys_cells,
    known_cells,
    role,
    write_cells,
)
from app.access.guards import may_change_role
from app.access.models import RoleLabel
from app.core.db import audit
from app.core.values.errors import N_, DomainError, Stale
from app.roles import POSTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class RoleDifference:
    """What saving would do to a role: rights given and taken, and the state it was seen in."""

    added: tuple[Cell, ...]
    removed: tuple[Cell, ...]
    seen: str


def fingerprint(cells: Iterable[Cell]) -> str:
    """A short word for a set of rights: says whether a role is still as it was shown."""
    text = "\n".join(f"{screen}:{verb}" for screen, verb in sorted(cells))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _in_order(cells: set[Cell]) -> tuple[Cell, ...]:
    return tuple(
        (screen, verb)
        for screen, verbs in known_cells().items()
        for verb in verbs
        if (screen, verb) in cells
    )


def parse_cells(texts: Iterable[str]) -> set[Cell]:
    """Check boxes named `screen:verb` as rights; DomainError for one that does not exist."""
    known = {(screen, verb) for screen, verbs in known_cells().items() for verb in verbs}
    cells = set()
    for text in texts:
        screen, _, verb = text.partition(":")
        if (screen, verb) not in known:
            raise DomainError(N_("There is no right “%(right)s”."), right=text[:80])
        cells.add((screen, verb))
    return cells


def difference(session: Session, name: str, wanted: set[Cell], seen: str) -> RoleDifference:
    """What must be given and taken so that the role has exactly `wanted`; writes nothing.

    `seen` is the fingerprint of the role as it was shown: Stale when it has changed since.
    A right that lets somebody act on a screen without seeing it gets the seeing with it.
    """
    present = cells_of_roles(session)[role(session, name).name]
    if seen != fingerprint(present):
        raise Stale(N_("Somebody else has changed this role meanwhile; look at it again."))
    meaning = known_cells()
    wanted = wanted | everybodys_cells()
    wanted |= {(screen, "read") for screen, _ in wanted if "read" in meaning[screen]}
    shown = {cell for cell in present if cell[1] in meaning.get(cell[0], ())}
    return RoleDifference(_in_order(wanted - present), _in_order(shown - wanted), seen)


def change_rights(session: Session, name: str, wanted: set[Cell], seen: str) -> RoleDifference:
    """Give the role exactly the rights `wanted`; answers what was given and taken."""
    target = role(session, name)
    session.execute(select(Role.id).where(Role.id == target.id).with_for_update())
    change = difference(session, name, wanted, seen)
    may_change_role(session, target, change.added)
    if change.added or change.removed:
        write_cells(session, target.id, change.added, change.removed)
        audit.record(
            session,
            "rights.change",
            "rights",
            name,
            title=name,
            details={"added": list(change.added), "removed": list(change.removed)},
        )
        session.flush()
    return change


def _free_label(session: Session, label: str, but: int | None = None) -> str:
    label = label.strip()
    if not 1 <= len(label) <= 30 or not label.isprintable():
        raise DomainError(N_("A role needs a name of at most 30 characters."), field="label")
    taken = session.scalar(select(RoleLabel.role_id).where(RoleLabel.label == label))
    if taken is not None and taken != but:
        raise DomainError(
            N_("There is already a role named “%(label)s”."), field="label", label=label
        )
    return label


def copy_role(session: Session, name: str, label: str) -> Role:
    """A new role with the rights of `name`, called `label` by the office."""
    source = role(session, name)
    label = _free_label(session, label)
    cells = cells_of_roles(session)[source.name]
    copy = Role(name=f"role_{secrets.token_hex(4)}")
    may_change_role(session, copy, cells)
    session.add(copy)
    session.flush()
    session.add(RoleLabel(role_id=copy.id, label=label))
    write_cells(session, copy.id, cells, ())
    audit.record(
        session,
        "rights.copy",
        "rights",
        copy.name,
        title=label,
        details={"from": name, "added": sorted(cells)},
    )
    session.flush()
    return copy


def rename_role(session: Session, name: str, label: str) -> None:
    """Call a role differently; its rights and its stable name stay."""
    target = role(session, name)
    may_change_role(session, target)
    label = _free_label(session, label, but=target.id)
    row = session.get(RoleLabel, target.id)
    old = row.label if row else None
    if label == old:
        return
    if row is None:
        session.add(RoleLabel(role_id=target.id, label=label))
    else:
        row.label = label
    audit.record(
        session,
        "rights.rename",
        "rights",
        name,
        title=label,
        details={"label": {"old": old, "new": label}},
    )
    session.flush()


def delete_role(session: Session, name: str) -> None:
    """Delete a role of the office's own that nobody holds."""
    target = role(session, name)
    if name in POSTS:
        raise DomainError(N_("The posts that came with the program cannot be deleted."))
    may_change_role(session, target)
    holders = holders_of(session).get(name, 0)
    if holders:
        raise DomainError(
            N_("%(count)s people still hold this role; give them another one first."),
            count=holders,
        )
    label = session.get(RoleLabel, target.id)
    cells = cells_of_roles(session)[name]
    audit.record(
        session,
        "rights.delete",
        "rights",
        name,
        title=label.label if label else name,
        details={"removed": sorted(cells)},
    )
    session.execute(delete(RoleLabel).where(RoleLabel.role_id == target.id))
    session.flush()
    write_cells(session, target.id, (), cells)
    session.execute(delete(Role).where(Role.id == target.id))
    session.expire_all()


def holders_of(session: Session) -> dict[str, int]:
    """role → how many accounts hold it."""
    rows = session.execute(
        select(Role.name, func.count(assoc_user_role.c.user_id))
        .outerjoin(assoc_user_role, assoc_user_role.c.role_id == Role.id)
        .group_by(Role.name)
    )
    return dict(rows.all())


def role_labels(session: Session) -> dict[str, str | None]:
    """role → the office's own label, None where the catalogue's label of the post applies."""
    rows = session.execute(
        select(Role.name, RoleLabel.label)
        .outerjoin(RoleLabel, RoleLabel.role_id == Role.id)
        .order_by(Role.id)
    )
    return {name: label for name, label in rows if name in POSTS or label is not None}
