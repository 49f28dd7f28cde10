"""What the present user may do: every right read in one query per request."""

from __future__ import annotations

from flask import g
from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from flask_login import current_user
from sqlalchemy import select

from app.core.db.extensions import db
from app.roles import Verb

PREFIX = "can_"


def of_user(user_id: int) -> frozenset[tuple[str, str]]:
    """The rights of a user as pairs (screen, verb): one query over the tables of rights."""
    rows = db.session.execute(
        select(ViewMenu.name, Permission.name)
        .join(PermissionView, PermissionView.view_menu_id == ViewMenu.id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(
            assoc_permissionview_role,
            assoc_permissionview_role.c.permission_view_id == PermissionView.id,
        )
        .join(
            assoc_user_role,
            assoc_user_role.c.role_id == assoc_permissionview_role.c.role_id,
        )
        .where(assoc_user_role.c.user_id == user_id)
    )
    return frozenset(
        (screen, permission.removeprefix(PREFIX))
        for screen, permission in rows
        if permission.startswith(PREFIX)
    )


def of_current() -> frozenset[tuple[str, str]]:
    """The rights of the user of this request, kept until it ends; nothing for a stranger."""
    if "anju_rights" not in g:
        known = current_user.is_authenticated
        g.anju_rights = of_user(current_user.id) if known else frozenset()
    rights: frozenset[tuple[str, str]] = g.anju_rights
    return rights


def may(screen: str, verb: Verb | str = Verb.READ) -> bool:
    """May the present user do this on that screen?"""
    return (screen, str(verb)) in of_current()
