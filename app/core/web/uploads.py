"""Files on their way in: kept apart from the web, known by a secret token, gone after a week.

Each upload is a folder of its own under the instance: the file as it came (`source`, without
its name), what is known of it (`facts.json`) and what was worked out of it.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import unicodedata
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.core.values import clock
from app.core.values.errors import N_, DomainError, NotFound

if TYPE_CHECKING:
    from typing import BinaryIO

KEPT = timedelta(days=7)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_BLOCK = 1 << 20


@dataclass(slots=True)
class Upload:
    """A file that somebody sent; `facts` is what its feature wants to remember of it."""

    token: str
    folder: Path
    user_id: int | None
    file_name: str
    digest: str
    size: int
    created_at: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def source(self) -> Path:
        """The file as it came."""
        return self.folder / "source"

    def save(self) -> None:
        """Write down what is known; whole or not at all."""
        known = asdict(self)
        del known["folder"]
        draft = self.folder / "facts.tmp"
        draft.write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")
        draft.replace(self.folder / "facts.json")

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def clean_name(name: str) -> str:
    """A file name that may be shown and sent back: no path, no invisible signs, 120 signs."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(
        sign for sign in last if unicodedata.category(sign)[0] != "C" and sign not in '<>:"|?*'
    )
    return seen.strip(" .")[-120:] or "file"


def keep(root: Path, stream: BinaryIO, name: str, user_id: int | None) -> Upload:
    """Store a file that is being sent; :raises DomainError: it is empty or missing."""
    if not name:
        raise DomainError(N_("Choose a file first."), field="file")
    sweep(root)
    token = secrets.token_urlsafe(16)
    folder = root / token
    folder.mkdir(parents=True, mode=0o700)
    seal, size = hashlib.sha256(), 0
    with (folder / "source").open("wb") as out:
        while block := stream.read(_BLOCK):
            seal.update(block)
            size += len(block)
            out.write(block)
    upload = Upload(
        token, folder, user_id, clean_name(name), seal.hexdigest(), size, clock.now().isoformat()
    )
    if not size:
        upload.remove()
        raise DomainError(N_("The file is empty."), field="file")
    upload.save()
    return upload


def find(root: Path, token: str, user_id: int | None) -> Upload:
    """The upload of this token, for the one who sent it alone; NotFound for everybody else."""
    gone = NotFound(N_("This upload is no longer kept. Upload the file again."))
    if not _TOKEN.fullmatch(token):
        raise gone
    folder = root / token
    try:
        known = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise gone from None
    upload = Upload(folder=folder, **known)
    if upload.user_id != user_id:
        raise gone
    return upload


def sweep(root: Path) -> None:
    """Remove what has been kept for a week."""
    if not root.is_dir():
        return
    oldest = clock.real() - KEPT
    for folder in root.iterdir():
        facts = folder / "facts.json"
        changed = (facts if facts.exists() else folder).stat().st_mtime
        since = datetime.fromtimestamp(changed, UTC).replace(tzinfo=None)
        if since < oldest and folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
