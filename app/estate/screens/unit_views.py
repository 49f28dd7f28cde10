"""The screen of units, and the page of one unit: who, what is owed, what happened (E01, E08)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.exceptions import Forbidden
from werkzeug.utils import redirect

from app.core.columns import column as col
from app.core.columns.lookups import Lookup
from app.core.db import audit, one_time_keys
from app.core.db.extensions import db
from app.core.i18n.sentences import sentence
from app.core.parsing.form_text import text as read_text
from app.core.records import disclosure, queries, rights
from app.core.screens.screen import Screen
from app.core.values import clock
from app.core.values.errors import N_, AlreadyDone, DomainError
from app.core.values.secret import Secret
from app.core.web.menu import MenuEntry
from app.core.web.page import expose, needs
from app.estate.base import occupancy
from app.estate.base.codes import Occupancy, UnitKind
from app.estate.base.labels import KINDS, OCCUPANCIES, OCCUPANCY_LOOKS
from app.estate.base.models import Unit, UnitNote
from app.estate.base.occupants import occupants
from app.estate.base.remembered import FormerRoom
from app.estate.rooms import form_checks, search
from app.estate.screens import unit_page
from app.roles import Verb


def former_rooms(session: Any, unit: Unit) -> list[FormerRoom]:
    """What the unit was called before, the latest first."""
    return list(
        session.scalars(
            select(FormerRoom)
            .where(FormerRoom.unit_id == unit.id)
            .order_by(FormerRoom.changed_on.desc(), FormerRoom.id.desc())
        )
    )


def owner_names(unit: Unit) -> str:
    """The owners of today by name, as the list shows them."""
    today = clock.today()
    return "、".join(
        one.customer.name
        for one in unit.ownerships
        if (one.starts_on is None or one.starts_on <= today)
        and (one.ends_on is None or one.ends_on >= today)
    )


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    label: Any
    icon: str


class UnitScreen(Screen):
    """房屋: search by room in any spelling, name, initials, phone tail or plate."""

    screen = "units"
    route_base = "/units"
    model = Unit
    title = _l("Units")
    one = _l("Unit")
    menu = MenuEntry("estate", 10, title, icon="fa-home")
    order = ("community_id", "sort_key")
    empty = _l("No unit yet. Import the owner file of a community, or add units one by one.")
    search_hint = _l("Room in any spelling, owner, initials, phone tail or plate")
    lookups = (
        Lookup(
            "units",
            Unit,
            ("code",),
            order="sort_key",
            also=search.unit_conditions,
            hint=lambda unit: f"{unit.community.name} {owner_names(unit)}",
            loads=("community", "ownerships.customer"),
        ),
    )
    columns = (
        col.text("code", _l("Room"), search="prefix", form=False, sort=False, filter=False),
        col.relation("building", _l("Building"), form="add", required=True, list=False),
        col.text(
            "entrance",
            _l("Entrance"),
            max_length=20,
            list=False,
            form="add",
            help=_l("Empty where there is none, as in shops and car parks."),
        ),
        col.text("number", _l("Room number"), max_length=40, list=False, form="add", required=True),
        col.computed("owners", _l("Owners"), owner_names, loads=("ownerships.customer",), width=20),
        col.choice("kind", _l("Use"), KINDS, required=True, default=UnitKind.FLAT),
        col.choice(
            "occupancy",
            _l("Occupancy"),
            OCCUPANCIES,
            looks=OCCUPANCY_LOOKS,
            required=True,
            default=Occupancy.UNKNOWN,
            value=occupancy.of_unit,
            loads=("tenancies",),
            expression=occupancy.occupancy_today,
            help=_l("While a tenancy runs, the unit counts as let whatever is chosen here."),
        ),
        col.integer("floor", _l("Floor"), minimum=-10, maximum=200),
        col.area("gross_area", _l("Gross area"), minimum=0, maximum=1_000_000),
        col.area("net_area", _l("Net area"), minimum=0, maximum=1_000_000, list=False),
        col.area(
            "charged_area",
            _l("Charged area"),
            minimum=0,
            maximum=1_000_000,
            help=_l("Only where the contract charges another area than the gross or net one."),
        ),
        col.date("handover_date", _l("Handover date")),
        col.date(
            "billing_start",
            _l("Billing start"),
            help=_l(
                "From this day on the unit is charged; empty: from its handover, or for the"
                " whole period."
            ),
        ),
        col.long_text("remark", _l("Remark"), max_length=2000),
        col.relation("community", _l("Community"), form=False),
    )

    def also(self, word: str) -> list[Any]:
        return search.unit_conditions(word)

    def check(self, values: dict[str, Any], _record: Unit | None) -> None:
        for name in ("gross_area", "net_area", "charged_area"):
            if values.get(name) is not None and values[name] <= 0:
                raise DomainError(N_("An area must be greater than zero."), field=name)
        gross, net = values.get("gross_area"), values.get("net_area")
        if gross and net and net > gross:
            raise DomainError(N_("The net area is larger than the gross area."), field="net_area")

    def pre_add(self, item: Unit) -> None:
        key = form_checks.room(item.building, item.entrance, item.number)
        form_checks.room_is_free(db.session, item.building.community_id, key.code, item.id)
        item.entrance, item.number = key.entrance, key.number
        item.code, item.sort_key = key.code, key.sort_key

    # The page of one unit.

    @expose("/show/<pk>")
    @needs(Verb.READ)
    def show(self, pk: str) -> Any:
        return self.page(self.get(pk, ["community", "building"]))

    def page(self, unit: Unit, status: int = 200, **context: Any) -> Any:
        """The unit's page, with what was typed when something was refused."""
        body = self.render(
            "estate/unit/show.html",
            unit=unit,
            sections=unit_page.load(db.session, unit),
            former=former_rooms(db.session, unit),
            occupancy_look=OCCUPANCY_LOOKS,
            links=self.links(unit),
            may_phones=disclosure.may_see(Secret.PHONES, self.screen),
            can_note=rights.may("unit_notes", Verb.WRITE),
            customer_url=customer_url,
            import_url=batch_url if rights.may("owner_import", Verb.READ) else None,
            **context,
        )
        return body, status

    def links(self, unit: Unit) -> list[Link]:
        """What may be done from here, as far as the user's rights reach."""
        found = []
        if self.can("edit"):
            found.append(Link(self.url("edit", pk=unit.id), _("Edit unit"), "fa-pencil"))
        if rights.may("renumbering", Verb.POST):
            url = url_for("RenumberPage.index", unit=unit.id)
            found.append(Link(url, _("Renumber"), "fa-exchange"))
        for screen, view, label, icon in (
            ("ownerships", "OwnershipScreen", _("Add owner"), "fa-key"),
            ("tenancies", "TenancyScreen", _("Add tenant"), "fa-handshake-o"),
            ("residents", "ResidentScreen", _("Add resident"), "fa-user-plus"),
            ("vehicles", "VehicleScreen", _("Add vehicle"), "fa-car"),
        ):
            if rights.may(screen, Verb.WRITE):
                found.append(Link(url_for(f"{view}.add", unit=unit.id), label, icon))
        return found

    @expose("/<pk>/people", methods=["POST"])
    @needs(Verb.READ, disclosure.SCREEN)
    def reveal_people(self, pk: str) -> Any:
        """The full phones of everybody in the unit; each look is recorded (E07)."""
        if not self.may(Verb.READ):
            raise Forbidden
        unit = self.get(pk)
        now = occupants(db.session, unit.id, clock.today())
        disclosure.record_look(
            db.session,
            self.screen,
            unit.id,
            title=unit.code,
            column="phones",
            community_id=unit.community_id,
        )
        answer = {
            "customers": {str(key): list(numbers) for key, numbers in now.phones.items()},
            "residents": {str(one.id): [one.phone] for one in now.residents if one.phone},
        }
        db.session.commit()
        return answer

    @expose("/<pk>/notes", methods=["POST"])
    @needs(Verb.WRITE, "unit_notes")
    def add_note(self, pk: str) -> Any:
        unit = self.get(pk, ["community", "building"])
        typed = request.form.get("text", "")
        try:
            words = read_text(typed, max_length=500)
            if not words:
                raise DomainError(N_("Write the note first."))
            one_time_keys.use(db.session, request.form.get("form_key", ""))
            note = UnitNote(
                community_id=unit.community_id,
                unit_id=unit.id,
                text=words,
                created_by_id=audit.actor().user_id,
            )
            db.session.add(note)
            db.session.flush()
            audit.record(
                db.session,
                "create",
                "unit_notes",
                note.id,
                title=words,
                community_id=unit.community_id,
            )
            db.session.commit()
        except AlreadyDone as error:
            db.session.rollback()
            flash(sentence(error), "info")
        except DomainError as error:
            db.session.rollback()
            flash(sentence(error), "danger")
            unit = self.get(pk, ["community", "building"])
            return self.page(unit, 422, note_typed=typed[:500])
        return redirect(self.url("show", pk=pk, _anchor="notes"))

    @expose("/<pk>/notes/<note>/close", methods=["POST"])
    @needs(Verb.WRITE, "unit_notes")
    def close_note(self, pk: str, note: str) -> Any:
        unit = self.get(pk)
        found = queries.get(db.session, UnitNote, note, UnitNote.unit_id == unit.id)
        if found.closed_on is None:
            found.closed_on = clock.today()
            audit.record(
                db.session,
                "close",
                "unit_notes",
                found.id,
                title=found.text,
                community_id=unit.community_id,
            )
            db.session.commit()
        return redirect(self.url("show", pk=pk, _anchor="notes"))


def customer_url(customer_id: int) -> str:
    return url_for("CustomerScreen.show", pk=customer_id)


def batch_url(batch_id: int) -> str:
    return url_for("BatchPage.show", pk=batch_id)
