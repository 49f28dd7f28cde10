"""The page of what cannot all be true on file: overlapping tenancies, shares, shared plates."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from app.core.db.extensions import db
from app.core.records import rights
from app.core.web.menu import MenuEntry
from app.core.web.page import Page, expose, needs
from app.estate.screens.conflicts import WARNINGS, Party, Sort, every
from app.roles import Verb

TITLES = {
    Sort.TENANCIES: _l("Let twice on the same days"),
    Sort.OWNER_TWICE: _l("The same owner twice on one unit"),
    Sort.SHARES: _l("Shares of more than 100 %"),
    Sort.SOLD_AND_LET: _l("Parking spaces let although they are sold"),
    Sort.PLATES: _l("The same plate on several units"),
    Sort.SPACES: _l("The same parking space used from several units"),
}
ACTS = {
    Sort.TENANCIES: _l("Open the tenancy that is over and enter its last day."),
    Sort.OWNER_TWICE: _l("Delete the one that was entered twice, or enter its last day."),
    Sort.SHARES: _l("Enter the last day of who sold, or correct the shares by the deed."),
    Sort.SOLD_AND_LET: _l("Enter the last day of the tenancy, or the day of the sale."),
    Sort.PLATES: _l("Right if both units use the vehicle; otherwise delete the old entry."),
    Sort.SPACES: _l("Right if both share the space; otherwise correct one of them."),
}
VIEWS = {
    "tenancies": "TenancyScreen",
    "ownerships": "OwnershipScreen",
    "vehicles": "VehicleScreen",
}
MOST = 200
"""Lines of one sort on the page; who has settled these sees the next ones."""


def party_url(party: Party) -> str | None:
    """The page on which one of the rows is put right, if the user may read it."""
    if not rights.may(party.screen):
        return None
    return url_for(f"{VIEWS[party.screen]}.show", pk=party.key)


class ConflictPage(Page):
    """待理顺的档案."""

    screen = "units"
    route_base = "/units/to-settle"
    menu = MenuEntry("estate", 85, _l("Files to settle"), icon="fa-random")

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        found = every(db.session())
        groups = [(sort, [one for one in found if one.sort is sort]) for sort in Sort]
        return self.render(
            "estate/conflicts.html",
            groups=[pair for pair in groups if pair[1]],
            titles=TITLES,
            acts=ACTS,
            warnings=WARNINGS,
            most=MOST,
            party_url=party_url,
        )
