"""Photos and papers that belong to a record: checked by content, kept apart, sent back safely."""

from __future__ import annotations

import io
import secrets
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app, send_file
from PIL import Image
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.core.db import audit
from app.core.db.models import PICTURES, Attachment
from app.core.values.errors import N_, DomainError, NotFound
from app.core.web.uploads import clean_name
from app.core.workflow import states

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage

LARGEST = 10 * 1024 * 1024
MOST = 20
TYPES = {
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "webp": ("image/webp", (b"RIFF",)),
    "pdf": ("application/pdf", (b"%PDF-",)),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        (b"PK\x03\x04",),
    ),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
}
"""Kind of file → its type on the way out, and how its content begins."""
WRONG_KIND = N_(
    "“%(name)s” is no photo or paper that can be kept. Use jpg, png, webp, pdf, docx or xlsx."
)
SMALL = (320, 240)
MOST_PIXELS = 64_000_000
"""Of a photo: more than the phones of today make, less than what fills the memory."""
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How the camera was held (EXIF) → how the picture is turned."""
DAMAGED = N_("The photo “%(name)s” cannot be opened: it is damaged or too large. Take it again.")
TOO_LARGE = N_("“%(name)s” is larger than %(limit)s MB. Make the photo smaller first.")
CLOSED = N_("This record is locked: no files can be added to it. Reopen it first, then add them.")
KEPT = N_("This record is locked: its files stay with it. Reopen it first, then remove the file.")
TOO_MANY = N_("At most %(limit)s files belong to one record.")


def folder() -> Path:
    return Path(current_app.config["INSTANCE"]) / "attachments"


def of_record(session: Session, screen: str, record_id: int) -> list[Attachment]:
    """The files of a record, the oldest first."""
    found = select(Attachment).where(Attachment.screen == screen, Attachment.record_id == record_id)
    return list(session.scalars(found.order_by(Attachment.id)))


def kind_of(name: str, content: bytes) -> str:
    """The kind of a file by its name and the beginning of its content; DomainError for others."""
    kind = name.rpartition(".")[2].lower().replace("jpeg", "jpg")
    signs = TYPES.get(kind, ("", ()))[1]
    if not any(content.startswith(sign) for sign in signs):
        raise DomainError(WRONG_KIND, name=name)
    if kind == "webp" and content[8:12] != b"WEBP":
        raise DomainError(WRONG_KIND, name=name)
    return kind


ADDED, REMOVED = "attachments added", "attachments removed"
"""Keys of a session's info: files that go when it rolls back, and when it commits."""


def _unlink(session: Session, gone: str, kept: str) -> None:
    for path in session.info.pop(gone, ()):
        path.unlink(missing_ok=True)
    session.info.pop(kept, None)


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    """The disk follows the transaction: what was removed is gone only now."""
    _unlink(session, REMOVED, ADDED)


@event.listens_for(Session, "after_rollback")
def _given_up(session: Session) -> None:
    _unlink(session, ADDED, REMOVED)


def _paths(kept: Attachment) -> list[Path]:
    return [folder() / kept.token, folder() / f"{kept.token}.small"]


def small_picture(name: str, content: bytes) -> bytes:
    """The small picture of a photo, upright, as JPEG; DomainError for what is no picture.

    What the camera wrote into the photo (place, device) is not in the small picture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            photo = Image.open(io.BytesIO(content))
            if photo.width * photo.height > MOST_PIXELS:
                raise DomainError(DAMAGED, name=name)
            photo.draft("RGB", (SMALL[0] * 2, SMALL[1] * 2))
            turn = TURNS.get(photo.getexif().get(ORIENTATION))
            photo.thumbnail(SMALL if turn is None else (max(SMALL), max(SMALL)))
            upright = photo.convert("RGB") if turn is None else photo.convert("RGB").transpose(turn)
            upright.thumbnail(SMALL)
            target = io.BytesIO()
            upright.save(target, "JPEG", quality=80)
    except DomainError:
        raise
    except Exception as error:  # whatever the decoder stumbles over: no photo for us
        raise DomainError(DAMAGED, name=name) from error
    return target.getvalue()


def add(session: Session, screen: str, record: Any, field: str, file: FileStorage) -> Attachment:
    """Keep one file of a record; the act is recorded. Never commits.

    :raises DomainError: the record is locked; the file is of another kind, too large, or one
        too many.
    """
    if not states.takes_files(record):
        raise DomainError(CLOSED)
    name = clean_name(file.filename or "")
    content = file.stream.read(LARGEST + 1)
    if not content:
        raise DomainError(N_("Choose a file first."))
    if len(content) > LARGEST:
        raise DomainError(TOO_LARGE, name=name, limit=LARGEST // 1024 // 1024)
    if len(of_record(session, screen, record.id)) >= MOST:
        raise DomainError(TOO_MANY, limit=MOST)
    kind = kind_of(name, content)
    small = small_picture(name, content) if kind in PICTURES else None
    kept = Attachment(
        community_id=record.community_id,
        screen=screen,
        record_id=record.id,
        field=field,
        token=secrets.token_urlsafe(16),
        name=name,
        kind=kind,
        size=len(content),
        user_id=audit.actor().user_id,
    )
    place = folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    session.info.setdefault(ADDED, []).extend(_paths(kept))
    for path, stored in zip(_paths(kept), (content, small), strict=True):
        if stored:
            path.write_bytes(stored)
    session.add(kept)
    audit.record(
        session,
        "attach",
        screen,
        record.id,
        title=name,
        community_id=record.community_id,
        details={"file": name},
    )
    return kept


def find(session: Session, screen: str, record_id: int, key: int) -> Attachment:
    """A file of this very record, else NotFound."""
    found = session.get(Attachment, key)
    if found is None or (found.screen, found.record_id) != (screen, record_id):
        raise NotFound(N_("There is no such file."))
    return found


def send(kept: Attachment, *, small: bool = False) -> Any:
    """The file: pictures are shown, everything else is saved; `small`: a photo's small picture."""
    picture = kept.kind in PICTURES
    place = folder() / (f"{kept.token}.small" if small and picture else kept.token)
    if not place.is_file():
        raise NotFound(N_("There is no such file."))
    kind = "image/jpeg" if small and picture else TYPES[kept.kind][0]
    return send_file(place, kind, as_attachment=not picture, download_name=kept.name)


def remove(session: Session, record: Any, kept: Attachment) -> None:
    """Take a file of a record away; that it was there stays in the record of changes.

    Never commits. DomainError where the record is locked.
    """
    if states.is_locked(record):
        raise DomainError(KEPT)
    audit.record(
        session,
        "detach",
        kept.screen,
        kept.record_id,
        title=kept.name,
        community_id=kept.community_id,
        details={"file": kept.name},
    )
    session.delete(kept)
    session.info.setdefault(REMOVED, []).extend(_paths(kept))
