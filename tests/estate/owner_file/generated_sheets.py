"""Owner files as offices make them, by chance and with a known truth.

Written from what offices do, not from what the program understands: lists under titles, side by
side, below one another, with notes, totals, hidden rows, filled-down buildings, odd titles and
odd orders. `python -m tests.estate.owner_file.generated_judge 500` prints how 500 of them fare.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from app.core.parsing.sheet_rows_packed import PackedRows
from app.core.workbook.reader import SheetData, Workbook
from tests.estate.owner_file import generated_people as people
from tests.estate.owner_file.generated_people import Unit

TITLES: dict[str, tuple[str, ...]] = {
    "order": ("序号", "编号", "No.", "序"),
    "building": ("楼栋", "栋号", "幢号", "楼号", "楼栋号", "楼幢", "座栋", "所属楼栋"),
    "entrance": ("单元", "单元号", "所在单元", "入户单元", "单元名"),
    "room": ("房号", "房间号", "室号", "门牌号", "房屋编号", "房间号码", "户号", "房屋", "室"),
    "whole": ("房号", "房屋地址", "房间号", "门牌号", "单元号", "地址编码", "房屋名称", "房产"),
    "owner": (
        "业主姓名",
        "业主",
        "户主",
        "产权人",
        "姓名",
        "房主姓名",
        "业主名称",
        "客户姓名",
        "业主/单位名称",
        "购房人",
        "房屋所有人",
    ),
    "phone": (
        "联系电话",
        "手机号",
        "电话",
        "业主电话",
        "联系方式",
        "手机号码",
        "移动电话",
        "TEL",
        "通讯方式",
        "常用电话",
    ),
    "card": ("身份证号", "身份证号码", "证件号码", "证件号", "有效证件号码", "身份证/信用代码"),
    "area": (
        "建筑面积",
        "面积",
        "建筑面积㎡",
        "建筑面积(㎡)",
        "面积/㎡",
        "建面㎡",
        "建筑面积：㎡",
        "建筑面积 平方米",
        "房屋面积",
        "建筑面积（平方米）",
        "产权面积",
        "建筑面积m²",
        "房本面积",
        "产权证面积",
    ),
    "charged": ("计费面积", "收费面积", "计费面积(㎡)", "物业费计费面积"),
    "kind": ("房屋类型", "用途", "房屋用途", "物业类型", "房屋性质"),
    "note": ("备注", "说明"),
    "other": ("性别", "政治面貌", "民族", "户型", "朝向", "装修情况"),
}
KINDS = (("住宅", "flat"), ("商铺", "shop"), ("公寓", "flat"), ("别墅", "flat"), ("办公", "office"))
UNKNOWN_KINDS = ("厂房", "会所", "正常", "幼儿园")
SCRIBBLES = ("注：面积以房产证为准", "制表人：王文员", "备注：本表仅供内部使用", "以上信息请核对")


@dataclass
class Made:
    """A workbook and what is true of it. `mayrefuse`: nobody could tell its lists apart."""

    workbook: Workbook
    truth: list[Unit] = field(default_factory=list)
    may_refuse: bool = False
    what: str = ""


@dataclass
class Grid:
    """A sheet being written."""

    rows: list[list[Any]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)

    def put(self, row: int, column: int, value: Any) -> None:
        while len(self.rows) <= row:
            self.rows.append([])
        cells = self.rows[row]
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = value

    def sheet(self, name: str) -> SheetData:
        rows = [list(row) for row in self.rows]
        for row in rows:
            while row and row[-1] == "":
                row.pop()
        return SheetData(
            name, False, PackedRows.of(rows), tuple(self.merged), frozenset(self.hidden)
        )


def title(draw: Random, field_: str) -> str:
    """A title as somebody typed it, with what people add to titles."""
    word = draw.choice(TITLES[field_])
    plain = draw.random() < 0.8
    if plain or len(word) < 2:
        return word
    return draw.choice(
        (
            f"*{word}",
            f"{word}（必填）",
            f"{word}\n（请如实填写）",
            f" {word} ",
            f"{word}：",
            f"{word}(选填)\n与产证一致",
            "  ".join(word) if len(word) == 2 else word,
        )
    )


@dataclass
class List:
    """The columns of one list and how it writes them, the same from top to bottom."""

    draw: Random
    columns: list[str]
    titles: dict[str, str] = field(default_factory=dict)
    style: int = 0

    def __post_init__(self) -> None:
        self.style = self.draw.randrange(60)
        for column in self.columns:
            self.titles.setdefault(column, title(self.draw, column))

    def cell(self, column: str, unit: Unit, place: int) -> Any:
        draw, owner = self.draw, unit.owners[0]
        match column:
            case "order":
                return float(place + 1)
            case "building":
                return people.building_cell(draw, unit.building, self.style)
            case "entrance":
                return people.entrance_cell(draw, unit.entrance, self.style)
            case "room":
                return people.room_cell(draw, unit, self.style)
            case "whole":
                return people.whole_room(unit, self.style)
            case "owner":
                return people.names_cell(draw, unit.owners)
            case "phone":
                return people.phone_cell(draw, owner)
            case "card":
                return "、".join(one.card for one in unit.owners)
            case "area":
                return people.area_cell(draw, unit.area)
            case "charged":
                return people.area_cell(draw, unit.charged or unit.area)
            case "kind":
                return unit.note or next(word for word, kind in KINDS if kind == unit.kind)
            case "note":
                return draw.choice(("", "", "老客户", "2019年过户", "常年在外"))
            case _:
                return draw.choice(("男", "女", "群众", "三室两厅", "南", "精装", ""))

    def write(self, grid: Grid, top: int, left: int, units: Sequence[Unit], order: int = 0) -> int:
        """The header and the rows; the row below."""
        for at, column in enumerate(self.columns):
            grid.put(top, left + at, self.titles[column])
        for place, unit in enumerate(units):
            for at, column in enumerate(self.columns):
                grid.put(top + 1 + place, left + at, self.cell(column, unit, order + place))
        return top + 1 + len(units)


def columns(draw: Random, *, place: str, phone: bool = True, few: bool = False) -> list[str]:
    """The columns of a list in an order of somebody's choice."""
    where = {"whole": ["whole"], "parts": ["building", "entrance", "room"], "room": ["room"]}[place]
    rest = ["owner"]
    if phone:
        rest.append("phone")
    if draw.random() < (0.4 if few else 0.85):
        rest.append("area")
    if not few:
        for name, chance in (
            ("card", 0.4),
            ("kind", 0.3),
            ("note", 0.3),
            ("other", 0.3),
            ("charged", 0.2),
        ):
            if draw.random() < chance and (name != "charged" or "area" in rest):
                rest.append(name)
    if draw.random() < 0.35:
        draw.shuffle(rest)
    if draw.random() < 0.15:
        rest.insert(draw.randrange(len(rest) + 1), where.pop())
        where += []
    made = [*where, *rest]
    return ["order", *made] if draw.random() < 0.5 else made


def finish(draw: Random, made: Sequence[Unit], used: Sequence[str]) -> None:
    """Settle what the columns of a list say of its units."""
    for unit in made:
        if "kind" in used:
            unit.kind = draw.choice(KINDS)[1]
            if draw.random() < 0.02:
                unit.note, unit.good = draw.choice(UNKNOWN_KINDS), False
        if "charged" in used and draw.random() < 0.5:
            unit.charged = unit.area - 1


def above(draw: Random, grid: Grid, text: str, width: int) -> int:
    """A title, perhaps a line of notes, perhaps nothing; the row for the header."""
    row = 0
    if draw.random() < 0.6:
        grid.put(0, 0, text)
        if draw.random() < 0.6 and width > 1:
            grid.merged.append((0, 0, 0, width - 1))
        row = 1
        if draw.random() < 0.3:
            grid.put(1, 0, draw.choice(("制表日期：2026-01-01", "单位：平方米", "填表人：王文员")))
            row = 2
        row += draw.random() < 0.2
    return row


def below(draw: Random, grid: Grid, row: int) -> None:
    """What people write under a list."""
    if draw.random() < 0.3:
        grid.put(row, 0, draw.choice(("合计", "总计")))
        grid.put(row, 3, float(draw.randrange(100, 9999)))
        row += 1
    for _ in range(draw.choice((0, 0, 1, 2))):
        grid.put(row, draw.choice((0, 0, 1)), draw.choice(SCRIBBLES))
        row += 1
