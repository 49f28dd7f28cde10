"""The files of an office's folder: which are declarations, and which only look as if they were."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from app.core.errors import N_
from app.core.toml_faults import Problem

LARGEST = 1_000_000
"""Bytes; the longest shipped file has 15,000."""
RENAME = N_("This file is not used: its name must end in .toml. Rename it to “%(name)s”, or move "
            "it out of this folder.")  # fmt: skip
COPY = N_("This file is not used: it looks like a copy of “%(name)s”. Move it out of this folder.")
NESTED = N_("This file is not used: it lies in a folder inside. Move it up to where the other "
            "files lie, or out.")  # fmt: skip
NOT_UTF8 = N_("This file is not in UTF-8: save it with this encoding.")
UNREADABLE = N_("This file cannot be read: see whether it is a file and who may read it.")
TOO_LARGE = N_("This file is too large for a declaration: look at what is in it.")
COPIES = (".bak", ".old", ".orig", ".save", ".tmp", ".swp", ".copy", "~")


def toml_files(folder: Path) -> list[Path]:
    """The declarations of a folder, in the order of their names."""
    if not folder.is_dir():
        return []
    return sorted(one for one in folder.iterdir() if one.suffix == ".toml" and not _hidden(one))


def text_of(path: Path) -> str | Problem:
    """What stands in a file, or why it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError:
        return Problem(path.name, 1, UNREADABLE)
    if len(data) > LARGEST:
        return Problem(path.name, 1, TOO_LARGE)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Problem(path.name, 1, NOT_UTF8)
    # Every second byte of a plain text in UTF-16 is a zero.
    return Problem(path.name, 1, NOT_UTF8) if "\0" in text else text


def overlooked(folder: Path) -> Iterator[Problem]:
    """Files that somebody took for declarations, but that are none by their name or place."""
    if not folder.is_dir():
        return
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if any(part.startswith((".", "__")) for part in inside.parts[:-1]) or path.is_dir():
            continue
        lower = _plain(path)
        if ".toml" not in lower or (
            path.suffix == ".toml" and path.parent == folder and not _hidden(path)
        ):
            continue
        if lower.endswith(COPIES) or _hidden(path):
            yield Problem(str(inside), 1, COPY, {"name": _meant(path)})
        elif path.parent != folder:
            yield Problem(str(inside), 1, NESTED)
        else:
            yield Problem(str(inside), 1, RENAME, {"name": _meant(path)})


def _meant(path: Path) -> str:
    """`umbrella.toml` for `umbrella.toml.txt`, `Umbrella.TOML` and `.umbrella.toml.swp`."""
    return _plain(path).lstrip("._~$#").partition(".toml")[0] + ".toml"


def _plain(path: Path) -> str:
    return unicodedata.normalize("NFKC", path.name).casefold().strip()


def _hidden(path: Path) -> bool:
    return path.name.startswith((".", "._", "~$", "#"))
