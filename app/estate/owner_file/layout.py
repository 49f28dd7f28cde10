"""The columns of an owner file and how each of their cells is read (pure).

Errors, which keep a row out: the room (ROOM_MISSING, ROOM_FORMAT, DUP_ROOM), the gross area
(AREA_MISSING, AREA_INVALID), a missing owner (NAME_MISSING) and a use that nobody knows
(WORD_UNKNOWN). Everything else is a warning: the row comes in without the doubtful value. A
failed formula (CELL_ERROR) counts as its column does.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from app.core.parsing.cell_dates import dates
from app.core.parsing.cells import Parser, Severity, area, email, text, word
from app.core.parsing.identity import phones, plates
from app.core.sheets.layout import Layout, SheetColumn
from app.core.values.errors import N_
from app.estate.owner_file.cells import (
    KIND_CHOICES,
    OCCUPANCY_CHOICES,
    floor,
    identities,
    kinds,
    occupancies,
    room,
    shares,
)
from app.estate.owner_file.names import members, names
from app.estate.owner_file.place import speaks_of_place
from app.estate.owner_file.values import tells_of_a_person, weigh
from app.estate.owner_file.whose_column import whose
from app.estate.owner_file.words import words

_ERROR = Severity.ERROR


def _column(name: str, label: str, parse: Parser = text, **more: Any) -> SheetColumn:
    return SheetColumn(name, label, words(name), parse, **more)


@lru_cache(maxsize=2)
def owner_layout(*, date1904: bool = False) -> Layout:
    """The layout for a workbook that counts bare day numbers from 1900 or 1904."""
    day = dates(date1904=date1904)
    columns = (
        _column("phase", N_("Phase or garden"), severity=_ERROR),
        _column("building", N_("Building"), severity=_ERROR),
        _column("entrance", N_("Entrance"), severity=_ERROR),
        _column("floor", N_("Floor"), floor),
        _column("room", N_("Room"), room, missing="ROOM_MISSING", severity=_ERROR),
        _column("kind", N_("Use"), kinds, choices=KIND_CHOICES, asking=_ERROR),
        _column("gross_area", N_("Gross area"), area, severity=_ERROR, fills=False),
        _column("net_area", N_("Net area"), area, fills=False),
        _column("charged_area", N_("Charged area"), area, severity=_ERROR, fills=False),
        _column("occupancy", N_("Occupancy"), occupancies, choices=OCCUPANCY_CHOICES),
        _column("handover_date", N_("Handed over on"), day),
        _column("billing_start", N_("Billing starts on"), day),
        _column("owner_names", N_("Owner"), names),
        _column("share", N_("Share"), shares),
        _column("owner_phones", N_("Owner's phones"), phones, several=True, private=True),
        _column("id_numbers", N_("ID number or credit code"), identities, private=True),
        _column("family", N_("Family members"), members, several=True),
        _column("family_relation", N_("Relation"), word),
        SheetColumn("person_relation", N_("Relation of the row's person"), (), word),
        _column("family_phones", N_("Family member's phone"), phones, private=True),
        _column("tenant_name", N_("Tenant"), names),
        _column("tenant_phones", N_("Tenant's phones"), phones, several=True, private=True),
        _column("lease_start", N_("Lease starts on"), day),
        _column("lease_end", N_("Lease ends on"), day),
        _column("plates", N_("Number plates"), plates, several=True),
        _column("space", N_("Parking space"), word),
        _column("address", N_("Postal address"), word),
        _column("email", N_("E-mail"), email),
        _column("remark", N_("Remark"), fills=False),
    )
    groups = (
        "房屋 房产 业主 户主 产权人 基本 基本信息 基础 客户 住户 物业 房屋及业主 业主及房屋 "
        "房屋基本 业主基本 面积 联系 个人 其中"
    )
    return Layout(
        columns,
        keys=frozenset(("room",)),
        besides=frozenset(("owner_names", "owner_phones", "gross_area")),
        groups=tuple(groups.split()),
        speaks=speaks_of_place,
        settle=whose,
        weigh=weigh,
        telling=tells_of_a_person,
        person="owner_names",
    )
