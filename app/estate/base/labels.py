"""The words for the codes of the estate: kinds, occupancy, customers, fields of an import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from app.core.i18n.filters import register_labels
from app.core.sheets.account import Fate
from app.estate.base.codes import CustomerKind, Occupancy, UnitKind

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS: Mapping[str, Any] = register_labels(
    "kind",
    {
        UnitKind.FLAT: _l("Flat"),
        UnitKind.SHOP: _l("Shop"),
        UnitKind.OFFICE: _l("Office"),
        UnitKind.PARKING: _l("Car space"),
        UnitKind.STORAGE: _l("Storage room"),
        UnitKind.ADVERTISING: _l("Advertising site"),
    },
)

OCCUPANCIES: Mapping[str, Any] = register_labels(
    "occupancy",
    {
        Occupancy.UNKNOWN: _l("Not recorded"),
        Occupancy.UNDELIVERED: _l("Not handed over"),
        Occupancy.VACANT: _l("Vacant"),
        Occupancy.OWNER: _l("Owner-occupied"),
        Occupancy.LET: _l("Let"),
    },
)
OCCUPANCY_LOOKS = {
    Occupancy.UNKNOWN: "warn",
    Occupancy.UNDELIVERED: "idle",
    Occupancy.VACANT: "idle",
    Occupancy.OWNER: "ok",
    Occupancy.LET: "info",
}

CUSTOMER_KINDS: Mapping[str, Any] = register_labels(
    "customer_kind",
    {CustomerKind.PERSON: _l("Person"), CustomerKind.COMPANY: _l("Company")},
)

BATCH_STATES: Mapping[str, Any] = register_labels(
    "batch_state", {"posted": _l("In effect"), "undone": _l("Taken back")}
)

IMPORT_FIELDS: Mapping[str, Any] = register_labels(
    "import_field",
    {
        "kind": _l("Use"),
        "occupancy": _l("Occupancy"),
        "floor": _l("Floor"),
        "gross_area": _l("Gross area"),
        "net_area": _l("Net area"),
        "charged_area": _l("Charged area"),
        "room": _l("Room number"),
        "owner_name": _l("Name corrected"),
        "share": _l("Share"),
        "lease": _l("Lease"),
        "handover_date": _l("Handover date"),
        "billing_start": _l("Billing start"),
        "remark": _l("Remark"),
        "owners": _l("Owners"),
        "phones": _l("Phones"),
        "id_number": _l("ID number"),
        "credit_code": _l("Credit code"),
        "tenants": _l("Tenants"),
        "residents": _l("Residents"),
        "plates": _l("Number plates"),
        "address": _l("Address"),
        "email": _l("E-mail"),
    },
)

OUTCOMES: Mapping[str, Any] = register_labels(
    "outcome",
    {
        "new": _l("New"),
        "changed": _l("Changed"),
        "unchanged": _l("Unchanged"),
        "conflict": _l("Conflict"),
        "error": _l("Error"),
        "warning": _l("Warning"),
    },
)

register_labels(
    "unit_act",
    {
        "create": _l("Entered"),
        "write": _l("Changed"),
        "delete": _l("Deleted"),
        "close": _l("Closed"),
        "reveal": _l("Looked at full numbers of"),
        "import": _l("Imported"),
        "undo": _l("Import undone"),
        "renumber": _l("Room renumbered"),
    },
)
register_labels(
    "screen",
    {
        "units": _l("Unit"),
        "ownerships": _l("Ownership"),
        "tenancies": _l("Tenancy"),
        "residents": _l("Resident"),
        "vehicles": _l("Vehicle"),
        "unit_notes": _l("Unit note"),
        "owner_import": "",
    },
)

FATES: Mapping[str, Any] = register_labels(
    "fate",
    {
        Fate.TOTAL: _l("Totals"),
        Fate.NOTE: _l("Notes"),
        Fate.LEGEND: _l("Legends"),
        Fate.COLUMN: _l("Columns without a meaning"),
        Fate.SHEET: _l("The whole sheet"),
        Fate.HIDDEN: _l("Hidden in the file"),
        Fate.CHOSEN: _l("Left out as chosen"),
        Fate.LOST: _l("Not understood"),
    },
)
"""Why a cell is neither stored nor reported; headers, titles and blanks need no word."""
