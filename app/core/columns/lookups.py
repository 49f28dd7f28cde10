"""Look-ups: how a relation is chosen by typing, without ever sending every record to the page."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import current_app, jsonify, request
from sqlalchemy import case, false, or_, select

from app.core.db.extensions import db
from app.core.records import queries, rights
from app.core.values.errors import N_, DomainError, NotFound
from app.core.web.page import Page, expose, needs
from app.roles import Verb

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

OFFERED = 20
LONGEST_QUESTION = 60


@dataclass(frozen=True, slots=True)
class Lookup:
    """Records that can be chosen by typing.

    name: in the address, `/lookups/<name>?q=`; usually the screen's name.
    search: columns of the model in which the typed text is found, the best one first (none:
        only `also` finds, and `order` must be given).
    label, hint: what a record is called, and a second line (of record → text).
    screen: whose READ right the look-up needs (None: the screen `name`).
    also: further conditions for a typed text (a room in another spelling…).
    only: a condition on what may be chosen at all (active items).
    """

    name: str
    model: Any
    search: tuple[str, ...]
    label: Callable[[Any], str] = str
    hint: Callable[[Any], str] | None = None
    screen: str | None = None
    order: str | None = None
    loads: tuple[str, ...] = ()
    also: Callable[[str], list[Any]] | None = None
    only: Callable[[], Any] | None = None

    @property
    def right(self) -> str:
        return self.screen or self.name


def plain(question: str) -> str:
    """What was typed, in half width, without control characters, not too long."""
    kept = (
        sign
        for sign in unicodedata.normalize("NFKC", question)
        if unicodedata.category(sign) not in {"Cc", "Cs"}
    )
    return "".join(kept).strip()[:LONGEST_QUESTION]


def matching(lookup: Lookup, question: str) -> Any:
    """The condition that a record of the look-up contains what was typed."""
    model = lookup.model
    found = [getattr(model, name).icontains(question, autoescape=True) for name in lookup.search]
    return or_(false(), *found, *(lookup.also(question) if lookup.also else ()))


def find(session: Session, lookup: Lookup, question: str, limit: int = OFFERED) -> list[Any]:
    """The records inside the scope that match, the closest first."""
    model, question = lookup.model, plain(question)
    query = select(model).where(queries.inside(model))
    if lookup.only:
        query = query.where(lookup.only())
    if question:
        query = query.where(matching(lookup, question))
    if question and lookup.search:
        best = getattr(model, lookup.search[0])
        query = query.order_by(
            case((best == question, 0), (best.startswith(question, autoescape=True), 1), else_=2)
        )
    query = query.order_by(getattr(model, lookup.order or lookup.search[0]))
    query = query.options(*queries.loading(model, lookup.loads)).limit(limit)
    return list(session.scalars(query))


def chosen(session: Session, lookup: Lookup, key: int) -> Any:
    """The record that was chosen; DomainError when it is not one that may be."""
    condition = (lookup.only(),) if lookup.only else ()
    try:
        return queries.get(session, lookup.model, key, *condition, paths=lookup.loads)
    except NotFound as error:
        raise DomainError(N_("Choose one of the records that the list offers.")) from error


def called(session: Session, lookup: Lookup, text: str) -> Any:
    """The one record that is called exactly so: typed faster than the list could offer it."""
    name = plain(text)
    same = [one for one in find(session, lookup, name, 3) if lookup.label(one) == name]
    if len(same) != 1:
        raise DomainError(N_("Choose one of the records that the list offers."))
    return same[0]


def by_name(name: str) -> Lookup | None:
    """The look-up with this name in the present application."""
    found: Lookup | None = current_app.extensions["anju"].lookups.get(name)
    return found


def of_model(model: Any) -> Lookup | None:
    """The first look-up that offers records of `model`."""
    found: Lookup | None = current_app.extensions["anju"].lookup_of.get(model)
    return found


class LookupPage(Page):
    """Answers while somebody types: `{"results": [{"id", "text", "hint"}]}`."""

    screen = "lookups"
    route_base = "/lookups"
    default_view = "find"

    @expose("/<name>")
    @needs(Verb.READ)
    def find(self, name: str) -> Any:
        lookup = by_name(name)
        if lookup is None or not rights.may(lookup.right, Verb.READ):
            raise NotFound(N_("There is no such look-up."))
        found = find(db.session, lookup, request.args.get("q", ""))
        return jsonify(
            results=[
                {
                    "id": queries.key_of(record),
                    "text": lookup.label(record),
                    "hint": lookup.hint(record) if lookup.hint else "",
                }
                for record in found
            ]
        )
