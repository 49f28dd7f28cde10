"""Rows of a sheet compared with the records of a screen: what each will do, or all that is wrong.

What a form would refuse, a row is refused for; every problem is found at once. The number of
a record (else its key) says which stored record a row means.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import force_locale
from sqlalchemy import inspect, select

from app.core.columns import line_tables, lookups
from app.core.columns.column import Field, FieldKind
from app.core.columns.field_text import KEEP, raw, read
from app.core.columns.field_text import plain as shown
from app.core.columns.form import MISSING
from app.core.i18n.sentences import sentence
from app.core.imports.batch import Outcome
from app.core.imports.screen_layout import importable, key_of, rows_of
from app.core.parsing.cells import plain
from app.core.records import queries
from app.core.screens import editing
from app.core.values.errors import N_, DomainError

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from app.core.screens.screen import Screen

MOST = 20_000
YES = frozenset({"是", "有", "√", "✓", "yes", "y", "1", "true"})
NO = frozenset({"否", "无", "×", "no", "n", "0", "false"})
UNKNOWN_RECORD = N_("There is no “%(text)s” here, or more than one.")
ON_ITS_PAGE = N_("“%(label)s” changes only on the page of the record, not by a sheet.")


@dataclass(slots=True)
class ComparedRow:
    """A row of the file: what becomes of it, with every change or everything that is wrong."""

    number: int
    name: str
    outcome: Outcome | None = None
    record: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    changes: list[tuple[Any, str, str]] = field(default_factory=list)
    problems: list[tuple[Any, str, str]] = field(default_factory=list)


class Reader:
    """Reads and compares the rows of one file for one community; stores nothing."""

    def __init__(self, session: Session, screen: Screen, community: Any) -> None:
        self.session, self.screen, self.community = session, screen, community
        self.columns = {one.name: one for one in importable(screen)}
        self.related: dict[tuple[str, str], Any] = {}
        self.key = key_of(screen)

    def read(self, path: Path, name: str) -> list[ComparedRow]:
        """Every row with what becomes of it."""
        found = []
        for number, cells in rows_of(path, name, self.screen):
            if len(found) >= MOST:
                raise DomainError(N_("More than %(limit)s rows: split the file."), limit=MOST)
            with self.session.no_autoflush:
                found.append(self.one(number, cells))
        return found

    def one(self, number: int, cells: dict[str, Any]) -> ComparedRow:
        row = ComparedRow(number, plain(cells.get(self.key, "")) or f"#{number}")
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
                typed = plain(cells.get(error.field or "", ""))[:60]
                row.problems.append((known.label if known else "", typed, sentence(error)))
        return row

    def value(self, column: Field, cell: Any) -> Any:
        """The value of a cell as the form would read it."""
        if isinstance(cell, datetime):
            cell = (cell + timedelta(seconds=30)).replace(second=0, microsecond=0)
        text = plain(cell)
        if column.private and "*" in text:
            return KEEP
        if column.kind is FieldKind.RELATION:
            return self.relation(column, text) if text else None
        if column.kind is FieldKind.YES_NO:
            if (word := text.casefold()) not in YES | NO | {""}:
                raise DomainError(N_("Write “%(yes)s” or “%(no)s”."), yes="是", no="否")
            return word in YES
        if column.kind in {FieldKind.CHOICE, FieldKind.CHOICES}:
            return read(column, self.words(column, text))
        if column.kind is FieldKind.LINES:
            return line_tables.from_text(column, text, read)
        if column.kind is FieldKind.MOMENT and text and ":" not in text:
            text += " 00:00"
        return read(column, text.replace("\n", " ") if column.kind is FieldKind.TEXT else text)

    @staticmethod
    def words(column: Field, text: str) -> str:
        """The codes of what is written in words, in either language."""
        codes = {}
        for language in ("zh", "en"):
            with force_locale(language):
                codes |= {
                    str(label).casefold(): code for code, label in (column.choices or {}).items()
                }
        parts = [one.strip() for one in text.replace("，", "、").replace(",", "、").split("、")]
        return ",".join(codes.get(one.casefold(), one) for one in parts if one)

    def relation(self, column: Field, text: str) -> Any:
        """The one record that the text names, in the chosen community."""
        if (column.name, text) not in self.related:
            lookup = (
                lookups.by_name(column.lookup)
                if column.lookup
                else lookups.of_model(queries.related_model(self.screen.model, column.name))
            )
            # A record that is called by several of its columns is found by one of the words.
            for word in dict.fromkeys((text, *text.split())) if lookup else ():
                offered = lookups.find(self.session, lookup, word, 50)
                fit = [
                    one
                    for one in offered
                    if getattr(one, "community_id", None) in (None, self.community.id)
                ]
                same = [one for one in fit if lookup.label(one) == text] or (
                    fit if word == text else []
                )
                if len(same) == 1:
                    self.related[column.name, text] = same[0]
                    break
        if self.related.setdefault((column.name, text), None) is None:
            raise DomainError(UNKNOWN_RECORD, text=text[:40])
        return self.related[column.name, text]

    def compare(self, row: ComparedRow) -> None:
        """New, changed or unchanged; DomainError for what a form would refuse."""
        number = row.values.pop(self.key, None)
        stored = self.stored(number) if number else None
        if number and stored is None:
            raise DomainError(
                N_("There is no record %(number)s. Leave the number empty for a new one."),
                number=number,
            )
        if stored is None:
            row.problems += self.missing(row.values)
            if not row.problems:
                row.outcome, row.record = Outcome.NEW, self.fresh(row.values)
                row.name = self.called(row.values)
            return
        row.record, row.name = stored, str(number)
        for name, value in row.values.items():
            column = self.columns[name]
            now = getattr(stored, name)
            if value is KEEP or raw(column, value) == raw(column, now):
                continue
            if column.kind is FieldKind.LINES and shown(
                column, line_tables.work_out(column, value or [])
            ) == shown(column, now):
                continue
            if column.kind is FieldKind.YES_NO and not value and not now:
                continue
            if not column.form:
                raise DomainError(ON_ITS_PAGE, field=name, label=column.label)
            if column.required and value is None:
                raise DomainError(MISSING, field=name, label=column.label)
            row.given[name] = value
            row.changes.append((column.label, shown(column, now), shown(column, value)))
        row.outcome = Outcome.CHANGED if row.changes else Outcome.UNCHANGED
        if row.changes:
            self.obeys(stored, row.given)

    def called(self, values: dict[str, Any]) -> str:
        """A new row by its first values: it has no number yet."""
        texts = [
            shown(self.columns[name], value)
            for name, value in values.items()
            if value not in (None, "", KEEP) and not self.columns[name].private
        ]
        return " · ".join(text for text in texts if text)[:60]

    def obeys(self, stored: Any, given: dict[str, Any]) -> None:
        """Hold a changed record against its rules; nothing of the change stays in it."""
        if not self.screen.may_edit(stored):
            raise DomainError(editing.FIXED)
        try:
            editing.assign(stored, given)
            self.screen.pre_update(stored)
        finally:
            paths = self.screen.paths(list(self.screen.columns))
            self.session.refresh(stored)
            self.session.scalars(
                select(type(stored))
                .where(queries.key_attribute(type(stored)) == queries.key_of(stored))
                .options(*queries.loading(type(stored), paths))
            ).one()

    def stored(self, number: str) -> Any:
        model = self.screen.model
        paths = self.screen.paths(list(self.screen.columns))
        return self.session.scalar(
            select(model)
            .options(*queries.loading(model, paths))
            .where(
                queries.inside(model),
                getattr(model, self.key) == number,
                model.community_id == self.community.id,
            )
        )

    def completed(self, values: dict[str, Any]) -> dict[str, Any]:
        """What a new record gets: the cells of columns that a form has, else their defaults."""
        given = {}
        for name, column in self.columns.items():
            if not column.form:
                continue
            value = values.get(name)
            given[name] = column.first_value() if value is None or value is KEEP else value
        return given

    def missing(self, values: dict[str, Any]) -> list[tuple[Any, str, str]]:
        """Everything that a new record lacks, or that only its page may give it."""
        found = [
            (
                self.columns[name].label,
                "",
                sentence(DomainError(MISSING, label=self.columns[name].label)),
            )
            for name, value in self.completed(values).items()
            if self.columns[name].required and value in (None, [])
        ]
        steps = getattr(self.screen.model, "steps", None)
        for name, value in values.items():
            column = self.columns[name]
            begins = name == "state" and steps is not None and value == steps.states[0].name
            if not column.form and value not in (None, KEEP, False) and not begins:
                found.append(
                    (
                        column.label,
                        shown(column, value)[:60],
                        sentence(DomainError(ON_ITS_PAGE, label=column.label)),
                    )
                )
        return found

    def fresh(self, values: dict[str, Any]) -> Any:
        """A new record, not yet of the session, that has passed every rule of the form."""
        record = self.screen.model()
        record.community_id, record.community = self.community.id, self.community
        given = self.completed(values)
        editing.assign(record, {name: one for name, one in given.items() if one is not None})
        self.screen.check(given, None)
        self.screen.try_import(record)
        if inspect(record).session is not None:
            self.session.expunge(record)
        return record
