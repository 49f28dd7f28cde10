"""Who is at the keyboard: the user, scope and actor of a request, a job or a command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, g, redirect, request, session, url_for
from flask_login import current_user
from sqlalchemy import select

from app.access import sessions
from app.access.models import Staff, UserCommunity
from app.access.passwords import Policy
from app.core.db import audit
from app.core.db.extensions import db
from app.core.records import data_scope

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

FREE_ENDPOINTS = {"static", "ProfilePage.password", "LoginView.login", "LoginView.logout"}
"""What a user may still open before the first password is changed, besides static files."""


def policy() -> Policy:
    """The login rules of this application."""
    return Policy.of(current_app.config)


def user_of_cookie(user_id: str) -> Staff | None:
    """The user whose cookie this request carries, if its login has not ended."""
    if not user_id.isdecimal() or len(user_id) > 18:
        return None
    return sessions.owner(db.session, session.get(sessions.COOKIE_KEY), int(user_id))


def scope_of(session: Session, user: Staff) -> data_scope.Scope:
    """The communities that this user may see."""
    if user.all_communities:
        return data_scope.EVERYTHING
    chosen = session.scalars(
        select(UserCommunity.community_id).where(UserCommunity.user_id == user.id)
    )
    return data_scope.Scope(frozenset(chosen))


def actor_of(user: Staff) -> audit.Actor:
    """The person in whose name acts are recorded."""
    return audit.Actor(user.id, user.get_full_name())


def person_at_work() -> Staff | None:
    """Who is at work now; nobody on the command line."""
    key = audit.actor().user_id
    return db.session.get(Staff, key) if key else None


def identity_of(session: Session, user_id: int) -> tuple[data_scope.Scope, audit.Actor]:
    """Whose data a user may see now, and his name: for the jobs that he started.

    Whoever has left the house meanwhile sees nothing.
    """
    user = session.get(Staff, user_id)
    if user is None or not user.active:
        return data_scope.NOTHING, audit.Actor(user_id, "")
    return scope_of(session, user), actor_of(user)


def enter_request_user() -> Any:
    """Let this request work as its user; before the first password is changed, nowhere else.

    Answers None, or the redirect to the page where the password is changed.
    """
    if not current_user.is_authenticated:
        return None
    user = current_user._get_current_object()
    data_scope.enter(scope_of(db.session, user))
    audit.enter(actor_of(user))
    g.user = user
    endpoint = request.endpoint or ""
    if not user.must_change_password or endpoint in FREE_ENDPOINTS or endpoint.endswith(".static"):
        return None
    return redirect(url_for("ProfilePage.password"))
