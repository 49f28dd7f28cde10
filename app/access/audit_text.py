"""The details of a record of changes as words: what it was, what it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, g
from flask_babel import gettext as _
from sqlalchemy import select

from app.access.labels import DETAILS, POSTS
from app.access.naming import Names
from app.core.columns.form import CHANGED
from app.core.db.audit import COMMAND_LINE
from app.core.db.extensions import db
from app.core.db.models import AuditEntry
from app.core.i18n import filters
from app.core.records import disclosure
from app.core.screens.screen import Screen

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

HISTORY = 100
"""Entries that a record's page shows."""
HIDDEN = {"digest", "seen"}
"""Details that only programs understand."""


def _names() -> Names:
    if "anju_names" not in g:
        g.anju_names = Names(db.session)
    names: Names = g.anju_names
    return names


def _columns(screen: str) -> dict[str, str]:
    """column → label of the record screen with this name."""
    for view in current_app.extensions["anju"].views:
        if view.screen == screen and isinstance(view, Screen):
            return {column.name: str(column.label) for column in view.columns}
    return {}


def _word(key: str, value: Any) -> str:  # noqa: PLR0911 - one line for each kind
    if value is None or value in ("", []):
        return _("empty")
    if isinstance(value, bool):
        return filters.yes_no(value)
    many = [str(one) for one in value] if isinstance(value, list) else [str(value)]
    if key in {"roles", "from"}:
        return _names().roles_text(many)
    if key == "reviews" and isinstance(value, str):
        return filters.label(value, "log_reach")
    if key == "screens":
        return "、".join(map(_names().screen, many))
    if key == "full":
        return "、".join(str(disclosure.NAMES.get(one, one)) for one in many)
    if isinstance(value, list):
        return "、".join(many)
    return str(value)


def _are_cells(value: Any) -> bool:
    """Is this a list of rights, as the page of rights records it?"""
    return isinstance(value, list) and all(
        isinstance(one, list | tuple) and len(one) == 2 and all(isinstance(x, str) for x in one)
        for one in value
    )


def lines(entry: AuditEntry) -> list[str]:
    """One line for each detail: “收费项目：物业费 → 停车费”."""
    known = _columns(entry.screen)
    found = []
    details = entry.details if isinstance(entry.details, dict) else {}
    for key, value in details.items():
        if key in HIDDEN:
            continue
        label = known.get(key) or (_(DETAILS[key]) if key in DETAILS else key)
        if key == "column":
            named = str(value)
            text = known.get(named) or (_(DETAILS[named]) if named in DETAILS else named)
        elif key in {"added", "removed"} and _are_cells(value):
            text = _names().cells(value)
        elif value == CHANGED:
            text = _("changed")
        elif isinstance(value, dict) and set(value) == {"old", "new"}:
            old = value["old"] or _called_before(entry, key)
            text = f"{_word(key, old)} → {_word(key, value['new'])}"
        elif isinstance(value, list) and len(value) == 2 and key in known:
            text = _change(entry, key, *value)
        else:
            text = "" if value in (None, "", [], False) else _word(key, value)
        if text:
            found.append(_("%(label)s: %(text)s", label=label, text=text))
    return found


def _called_before(entry: AuditEntry, key: str) -> str | None:
    """The name that a post came with, where the office's first own name for it replaced that."""
    if entry.screen == "rights" and key == "label" and entry.record_id in POSTS:
        return _(POSTS[entry.record_id])
    return None


def _change(entry: AuditEntry, key: str, old: Any, new: Any) -> str:
    """Old → new; of a step that left the value as it was, nothing."""
    if old == new:
        return "" if entry.act == "step" else _("changed")
    return _word(key, new) if old in ("", None) else f"{_word(key, old)} → {_word(key, new)}"


def history(
    session: Session, screen: str, record_id: int
) -> list[tuple[AuditEntry, str, list[str]]]:
    """What happened to a record, the newest first: who did it, and the details as words."""
    found = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.screen == screen, AuditEntry.record_id == str(record_id))
        .order_by(AuditEntry.id.desc())
        .limit(HISTORY)
    )
    return [(entry, who(entry), lines(entry)) for entry in found]


def title(entry: AuditEntry) -> str:
    """What the act was about; a role by its name in the office."""
    if entry.screen == "rights" and entry.title in _names().roles:
        return _names().role(entry.title)
    return entry.title


def who(entry: AuditEntry) -> str:
    """Who did it; what nobody at a screen did came from the command line."""
    if entry.user_id is None and entry.user_name in {"", COMMAND_LINE.name}:
        return _("the command line")
    return entry.user_name
