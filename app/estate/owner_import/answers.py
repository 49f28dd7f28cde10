"""What the office has said of its files: remembered for the next one, listed, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.db import audit
from app.core.db.models import HeaderMapping
from app.core.sheets.questions import Answers
from app.core.values import clock
from app.estate.base.remembered import FileAnswer
from app.estate.owner_file.layout import owner_layout

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.estate.owner_file.rows import OwnerFile

KIND = "owners"
KEY: int = FileAnswer.__table__.c.key.type.length
VALUE: int = FileAnswer.__table__.c.value.type.length


@dataclass(frozen=True, slots=True)
class Remembered:
    """One line of the list: what stood in the file, what it means, since when."""

    kind: str
    id: int
    written: str
    meaning: str
    changed_at: datetime


def remembered(session: Session) -> Answers:
    """Everything that was said before: words and other lasting questions, whole headers."""
    said = session.execute(select(FileAnswer.key, FileAnswer.value))
    columns = session.execute(
        select(HeaderMapping.fingerprint, HeaderMapping.mapping).filter_by(kind=KIND)
    )
    return Answers(
        said={key: value for key, value in said},  # noqa: C416 - rows, not pairs
        columns={
            fingerprint: {int(index): name for index, name in mapping.items()}
            for fingerprint, mapping in columns
        },
    )


def together(before: Answers, own: Answers) -> Answers:
    """What was remembered, and over it what was said of this file."""
    return Answers(
        said={**before.said, **own.said},
        columns={**before.columns, **own.columns},
        cells=own.cells,
        sheets_left_out=own.sheets_left_out,
        rows_left_out=own.rows_left_out,
    )


def remember(session: Session, file: OwnerFile, own: Answers) -> None:
    """Keep what was said of this file and holds for others: called when it is imported."""
    user, moment = audit.actor().user_id, clock.now()
    for question in file.questions:
        value = own.said.get(question.key)
        if not question.lasting or value is None or len(question.key) > KEY or len(value) > VALUE:
            continue
        known = session.scalar(select(FileAnswer).filter_by(key=question.key))
        if known is None:
            known = FileAnswer(key=question.key, asks=question.asks.value)
            session.add(known)
        label = next((one.label for one in question.choices if one.value == value), value)
        known.written, known.value, known.label = question.value[:120], value, label[:200]
        known.user_id, known.changed_at = user, moment
    labels = {header.fingerprint: list(header.labels) for header in file.headers}
    for fingerprint, fields in own.columns.items():
        match = session.scalar(select(HeaderMapping).filter_by(kind=KIND, fingerprint=fingerprint))
        if match is None:
            match = HeaderMapping(kind=KIND, fingerprint=fingerprint)
            session.add(match)
        match.mapping = {str(index): name for index, name in fields.items()}
        match.labels = labels.get(fingerprint)
        match.user_id, match.changed_at = user, moment
    session.flush()


def listed(session: Session) -> list[Remembered]:
    """What is remembered, the newest first, in the reader's words."""
    names = {column.name: _(column.label) for column in owner_layout().columns}
    found = [
        Remembered("answer", one.id, one.written or one.key, _(one.label), one.changed_at)
        for one in session.scalars(select(FileAnswer))
    ]
    for one in session.scalars(select(HeaderMapping).filter_by(kind=KIND)):
        labels = one.labels or []
        told = [
            (
                labels[int(index)]
                if int(index) < len(labels)
                else _("column %(number)s", number=int(index) + 1),
                names.get(name, name),
            )
            for index, name in sorted(one.mapping.items(), key=lambda pair: int(pair[0]))
        ]
        header = "、".join(label for label in labels if label) or _("A header")
        meaning = "；".join(f"{label} = {name}" for label, name in told)
        found.append(Remembered("header", one.id, header, meaning, one.changed_at))
    return sorted(found, key=lambda one: (one.changed_at, one.id), reverse=True)


def forget(session: Session, kind: str, key: int) -> str | None:
    """Take one thing back; what it was, or None when it is gone already."""
    model = {"answer": FileAnswer, "header": HeaderMapping}.get(kind)
    found = session.get(model, key) if model else None
    if found is None or (isinstance(found, HeaderMapping) and found.kind != KIND):
        return None
    words = next(one.written for one in listed(session) if (one.kind, one.id) == (kind, key))
    session.delete(found)
    audit.record(session, "forget", "owner_import", key, title=words)
    return words
