"""What the billing page is asked for: community, period and items, read from an address or form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.charging.billing_labels import period_name
from app.charging.facts import Request
from app.charging.gathering import active_items
from app.core import clock, records, scope
from app.core.deep import WrongText, from_json
from app.core.errors import N_, DomainError
from app.core.period import Cycle, Period
from app.estate.models import Community

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict

BEFORE = {Cycle.MONTH: 12, Cycle.QUARTER: 4, Cycle.YEAR: 2}
AFTER = {Cycle.MONTH: 3, Cycle.QUARTER: 1, Cycle.YEAR: 1}


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


def periods() -> dict[str, list[Option]]:
    """Months, quarters and years around today to choose from, the latest first."""
    found: dict[str, list[Option]] = {}
    for cycle in Cycle:
        period = Period.containing(clock.today(), cycle)
        for _step in range(AFTER[cycle]):
            period = period.next
        options = []
        for _step in range(BEFORE[cycle] + AFTER[cycle] + 1):
            options.append(Option(str(period), period_name(period)))
            period = period.previous
        found[cycle.value] = options
    return found


def communities(session: Session) -> list[Community]:
    """The communities that the user may bill."""
    return list(
        session.scalars(
            select(Community)
            .where(scope.current().where(Community.id))
            .order_by(Community.name)
        )
    )


def read(session: Session, typed: MultiDict[str, str]) -> Request:
    """The request that was chosen; DomainError names the field that is missing or wrong."""
    if not typed.get("community"):
        raise DomainError(N_("Choose a community."), field="community")
    community = records.get(session, Community, typed["community"])
    if not typed.get("period"):
        raise DomainError(N_("Choose a period."), field="period")
    period = Period.parse(typed["period"])
    items = {text for text in typed.getlist("items") if text.isascii() and text.isdigit()}
    chosen = tuple(item.id for item in active_items(session) if str(item.id) in items)
    if not chosen:
        raise DomainError(N_("Choose at least one charge item."), field="items")
    return Request(community.id, period, chosen)


def arguments(request: Request) -> dict[str, Any]:
    """The request as arguments of an address or of a job."""
    return {
        "community": request.community_id,
        "period": str(request.period),
        "items": list(request.item_ids),
    }


def from_arguments(values: Mapping[str, Any]) -> Request:
    """The request that `arguments` wrote down."""
    return Request(
        int(values["community"]), Period.parse(values["period"]), tuple(values["items"])
    )


def marks(text: str) -> dict[str, str]:
    """The fingerprints that travelled with the form; WrongText for what we never wrote there."""
    found = from_json(text, largest=10_000) if text else {}
    if not isinstance(found, dict):
        raise WrongText("no table of marks")
    return {str(name)[:20]: str(mark)[:20] for name, mark in list(found.items())[:10]}
