"""Accounts of the staff: create, change, deactivate, unlock, and their passwords (S01)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select

from app.access import guards, sessions
from app.access.models import Staff, UserCommunity
from app.access.passwords import Policy, check, hashed, matches, random_password
from app.core.db import audit
from app.core.db.types import metadata
from app.core.values import clock
from app.core.values.errors import N_, DomainError, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

USERNAME = re.compile(r"[\w.@-]{2,40}")


def find(session: Session, user_id: int) -> Staff:
    """The account with this key, else NotFound."""
    user = session.get(Staff, user_id)
    if user is None:
        raise NotFound(N_("There is no such account."))
    return user


def find_by_name(session: Session, username: str) -> Staff:
    """The account with this user name, in any case of letters, else NotFound."""
    user = session.scalar(select(Staff).where(Staff.username == username.strip().lower()))
    if user is None:
        raise NotFound(N_("There is no account “%(name)s”."), name=username)
    return user


def communities(session: Session) -> dict[int, str]:
    """key → name of every community: access knows the table, not the feature that owns it."""
    table = metadata.tables["community"]
    rows = session.execute(select(table.c.id, table.c.name).order_by(table.c.id))
    return dict(rows.all())


def create_user(
    session: Session,
    *,
    username: str,
    family: str,
    given: str,
    roles: Sequence[str],
    password: str,
    all_communities: bool = False,
    communities: Sequence[int] = (),
    post_title: str | None = None,
    email: str | None = None,
    must_change_password: bool = True,
    policy: Policy | None = None,
) -> Staff:
    """A new account that the actor may create; user names are kept in small letters.

    The caller shows `password` once; unless told otherwise it must be changed at the
    first login.
    """
    policy = policy or Policy()
    username = username.strip().lower()
    if not USERNAME.fullmatch(username):
        raise DomainError(
            N_("A user name has 2 to 40 letters or digits, without spaces."), field="username"
        )
    if session.scalar(select(Staff.id).where(Staff.username == username)):
        raise DomainError(N_("The user name “%(name)s” is taken."), field="username", name=username)
    check(password, username, policy)
    # E-mail is unique and required by the framework; .invalid can never be delivered to.
    address = (email or "").strip() or f"{username}@anju.invalid"
    user = Staff(
        username=username,
        email=address,
        password=hashed(password, policy),
        active=True,
        must_change_password=must_change_password,
    )
    _name(user, family, given, post_title)
    session.add(user)
    session.flush()
    _give(session, user, roles, all_communities, communities)
    audit.record(
        session,
        "rights.user_create",
        "users",
        user.id,
        title=user.get_full_name(),
        details={"username": username, **_facts(session, user)},
    )
    session.flush()
    return user


def change_user(
    session: Session,
    user: Staff,
    *,
    family: str,
    given: str,
    roles: Sequence[str],
    all_communities: bool,
    communities: Sequence[int] = (),
    post_title: str | None = None,
) -> None:
    """Change name, roles and data scope of somebody else's account."""
    guards.may_manage(session, user)
    before = _facts(session, user)
    if guards.ADMINISTRATOR not in roles:
        guards.keep_an_administrator(session, user)
    _name(user, family, given, post_title)
    _give(session, user, roles, all_communities, communities)
    after = _facts(session, user)
    changed = {
        key: {"old": before[key], "new": after[key]} for key in after if before[key] != after[key]
    }
    if changed:
        audit.record(
            session,
            "rights.user_change",
            "users",
            user.id,
            title=user.get_full_name(),
            details=changed,
        )
    session.flush()


def _name(user: Staff, family: str, given: str, post_title: str | None) -> None:
    family, given = family.strip(), given.strip()
    if not family:
        raise DomainError(N_("Enter the family name."), field="family")
    if not given:
        raise DomainError(N_("Enter the given name."), field="given")
    title = (post_title or "").strip() or None
    for text, limit, field in ((family, 64, "family"), (given, 64, "given"), (title, 60, "title")):
        if text and (len(text) > limit or not text.isprintable()):
            raise DomainError(
                N_("At most %(count)s ordinary characters, please."), field=field, count=limit
            )
    user.last_name, user.first_name, user.post_title = family, given, title


def _give(
    session: Session, user: Staff, roles: Sequence[str], everything: bool, chosen: Sequence[int]
) -> None:
    known = list(session.scalars(select(Role).where(Role.name.in_(set(roles)))))
    if not roles or len(known) != len(set(roles)):
        raise DomainError(N_("Choose at least one role."), field="roles")
    new_names = set(roles) - guards.roles_of(session, user.id)
    guards.may_give_roles(session, new_names)
    wanted = set() if everything else set(chosen)
    if wanted - set(communities(session)):
        raise DomainError(N_("One of the communities does not exist."), field="communities")
    present = {link.community_id for link in user.communities}
    if everything != bool(user.all_communities) or wanted - present:
        guards.may_give_scope(everything and not user.all_communities, wanted - present)
    user.roles = known
    user.all_communities = everything
    kept = [link for link in user.communities if link.community_id in wanted]
    user.communities = kept + [UserCommunity(community_id=key) for key in wanted - present]
    session.flush()


def _facts(session: Session, user: Staff) -> dict[str, object]:
    names = communities(session)
    return {
        "name": user.get_full_name(),
        "roles": sorted(guards.roles_of(session, user.id)),
        "post_title": user.post_title,
        "all_communities": bool(user.all_communities),
        "communities": sorted(names[link.community_id] for link in user.communities),
    }


def deactivate(session: Session, user: Staff) -> None:
    """Close an account: its sessions end at once, its records stay."""
    guards.may_manage(session, user)
    guards.keep_an_administrator(session, user)
    user.active = False
    sessions.end_all(session, user.id)
    _note(session, "rights.user_deactivate", user)


def activate(session: Session, user: Staff) -> None:
    """Open a closed account again."""
    guards.may_manage(session, user)
    user.active = True
    user.fail_login_count, user.locked_until = 0, None
    _note(session, "rights.user_activate", user)


def unlock(session: Session, user: Staff) -> None:
    """Let somebody try again before the lock runs out."""
    guards.may_manage(session, user)
    user.fail_login_count, user.locked_until = 0, None
    _note(session, "rights.user_unlock", user)


def reset_password(session: Session, user: Staff, policy: Policy | None = None) -> str:
    """A random password, to be told once and changed at the next login; sessions end."""
    guards.may_manage(session, user)
    policy = policy or Policy()
    password = random_password(policy)
    user.password = hashed(password, policy)
    user.must_change_password = True
    user.fail_login_count, user.locked_until = 0, None
    sessions.end_all(session, user.id)
    _note(session, "rights.password_reset", user)
    return password


def change_own_password(
    session: Session,
    user: Staff,
    old: str,
    new: str,
    *,
    policy: Policy | None = None,
    keep: str | None = None,
) -> None:
    """Change one's own password; every session but the one with token `keep` ends."""
    policy = policy or Policy()
    if not matches(user.password, old, policy):
        raise DomainError(N_("The present password is not right."), field="old")
    if new == old:
        raise DomainError(
            N_("The new password must differ from the present one."), field="password"
        )
    check(new, user.username, policy)
    user.password = hashed(new, policy)
    user.must_change_password = False
    sessions.end_all(session, user.id, keep=keep)
    _note(session, "rights.password_change", user)


def _note(session: Session, act: str, user: Staff) -> None:
    audit.record(session, act, "users", user.id, title=user.get_full_name())
    session.flush()


def is_locked(user: Staff) -> bool:
    """Is the account closed for a while after wrong passwords?"""
    return user.locked_until is not None and user.locked_until > clock.now()
