"""Stock-taking: a difference is confirmed only when it was explained (H03)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.core.values.errors import N_, DomainError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def explained(_session: Session, row: Any) -> None:
    """Refuse a count that differs from the books without an explanation."""
    if row.counted != row.booked and not (row.explanation or "").strip():
        raise DomainError(
            N_("The count differs from the books: explain the difference before it is confirmed."),
            field="explanation",
        )
