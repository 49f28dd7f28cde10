"""The screen of a register: list with tabs, page with steps, files and history, slip, archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import jsonify, request
from flask_babel import gettext as _
from sqlalchemy import select

from app.access import audit_text
from app.core import attachments, clock, screen_cells
from app.core import select as lookups
from app.core.form import Form
from app.core.import_routes import ImportRoutes
from app.core.models import AuditEntry
from app.core.page import expose, needs
from app.core.screen import Screen
from app.extensions import db
from app.registers import counting, kinds, rules
from app.registers.definition import Definition, Kind
from app.registers.paper_routes import PaperRoutes
from app.registers.step_routes import StepRoutes
from app.registers.words import lazy
from app.roles import Verb

if TYPE_CHECKING:
    from collections.abc import Callable

HISTORY = 100


@dataclass(frozen=True, slots=True)
class Tab:
    """A quick tab above the list: one state, or what is overdue."""

    label: Any
    url: str
    count: int
    active: bool
    look: str


class RegisterScreen(StepRoutes, PaperRoutes, ImportRoutes, Screen):
    """Made for each register by `app.registers.views`; the definition says all."""

    definition: Definition
    form_template = "registers/form.html"
    list_template = "registers/list.html"
    show_template = "registers/show.html"
    checks: dict[str, Callable[[Any, Any], str | None]]

    # Rows on their way in.
    def pre_add(self, item: Any) -> None:
        rules.begin(db.session(), item)

    def pre_update(self, item: Any) -> None:
        rules.settle(item)

    def try_import(self, record: Any) -> None:
        rules.complete(db.session(), record)

    def may_edit(self, record: Any) -> bool:
        found = self.definition.states
        return not (found and self.definition.state(record.state).locked)

    def may_delete(self, record: Any) -> bool:
        found = self.definition.states
        return self.may_edit(record) and not (found and record.state != found[0].name)

    def pre_delete(self, item: Any) -> None:
        for kept in attachments.of_record(db.session(), self.screen, item.id):
            attachments.remove(db.session(), kept)

    # The list.
    def row_look(self, record: Any) -> str:
        late = self.definition.has_due and record.due_at and record.due_at < clock.now()
        return "bad" if late else ""

    def state_tag(self, state: str) -> Any:
        """A state as the list shows it."""
        found = self.definition.state(state)
        return screen_cells.TAG.format(found.look, lazy(found.label))

    def tabs(self, ask: Any) -> list[Tab]:
        """All, each state with its count, and what is overdue."""
        if not self.definition.states:
            return []
        found = counting.by_state(db.session(), self.model)
        chosen = {(one.column.name, one.operator): one.typed for one in ask.filters}
        state = chosen.get(("state", "is"))
        late = ("due_at", "to") in chosen
        made = [Tab(_("All"), self.url("list"), 0, not state and not late, "idle")]
        for one in self.definition.states:
            url = self.url("list", **{"f.state.is": one.name})
            made.append(
                Tab(lazy(one.label), url, found[one.name], state == one.name, one.look)
            )
        if self.definition.has_due:
            made.append(Tab(_("Overdue"), self.overdue_url(), found[counting.OVERDUE], late, "bad"))
        return made

    def overdue_url(self) -> str:
        """The list of what is overdue now."""
        now = clock.local(clock.now()).strftime("%Y-%m-%d %H:%M")
        return self.url("list", **{"f.due_at.to": now})

    # The page of a row.
    def beside(self, record: Any) -> dict[str, Any]:
        session = db.session()
        entries = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.screen == self.screen, AuditEntry.record_id == str(record.id))
            .order_by(AuditEntry.id.desc()).limit(HISTORY)
        )
        kept = attachments.of_record(session, self.screen, record.id)
        fields = self.definition.of_kind(Kind.ATTACHMENT)
        return {
            "steps": self.steps(record),
            "history": [(one, audit_text.lines(one)) for one in entries],
            "files": [(one, [file for file in kept if file.field == one.name]) for one in fields],
            "warnings": self.warnings_of(record),
            "lines": self.definition.of_kind(Kind.LINES), "images": attachments.IMAGES,
            "printable": self.printable(record), "lazy": lazy,
        }  # fmt: skip

    def warnings_of(self, record: Any) -> list[str]:
        """What the named checks of the fields say about a row."""
        found = [self.warning(one, getattr(record, field.name))
                 for field in self.definition.fields for one in field.warn]  # fmt: skip
        return [text for text in found if text]

    def warning(self, name: str, value: Any) -> str | None:
        return None if value is None else self.checks[name](db.session(), value)

    @expose("/warnings")
    @needs(Verb.WRITE)
    def warnings(self) -> Any:
        """What the checks say while a unit or customer is being chosen: `?unit=12`."""
        said = []
        form = Form.show(self.model, self.formed(adding=True))
        for field in self.definition.fields:
            if field.warn and field.kind in kinds.RELATIONS and (
                typed := request.args.get(field.name, "")
            ).isdigit():  # fmt: skip
                lookup = form.lookup(form.fields[field.name].column)
                value = lookups.chosen(db.session(), lookup, int(typed[:18]))
                said += [self.warning(one, value) for one in field.warn]
        return jsonify(warnings=[text for text in said if text])
