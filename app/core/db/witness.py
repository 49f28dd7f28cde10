"""What a page that only reads gave away (a slip, a workbook) is recorded, also while others write.

The entry is written in a short transaction of its own, after the reading one. Where somebody
holds the database for longer than a moment, it is laid down as a file in the instance folder
before the page answers, and brought in when the database is free: nobody waits for a paper,
and no paper leaves without its entry.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from app.core.db import audit, engine
from app.core.db.extensions import db
from app.core.db.models import AuditEntry
from app.core.parsing.json_text import from_json
from app.core.values import clock

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger("anju")
PATIENCE = 1_000
"""Milliseconds for which a page waits for a writer before its entry is laid down."""


def note(
    act: str,
    screen: str,
    record_id: object = None,
    *,
    title: str = "",
    community_id: int | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Record the act of a page that only reads; what it read is let go (`database.writing`)."""
    values = {
        "at": clock.now(),
        "act": act,
        "screen": screen,
        "record_id": record_id,
        "title": title,
        "community_id": community_id,
        "details": details,
    }
    who = audit.actor()
    try:
        with engine.writing(db.session(), PATIENCE):
            _record(db.session(), who, values)
    except (OperationalError, PoolTimeout) as error:
        if not engine.is_busy(error):
            raise
        _lay_down({**values, "at": values["at"].isoformat(), "who": [who.user_id, who.name]})


def _record(session: Session, who: audit.Actor, values: dict[str, Any]) -> None:
    with audit.acting(who):
        audit.record(
            session,
            values["act"],
            values["screen"],
            values["record_id"],
            at=values["at"],
            title=values["title"],
            community_id=values["community_id"],
            details=values["details"],
        )


def folder() -> Path:
    """Where entries wait."""
    return Path(current_app.config["INSTANCE"]) / "audit_waiting"


def _lay_down(values: dict[str, Any]) -> None:
    """One file for an entry, on the disk before the answer leaves."""
    folder().mkdir(mode=0o700, exist_ok=True)
    name = f"{values['at'].replace(':', '')}-{secrets.token_hex(4)}"
    draft = folder() / f"{name}.part"
    with draft.open("x", encoding="utf-8") as file:
        json.dump(values, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(folder() / f"{name}.json")


def _waiting() -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(folder().glob("*.json")):
        try:
            values = from_json(path.read_text("utf-8"))
            yield path, {**values, "at": datetime.fromisoformat(values["at"])}
        except (OSError, ValueError, KeyError, TypeError):
            log.exception("the waiting entry %s cannot be read", path.name)
            with suppress(OSError):
                path.rename(path.with_suffix(".unreadable"))


def bring_in() -> int:
    """Store the entries that wait, each once; while the database is busy they go on waiting."""
    if not folder().is_dir():
        return 0
    count = 0
    for path, values in _waiting():
        user_id, name = values.pop("who")
        known = select(AuditEntry.id).where(
            AuditEntry.at == values["at"],
            AuditEntry.user_id == user_id,
            AuditEntry.act == values["act"],
            AuditEntry.screen == values["screen"],
        )
        try:
            with Session(db.engine) as session, engine.writing(session, PATIENCE):
                # Killed between the commit and the removal of the file, it is stored already.
                if session.scalar(known) is None:
                    _record(session, audit.Actor(user_id, name), values)
                    count += 1
        except (OperationalError, PoolTimeout) as error:
            if not engine.is_busy(error):
                raise
            return count
        path.unlink(missing_ok=True)
    return count
