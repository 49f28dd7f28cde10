"""Makes an owner row of a parsed row, adding what only a whole row shows (pure)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from app.core.parsing.cells import Doubt
from app.core.parsing.identity import phone_remarks
from app.core.sheets.labels import label_key
from app.core.sheets.layout import Header, Layout, ParsedRow, problem
from app.core.values.errors import N_
from app.estate.owner_file.floors import on_floor
from app.estate.owner_file.people import owners_of, tenant_of, with_relation
from app.estate.owner_file.place import RoomPlace
from app.estate.owner_file.roles import Role, as_person, is_other, role_of
from app.estate.owner_file.rows import OwnerRow
from app.estate.owner_file.values import area_of
from app.estate.rooms.room_key import RoomKey, own_room
from app.estate.rooms.spellings import (
    AREA_KINDS,
    building_in,
    entrance_in,
    kind_of,
    normal_building,
    normal_entrance,
)

_ROOM_FORMAT = N_("%(value)s is no room that can be told for sure; write 1-1-101 or 1栋1单元101.")
_NO_BUILDING = N_("%(value)s is a room without a building; write 1-1-101 or add a column 楼栋.")
_AREA_MISSING = N_("The gross area is missing; nothing can be charged by area without it.")
_NET_TOO_LARGE = N_("The net area %(value)s is larger than the gross area %(gross)s.")
_SPACE_ALONE = N_(
    "A parking space is kept with its car; without a number plate it was left out. "
    "Spaces of their own belong into a list of parking spaces."
)
_NOBODY = N_("The unit has no owner in the file, so this was left out.")
_PHONE_REMARK = "电话备注："
# Where no area is needed to charge for a unit.
_WITHOUT_AREA = frozenset(("parking", "storage", "advertising"))
_OF_OWNER = ("address", "email", "owner_phones", "id_numbers", "share")
_PHONES = ("owner_phones", "tenant_phones")
_PHASE_END = re.compile(r"[期苑园区弄]")


class RowBuilder:
    """Turns the parsed rows of one list into owner rows."""

    def __init__(
        self,
        layout: Layout,
        header: Header,
        place: RoomPlace,
        *,
        goes_on: bool = False,
        on_floors: bool = False,
    ) -> None:
        self.layout = layout
        self.header = header
        self.fields = set(header.fields.values())
        self.place = place
        self.per_person = "person_relation" in self.fields
        room = header.index_of("room")
        self._area = area_of(header.labels[room]) if room is not None else None
        if self._area and place.area is None:
            place.area = self._area
        self._phones = [i for i, name in header.fields.items() if name in _PHONES]
        self._phase_end = self._suffix()
        self._goes_on, self._on_floors = goes_on, on_floors
        self._above: tuple[int, RoomKey | None] = (0, None)

    def build(self, row: ParsedRow) -> OwnerRow | None:
        """The owner row, or None when an error keeps it out (problems are added to `row`)."""
        key = self._key_above(row) or self._key(row)
        self._above = (row.number, key)
        values = row.values
        kind = values.get("kind") or (kind_of(key.building) if key else None)
        if kind is None and self._area:
            kind = AREA_KINDS[self._area]
        self._check_areas(row, kind)
        role = role_of(row, self) if self.per_person else Role.OWNER
        owners = owners_of(row, kind, self) if role is Role.OWNER else ()
        tenant = tenant_of(row, self)
        family = with_relation(row, self)
        self._check_alone(row, owners)
        if key is None or not row.is_good:
            return None
        made = OwnerRow(
            sheet=row.sheet,
            row=row.number,
            key=key,
            kind=kind,
            floor=values.get("floor"),
            gross_area=values.get("gross_area"),
            net_area=values.get("net_area"),
            charged_area=values.get("charged_area"),
            occupancy=values.get("occupancy"),
            handover_date=values.get("handover_date"),
            billing_start=values.get("billing_start"),
            owners=owners,
            family=family,
            tenant=tenant,
            plates=values.get("plates", ()),
            space=values.get("space"),
            address=values.get("address"),
            email=values.get("email"),
            remark=self._remark(row),
        )
        return as_person(made, row, role) if role is not Role.OWNER else made

    def report(self, row: ParsedRow, name: str, doubt: Doubt) -> None:
        """Add a problem with the column `name` of a row."""
        column = self.layout.column(name)
        row.problems.append(problem(row, self.header, column, self.header.index_of(name), doubt))

    def has_problem(self, row: ParsedRow, name: str) -> bool:
        """Whether a cell of the column `name` was already found wanting."""
        return bool(row.problems) and any(
            fault.index is not None and self.header.fields.get(fault.index) == name
            for fault in row.problems
        )

    def _key_above(self, row: ParsedRow) -> RoomKey | None:
        """The unit of the row right above, for one of the others who live there."""
        number, key = self._above
        if not self._goes_on or key is None or number + 1 != row.number or not is_other(row):
            return None
        if any(name in row.values for name in ("building", "entrance", "room")):
            return None
        row.problems[:] = [fault for fault in row.problems if fault.code != "ROOM_MISSING"]
        row.continued = True
        return key

    def _key(self, row: ParsedRow) -> RoomKey | None:
        values = row.values
        building, entrance = self._place(row)
        text = values.get("room")
        if text is None or self.has_problem(row, "building") or self.has_problem(row, "entrance"):
            return None
        if self._on_floors:
            text = on_floor(text, values.get("floor"))
        key = self.place.room(text, building, entrance)
        if key is None:
            said = own_room(text)
            alone = said is not None and said.building is None and self.place.building is None
            message = _NO_BUILDING if alone else _ROOM_FORMAT
            self.report(row, "room", Doubt("ROOM_FORMAT", message, {"value": text}))
        return self._in_phase(row, key) if key and "phase" in self.fields else key

    def _place(self, row: ParsedRow) -> tuple[str | None, str | None]:
        """The normal forms of building and entrance in columns of their own."""
        values = row.values
        if not ("building" in values or "entrance" in values):
            return None, None
        written, door = values.get("building"), values.get("entrance")
        building = None if written is None else normal_building(written)
        entrance = None if door is None else normal_entrance(door)
        if written is not None and building is None:  # 3栋2单元 in the column of buildings
            building, inside = building_in(written), entrance_in(written)
            if door is None and building is not None and inside:
                entrance = inside
            elif inside != entrance:
                building = None
        if door is not None and entrance is None and written is None:  # 3栋2单元 as an entrance
            building, entrance = building_in(door), entrance_in(door)
            if building is None:
                entrance = None
        for name, said, part in (("building", written, building), ("entrance", door, entrance)):
            if said is not None and part is None:
                self.report(row, name, Doubt("ROOM_FORMAT", _ROOM_FORMAT, {"value": said}))
        return building, entrance

    def _suffix(self) -> str:
        index = self.header.index_of("phase")
        ends = _PHASE_END.findall(label_key(self.header.labels[index])) if index is not None else []
        return ends[-1] if ends else ""

    def _in_phase(self, row: ParsedRow, key: RoomKey) -> RoomKey | None:
        """The key with the phase or garden as a part of its building: 3苑 and 1幢 make 3苑1."""
        phase = self.place.phase_for(row.values.get("phase"), "building" in row.values)
        if not phase:
            return key
        written = phase if _PHASE_END.search(phase) else phase + self._phase_end
        building = normal_building(written + key.building)
        if building is None:
            self.report(row, "phase", Doubt("ROOM_FORMAT", _ROOM_FORMAT, {"value": phase}))
            return None
        said_already = key.building.startswith(normal_building(written) or written)
        return key if said_already else replace(key, building=building)

    def _check_areas(self, row: ParsedRow, kind: str | None) -> None:
        gross, net = row.values.get("gross_area"), row.values.get("net_area")
        if gross is None:
            needed = "gross_area" in self.fields and kind not in _WITHOUT_AREA and not row.continued
            if needed and not self.has_problem(row, "gross_area"):
                self.report(row, "gross_area", Doubt("AREA_MISSING", _AREA_MISSING))
        elif net is not None and net > gross:
            params = {"value": net, "gross": gross}
            self.report(row, "net_area", Doubt("AREA_INVALID", _NET_TOO_LARGE, params))
            del row.values["net_area"]

    def _check_alone(self, row: ParsedRow, owners: tuple[Any, ...]) -> None:
        """Report what is stored with somebody or something that the row does not have."""
        values = row.values
        if "space" in values and not values.get("plates"):
            self.report(row, "space", Doubt("SPACE_ALONE", _SPACE_ALONE))
        if owners or self.per_person or row.continued:
            return
        said = [name for name in _OF_OWNER if name in values]
        if self.has_problem(row, "owner_names"):
            row.with_problem = frozenset(i for i, n in self.header.fields.items() if n in said)
        elif "owner_names" in self.fields and row.is_good:
            for name in said:
                self.report(row, name, Doubt("NAME_MISSING", _NOBODY))

    def _remark(self, row: ParsedRow) -> str | None:
        """The remark, with the words that stand beside a phone."""
        remark: str | None = row.values.get("remark")
        for index in self._phones:
            cell = row.cells[index] if index < len(row.cells) else ""
            if isinstance(cell, str) and len(cell) > 11 and (said := phone_remarks(cell)):
                remark = f"{remark}；{_PHONE_REMARK}{said}" if remark else _PHONE_REMARK + said
        return remark
