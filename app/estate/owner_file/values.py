"""Tells what a column of an owner file holds by its values, with the titles as evidence (pure).

A title may lie or say nothing; twenty values below it hardly ever do. The room is where the
rooms stand, whatever the column is called. What the values cannot settle is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from app.core.parsing.cells import plain
from app.core.parsing.sheet_rows_packed import Cell
from app.core.sheets.labels import label_key
from app.core.sheets.layout import ColumnDoubt, Seen, Weighed
from app.core.values.errors import N_
from app.estate.owner_file.shapes import is_door, is_full_room, is_name, is_phone, shape_of
from app.estate.owner_file.unnamed import is_order, people_columns, place_columns
from app.estate.rooms.spellings import AREA_KINDS, area_in

TWO_FIT = N_("The columns %(columns)s may all be “%(meaning)s”; %(chosen)s is taken.")
TWO_ALIKE = N_("The columns %(columns)s have the same title; say which one is “%(meaning)s”.")

_MOSTLY, _HALF = 0.7, 0.5
_SPACES = ("parking", "storage")
# What a list of something else has: loans, visitors, repairs, payments, readings.
_EVENT = re.compile(
    "归还|借|领用|领取|领钥匙|退还|数量|事由|来访|访客|报修|维修|押金|保证金|金额|应收|实收|应缴|已缴|缴费|缴纳"
    "|本期|上期|读数|抄表|快递|放行|投诉|处理|检查|整改|票据|收据|发票|发放|签收|施工|开工|完工|离开时间|进入时间"
)
_SURE_OWNER = re.compile("业主|户主|房主|产权|所有权|权利人|权属|买受|屋主|住户|客户")
_SIGNS_OF_UNITS = frozenset(
    (
        "gross_area",
        "net_area",
        "charged_area",
        "id_numbers",
        "handover_date",
        "billing_start",
        "share",
        "family",
        "kind",
        "occupancy",
    )
)
_PLACES = (None, "building", "entrance", "room", "address")
_SELF = re.compile("本人|户主|业主|产权人|房主|共有")
_SENTENCE = re.compile(r"[，。；！]|请|负责")
_ASKED_IF_TWO = ("owner_names", "gross_area", "net_area", "id_numbers")


def weigh(seen: Seen) -> Weighed:
    """What titles and values of a header say together."""
    look = _Look(seen, dict(seen.fields))
    look.room()
    look.building()
    look.people()
    look.owner()
    look.relation()
    look.areas()
    if look.refusal:
        return Weighed(look.fields, refusal=look.refusal)
    look.spaces()
    look.rivals()
    return Weighed(look.fields, tuple(look.doubts))


def tells_of_a_person(text: str) -> bool:
    """Whether a text alone in its row is somebody, and no note or title."""
    somebody = is_name(text) and not _SENTENCE.search(text)
    return somebody or is_phone(text) or shape_of(text) == "card"


@dataclass(slots=True)
class _Look:
    """One header being weighed."""

    seen: Seen
    fields: dict[int, str]
    doubts: list[ColumnDoubt] = field(default_factory=list)
    refusal: tuple[str, ...] = ()

    def at(self, name: str) -> int | None:
        return next((index for index, known in self.fields.items() if known == name), None)

    def part(self, index: int, test: Callable[[Cell], bool]) -> float:
        """Which part of a column's values pass a test; 0 for an empty column."""
        values = self.seen.samples[index]
        return sum(map(test, values)) / len(values) if values else 0.0

    def room(self) -> None:
        """Find the column of the rooms by its values where the title is missing or lies."""
        titled = self.at("room")
        if titled is not None and (
            not self.seen.samples[titled] or self.part(titled, is_door) >= _HALF
        ):
            return
        found = self._with(is_full_room) or (self._with(is_door) if titled is None else [])
        if titled is None and len(found) > 1:
            found = [index for index in found if not self.fields.get(index)][:1] or found[:1]
        if len(found) != 1 or found == [titled]:
            return
        if titled is not None:
            del self.fields[titled]
        self.fields[found[0]] = "room"

    def building(self) -> None:
        """Numbers of rooms need a building and an entrance, also under an unusual title."""
        room = self.at("room")
        if room is not None and self.part(room, is_full_room) == 0:
            self.fields = place_columns(self.seen, self.fields)

    def _with(self, test: Callable[[Cell], bool]) -> list[int]:
        return [
            index
            for index, label in enumerate(self.seen.labels)
            if label
            and self.fields.get(index) in _PLACES
            and (self.fields.get(index) != "address" or test is is_full_room)
            and not is_order(self.seen.samples[index])
            and self.part(index, test) >= _MOSTLY
            and not re.search("电话|手机|面积|金额|日期|时间|序|价|费", label)
        ]

    def people(self) -> None:
        """Owners, phones, cards and areas under unusual titles, in a list that has rooms."""
        if self.at("room") is not None or self.at("space") is not None:
            self.fields = people_columns(self.seen, self.fields)

    def owner(self) -> None:
        """名称 and 姓名 are the owner only beside other signs of a list of owners."""
        index = self.at("owner_names")
        title = label_key(self.seen.labels[index]) if index is not None else ""
        sure = bool(_SURE_OWNER.search(title)) if index is not None else False
        if index is not None and self.part(index, is_phone) >= _MOSTLY:
            sure = self._exchange(index)
        elif index is not None and title in ("名称", "姓名") and self.seen.samples[index]:
            among_signs = title == "姓名" and bool(_SIGNS_OF_UNITS & set(self.fields.values()))
            self._keep(index, among_signs or self.part(index, is_name) >= _HALF)
        events = tuple(
            dict.fromkeys(
                label
                for place, label in enumerate(self.seen.labels)
                if label and place not in self.fields and _EVENT.search(label)
            )
        )
        if not _SIGNS_OF_UNITS & set(self.fields.values()) and (
            (events and not sure) or len(events) > 1 or (index is not None and not self._owner())
        ):
            nameless = () if index is None or self._owner() else (self.seen.labels[index],)
            self.refusal = events or nameless

    def _exchange(self, index: int) -> bool:
        """Names under 电话 and phones under 业主 have changed places; whether that is so."""
        del self.fields[index]
        named = [
            at
            for at, name in self.fields.items()
            if name == "owner_phones" and self.part(at, is_name) >= _MOSTLY
        ]
        if len(named) == 1:
            self.fields[named[0]], self.fields[index] = "owner_names", "owner_phones"
        return len(named) == 1

    def _keep(self, index: int, sure: bool) -> None:
        if not sure:
            del self.fields[index]

    def _owner(self) -> bool:
        return self.at("owner_names") is not None

    def relation(self) -> None:
        """A relation beside the owner's name makes a list of one row per person."""
        index = self.at("family_relation")
        if index is None or self.at("family") is not None:
            return
        if self._owner() and self.part(index, _is_self) > 0:
            self.fields[index] = "person_relation"
        else:
            del self.fields[index]

    def areas(self) -> None:
        """The only area of a list is the gross one, whatever it is for."""
        charged = self.at("charged_area")
        if charged is not None and self.at("gross_area") is None and self.at("net_area") is None:
            self.fields[charged] = "gross_area"

    def spaces(self) -> None:
        """A list of parking spaces: the number of the space is its room."""
        space = self.at("space")
        if self.at("room") is None and space is not None:
            self.fields[space] = "room"
        room = self.at("room")
        area = area_of(self.seen.labels[room]) if room is not None else None
        if area or AREA_KINDS.get(area_in(self.seen.name) or "") in _SPACES:
            kind = self.at("kind")
            if kind is not None:  # 地下, 人防 are types of spaces, not uses of units
                del self.fields[kind]

    def rivals(self) -> None:
        """Ask where two columns fit one meaning."""
        by_name: dict[str, list[int]] = {}
        for index, name in self.seen.rivals.items():
            if self.seen.samples[index] and index not in self.fields:
                by_name.setdefault(name, []).append(index)
        for name, others in by_name.items():
            chosen = self.at(name)
            if chosen is None or self._agree(chosen, others):
                continue
            labels = self.seen.labels
            alike = any(label_key(labels[at]) == label_key(labels[chosen]) for at in others)
            if alike:
                self.doubts.append(ColumnDoubt(name, TWO_ALIKE, (chosen, *others)))
            elif name in _ASKED_IF_TWO:
                self.doubts.append(ColumnDoubt(name, TWO_FIT, (chosen, *others), chosen))

    def _agree(self, chosen: int, others: Iterable[int]) -> bool:
        """Whether the columns say the same, or the other is the same in more words."""
        values = self.seen.samples
        return all(
            [plain(cell) for cell in values[index]] == [plain(cell) for cell in values[chosen]]
            for index in others
        )


def area_of(label: str) -> str | None:
    """The area of spaces that a column of numbers is about: 车位编号 → 车位."""
    key = label_key(label)
    if key.startswith("泊位"):
        return "车位"
    found = [area for area, kind in AREA_KINDS.items() if kind in _SPACES and area in key]
    return max(found, key=len) if found else None


def _is_self(cell: Cell) -> bool:
    return isinstance(cell, str) and bool(_SELF.search(cell))
