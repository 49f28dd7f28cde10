"""The files of an office's folder: which are declarations, and which only look as if they were."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from app.core.toml.faults import FileFault
from app.core.values.errors import N_

LARGEST = 1_000_000
"""Bytes; the longest shipped file has 15,000."""
RENAME = N_(
    "This file is not used: its name must end in .toml. Rename it to “%(name)s”, or move "
    "it out of this folder."
)
COPY = N_("This file is not used: it looks like a copy of “%(name)s”. Move it out of this folder.")
NESTED = N_(
    "This file is not used: it lies in a folder inside. Move it up to where the other "
    "files lie, or out."
)
NOT_UTF8 = N_("This file is not in UTF-8: save it with this encoding.")
UNREADABLE = N_("This file cannot be read: see whether it is a file and who may read it.")
TOO_LARGE = N_("This file is too large for a declaration: look at what is in it.")
DECLARES = r"\s*(?:#.*\s+)*(?:\[\[?\s*(?:{head}|fields)\s*\]|extends\s*=)"
"""How the text of a declaration begins; `head`: its first table."""
COPIES = (".bak", ".old", ".orig", ".save", ".tmp", ".swp", ".copy", "~")


def toml_files(folder: Path) -> list[Path]:
    """The declarations of a folder, in the order of their names."""
    if not folder.is_dir():
        return []
    return sorted(one for one in folder.iterdir() if one.suffix == ".toml" and not _hidden(one))


def text_of(path: Path) -> str | FileFault:
    """What stands in a file, or why it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError:
        return FileFault(path.name, 1, UNREADABLE)
    if len(data) > LARGEST:
        return FileFault(path.name, 1, TOO_LARGE)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return FileFault(path.name, 1, NOT_UTF8)
    # Every second byte of a plain text in UTF-16 is a zero.
    return FileFault(path.name, 1, NOT_UTF8) if "\0" in text else text


def overlooked(folder: Path, head: str) -> Iterator[FileFault]:
    """Files that somebody took for declarations, but that are none by their name or place.

    `head`: the first table of a declaration; a file that begins like one is meant as one.
    """
    if not folder.is_dir():
        return
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if any(part.startswith((".", "__")) for part in inside.parts[:-1]) or path.is_dir():
            continue
        if path.suffix == ".toml" and path.parent == folder and not _hidden(path):
            continue
        if not _is_meant(path, head):
            continue
        if _plain(path).endswith(COPIES) or _hidden(path):
            yield FileFault(str(inside), 1, COPY, {"name": _meant(path)})
        elif path.parent != folder:
            yield FileFault(str(inside), 1, NESTED)
        else:
            yield FileFault(str(inside), 1, RENAME, {"name": _meant(path)})


def _is_meant(path: Path, head: str) -> bool:
    """Was this to be a declaration: by its name, by a slip of its ending, by what it says?"""
    name = _plain(path)
    if ".toml" in name:
        return True
    if path.suffix in {".py", ".html"}:  # what lies beside declarations
        return False
    if difflib.get_close_matches(Path(name).suffix, [".toml"], cutoff=0.8):
        return True
    text = text_of(path)
    return not isinstance(text, FileFault) and bool(re.match(DECLARES.format(head=head), text))


def _meant(path: Path) -> str:
    """`umbrella.toml` for `umbrella.toml.txt`, `Umbrella.TOML`, `umbrella.tml`, `umbrella.txt`."""
    name = _plain(path).lstrip("._~$#")
    return (name.partition(".toml")[0] if ".toml" in name else Path(name).stem) + ".toml"


def _plain(path: Path) -> str:
    return unicodedata.normalize("NFKC", path.name).casefold().strip()


def _hidden(path: Path) -> bool:
    return path.name.startswith((".", "._", "~$", "#"))
