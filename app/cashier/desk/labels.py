"""The words for what the desk finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from app.cashier.desk.search import Found
from app.core.i18n.filters import register_labels

if TYPE_CHECKING:
    from collections.abc import Mapping

FOUND: Mapping[str, Any] = register_labels(
    "found",
    {
        Found.ROOM: _l("Room"),
        Found.OWNER: _l("Owner"),
        Found.TENANT: _l("Tenant"),
        Found.FORMER: _l("Former"),
        Found.RESIDENT: _l("Resident"),
        Found.PLATE: _l("Plate"),
    },
)
