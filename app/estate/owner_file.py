"""Understands the office's own owner file: workbook in, rows and every problem out (pure)."""

from __future__ import annotations

from collections.abc import Iterator

from app.core.cells import Doubt, Severity
from app.core.errors import N_, DomainError
from app.core.sheet import Header, Layout, ParsedRow, Problem, SheetReader, Title, problem
from app.core.sheet_blocks import lists_in
from app.core.sheet_header import guess_header
from app.core.sheet_questions import Answers, Corrections
from app.core.workbook import SheetData, Workbook
from app.estate.owner_duplicates import settle
from app.estate.owner_layout import owner_layout
from app.estate.owner_people import owners_of, tenant_of, with_relation
from app.estate.owner_place import Place, has_entrance_first
from app.estate.owner_rows import OwnerFile, OwnerRow
from app.estate.room_names import kind_of, normal_building, normal_entrance
from app.estate.rooms import RoomKey, own_room

_NO_LIST = N_(
    "No header of an owner list was found. One of the first 20 rows must name the room "
    "(房号, 房间号, 门牌号…) and the owner, a phone or the area (业主姓名, 联系电话, 建筑面积…)."
)
_ROOM_FORMAT = N_("%(value)s is no room that can be told for sure; write 1-1-101 or 1栋1单元101.")
_NO_BUILDING = N_("%(value)s is a room without a building; write 1-1-101 or add a column 楼栋.")
_AREA_MISSING = N_("The gross area is missing; nothing can be charged by area without it.")
_NO_AREAS = N_("The sheet has no column for the gross area; the units come in without it.")
_NO_OWNERS = N_("The sheet has no column for the owner; the units come in without owners.")
_NET_TOO_LARGE = N_("The net area %(value)s is larger than the gross area %(gross)s.")
_NO_ANSWERS = Answers()
# Where no area is needed to charge for a unit.
_WITHOUT_AREA = frozenset(("parking", "storage", "advertising"))


def parse_owner_file(
    workbook: Workbook, corrections: Corrections | None = None, answers: Answers = _NO_ANSWERS
) -> OwnerFile:
    """Read every visible sheet that has the header of an owner list.

    `corrections` are the matchings that users chose for headers, by fingerprint.

    :raises DomainError: no sheet has such a header.
    """
    corrections = {**(corrections or {}), **answers.columns}
    layout = owner_layout(date1904=workbook.date1904)
    found = [(sheet, lists_in(sheet, layout, corrections)) for sheet in workbook.visible]
    lists = [one for _, own in found for one in own]
    if not lists:
        raise DomainError(_NO_LIST, field="file")
    reader = SheetReader(layout)
    entrance_first = any(has_entrance_first(sheet, header) for sheet, header in lists)
    rows: list[OwnerRow] = []
    problems: list[Problem] = []
    continued: set[int] = set()
    count = 0
    for sheet, header in lists:
        problems.extend(_absent(sheet, header))
        place = Place(sheet, header, entrance_first=entrance_first)
        builder = _RowBuilder(layout, header, place)
        for item in reader.rows(sheet, header):
            if isinstance(item, Title):
                place.speak(item.text)
                continue
            count += 1
            row = builder.build(item)
            problems.extend(item.problems)
            if row is not None:
                if item.continued:
                    continued.add(len(rows))
                rows.append(row)
    good, twice = settle(rows, continued)
    problems.extend(twice)
    order = {sheet.name: place for place, sheet in enumerate(workbook.sheets)}
    problems.sort(key=lambda found: (order[found.sheet], found.row))
    return OwnerFile(
        rows=tuple(good),
        count=count,
        problems=tuple(problems),
        skipped=dict(reader.skipped),
        headers=tuple(header for _, header in lists),
        left_out=tuple(sheet.name for sheet, own in found if not own and len(sheet.rows)),
        hidden=workbook.hidden,
    )


def owner_headers(
    workbook: Workbook, corrections: Corrections | None = None, answers: Answers = _NO_ANSWERS
) -> tuple[Header, ...]:
    """The headers of all visible sheets, guessed where none is sure, for the matching page."""
    corrections = {**(corrections or {}), **answers.columns}
    layout = owner_layout(date1904=workbook.date1904)
    headers: list[Header] = []
    for sheet in workbook.visible:
        lists = lists_in(sheet, layout, corrections)
        headers += [header for _, header in lists]
        if not lists and (guessed := guess_header(sheet, layout)):
            headers.append(guessed)
    return tuple(headers)


class _RowBuilder:
    """Turns the parsed rows of one sheet into owner rows, adding what only a whole row shows."""

    def __init__(self, layout: Layout, header: Header, place: Place) -> None:
        self.layout = layout
        self.header = header
        self.fields = set(header.fields.values())
        self.place = place

    def build(self, row: ParsedRow) -> OwnerRow | None:
        """The owner row, or None when an error keeps it out (problems are added to `row`)."""
        key = self._key(row)
        values = row.values
        kind = values.get("kind") or (kind_of(key.building) if key else None)
        self._check_areas(row, kind)
        owners = owners_of(row, kind, self)
        tenant = tenant_of(row, self)
        if key is None or not row.is_good:
            return None
        return OwnerRow(
            sheet=row.sheet,
            row=row.number,
            key=key,
            kind=kind,
            floor=values.get("floor"),
            gross_area=values.get("gross_area"),
            net_area=values.get("net_area"),
            occupancy=values.get("occupancy"),
            handover_date=values.get("handover_date"),
            billing_start=values.get("billing_start"),
            owners=owners,
            family=with_relation(row, self),
            tenant=tenant,
            plates=values.get("plates", ()),
            space=values.get("space"),
            address=values.get("address"),
            email=values.get("email"),
            remark=values.get("remark"),
        )

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

    def _key(self, row: ParsedRow) -> RoomKey | None:
        values = row.values
        building, entrance = self._part(row, "building"), self._part(row, "entrance")
        text = values.get("room")
        if text is None or self.has_problem(row, "building") or self.has_problem(row, "entrance"):
            return None
        key = self.place.room(text, building, entrance)
        if key is None:
            said = own_room(text)
            alone = said is not None and said.building is None and self.place.building is None
            message = _NO_BUILDING if alone else _ROOM_FORMAT
            self.report(row, "room", Doubt("ROOM_FORMAT", message, {"value": text}))
        return key

    def _part(self, row: ParsedRow, name: str) -> str | None:
        """The normal form of a building or entrance in its own column."""
        written = row.values.get(name)
        if written is None:
            return None
        part = normal_building(written) if name == "building" else normal_entrance(written)
        if part is None:
            self.report(row, name, Doubt("ROOM_FORMAT", _ROOM_FORMAT, {"value": written}))
        return part

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


def _absent(sheet: SheetData, header: Header) -> Iterator[Problem]:
    """One warning for a sheet that lacks the column of areas or of owners altogether."""
    fields = set(header.fields.values())
    layout = owner_layout()
    for name, code, message in (
        ("gross_area", "AREA_MISSING", _NO_AREAS),
        ("owner_names", "NAME_MISSING", _NO_OWNERS),
    ):
        if name not in fields:
            label = layout.column(name).synonyms[0]
            yield Problem(
                sheet.name, header.last + 1, label, "", code, Severity.WARNING, message
            )
