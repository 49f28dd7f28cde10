"""From the role table to the database: new screens get their default, edits survive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
)
from sqlalchemy import delete, insert, select

from app.access.cells import (
    PREFIX,
    Cell,
    cells_of_roles,
    default_cells,
    known_cells,
    pair_ids,
    role,
    write_cells,
)
from app.access.guards import may_change_role
from app.core.db import audit
from app.core.values.errors import N_, DomainError
from app.roles import POSTS, SPLIT_OFF, Rights, Verb

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session


def sync_rights(session: Session) -> int:
    """Make roles, permissions and screens of the role table exist; answers how many are new.

    A right (screen and verb) that the database did not know is given to the posts that
    have it by default. One that was known is left as the administrator arranged it.
    """
    _add_names(session, Role, POSTS)
    _add_names(session, Permission, [PREFIX + verb for verb in Verb])
    _add_names(session, ViewMenu, list(known_cells()))
    before = pair_ids(session)
    new = [
        (screen, verb)
        for screen, verbs in known_cells().items()
        for verb in verbs
        if (screen, verb) not in before
    ]
    if not new:
        return 0
    screens = dict(session.execute(select(ViewMenu.name, ViewMenu.id)).all())
    permissions = dict(session.execute(select(Permission.name, Permission.id)).all())
    session.execute(
        insert(PermissionView),
        [
            {"view_menu_id": screens[screen], "permission_id": permissions[PREFIX + verb]}
            for screen, verb in new
        ],
    )
    _give_defaults(session, frozenset(new))
    audit.record(
        session, "rights.seed", "rights", details={"screens": sorted({cell[0] for cell in new})}
    )
    session.flush()
    return len(new)


def grant(session: Session, rights: Rights, before: Rights) -> list[tuple[str, str, list[str]]]:
    """Give posts what they lack of these rights and did not have by default before.

    Answers (post, screen, verbs) for each.
    """
    now, given = cells_of_roles(session), []
    for screen, posts in rights.items():
        for post, verbs in posts.items():
            further = verbs - before.get(screen, {}).get(post, frozenset())
            lacking = {(screen, verb.value) for verb in further} - now.get(post, set())
            if lacking:
                write_cells(session, role(session, post).id, lacking, ())
                given.append((post, screen, sorted(verb for _screen, verb in lacking)))
    return given


def forget_screens(session: Session, prefix: str, known: Collection[str]) -> list[str]:
    """Take away the rights of screens whose names begin with `prefix` and that are no more."""
    gone = [
        place
        for place in session.scalars(
            select(ViewMenu).where(ViewMenu.name.startswith(prefix, autoescape=True))
        )
        if place.name not in known
    ]
    keys = [place.id for place in gone]
    pairs = select(PermissionView.id).where(PermissionView.view_menu_id.in_(keys))
    held = assoc_permissionview_role.c.permission_view_id
    session.execute(delete(assoc_permissionview_role).where(held.in_(pairs)))
    session.execute(delete(PermissionView).where(PermissionView.view_menu_id.in_(keys)))
    session.execute(delete(ViewMenu).where(ViewMenu.id.in_(keys)))
    return sorted(place.name for place in gone)


def _add_names(session: Session, model: type, names: list[str] | tuple[str, ...]) -> None:
    known = set(session.scalars(select(model.name)))
    if rows := [{"name": name} for name in names if name not in known]:
        session.execute(insert(model), rows)


def _give_defaults(session: Session, new: frozenset[Cell]) -> None:
    keys = pair_ids(session)
    roles = dict(session.execute(select(Role.name, Role.id)).all())
    rows = [
        {"role_id": roles[post], "permission_view_id": keys[cell]}
        for post in POSTS
        for cell in default_cells(post) & new
    ]
    rows += [
        {"role_id": roles[name], "permission_view_id": keys[cell]}
        for name, cell in _kept_by_own_roles(session, new)
    ]
    if rows:
        session.execute(insert(assoc_permissionview_role), rows)


def _kept_by_own_roles(session: Session, new: frozenset[Cell]) -> list[tuple[str, Cell]]:
    """The new rights that were part of another before, for the roles that had the other one.

    The posts have their defaults; an office's own roles would lose by an upgrade what they
    could do on the day before.
    """
    split = {(screen, verb.value): old.value for (screen, verb), old in SPLIT_OFF.items()}
    return [
        (name, cell)
        for name, held in cells_of_roles(session).items()
        if name not in POSTS
        for cell in split.keys() & new
        if any(verb == split[cell] for _screen, verb in held)
    ]


def restore_default(
    session: Session, role_name: str | None = None, screen: str | None = None
) -> dict[str, tuple[set[Cell], set[Cell]]]:
    """Set posts back to the role table; answers post → (rights given, rights taken).

    One post or all that the actor may change; all screens or one. DomainError for a role
    that is no post: a role of the office's own has no default.
    """
    if role_name is not None and role_name not in POSTS:
        role(session, role_name)
        raise DomainError(N_("Only the posts that came with the program have a default."))
    if screen is not None and screen not in known_cells():
        raise DomainError(N_("There is no screen “%(screen)s”."), screen=screen)
    now = cells_of_roles(session)
    changes = {}
    for post in (role_name,) if role_name else POSTS:
        wanted, present = default_cells(post), now[post]
        if screen is not None:
            wanted = {cell for cell in wanted if cell[0] == screen}
            present = {cell for cell in present if cell[0] == screen}
        added, removed = set(wanted) - present, present - set(wanted)
        if added or removed:
            target = role(session, post)
            may_change_role(session, target, added)
            write_cells(session, target.id, added, removed)
            audit.record(
                session,
                "rights.restore",
                "rights",
                post,
                title=post,
                details={"added": sorted(added), "removed": sorted(removed)},
            )
            changes[post] = (added, removed)
    session.flush()
    return changes
