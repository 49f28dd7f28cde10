"""The words for what the desk finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from app.cashier.desk.search import HitKind
from app.core.i18n.filters import register_labels

if TYPE_CHECKING:
    from collections.abc import Mapping

FOUND: Mapping[str, Any] = register_labels(
    "found",
    {
        HitKind.ROOM: _l("Room"),
        HitKind.OWNER: _l("Owner"),
        HitKind.TENANT: _l("Tenant"),
        HitKind.FORMER: _l("Former"),
        HitKind.RESIDENT: _l("Resident"),
        HitKind.PLATE: _l("Plate"),
    },
)
