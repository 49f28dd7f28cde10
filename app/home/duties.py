"""The declared duties of each post, read from duties.toml and checked when the house starts."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.roles import POSTS, Verb, default_rights

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

FILE = Path(__file__).with_name("duties.toml")
KEYS = {
    "name",
    "posts",
    "zh",
    "en",
    "rhythm",
    "show",
    "source",
    "screen",
    "verb",
    "page",
    "query",
    "duty",
}


class Rhythm(StrEnum):
    """How often a duty comes back, in the order in which the home page lists them."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class Show(StrEnum):
    """How a line looks: a to-do with its count, a large figure, a chart."""

    TODO = "todo"
    FIGURE = "figure"
    CHART = "chart"


@dataclass(frozen=True, slots=True)
class Duty:
    """One line of a home page; `source` None is a plain reminder, `page` a route of the view."""

    name: str
    posts: frozenset[str]
    zh: str
    en: str
    rhythm: Rhythm
    show: Show
    source: str | None
    screen: str
    verb: Verb
    page: str | None
    query: str
    duty: str

    def text(self, language: str) -> str:
        """The line in the reader's language."""
        return self.zh if language == "zh" else self.en


class BadDeclaration(RuntimeError):
    """duties.toml says something that the house cannot do; the message names the entry."""


def _one(entry: Mapping[str, Any], sources: Collection[str]) -> Duty:
    name = entry.get("name", "without a name")

    def refuse(why: str) -> BadDeclaration:
        return BadDeclaration(f"duties.toml, duty {name}: {why}")

    if unknown := set(entry) - KEYS:
        raise refuse(f"unknown key {sorted(unknown)}")
    if missing := {"name", "posts", "zh", "en", "rhythm", "screen", "duty"} - set(entry):
        raise refuse(f"{sorted(missing)} is missing")
    if wrong := set(entry["posts"]) - set(POSTS):
        raise refuse(f"unknown post {sorted(wrong)}")
    if entry["screen"] not in default_rights():
        raise refuse(f"the screen {entry['screen']!r} has no row in the role table")
    source = entry.get("source")
    if source is not None and source not in sources:
        raise refuse(f"unknown source {source!r}; app/home/sources.py has no such function")
    try:
        rhythm, show = Rhythm(entry["rhythm"]), Show(entry.get("show", "todo"))
        verb = Verb(entry.get("verb", "read"))
    except ValueError as error:
        raise refuse(str(error)) from error
    if show is not Show.TODO and source is None:
        raise refuse(f"a {show} needs a source")
    return Duty(
        name,
        frozenset(entry["posts"]),
        entry["zh"],
        entry["en"],
        rhythm,
        show,
        source,
        entry["screen"],
        verb,
        entry.get("page"),
        entry.get("query", ""),
        entry["duty"],
    )


def read(text: str, sources: Collection[str]) -> tuple[Duty, ...]:
    """The duties of a declaration; BadDeclaration names the first entry that is wrong."""
    try:
        entries = tomllib.loads(text).get("duty", [])
    except tomllib.TOMLDecodeError as error:
        raise BadDeclaration(f"duties.toml cannot be read: {error}") from error
    duties = tuple(_one(entry, sources) for entry in entries)
    names = [duty.name for duty in duties]
    if twice := {name for name in names if names.count(name) > 1}:
        raise BadDeclaration(f"duties.toml, duty {min(twice)}: the name is there twice")
    return duties


def endpoints(
    duties: Collection[Duty], views: Collection[Any], *, whole: bool = True
) -> dict[str, str]:
    """duty → the endpoint of its line; BadDeclaration where the house has no such page.

    With `whole` False (a house with a part of the views) such a line is left out.
    """
    first: dict[str, Any] = {}
    for view in views:
        first.setdefault(view.screen, view)
    found = {}
    for duty in duties:
        view = first.get(duty.screen)
        page = duty.page or getattr(view, "default_view", "")
        if view is not None and callable(getattr(view, page, None)):
            found[duty.name] = f"{view.endpoint}.{page}"
        elif whole or view is not None:
            raise BadDeclaration(
                f"duties.toml, duty {duty.name}: the house has no page {page!r} of the screen "
                f"{duty.screen!r}"
            )
    return found


def of_posts(duties: Collection[Duty], held: Collection[str]) -> list[Duty]:
    """The lines of somebody with these roles; a role that is no post may have any line."""
    posts = set(held) & set(POSTS)
    return [duty for duty in duties if not posts or duty.posts & posts]
