"""The paper that is handed out for a record: number, title, facts, lines, signatures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from jinja2 import Environment, TemplateSyntaxError

from app.core.columns.column import FieldKind
from app.core.db import witness
from app.core.records import disclosure
from app.core.toml.vocabulary import NO_STATE, Name, Part, Words, unknown
from app.core.values import clock
from app.core.values.errors import N_, DomainError
from app.core.values.secret import Secret
from app.core.web.page import expose, needs
from app.roles import Verb

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from app.core.columns.column import Field
    from app.core.toml.vocabulary import FoundFault

BY_ITSELF = frozenset({"id", "number", "state", "due_at", "community", "created_by", "created_at"})
"""What every record has beside its own columns; a slip shows it only where it is named."""
SYNTAX = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
"""Reads templates to see whether they are any; nothing is ever rendered by it."""
NO_SLIP = N_("In this state nothing is printed.")


class Slip(Part):
    """What a slip shows; `template` names a Jinja template in place of the usual table."""

    title: Words | None = None
    paper: Literal["a4", "a5"] = "a5"
    fields: tuple[Name, ...] = ()
    states: tuple[Name, ...] = ()
    signatures: tuple[Words, ...] = ()
    note: Words | None = None
    template: str | None = None


def slip_faults(
    slip: Slip, fields: Collection[str], states: Collection[str], folders: Collection[Path]
) -> Iterator[FoundFault]:
    """Fields and states that do not exist, a template that lies in no folder or is none."""
    yield from unknown(("slip", "fields"), slip.fields, {*fields, "state"})
    yield from unknown(("slip", "states"), slip.states, states, NO_STATE)
    if slip.template is None:
        return
    inside = not {"..", ""} & {*slip.template.split("/")}
    found = [folder / slip.template for folder in folders if (folder / slip.template).is_file()]
    if not (inside and found):
        yield (
            ("slip", "template"),
            N_("There is no template “%(value)s”: put it beside this file."),
            {"value": slip.template},
        )
        return
    try:
        SYNTAX.parse(found[0].read_text("utf-8"))
    except (TemplateSyntaxError, UnicodeDecodeError, RecursionError) as error:
        yield (
            ("slip", "template"),
            N_(
                "The template “%(value)s” cannot be read (line %(line)s): "
                "look for a bracket or an “end” that is missing."
            ),
            {"value": slip.template, "line": getattr(error, "lineno", 1)},
        )


class SlipRoutes:
    """Beside a Screen that says what its slip is (None: nothing is printed)."""

    slip_of: Slip | None = None
    not_on_slip: frozenset[str] = frozenset()
    screen: str
    columns: tuple[Field, ...]
    get: Any
    paths: Any
    may: Any
    render: Any
    name_of: Any

    def unused(self) -> set[str]:
        return super().unused() | ({"slip"} if self.slip_of is None else set())

    def printable(self, row: Any) -> bool:
        """Is there a slip for this record in its state, and may the user print it?"""
        slip = self.slip_of
        fits = slip is not None and (not slip.states or row.state in slip.states)
        return fits and bool(self.may(Verb.PRINT))

    @expose("/slip/<pk>")
    @needs(Verb.PRINT)
    def slip(self, pk: str) -> Any:
        """The slip; whoever may see private values prints them in full, and that is recorded."""
        row = self.get(pk, self.paths(list(self.columns)))
        if self.slip_of is None or not self.printable(row):
            raise DomainError(NO_SLIP)
        whole = {one for one in Secret if disclosure.may_see(one, self.screen)}
        page = self.slip_page(self.slip_of, row, whole=whole)
        witness.note(
            "print", self.screen, row.id, title=self.name_of(row), community_id=row.community_id
        )
        return page

    def slip_page(self, slip: Slip, row: Any, *, whole: Collection[Secret]) -> str:
        """The slip of a record as a page."""
        named = {
            column.name: column for column in self.columns if column.kind is not FieldKind.FILES
        }
        left_out = self.not_on_slip | BY_ITSELF
        names = slip.fields or [one for one in named if one not in left_out]
        columns = [
            replace(column, private=column.private and column.secret not in whole)
            for one in names
            if (column := named.get(one))
        ]
        page: str = self.render(
            slip.template or "core/slip.html",
            row=row,
            slip=slip,
            columns=columns,
            today=clock.today(),
        )
        return page
