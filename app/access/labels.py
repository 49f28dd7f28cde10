"""What people call the posts, verbs, screens and outcomes of the role table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.core.values.errors import N_
from app.roles import Verb

if TYPE_CHECKING:
    from collections.abc import Mapping

POSTS = {
    "manager": N_("Service manager"),
    "supervisor": N_("Service supervisor"),
    "front_desk": N_("Front desk"),
    "collector": N_("Fee collector"),
    "clerk": N_("Clerk"),
    "administrator": N_("Administrator"),
}

VERBS = {
    Verb.READ: N_("See"),
    Verb.WRITE: N_("Enter and change"),
    Verb.DELETE: N_("Delete"),
    Verb.IMPORT: N_("Import"),
    Verb.EXPORT: N_("Export"),
    Verb.PRINT: N_("Print"),
    Verb.POST: N_("Post entries"),
    Verb.VOID: N_("Void"),
    Verb.APPROVE: N_("Approve"),
    Verb.SEE_PRIVATE: N_("See private data"),
    Verb.SEE_ALL: N_("See everybody's rows"),
}

AREAS = {
    "home": N_("Own pages"),
    "estate": N_("Units and customers"),
    "charging": N_("Charging and collection"),
    "duty": N_("Daily work"),
    "registers": N_("Registers"),
    "reports": N_("Reports"),
    "system": N_("System"),
}
"""The work areas in the order in which the page of rights lists them."""

SCREENS: dict[str, tuple[str, Any]] = {
    "home": ("home", N_("Home page")),
    "profile": ("home", N_("My account")),
    "jobs": ("home", N_("Jobs in the background")),
    "lookups": ("home", N_("Look-ups while typing")),
    "communities": ("estate", N_("Communities")),
    "buildings": ("estate", N_("Buildings")),
    "units": ("estate", N_("Units")),
    "customers": ("estate", N_("Customers")),
    "ownerships": ("estate", N_("Ownership")),
    "tenancies": ("estate", N_("Tenancies")),
    "residents": ("estate", N_("Residents")),
    "vehicles": ("estate", N_("Vehicles")),
    "unit_notes": ("estate", N_("Notes on units")),
    "phones": ("estate", N_("Full phone numbers")),
    "owner_import": ("estate", N_("Import of owner files")),
    "renumbering": ("estate", N_("Renumber rooms")),
    "charge_items": ("charging", N_("Charge items")),
    "standards": ("charging", N_("Charge standards")),
    "standard_prices": ("charging", N_("Prices of standards")),
    "assignments": ("charging", N_("Where standards apply")),
    "billing": ("charging", N_("Billing run")),
    "bills": ("charging", N_("Bills")),
    "notices": ("charging", N_("Payment notices")),
    "desk": ("charging", N_("Collection desk")),
    "payments": ("charging", N_("Payments and receipts")),
    "prepayments": ("charging", N_("Prepayments")),
    "void_requests": ("charging", N_("Void requests")),
    "arrears": ("charging", N_("Arrears")),
    "daily_log": ("duty", N_("My daily log")),
    "log_review": ("duty", N_("Review of daily logs")),
    "log_reviewers": ("duty", N_("Who reviews whose logs")),
    "report_operations": ("reports", N_("Monthly operations report")),
    "report_progress": ("reports", N_("Collection progress and log review")),
    "report_occupancy": ("reports", N_("Occupancy and residents")),
    "report_takings": ("reports", N_("Takings of the day")),
    "report_charges": ("reports", N_("Charges in detail")),
    "report_arrears": ("reports", N_("Arrears summary")),
    "report_files": ("reports", N_("Completeness of owner files")),
    "registers": ("system", N_("Registers in the house")),
    "users": ("system", N_("Users")),
    "rights": ("system", N_("Roles and rights")),
    "login_events": ("system", N_("Login record")),
    "audit": ("system", N_("Record of changes")),
}
"""screen → work area and label; every row of the role table has one (a test holds it)."""

OUTCOMES = {
    "success": N_("Logged in"),
    "failure": N_("Refused"),
    "locked": N_("Account locked"),
    "logout": N_("Logged out"),
}

ACTS = {
    "write": N_("Changed"),
    "create": N_("Created"),
    "delete": N_("Deleted"),
    "import": N_("Imported"),
    "renumber": N_("Room renumbered"),
    "forget": N_("No longer remembered"),
    "undo": N_("Undone"),
    "export": N_("Exported"),
    "print": N_("Printed"),
    "reprint": N_("Printed again"),
    "post": N_("Posted"),
    "void": N_("Voided"),
    "assign": N_("Assigned"),
    "approve": N_("Approved"),
    "ask": N_("Request made"),
    "refuse": N_("Request refused"),
    "drop": N_("Request withdrawn"),
    "reveal": N_("Private data revealed"),
    "step": N_("Step taken"),
    "attach": N_("File added"),
    "detach": N_("File removed"),
    "submit": N_("Log submitted"),
    "return": N_("Log returned"),
    "comment": N_("Commented"),
    "day_off": N_("Day off noted"),
    "day_on": N_("Day off taken back"),
    "close": N_("Problem closed"),
    "rights.seed": N_("Default rights set up"),
    "rights.change": N_("Rights changed"),
    "rights.restore": N_("Default rights restored"),
    "rights.copy": N_("Role copied"),
    "rights.rename": N_("Role renamed"),
    "rights.delete": N_("Role deleted"),
    "rights.user_create": N_("User created"),
    "rights.user_change": N_("User changed"),
    "rights.user_deactivate": N_("User deactivated"),
    "rights.user_activate": N_("User activated"),
    "rights.user_unlock": N_("User unlocked"),
    "rights.password_reset": N_("Password reset"),
    "rights.password_change": N_("Own password changed"),
}


def screen_label(screen: str) -> str:
    """The source text of a screen's label; the name itself where none is known."""
    return SCREENS.get(screen, ("", screen))[1]


def name_screens(area: str, names: Mapping[str, Any]) -> None:
    """Know the screens of an area that is declared outside this table (the registers)."""
    for known in [screen for screen, (place, _) in SCREENS.items() if place == area]:
        del SCREENS[known]
    SCREENS.update({screen: (area, text) for screen, text in names.items()})


DETAILS = {
    "added": N_("Rights given"),
    "removed": N_("Rights taken"),
    "roles": N_("Roles"),
    "from": N_("Copied from"),
    "label": N_("Name of the role"),
    "name": N_("Name"),
    "username": N_("User name"),
    "post_title": N_("Post title"),
    "all_communities": N_("All communities"),
    "communities": N_("Communities"),
    "screens": N_("Screens"),
    "rows": N_("Rows"),
    "private": N_("With private data"),
    "full": N_("Shown in full"),
    "columns": N_("Columns"),
    "filter": N_("Narrowed by"),
    "phones": N_("Phones"),
    "column": N_("Value"),
    "reason": N_("Reason"),
    "item": N_("Charge item"),
    "period": N_("Billing period"),
    "payer": N_("Payer"),
    "sentence": N_("How it was worked out"),
    "number": N_("Room number"),
    "day": N_("From day"),
    "amount": N_("Amount"),
    "bills": N_("Bills"),
    "text": N_("Text"),
    "again": N_("Sent again"),
    "action": N_("Step"),
    "file": N_("File"),
    "step_reason": N_("Reason"),
    "state": N_("State"),
    "copy": N_("Copy no."),
    "notices": N_("Payment notices"),
    "kept": N_("Bills that stay"),
    "owes_log": N_("Owes a log each working day"),
    "reviews": N_("Reviews the logs of"),
    "new": N_("New"),
    "changed": N_("Changed"),
    "unchanged": N_("Unchanged"),
    "conflict": N_("Conflict"),
    "errors": N_("Errors found"),
    "bad_rows": N_("Rows with errors"),
    "warnings": N_("Warnings found"),
    # What the undoing of an import removed, by table.
    "building": N_("Building"),
    "unit": N_("Unit"),
    "customer": N_("Customer"),
    "customer_phone": N_("Phones"),
    "ownership": N_("Ownership"),
    "tenancy": N_("Tenancy"),
    "resident": N_("Resident"),
    "vehicle": N_("Vehicle"),
}
"""What the details of a record of changes are called, beside the columns of screens."""
