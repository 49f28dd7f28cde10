"""The words for those to whom unassigned money may belong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

if TYPE_CHECKING:
    from collections.abc import Mapping

CANDIDATES: Mapping[str, Any] = {
    "payer": _l("named as payer"),
    "owner": _l("Owner"),
    "tenant": _l("Tenant"),
    "former": _l("Former"),
    "debtor": _l("billed for this unit"),
    "found": _l("found"),
}
"""What a customer is to whom unassigned money may belong."""
