"""Logins that are still good: each cookie's token has a row, and the row can be taken away."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from app.access.models import LoginSession, Staff
from app.core.values import clock

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

COOKIE_KEY = "login"
"""The name under which the cookie holds the token."""

# However busy somebody is, a login ends after this; idleness ends it much sooner (config).
LONGEST = timedelta(hours=24)


def digest(token: str) -> str:
    """What the database keeps of a token, so that reading the table opens no door."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(session: Session, user: Staff) -> dict[str, object]:
    """Open a login for `user`: the values that the cookie must hold (also for tests)."""
    too_old = clock.real() - LONGEST
    session.execute(
        delete(LoginSession).where(LoginSession.user_id == user.id, LoginSession.begun_at < too_old)
    )
    token = secrets.token_urlsafe(32)
    session.add(LoginSession(digest=digest(token), user_id=user.id))
    session.flush()
    return {"_user_id": str(user.id), "_fresh": True, "_permanent": True, COOKIE_KEY: token}


def owner(session: Session, token: str | None, user_id: int) -> Staff | None:
    """The active user whose login this token is, None when it has ended."""
    if not token:
        return None
    return session.scalar(
        select(Staff)
        .join(LoginSession, LoginSession.user_id == Staff.id)
        .where(
            LoginSession.digest == digest(token),
            LoginSession.begun_at >= clock.real() - LONGEST,
            Staff.id == user_id,
            Staff.active.is_(True),
        )
    )


def end(session: Session, token: str | None) -> None:
    """End one login: a copy of its cookie is worth nothing afterwards."""
    if token:
        session.execute(delete(LoginSession).where(LoginSession.digest == digest(token)))


def end_all(session: Session, user_id: int, keep: str | None = None) -> None:
    """End every login of a user, except the one that has the token `keep`."""
    ending = delete(LoginSession).where(LoginSession.user_id == user_id)
    if keep:
        ending = ending.where(LoginSession.digest != digest(keep))
    session.execute(ending)
