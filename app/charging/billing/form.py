"""What the billing page is asked for: community, period and items, read from an address or form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.charging.billing.labels import period_name
from app.charging.billing.opening import around, posted
from app.charging.billing.read_facts import active_items
from app.charging.pricing.facts import Request
from app.core.parsing import form_text
from app.core.parsing.json_text import WrongText, from_json
from app.core.records import data_scope, queries
from app.core.values import clock
from app.core.values.errors import N_, DomainError
from app.core.values.period import Cycle, Period, add_months
from app.estate.base.models import Community

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


def periods(others: Iterable[Period] = ()) -> dict[str, list[Option]]:
    """Months, quarters and years around today to choose from, the latest first; and `others`."""
    others = tuple(others)
    return {
        cycle.value: [
            Option(str(one), period_name(one)) for one in around(cycle, clock.today(), others)
        ]
        for cycle in Cycle
    }


@dataclass(frozen=True, slots=True)
class RunChoice:
    """A community to bill, with what is posted of it and what comes next, for the form."""

    id: int
    name: str
    opening: Period
    nexts: tuple[Period, ...]
    posted: tuple[Period, ...]

    @property
    def said(self) -> str:
        """The next periods of all its cycles, for people."""
        return "、".join(period_name(one) for one in self.nexts)


def choices(session: Session) -> list[RunChoice]:
    """The communities that the user may bill, each with its next period."""
    today = clock.today()
    found = communities(session)
    known = posted(session, [one.id for one in found])
    return [
        RunChoice(
            one.id,
            one.name,
            known[one.id].opening(today),
            tuple(known[one.id].next(cycle, today) for cycle in known[one.id].cycles),
            tuple(sorted(known[one.id].periods)),
        )
        for one in found
    ]


def opening(found: list[RunChoice], community: str) -> Period:
    """The period at which the form opens: of the community chosen or, as long as none is, of
    the one that is furthest behind."""
    chosen = [one for one in found if str(one.id) == community] or found
    return min((one.opening for one in chosen), default=Period.containing(clock.today()))


def communities(session: Session) -> list[Community]:
    """The communities that the user may bill."""
    return list(
        session.scalars(
            select(Community)
            .where(data_scope.current().where(Community.id))
            .order_by(Community.name)
        )
    )


def read(session: Session, typed: MultiDict[str, str]) -> Request:
    """The request that was chosen; DomainError names the field that is missing or wrong."""
    if not typed.get("community"):
        raise DomainError(N_("Choose a community."), field="community")
    community = queries.get(session, Community, typed["community"])
    if not typed.get("period"):
        raise DomainError(N_("Choose a period."), field="period")
    period = Period.parse(typed["period"])
    items = {text for text in typed.getlist("items") if text.isascii() and text.isdigit()}
    chosen = tuple(item.id for item in active_items(session) if str(item.id) in items)
    if not chosen:
        raise DomainError(N_("Choose at least one charge item."), field="items")
    return Request(community.id, period, chosen, due_day(typed.get("due", ""), period))


def due_day(typed: str, period: Period) -> date | None:
    """The day to pay that the run names, None where it names none; DomainError where it lies
    more than a year away from the period: that is a slip of the pen."""
    try:
        day = form_text.day(typed)
    except DomainError as error:
        error.field = "due"
        raise
    first, last = add_months(period.first, -12), add_months(period.last, 12)
    if day is not None and not first <= day <= last:
        raise DomainError(
            N_("%(day)s lies far from the period: the day to pay is from %(first)s to %(last)s."),
            field="due",
            day=day,
            first=first,
            last=last,
        )
    return day


def arguments(request: Request) -> dict[str, Any]:
    """The request as arguments of an address or of a job."""
    found: dict[str, Any] = {
        "community": request.community_id,
        "period": str(request.period),
        "items": list(request.item_ids),
    }
    if request.due_on:
        found["due"] = request.due_on.isoformat()
    return found


def from_arguments(values: Mapping[str, Any]) -> Request:
    """The request that `arguments` wrote down."""
    due = values.get("due")
    return Request(
        int(values["community"]),
        Period.parse(values["period"]),
        tuple(values["items"]),
        date.fromisoformat(due) if due else None,
    )


def marks(text: str) -> dict[str, str]:
    """The fingerprints that travelled with the form; WrongText for what we never wrote there."""
    found = from_json(text, largest=10_000) if text else {}
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise WrongText("no table of marks")
    return {name[:20]: mark[:20] for name, mark in list(found.items())[:10]}
