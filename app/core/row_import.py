"""Rows of a sheet into the records of a screen: read by its labelled columns, compared, posted.

What a form would refuse, a row is refused for; every problem is found at once. The number of
a record (else its first unique column) says which stored record a row means.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import force_locale
from sqlalchemy import inspect, select

from app.core import audit, form_lines, records, scope, screen_edit
from app.core import select as lookups
from app.core.cells import folded, plain
from app.core.columns import Column, Kind
from app.core.errors import N_, DomainError
from app.core.form import KEEP, raw, read
from app.core.form import plain as shown
from app.core.importing import Outcome, encoded
from app.core.models import ImportBatch, ImportChange
from app.core.texts import sentence
from app.core.workbook import read_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

    from app.core.screen import Screen

MOST = 20_000
TOTALS = frozenset({"合计", "总计", "total"})
YES = frozenset({"是", "有", "√", "✓", "yes", "y", "1", "true"})
NO = frozenset({"否", "无", "×", "no", "n", "0", "false"})
NO_HEADER = N_("No row of this file has the column names of the list. Use the template.")
UNKNOWN_RECORD = N_("There is no “%(text)s” here, or more than one.")
FIXED_STATE = N_("The state of a stored record changes only on its page.")


@dataclass(slots=True)
class Found:
    """A row of the file: what becomes of it, with every change or everything that is wrong."""

    number: int
    name: str
    outcome: Outcome | None = None
    record: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    changes: list[tuple[Any, str, str]] = field(default_factory=list)
    problems: list[tuple[Any, str, str]] = field(default_factory=list)


def importable(screen: Screen) -> list[Column]:
    """The columns that a sheet may bring: the stored ones, without what every record has itself."""
    left_out = {"community", "created_by", "created_at", "due_at"}
    return [one for one in screen.columns if one.stored and one.name not in left_out]


def labels(screen: Screen) -> dict[str, Column]:
    """What a header may say in either language → the column."""
    found: dict[str, Column] = {}
    for language in ("zh", "en"):
        with force_locale(language):
            found |= {folded(str(one.label)).casefold(): one for one in importable(screen)}
    return found


def rows_of(path: Path, name: str, screen: Screen) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each row below the header as column name → cell; DomainError where there is no header."""
    known, seen = labels(screen), False
    for sheet in read_workbook(path, title=name).visible:
        header: dict[int, Column] = {}
        for at, row in enumerate(sheet.rows):
            if not header:
                matched = {place: known[text] for place, cell in enumerate(row)
                           if (text := folded(cell).casefold()) in known}  # fmt: skip
                header = matched if len(matched) >= 2 and at < 20 else {}
                seen = seen or bool(header)
                continue
            filled = [cell for cell in row if plain(cell)]
            if filled and plain(filled[0]).casefold() not in TOTALS:
                yield at + 1, {one.name: row[place] if place < len(row) else ""
                               for place, one in header.items()}  # fmt: skip
    if not seen:
        raise DomainError(NO_HEADER)


class Reader:
    """Reads and compares the rows of one file for one community; stores nothing."""

    def __init__(self, session: Session, screen: Screen, community: Any) -> None:
        self.session, self.screen, self.community = session, screen, community
        self.columns = {one.name: one for one in importable(screen)}
        self.related: dict[tuple[str, str], Any] = {}
        self.key = next((name for name in ("number",) if name in self.columns), None)

    def read(self, path: Path, name: str) -> list[Found]:
        """Every row with what becomes of it."""
        found = []
        for number, cells in rows_of(path, name, self.screen):
            if len(found) >= MOST:
                raise DomainError(N_("More than %(limit)s rows: split the file."), limit=MOST)
            with self.session.no_autoflush:
                found.append(self.one(number, cells))
        return found

    def one(self, number: int, cells: dict[str, Any]) -> Found:
        row = Found(number, plain(cells.get(self.key or "", "")) or f"#{number}")
        for name, cell in cells.items():
            column = self.columns[name]
            try:
                row.values[name] = self.value(column, cell)
            except DomainError as error:
                row.problems.append((column.label, plain(cell)[:60], sentence(error)))
        if not row.problems:
            try:
                self.compare(row)
            except DomainError as error:
                known = self.columns.get(error.field or "")
                row.problems.append((known.label if known else "", "", sentence(error)))
        return row

    def value(self, column: Column, cell: Any) -> Any:
        """The value of a cell as the form would read it."""
        if isinstance(cell, datetime):
            cell = (cell + timedelta(seconds=30)).replace(second=0, microsecond=0)
        text = plain(cell)
        if column.private and "*" in text:
            return KEEP
        if column.kind is Kind.RELATION:
            return self.relation(column, text) if text else None
        if column.kind is Kind.YES_NO:
            if (word := text.casefold()) not in YES | NO | {""}:
                raise DomainError(N_("Write “%(yes)s” or “%(no)s”."), yes="是", no="否")
            return word in YES
        if column.kind in {Kind.CHOICE, Kind.CHOICES}:
            return read(column, self.words(column, text))
        if column.kind is Kind.LINES:
            return form_lines.from_text(column, text, read)
        if column.kind is Kind.MOMENT and text and ":" not in text:
            text += " 00:00"
        return read(column, text.replace("\n", " ") if column.kind is Kind.TEXT else text)

    @staticmethod
    def words(column: Column, text: str) -> str:
        """The codes of what is written in words, in either language."""
        codes = {}
        for language in ("zh", "en"):
            with force_locale(language):
                codes |= {str(label).casefold(): code
                          for code, label in (column.choices or {}).items()}  # fmt: skip
        parts = [one.strip() for one in text.replace("，", "、").replace(",", "、").split("、")]
        return ",".join(codes.get(one.casefold(), one) for one in parts if one)

    def relation(self, column: Column, text: str) -> Any:
        """The one record that the text names, in the chosen community."""
        if (column.name, text) not in self.related:
            lookup = (lookups.by_name(column.lookup) if column.lookup else lookups.of_model(
                records.related_model(self.screen.model, column.name)))  # fmt: skip
            offered = lookups.find(self.session, lookup, text, 50) if lookup else []
            fit = [one for one in offered if getattr(one, "community_id", None) in
                   (None, self.community.id)]  # fmt: skip
            same = [one for one in fit if lookup and lookup.label(one) == text] or fit
            self.related[column.name, text] = same[0] if len(same) == 1 else None
        if self.related[column.name, text] is None:
            raise DomainError(UNKNOWN_RECORD, text=text[:40])
        return self.related[column.name, text]

    def compare(self, row: Found) -> None:
        """New, changed or unchanged; DomainError for what a form would refuse."""
        number = row.values.pop(self.key, None) if self.key else None
        stored = self.stored(number) if number else None
        if number and stored is None:
            raise DomainError(N_("There is no record %(number)s. Leave the number empty for a new "
                                 "one."), number=number)  # fmt: skip
        if stored is None:
            row.outcome, row.record = Outcome.NEW, self.fresh(row.values)
            row.name = self.screen.name_of(row.record)
            return
        row.record, row.name = stored, str(number)
        for name, value in row.values.items():
            column = self.columns[name]
            now = getattr(stored, name)
            if value is KEEP or raw(column, value) == raw(column, now):
                continue
            if column.kind is Kind.LINES and shown(column, value) == shown(column, now):
                continue
            if name == "state":
                raise DomainError(FIXED_STATE, field="state")
            if column.required and value is None:
                raise DomainError(N_("“%(label)s” is missing."), field=name, label=column.label)
            row.changes.append((column.label, shown(column, now), shown(column, value)))
        row.outcome = Outcome.CHANGED if row.changes else Outcome.UNCHANGED
        if row.changes and not self.screen.may_edit(stored):
            raise DomainError(screen_edit.FIXED)

    def stored(self, number: str) -> Any:
        model = self.screen.model
        paths = self.screen.paths(list(self.screen.columns))
        return self.session.scalar(
            select(model).options(*records.loading(model, paths)).where(
                records.inside(model), model.number == number,
                model.community_id == self.community.id)
        )  # fmt: skip

    def fresh(self, values: dict[str, Any]) -> Any:
        """A new record, not yet of the session, that has passed every rule of the form."""
        record = self.screen.model()
        record.community_id, record.community = self.community.id, self.community
        given = {name: value for name, value in values.items() if value is not KEEP}
        for name, column in self.columns.items():
            if given.get(name) is None and column.form:
                given[name] = column.first_value()
            if column.required and given.get(name) in (None, []):
                raise DomainError(N_("“%(label)s” is missing."), field=name, label=column.label)
        screen_edit.assign(record, {name: one for name, one in given.items() if one is not None})
        self.screen.check(given, None)
        self.screen.try_import(record)
        if inspect(record).session is not None:
            self.session.expunge(record)
        return record


def digest(found: list[Found]) -> str:
    """A fingerprint of what the preview says."""
    said = [
        (one.number, one.outcome, [tuple(map(str, part)) for part in one.changes + one.problems])
        for one in found
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def post(session: Session, screen: Screen, found: list[Found], name: str, community: Any) -> Any:
    """Store the good rows as one batch, which can be undone; never commits."""
    good = [one for one in found if not one.problems]
    counts = {outcome.value: sum(one.outcome is outcome for one in good) for outcome in Outcome}
    batch = ImportBatch(community_id=community.id, kind=screen.screen, file_name=name[:200],
                        digest=digest(found), counts=counts,
                        user_id=audit.actor().user_id)  # fmt: skip
    session.add(batch)
    session.flush()
    for row in good:
        if row.outcome is Outcome.NEW:
            row.record.origin_batch_id = batch.id
            screen.pre_add(row.record)
            session.add(row.record)
        elif row.outcome is Outcome.CHANGED:
            _change(session, screen, row, batch.id)
    session.flush()
    audit.record(session, "import", screen.screen, batch.id, title=name,
                 community_id=community.id, details=counts)  # fmt: skip
    return batch


def _change(session: Session, screen: Screen, row: Found, batch_id: int) -> None:
    """Change a stored record, keeping what it was for the undo."""
    table = screen.model.__table__
    before = {column.name: getattr(row.record, column.key) for column in table.c}
    given = {name: value for name, value in row.values.items() if value is not KEEP}
    screen_edit.assign(row.record, given)
    screen.pre_update(row.record)
    session.flush()
    after = {column.name: getattr(row.record, column.key) for column in table.c}
    changed = [name for name in before if before[name] != after[name] and name != "version"]
    session.add(ImportChange(
        batch_id=batch_id, table=table.name, row_id=row.record.id, version=row.record.version,
        before=encoded({name: before[name] for name in changed}),
        after=encoded({name: after[name] for name in changed}),
    ))  # fmt: skip


def communities(session: Session, model: Any) -> list[Any]:
    """The communities into which the present user may import."""
    return list(session.scalars(select(model).where(scope.current().where(model.id))))
