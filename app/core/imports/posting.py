"""The good rows of a sheet are stored as one batch that can be undone; never commits."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from app.core.db import audit
from app.core.db.models import ImportBatch, ImportChange
from app.core.imports.batch import Outcome, encoded
from app.core.screens import editing

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.core.imports.compare import ComparedRow
    from app.core.screens.screen import Screen


def digest(found: list[ComparedRow]) -> str:
    """A fingerprint of what the preview says."""
    said = [
        (one.number, one.outcome, [tuple(map(str, part)) for part in one.changes + one.problems])
        for one in found
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def post(
    session: Session, screen: Screen, found: list[ComparedRow], name: str, community: Any
) -> Any:
    """Store the good rows as one batch, which can be undone; never commits."""
    good = [one for one in found if not one.problems]
    counts = {outcome.value: sum(one.outcome is outcome for one in good) for outcome in Outcome}
    batch = ImportBatch(
        community_id=community.id,
        kind=screen.screen,
        file_name=name[:200],
        digest=digest(found),
        counts=counts,
        user_id=audit.actor().user_id,
    )
    session.add(batch)
    session.flush()
    for row in good:
        if row.outcome is Outcome.NEW:
            row.record.origin_batch_id = batch.id
            screen.pre_add(row.record)
            session.add(row.record)
        elif row.outcome is Outcome.CHANGED:
            _change(session, screen, row, batch.id)
    session.flush()
    audit.record(
        session,
        "import",
        screen.screen,
        batch.id,
        title=name,
        community_id=community.id,
        details=counts,
    )
    return batch


def _change(session: Session, screen: Screen, row: ComparedRow, batch_id: int) -> None:
    """Change a stored record, keeping what it was for the undo."""
    table = screen.model.__table__
    before = {column.name: getattr(row.record, column.key) for column in table.c}
    editing.assign(row.record, row.given)
    screen.pre_update(row.record)
    session.flush()
    after = {column.name: getattr(row.record, column.key) for column in table.c}
    changed = [name for name in before if before[name] != after[name] and name != "version"]
    session.add(
        ImportChange(
            batch_id=batch_id,
            table=table.name,
            row_id=row.record.id,
            version=row.record.version,
            before=encoded({name: before[name] for name in changed}),
            after=encoded({name: after[name] for name in changed}),
        )
    )
