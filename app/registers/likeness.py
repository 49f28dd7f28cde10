"""Registers of an office that people would mistake for another one: its title, its numbers."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from itertools import permutations

from app.core.toml.faults import FileFault, problem
from app.core.toml.sources import Source
from app.core.values.errors import N_
from app.core.values.number_formats import meet, prefix

SAME_TITLE = N_("“%(value)s” is also the title of %(file)s: give this register another one.")
SAME_NUMBERS = N_(
    "Numbers like “%(value)s” are also given by %(file)s: begin these with other letters."
)


def alike(sources: Mapping[str, Source]) -> list[FileFault]:
    """What is told of the files that the office wrote; the shipped ones differ (a test)."""
    return [
        one
        for source, other in permutations(sources.values(), 2)
        if source.own and len(source.files) == 1
        for one in _alike(source, other)
    ]


def _alike(source: Source, other: Source) -> Iterator[FileFault]:
    head, known = source.definition.head, other.definition.head
    path, file = source.files[-1], other.files[-1].name
    titles = {_spoken(known.title.zh), _spoken(known.title.en)}
    found = []
    if {_spoken(head.title.zh), _spoken(head.title.en)} & titles:
        found.append(("title", SAME_TITLE, head.title.zh))
    if head.number and known.number and _same_numbers(head.number, known.number, own=other.own):
        found.append(("number", SAME_NUMBERS, head.number))
    for key, message, value in found:
        yield problem(
            path.name,
            path.read_text("utf-8-sig"),
            ("register", key),
            message,
            {"value": value, "file": file},
        )


def _spoken(title: str) -> str:
    """A title as one hears it: spaces, width and capitals make no difference."""
    return "".join(unicodedata.normalize("NFKC", title).casefold().split())


def _same_numbers(one: str, other: str, *, own: bool) -> bool:
    """Can both give one number, or did one office begin two kinds with the same letters?"""
    return meet(one, other) or (own and prefix(one) == prefix(other))
