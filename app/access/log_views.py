"""Two lists for the administrator: who logged in, and who changed what (S03)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from app.access import audit_text, labels
from app.access.models import LoginEvent
from app.core.columns import column as col
from app.core.columns.column import FieldKind
from app.core.db.models import AuditEntry
from app.core.i18n import filters
from app.core.screens.screen import Screen
from app.core.web.menu import MenuEntry

if TYPE_CHECKING:
    from collections.abc import Mapping


def _details(entry: AuditEntry) -> str:
    return "；".join(audit_text.lines(entry))


class LoginEventScreen(Screen):
    """Every attempt to log in, every lock and logout."""

    screen = "login_events"
    route_base = "/login-events"
    model = LoginEvent
    title = _l("Login record")
    one = _l("Login")
    menu = MenuEntry("system", 30, title, icon="fa-sign-in")
    order = ("-id",)
    adds = edits = False
    columns = (
        col.moment("at", _l("Time")),
        col.text("username", _l("User name"), search="contains"),
        col.choice(
            "outcome",
            _l("Result"),
            {code: _l(text) for code, text in labels.OUTCOMES.items()},
            looks={"success": "ok", "failure": "warn", "locked": "bad", "logout": "idle"},
        ),
        col.text("address", _l("From address"), search="contains"),
    )

    def name_of(self, record: LoginEvent) -> str:
        return record.username


def know_screens(area: str, names: Mapping[str, Any]) -> None:
    """Know the screens of an area that is declared elsewhere: their names wherever one is shown."""
    labels.name_screens(area, names)
    filters.LABELS["screen"].update(names)
    for column in AuditScreen.columns:
        if column.name == "screen" and isinstance(column.choices, dict):
            column.choices.update(names)


class AuditScreen(Screen):
    """Who did what to which record, and what it was before."""

    screen = "audit"
    route_base = "/audit"
    model = AuditEntry
    title = _l("Record of changes")
    one = _l("Entry")
    menu = MenuEntry("system", 40, title, icon="fa-history")
    order = ("-id",)
    large = True
    adds = edits = False
    columns = (
        col.moment("at", _l("Time")),
        col.computed("who", _l("Who"), audit_text.who, like=FieldKind.CHOICE),
        col.text("user_name", _l("Who"), search="contains", list=False, show=False, export=False),
        col.choice("act", _l("Act"), {code: _l(text) for code, text in labels.ACTS.items()}),
        col.choice(
            "screen",
            _l("Page"),
            {name: _l(text) for name, (_area, text) in labels.SCREENS.items()},
        ),
        col.computed("about", _l("What about"), audit_text.title, like=FieldKind.CHOICE),
        col.text(
            "title", _l("What about"), search="contains", list=False, show=False, export=False
        ),
        col.computed("details", _l("Details"), _details, width=60),
    )

    def name_of(self, record: AuditEntry) -> str:
        return audit_text.title(record) or str(record.id)
