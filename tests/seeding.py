"""The posts with their default rights and one person at each, for the template database."""

from __future__ import annotations

from flask_appbuilder.security.sqla.models import Permission, PermissionView, Role, ViewMenu
from werkzeug.security import generate_password_hash

from app.access.models import Staff
from app.roles import POSTS, Verb, default_rights

PASSWORD = "Anju-2026-test"


def seed_posts(session) -> None:
    """Roles as the table says, and the person `manager` at the post manager and so on."""
    verbs = {verb: Permission(name=f"can_{verb}") for verb in Verb}
    posts = {post: Role(name=post) for post in POSTS}
    for screen, cells in default_rights().items():
        place = ViewMenu(name=screen)
        for verb in sorted({verb for verbs_ in cells.values() for verb in verbs_}):
            right = PermissionView(permission=verbs[verb], view_menu=place)
            for post, allowed in cells.items():
                if verb in allowed:
                    posts[post].permissions.append(right)
    session.add_all([*verbs.values(), *posts.values()])
    for post in POSTS:
        session.add(
            Staff(
                username=post,
                first_name=post,
                last_name="王",
                email=f"{post}@example.test",
                active=True,
                password=generate_password_hash(PASSWORD, method="pbkdf2:sha256:1"),
                roles=[posts[post]],
                all_communities=True,
            )
        )
