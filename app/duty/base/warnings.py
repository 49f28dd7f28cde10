"""What the daily logs know to warn of when a unit is chosen; it never forbids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.duty.base.models import LogProblem, ProblemState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

SHOWN = 3


def unit_has_open_case(session: Session, unit: Any) -> str | None:
    """A log has an open problem of this unit (I23): somebody is dealing with it already."""
    texts = session.scalars(
        select(LogProblem.text)
        .where(LogProblem.unit_id == unit.id, LogProblem.state == ProblemState.OPEN)
        .order_by(LogProblem.opened_on.desc())
        .limit(SHOWN)
    ).all()
    if not texts:
        return None
    return _("Open matter of %(unit)s: %(text)s", unit=unit.code, text="；".join(texts))


CHECKS: Mapping[str, Callable[[Session, Any], str | None]] = {
    check.__name__: check for check in (unit_has_open_case,)
}
"""Name → check; registers call them by name in their files."""
