"""The matrix of rights as sets of cells: reading it, and writing a difference to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from sqlalchemy import delete, insert, select

from app.core.values.errors import N_, NotFound
from app.roles import POSTS, default_rights

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

Cell = tuple[str, str]
"""A right: the name of a screen and a verb, as ("units", "write")."""

PREFIX = "can_"
EVERYBODYS_SCREENS = ("home", "profile", "jobs", "lookups")


def known_cells() -> dict[str, list[str]]:
    """screen → verbs that mean something there: those that at least one post has by default."""
    known = {}
    for screen, posts in default_rights().items():
        meant = frozenset().union(*posts.values())
        known[screen] = [verb.value for verb in type(next(iter(meant))) if verb in meant]
    return known


def default_cells(post: str) -> frozenset[Cell]:
    """The rights of a post as the role table has them; none for a role that is no post."""
    if post not in POSTS:
        return frozenset()
    return frozenset(
        (screen, verb.value) for screen, posts in default_rights().items() for verb in posts[post]
    )


def role(session: Session, name: str) -> Role:
    """The role of this name, else NotFound."""
    found = session.scalar(select(Role).where(Role.name == name))
    if found is None:
        raise NotFound(N_("There is no role “%(role)s”."), role=name)
    return found


def _cells():
    return (
        select(Role.name, ViewMenu.name, Permission.name)
        .join(assoc_permissionview_role, assoc_permissionview_role.c.role_id == Role.id)
        .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
    )


def cells_of_roles(session: Session) -> dict[str, set[Cell]]:
    """role → its rights, for every role, in two queries."""
    rights: dict[str, set[Cell]] = {name: set() for name in session.scalars(select(Role.name))}
    for name, screen, permission in session.execute(_cells()):
        rights[name].add((screen, permission.removeprefix(PREFIX)))
    return rights


def cells_of_user(session: Session, user_id: int) -> dict[Cell, list[str]]:
    """right → the roles through which this user has it."""
    rows = session.execute(
        _cells()
        .join(assoc_user_role, assoc_user_role.c.role_id == Role.id)
        .where(assoc_user_role.c.user_id == user_id)
        .order_by(Role.id)
    )
    found: dict[Cell, list[str]] = {}
    for name, screen, permission in rows:
        found.setdefault((screen, permission.removeprefix(PREFIX)), []).append(name)
    return found


def pair_ids(session: Session) -> dict[Cell, int]:
    """right → the key of its row in Flask-AppBuilder's table."""
    rows = session.execute(
        select(ViewMenu.name, Permission.name, PermissionView.id)
        .join(PermissionView, PermissionView.view_menu_id == ViewMenu.id)
        .join(Permission, Permission.id == PermissionView.permission_id)
    )
    return {(screen, name.removeprefix(PREFIX)): key for screen, name, key in rows}


def write_cells(
    session: Session, role_id: int, added: Iterable[Cell], removed: Iterable[Cell]
) -> None:
    """Give a role the rights `added` and take `removed` from it, without asking who may."""
    ids = pair_ids(session)
    rows = [{"role_id": role_id, "permission_view_id": ids[cell]} for cell in added]
    if rows:
        session.execute(insert(assoc_permissionview_role), rows)
    if gone := [ids[cell] for cell in removed]:
        session.execute(
            delete(assoc_permissionview_role).where(
                assoc_permissionview_role.c.role_id == role_id,
                assoc_permissionview_role.c.permission_view_id.in_(gone),
            )
        )


def everybodys_cells() -> frozenset[Cell]:
    """Rights without which nobody could work: one's own pages, for every role, always."""
    table = default_rights()
    return frozenset(
        (screen, verb.value)
        for screen in EVERYBODYS_SCREENS
        for verb in frozenset.intersection(*table[screen].values())
    )
