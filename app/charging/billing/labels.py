"""The words of billing: bases, cycles, rounding, states, reasons of skips, odd amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.charging.ledger.bill_models import BillState
from app.charging.pricing.comparing import Oddity
from app.charging.pricing.price import Basis, Reason, Skip
from app.core.i18n.filters import register_labels
from app.core.values.money import Rounding
from app.core.values.period import Cycle, Period

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.charging.pricing.changes import Change

BASES: Mapping[str, Any] = register_labels(
    "basis",
    {
        Basis.GROSS_AREA: _l("Per ㎡ of gross area"),
        Basis.NET_AREA: _l("Per ㎡ of net area"),
        Basis.CHARGED_AREA: _l("Per ㎡ of charged area"),
        Basis.UNIT: _l("Fixed per unit"),
        Basis.SPACE: _l("Per parking space"),
    },
)
CYCLES: Mapping[str, Any] = register_labels(
    "cycle",
    {
        Cycle.MONTH: _l("By the month"),
        Cycle.QUARTER: _l("By the quarter"),
        Cycle.YEAR: _l("By the year"),
    },
)
ROUNDINGS: Mapping[str, Any] = register_labels(
    "rounding",
    {
        Rounding.HALF_UP: _l("Half up"),
        Rounding.UP: _l("Always up"),
        Rounding.DOWN: _l("Always down"),
    },
)
BILL_STATES: Mapping[str, Any] = register_labels(
    "bill_state", {BillState.POSTED: _l("Standing"), BillState.VOID: _l("Void")}
)
BILL_LOOKS = {BillState.POSTED: "info", BillState.VOID: "bad"}

REASONS: Mapping[str, Any] = register_labels(
    "skip",
    {
        Reason.NO_STANDARD: _l("No charge standard"),
        Reason.EXEMPT: _l("Exempt"),
        Reason.CONFLICT: _l("Two standards apply equally"),
        Reason.NO_PRICE: _l("No price for these days"),
        Reason.NO_GROSS_AREA: _l("Gross area missing"),
        Reason.NO_NET_AREA: _l("Net area missing"),
        Reason.NO_CHARGED_AREA: _l("Charged area missing"),
        Reason.NO_SPACE: _l("Not a parking space"),
        Reason.NOT_STARTED: _l("Billing starts later"),
        Reason.NOT_HANDED_OVER: _l("Not handed over"),
        Reason.OTHER_CYCLE: _l("Billed in another period"),
        Reason.TOO_LARGE: _l("Amount too large"),
        Reason.ALREADY_BILLED: _l("Already billed"),
        Reason.OVERLAP: _l("Overlaps another bill"),
        Reason.FREE: _l("Free of charge"),
        Reason.ROUNDS_TO_ZERO: _l("Comes to less than can be billed"),
    },
)

ODDITIES: Mapping[str, tuple[Any, Any]] = {
    Oddity.MUCH_MORE: (_l("More than three times the bill before"), "bad"),
    Oddity.MUCH_LESS: (_l("Less than a third of the bill before"), "bad"),
    Oddity.EXTREME: (_l("Far above the usual amount of its kind"), "bad"),
    Oddity.GONE: (_l("Billed the period before, not now"), "warn"),
    Oddity.NEW: (_l("Billed for the first time"), "info"),
    Oddity.NO_OWNER: (_l("No owner on file; the bill names nobody"), "warn"),
    Oddity.NO_START: (_l("No start or handover on file; the whole period is billed"), "info"),
}
"""Kind of oddity → its heading and the look of its tag, in the order of the page."""


def why(skip: Skip) -> str:
    """What to do about a skip, in one sentence."""
    details = skip.details
    if skip.reason is Reason.CONFLICT:
        return _(
            "%(names)s apply equally. Assign one of them to the unit itself, or end one.",
            names=" / ".join(details),
        )
    if skip.reason is Reason.NO_PRICE:
        return _(
            "“%(name)s” has no price from %(first)s to %(last)s. Add the price.",
            name=details[0],
            first=details[1],
            last=details[2],
        )
    if skip.reason is Reason.NOT_STARTED and details:
        return _("Billed from %(day)s on.", day=details[0])
    if skip.reason is Reason.OTHER_CYCLE:
        return _(
            "“%(name)s” is billed %(cycle)s: choose such a period for it.",
            name=details[0],
            cycle=CYCLES[details[1]],
        )
    if skip.reason is Reason.FREE:
        return _(
            "The price of “%(name)s” is 0, so there is nothing to bill.", name=" / ".join(details)
        )
    return str(HINTS.get(skip.reason, ""))


HINTS = {
    Reason.NO_STANDARD: _l("Assign a standard to the kind, the building or the unit."),
    Reason.NO_GROSS_AREA: _l("Enter the gross area of the unit."),
    Reason.NO_NET_AREA: _l("Enter the net area of the unit."),
    Reason.NO_CHARGED_AREA: _l("Enter the charged area of the unit."),
    Reason.NO_SPACE: _l("A price per space is only for parking spaces; use a fixed price."),
    Reason.NOT_HANDED_OVER: _l("Enter the billing start when the unit is handed over."),
    Reason.TOO_LARGE: _l("Check the area and the price."),
    Reason.ROUNDS_TO_ZERO: _l("The amount rounds to 0.00. Check the area, the price and rounding."),
    Reason.ALREADY_BILLED: _l("A bill of this period stands; it is not made twice."),
    Reason.OVERLAP: _l("Void the other bill first if this one is right."),
    Reason.EXEMPT: _l("Exempt by its assignment."),
}


def period_name(period: Period) -> str:
    """A period as people say it: 2026年11月, 2026年第4季度, 2026年."""
    first = period.first
    if period.months == 12:
        return _("Year %(year)s", year=first.year)
    if period.months == 3:
        return _("Q%(quarter)s %(year)s", quarter=(first.month + 2) // 3, year=first.year)
    return _("%(month)s/%(year)s", month=first.month, year=first.year)


def change_sentence(change: Change) -> str:
    """What changed since the plan was shown."""
    return _(change.message, count=change.count)
