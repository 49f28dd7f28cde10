"""The form of a log between page and act: filled from the sheet, or as it was typed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.core.parsing.form_text import LARGEST_WHOLE
from app.duty.base.places import full_name, unit_of_room
from app.duty.base.problems import ProblemEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from app.duty.base.problems import ListedProblem
    from app.duty.log.logs import DayLog

MOST_ROWS = 60
_FIELD = re.compile(r"problem-(\d{1,4})-text|problem-(\d{1,4})-id")


def whole(raw: str | None) -> int | None:
    """A key or version that a page sent back; None for whatever is none."""
    if not raw or not raw.isascii() or not raw.isdigit() or len(raw) > 10:
        return None
    return int(raw) if int(raw) <= LARGEST_WHOLE else None


@dataclass(slots=True)
class ProblemRow:
    """A line of the table of problems: what is typed, and the stored problem behind it."""

    id: int | None = None
    text: str = ""
    room: str = ""
    known: str = ""
    unit_id: int | None = None
    follow_up: str = ""
    closed: bool = False
    result: str = ""
    stored: ListedProblem | None = None

    @property
    def carried(self) -> bool:
        return self.stored is not None and self.stored.carried

    def entry(self, session: Session) -> ProblemEntry:
        """The line as the act takes it; the room is looked up unless it was chosen."""
        room = self.room.strip()
        unit_id = None
        if self.carried:
            unit_id = self.stored.problem.unit_id if self.stored else None
        elif room:
            chosen = self.unit_id if room == self.known.strip() else None
            unit_id = chosen or unit_of_room(session, room).id
        return ProblemEntry(self.text, unit_id, self.follow_up, self.closed, self.result, self.id)


@dataclass(slots=True)
class LogForm:
    """What the editor shows: `version` is that of the log the writer has seen."""

    version: int = 0
    done: str = ""
    plan: str = ""
    rows: list[ProblemRow] = field(default_factory=list)

    def entries(self, session: Session) -> list[ProblemEntry]:
        return [row.entry(session) for row in self.rows]


def of_sheet(sheet: DayLog) -> LogForm:
    """The form as stored."""
    log = sheet.log
    rows = [_of_row(row) for row in sheet.problems]
    return LogForm(sheet.version, log.done if log else "", log.plan if log else "", rows)


def _of_row(row: ListedProblem) -> ProblemRow:
    problem = row.problem
    name = _room(row)
    return ProblemRow(
        problem.id,
        problem.text,
        name,
        name,
        problem.unit_id,
        row.follow_up,
        row.closed,
        problem.result if row.closed else "",
        row,
    )


def _room(row: ListedProblem) -> str:
    """What stands in the room's field: the code; with the community where it only is read."""
    unit = row.problem.unit
    if unit is None:
        return ""
    return full_name(unit) if row.carried else unit.code


def of_request(sent: Mapping[str, str], sheet: DayLog) -> LogForm:
    """The form as typed; lines of problems that are not on the sheet are left to the act."""
    stored = {row.problem.id: row for row in sheet.problems}
    numbers = {int(m[1] or m[2]) for name in sent if (m := _FIELD.fullmatch(name))}
    rows = []
    for number in sorted(numbers)[:MOST_ROWS]:

        def typed(name: str, number: int = number) -> str:
            return sent.get(f"problem-{number}-{name}", "")

        key = whole(typed("id"))
        row = stored.get(key) if key else None
        name = _room(row) if row else ""
        carried = row is not None and row.carried
        rows.append(
            ProblemRow(
                id=key,
                text=row.problem.text if carried and row else typed("text"),
                room=name if carried else typed("room"),
                known=name if carried else typed("known"),
                unit_id=whole(typed("unit")),
                follow_up=typed("follow_up"),
                closed=bool(typed("closed")),
                result=typed("result"),
                stored=row,
            )
        )
    version = whole(sent.get("version"))
    return LogForm(version or 0, sent.get("done", ""), sent.get("plan", ""), rows)
