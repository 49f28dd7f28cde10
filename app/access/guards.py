"""Who may change whose rights: nobody raises himself, nobody touches the administrator.

The command line (an actor without a user) is the owner of the machine: it may do all of
this except leave the house without an administrator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_appbuilder.security.sqla.models import Role, assoc_user_role
from sqlalchemy import select

from app.access.cells import Cell, cells_of_roles, cells_of_user
from app.access.models import Staff
from app.core.db import audit
from app.core.records import data_scope
from app.core.values.errors import N_, DomainError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

ADMINISTRATOR = "administrator"


class Forbidden(DomainError):
    """The rules of rights forbid this to the person who asks."""

    code = "forbidden"


def roles_of(session: Session, user_id: int | None) -> set[str]:
    """The names of a user's roles."""
    return set(
        session.scalars(
            select(Role.name)
            .join(assoc_user_role, assoc_user_role.c.role_id == Role.id)
            .where(assoc_user_role.c.user_id == user_id)
        )
    )


def may_change_role(session: Session, role: Role, added: Iterable[Cell] = ()) -> None:
    """Forbidden unless the actor may change this role and give it the rights `added`."""
    actor_id = audit.actor().user_id
    if actor_id is None:
        return
    own = roles_of(session, actor_id)
    if role.name == ADMINISTRATOR:
        raise Forbidden(N_("The rights of the administrator cannot be changed here."))
    if role.name in own:
        raise Forbidden(N_("You hold this role yourself; somebody else must change it."))
    if ADMINISTRATOR in own:
        return
    rights = set(cells_of_user(session, actor_id))
    if set(added) - rights:
        raise Forbidden(N_("You can only give rights that you have yourself."))
    if cells_of_roles(session).get(role.name, set()) - rights:
        raise Forbidden(N_("This role has rights that you do not have; you cannot change it."))


def may_manage(session: Session, user: Staff) -> None:
    """Forbidden unless the actor may change this account: not his own, none above him."""
    actor_id = audit.actor().user_id
    if actor_id is None:
        return
    if user.id == actor_id:
        raise Forbidden(N_("You cannot change your own account here; ask another administrator."))
    if ADMINISTRATOR in roles_of(session, actor_id):
        return
    if ADMINISTRATOR in roles_of(session, user.id):
        raise Forbidden(N_("Only an administrator may change the account of an administrator."))
    if set(cells_of_user(session, user.id)) - set(cells_of_user(session, actor_id)):
        raise Forbidden(N_("This account has rights that you do not have; you cannot change it."))
    own = data_scope.current().communities
    seen = {link.community_id for link in user.communities}
    if own is not None and (user.all_communities or seen - own):
        raise Forbidden(N_("This account sees communities that you do not see."))


def may_give_roles(session: Session, names: Iterable[str]) -> None:
    """Forbidden unless the actor may give all these roles to somebody else."""
    actor_id = audit.actor().user_id
    if actor_id is None or ADMINISTRATOR in roles_of(session, actor_id):
        return
    if ADMINISTRATOR in names:
        raise Forbidden(N_("Only an administrator may appoint an administrator."))
    rights = cells_of_roles(session)
    own = set(cells_of_user(session, actor_id))
    if any(rights[name] - own for name in names):
        raise Forbidden(N_("You can only give roles whose rights you have yourself."))


def may_give_scope(everything: bool, communities: Iterable[int]) -> None:
    """Forbidden unless the actor's own data scope covers what is given."""
    own = data_scope.current()
    if audit.actor().user_id is None or own.communities is None:
        return
    if everything or set(communities) - own.communities:
        raise Forbidden(N_("You can only give communities that you see yourself."))


def keep_an_administrator(session: Session, leaving: Staff) -> None:
    """Forbidden when `leaving` is the last active administrator."""
    if ADMINISTRATOR not in roles_of(session, leaving.id) or not leaving.active:
        return
    # Locked together: of two who close each other's account at once, one must wait and see.
    active = session.scalars(
        select(Staff.id)
        .join(assoc_user_role, assoc_user_role.c.user_id == Staff.id)
        .join(Role, Role.id == assoc_user_role.c.role_id)
        .where(Role.name == ADMINISTRATOR, Staff.active.is_(True))
        .order_by(Staff.id)
        .with_for_update(of=Staff)
    )
    others = set(active) - {leaving.id}
    if not others:
        raise Forbidden(N_("This is the last active administrator; appoint another one first."))
