"""The Chinese catalogue: every translations/zh/*.po in one compiled file that Flask-Babel reads."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from config import ROOT

FOLDER = ROOT / "translations"


@dataclass(frozen=True, slots=True)
class TextConflict:
    """The same source text with two translations: one of the files must give way."""

    text: str
    first: str
    second: str
    file: str


def compiled(folder: Path = FOLDER, language: str = "zh") -> Path:
    """Where the compiled catalogue of a language lies."""
    return folder / language / "LC_MESSAGES" / "messages.mo"


def sources(folder: Path = FOLDER, language: str = "zh") -> list[Path]:
    """The catalogues of the areas, in the order in which they are read."""
    return sorted((folder / language).glob("*.po"))


def merge(files: list[Path]) -> tuple[Catalog, list[TextConflict]]:
    """One catalogue of all files, and the texts on which they do not agree (first wins)."""
    whole = Catalog(locale="zh")
    conflicts = []
    for path in files:
        with path.open("rb") as file:
            part = read_po(file, locale="zh", abort_invalid=True)
        for message in part:
            if not message.id or not message.string:
                continue
            known = whole.get(message.id, message.context)
            if known is None:
                whole.add(message.id, message.string, flags=message.flags, context=message.context)
            elif known.string != message.string:
                conflicts.append(
                    TextConflict(str(message.id), str(known.string), str(message.string), path.name)
                )
    return whole, conflicts


def build(folder: Path = FOLDER, language: str = "zh") -> int:
    """Compile the catalogue; the answer is the number of texts.

    The file is replaced in one step: processes that start meanwhile read the old or the new.
    """
    whole, _conflicts = merge(sources(folder, language))
    target = compiled(folder, language)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        write_mo(file, whole)
    Path(name).chmod(0o644)
    Path(name).replace(target)
    return len(whole)


def refresh(folder: Path = FOLDER, language: str = "zh") -> None:
    """Compile the catalogue when it is missing or older than a source."""
    files = sources(folder, language)
    if not files:
        return
    target = compiled(folder, language)
    newest = max(path.stat().st_mtime for path in (*files, folder / language))
    if not target.exists() or target.stat().st_mtime < newest:
        build(folder, language)


def in_chinese(text: str) -> str:
    """A source text in Chinese where there is no request to say the language (commands)."""
    return Translations.load(str(FOLDER), ["zh"]).gettext(text)
