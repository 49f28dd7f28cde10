"""One-time form keys: what was sent twice is done once."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from app.core.db.audit import actor
from app.core.db.models import FormKey
from app.core.values.errors import N_, AlreadyDone

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def fresh() -> str:
    """A new key for a form that is being shown."""
    return secrets.token_urlsafe(24)


def use(session: Session, key: str, answer: str | None = None) -> None:
    """Mark `key` as used in this transaction; AlreadyDone when it was used before.

    `answer` is where the first submission led, so that the second can lead there too.
    """
    if not key or len(key) > 64:
        raise AlreadyDone(N_("This form has expired. Open it again and repeat your entry."))
    before = session.get(FormKey, key)
    try:
        if before is None:
            with session.begin_nested():
                session.add(FormKey(key=key, user_id=actor().user_id, answer=answer))
    except IntegrityError:
        before = session.get(FormKey, key)
    if before is not None:
        raise AlreadyDone(N_("This form was already sent; nothing was done a second time."))
