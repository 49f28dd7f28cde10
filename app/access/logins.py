"""An attempt to log in: the lock after repeated failures, and the record of every attempt.

Every refusal looks and takes the same, whether the account does not exist, is closed or
locked, or the password is wrong: strangers learn nothing from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from app.access.accounts import is_locked
from app.access.models import LoginEvent, Staff
from app.access.passwords import Policy, matches
from app.core.values import clock

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def stored_password(session: Session, username: str) -> str | None:
    """The hash to compare with; None where no such account exists."""
    return session.scalar(select(Staff.password).where(Staff.username == _plain(username)))


def decide(
    session: Session, username: str, right: bool, address: str, policy: Policy
) -> Staff | None:
    """Write down the attempt; the user when it succeeds.

    `right` says whether the password was right. It was compared outside this transaction,
    because the comparison is slow on purpose; whether the account is locked is read here,
    in the transaction that counts, so attempts at the same moment count each other.
    """
    user = session.scalar(select(Staff).where(Staff.username == _plain(username)).with_for_update())
    outcome = "failure"
    if user is not None and user.active and not is_locked(user):
        if right:
            outcome = "success"
            user.fail_login_count, user.locked_until = 0, None
            user.last_login = clock.now()
            user.login_count = (user.login_count or 0) + 1
        else:
            user.fail_login_count = (user.fail_login_count or 0) + 1
            if user.fail_login_count >= policy.tries:
                outcome = "locked"
                user.locked_until = clock.now() + policy.lock
                user.fail_login_count = 0
    note(session, user, username, outcome, address)
    return user if outcome == "success" else None


def attempt(
    session: Session, username: str, password: str, address: str, policy: Policy
) -> Staff | None:
    """Compare and decide in one go: for callers that hold no write lock meanwhile."""
    right = matches(stored_password(session, username), password, policy)
    return decide(session, username, right, address, policy)


def note(session: Session, user: Staff | None, username: str, outcome: str, address: str) -> None:
    """Add a line to the record of logins."""
    session.add(
        LoginEvent(
            user_id=user.id if user else None,
            username=_plain(username)[:128],
            outcome=outcome,
            address=address[:64],
        )
    )
    session.flush()


def _plain(username: str) -> str:
    return username.replace("\x00", "").strip().lower()
