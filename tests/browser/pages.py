"""Reads pages as people see them: every text and label of the HTML, every further link."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser

SPOKEN = {
    "title",
    "placeholder",
    "aria-label",
    "alt",
    "label",
    "data-confirm",
    "data-busy",
    "data-none",
    "data-text",
    "data-name",
}
"""Attributes whose value people see or hear."""

SILENT = {"script", "style"}
LABELS = {"th", "label", "button", "h1", "h2", "h3", "legend", "summary", "dt", "kbd"}
BARE = {"input", "br", "hr", "img", "meta", "link", "col", "wbr", "circle", "line", "rect"}


class Page(HTMLParser):
    """`texts`: (element, what it says); `links`: where it leads; `data`: the JSON for scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[tuple[str, str]] = []
        self.links: list[str] = []
        self.data: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        if tag not in BARE:
            self.open.append("nav.side" if facts.get("class") == "side" else tag)
        if facts.get("type") == "application/json":
            self.open[-1] = "json"
        if tag == "input" and facts.get("type") in {"submit", "button"}:
            self.texts.append(("button", facts.get("value") or ""))
        self.texts += [(f"@{name}", facts[name] or "") for name in SPOKEN & facts.keys()]
        if tag == "a" and facts.get("href"):
            self.links.append(facts["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        while self.open and (last := self.open.pop()) != tag:
            if {"nav.side": "nav", "json": "script"}.get(last) == tag:
                break

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        if inside == "json":
            self.data.append(data)
        elif inside not in SILENT and data.strip():
            self.texts.append((inside, data.strip()))
        elif "texts: " in data:
            texts, _end = json.JSONDecoder().raw_decode(data.split("texts: ", 1)[1])
            self.data.append(json.dumps(texts))

    def said(self) -> Iterator[str]:
        """Every text, label and sentence for the scripts."""
        yield from (text for _element, text in self.texts)
        for data in self.data:
            yield from strings(json.loads(data))


def strings(value: object) -> Iterator[str]:
    """The strings inside a JSON value, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
