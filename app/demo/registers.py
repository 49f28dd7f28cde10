"""The demo's registers: rows of `fixtures/registers`, entered and moved on by the real acts."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from app.core.db import audit
from app.core.values import clock
from app.core.workflow import states
from app.demo.estates import FIXTURES
from app.demo.register_values import DemoWords
from app.registers import catalogue, kinds, rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

MORNING = time(9, 30)
OWN = {"ago", "at", "by", "in", "steps", "once"}
"""What a row says beside its fields."""
STEP = {"do", "after", "at", "by", "reason"}
"""What a step says beside the fields that it asks for."""


def declared() -> dict[str, dict[str, Any]]:
    """register → its rows, of all files of the folder."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((FIXTURES / "registers").glob("*.toml")):
        found.update(tomllib.loads(path.read_text(encoding="utf-8")))
    return found


@dataclass(frozen=True, slots=True)
class DemoEntry:
    """One row of the file on its day."""

    moment: datetime
    place: int
    said: dict[str, Any]


def entries(section: dict[str, Any], now: datetime) -> Iterator[DemoEntry]:
    """The rows of a section by day, those that come again as often as it says.

    `ago` is days before today; `repeat` times, every `every` days, the rows not marked
    `once` come again further back.
    """
    for place, said in enumerate(section["rows"]):
        for again in range(1 if said.get("once") else section.get("repeat", 1)):
            day = now.date() - timedelta(days=said["ago"] + again * section.get("every", 14))
            yield DemoEntry(min(_on(day, said.get("at")), now), place, said)


def _on(day: date, at: str | None) -> datetime:
    return datetime.combine(day, time.fromisoformat(at) if at else MORNING, clock.SHANGHAI)


def fill(session: Session, estates: list[int], people: dict[str, audit.Actor]) -> int:
    """Rows for every register that has a section; how many were made."""
    words, made = DemoWords(session, estates, people), 0
    sections, now = declared(), clock.now().replace(tzinfo=UTC).astimezone(clock.SHANGHAI)
    for name, model in catalogue.models().items():
        if name in sections:
            section = sections[name]
            for entry in sorted(entries(section, now), key=lambda one: (one.moment, one.place)):
                row = enter(session, model, entry, words, section)
                move(session, row, entry, words, section, now=now)
                words.remember(name, row)
                made += 1
    return made


def enter(
    session: Session, model: Any, entry: DemoEntry, words: DemoWords, section: dict[str, Any]
) -> Any:
    """One new row, as the form would store it; `usual` has what most rows of a section say."""
    who = words.people[entry.said.get("by", section.get("by", "frontdesk"))]
    with clock.fixed(entry.moment), audit.acting(who):
        given = section.get("usual", {}) | {
            name: value for name, value in entry.said.items() if name not in OWN
        }
        estate = words.estates[entry.said.get("in", 1) - 1]
        row = model(community_id=estate, **words.of_row(model.definition, estate, given))
        for field in model.definition.of_kind("user"):
            if field.default == "me" and field.name not in given:
                setattr(row, kinds.KINDS.stored_name(field), who.user_id)
        rules.begin(session, row)
        session.add(row)
        session.flush()
        words.acquaint(row)
        audit.record(
            session,
            "create",
            model.__tablename__,
            row.id,
            title=str(row),
            community_id=estate,
        )
        session.flush()  # while the clock stands: the record of changes has its time from it
    return row


def move(
    session: Session,
    row: Any,
    entry: DemoEntry,
    words: DemoWords,
    section: dict[str, Any],
    *,
    now: datetime,
) -> None:
    """The steps of a row, as far as their time has come."""
    moment = entry.moment
    for step in entry.said.get("steps", ()):
        if step.get("after"):
            moment = _on(entry.moment.date() + timedelta(days=step["after"]), step.get("at"))
        else:
            moment = max(
                _on(moment.date(), step["at"]) if "at" in step else moment,
                moment + timedelta(minutes=20),
            )
        if moment > now:
            return
        who = words.people[step.get("by", section.get("by", "frontdesk"))]
        with clock.fixed(moment), audit.acting(who):
            given = {name: value for name, value in step.items() if name not in STEP}
            values = words.of_step(row.definition, row.community_id, given)
            states.take(session, row, step["do"], values, reason=step.get("reason"))
            session.flush()
