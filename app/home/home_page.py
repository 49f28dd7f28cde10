"""The home page of a post as data: its lines with their counts and links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import current_app, url_for

from app.core.records import rights
from app.home import duties
from app.home.duties import Duty, Rhythm, Show
from app.home.sources import SOURCES

if TYPE_CHECKING:
    from collections.abc import Collection

    from flask import Flask

    from app.home.viewer import Count, Viewer

KEY = "anju_duties"


@dataclass(frozen=True, slots=True)
class DutyLine:
    """A duty as one user sees it."""

    duty: Duty
    count: Count | None
    url: str


@dataclass(frozen=True, slots=True)
class Home:
    """Figures, charts, and to-dos by rhythm (only rhythms that have any)."""

    figures: list[DutyLine]
    charts: list[DutyLine]
    todos: list[tuple[Rhythm, list[DutyLine]]]


def install(app: Flask, *, whole: bool = True) -> None:
    """Read and check duties.toml against the pages of `app`; call it after the last view."""
    declared = duties.read(duties.FILE.read_text(encoding="utf-8"), SOURCES)
    links = duties.endpoints(declared, app.extensions["anju"].views, whole=whole)
    app.extensions[KEY] = tuple((duty, links[duty.name]) for duty in declared if duty.name in links)


def build(viewer: Viewer, posts: Collection[str]) -> Home:
    """The lines of somebody with these roles, as far as the rights reach."""
    endpoints: dict[str, str] = {}
    declared = []
    for duty, endpoint in current_app.extensions[KEY]:
        endpoints[duty.name] = endpoint
        declared.append(duty)
    lines = [
        DutyLine(
            duty,
            SOURCES[duty.source](viewer) if duty.source else None,
            url_for(endpoints[duty.name], **_query(duty, viewer)),
        )
        for duty in duties.of_posts(declared, posts)
        if rights.may(duty.screen, duty.verb)
    ]
    shown = {show: [line for line in lines if line.duty.show is show] for show in Show}
    by_rhythm = [
        (rhythm, [line for line in shown[Show.TODO] if line.duty.rhythm is rhythm])
        for rhythm in Rhythm
    ]
    return Home(shown[Show.FIGURE], shown[Show.CHART], [pair for pair in by_rhythm if pair[1]])


def _query(duty: Duty, viewer: Viewer) -> dict[str, Any]:
    """The query of the link, with the days that it names filled in."""
    filled = duty.query.format(today=viewer.today, last_workday=viewer.last_workday)
    return dict(pair.split("=", 1) for pair in filled.split("&") if pair)
