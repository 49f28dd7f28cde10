"""Warnings on a form and a page: what named checks say about the values of some columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify, request

from app.core.columns import lookups
from app.core.columns.column import FieldKind
from app.core.columns.form import Form
from app.core.db.extensions import db
from app.core.web.page import expose, needs
from app.roles import Verb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Check = Callable[[Any, Any], str | None]


class WarningRoutes:
    """Beside a Screen; `warned`: column → the checks that look at its value. None ever forbids."""

    warned: Mapping[str, tuple[Check, ...]] = {}
    model: Any
    formed: Any

    def unused(self) -> set[str]:
        return super().unused() | (set() if self.warned else {"warnings"})

    def warnings_of(self, record: Any) -> list[str]:
        """What the checks say about a record."""
        return self._said(
            (check, getattr(record, name))
            for name, checks in self.warned.items()
            for check in checks
        )

    @staticmethod
    def _said(questions: Iterable[tuple[Check, Any]]) -> list[str]:
        found = [check(db.session(), value) for check, value in questions if value is not None]
        return [text for text in found if text]

    @expose("/warnings")
    @needs(Verb.WRITE)
    def warnings(self) -> Any:
        """What the checks say while a unit or customer is being chosen: `?unit=12`."""
        form = Form.show(self.model, self.formed(adding=True))
        asked = []
        for name, checks in self.warned.items():
            place, typed = form.fields.get(name), request.args.get(name, "")
            if place and place.column.kind is FieldKind.RELATION and typed.isdigit():
                value = lookups.chosen(db.session, form.lookup(place.column), int(typed[:18]))
                asked += [(check, value) for check in checks]
        return jsonify(warnings=self._said(asked))
