"""Rights in the reader's language: names of roles, screens and verbs, and sentences of audits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from app.access import labels
from app.access.role_changes import role_labels
from app.core.i18n.sentences import word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from app.access.cells import Cell


class Names:
    """What people call roles, screens, verbs and acts; roles are read once."""

    def __init__(self, session: Session) -> None:
        self.roles = {
            name: label or word(labels.POSTS.get(name, name))
            for name, label in role_labels(session).items()
        }

    def role(self, name: str) -> str:
        return self.roles.get(name, name)

    def roles_text(self, names: Iterable[str]) -> str:
        return "、".join(self.role(name) for name in names)

    def screen(self, name: str) -> str:
        return word(labels.screen_label(name))

    def verb(self, name: str) -> str:
        return word(labels.VERBS.get(name, name))

    def area(self, name: str) -> str:
        return word(labels.AREAS.get(name, name))

    def act(self, name: str) -> str:
        return word(labels.ACTS.get(name, name))

    def cell(self, cell: Cell | list[str]) -> str:
        return f"{self.screen(cell[0])}·{self.verb(cell[1])}"

    def cells(self, cells: Iterable[Any]) -> str:
        """Rights grouped by screen: 房屋（查看、导出）、车辆（查看）."""
        by_screen: dict[str, list[str]] = {}
        for screen, verb in cells:
            by_screen.setdefault(screen, []).append(self.verb(verb))
        return "、".join(
            _("%(screen)s (%(verbs)s)", screen=self.screen(screen), verbs="、".join(verbs))
            for screen, verbs in by_screen.items()
        )
