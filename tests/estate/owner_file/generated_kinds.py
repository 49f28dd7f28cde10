"""The kinds of owner files: one list, side by side, stacked, per person, filled down, spaces."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from app.core.parsing.sheet_rows_packed import PackedRows
from app.core.workbook.reader import SheetData, Workbook
from tests.estate.owner_file.generated_people import Unit, person, units
from tests.estate.owner_file.generated_sheets import (
    Grid,
    List,
    Made,
    above,
    below,
    columns,
    finish,
    title,
)

RELATIONS = ("配偶", "妻子", "子女", "儿子", "女儿", "父亲", "母亲", "父母")


def book(*sheets: SheetData) -> Workbook:
    return Workbook(tuple(sheets), "package")


def plain(draw: Random) -> Made:
    """One list under a title, with notes below, perhaps rows hidden and headers again."""
    place = draw.choice(("whole", "parts"))
    used = columns(draw, place=place)
    made = [
        unit
        for building in range(1, draw.randrange(2, 4))
        for unit in units(draw, str(building), draw.choice(("1", "2")), draw.randrange(2, 12))
    ]
    finish(draw, made, used)
    grid, own = Grid(), List(draw, used)
    top = above(draw, grid, "安居花园业主信息登记表", len(used))
    half = draw.randrange(1, len(made)) if draw.random() < 0.2 else len(made)
    end = own.write(grid, top, 0, made[:half])
    if half < len(made):  # the header once more at the top of the next printed page
        end = own.write(grid, end, 0, made[half:], half)
    if draw.random() < 0.15:
        grid.hidden = set(draw.sample(range(top + 1, end), k=min(2, end - top - 1)))
    below(draw, grid, end)
    _spoil(draw, grid, made, top, used)
    return Made(book(grid.sheet("业主")), made, what="plain")


def _spoil(draw: Random, grid: Grid, made: list[Unit], top: int, used: list[str]) -> None:
    """Now and then a row without its room, which nobody can put right."""
    if draw.random() < 0.15 and "whole" in used:
        place = draw.randrange(len(made))
        row = next(
            number
            for number, cells in enumerate(grid.rows)
            if number > top and len(cells) > 1 and cells.count("") < len(cells)
        )
        if place == 0:
            grid.put(row, used.index("whole"), "")
            made[0].good = False


def filled_down(draw: Random) -> Made:
    """幢号 | 单元 | 室 | 户主: building and entrance only where they change, or merged."""
    merged = draw.random() < 0.5
    phone = draw.random() < 0.7
    used = ["building", "entrance", "room", "owner", *(["phone"] if phone else [])]
    if draw.random() < 0.5:
        used.append("area")
    grid, own, made = Grid(), List(draw, used), []
    row = top = above(draw, grid, "业主名册", len(used))
    own.write(grid, top, 0, [])
    row += 1
    for building in range(1, draw.randrange(2, 5)):
        first = True
        for entrance in range(1, draw.randrange(2, 4)):
            flats = units(draw, str(building), str(entrance), draw.randrange(2, 7))
            for place, unit in enumerate(flats):
                for at, column in enumerate(used):
                    hide = (column == "building" and not first) or (column == "entrance" and place)
                    if not hide:
                        grid.put(row + place, at, own.cell(column, unit, place))
                first = False
            if merged and len(flats) > 1:
                grid.merged.append((row, 1, row + len(flats) - 1, 1))
            made += flats
            row += len(flats)
    finish(draw, made, used)
    below(draw, grid, row)
    return Made(book(grid.sheet("Sheet1")), made, what="filled_down")


def beside(draw: Random) -> Made:
    """Two to six lists side by side, one building or entrance each."""
    count = draw.randrange(2, 7)
    by_part = draw.random() < 0.5
    used = columns(draw, place="parts" if by_part else "room", phone=draw.random() < 0.7, few=True)
    titles = List(draw, used).titles
    gap = draw.choice((0, 0, 1))
    grid = Grid()
    captions = not by_part or draw.random() < 0.3
    top = 1 if captions else draw.choice((0, 0, 2))
    if not captions and top:
        grid.put(0, 0, "业主联系表")
    made: list[Unit] = []
    width = len(used)
    same_length = draw.random() < 0.5
    length = draw.randrange(2, 9)
    permuted = draw.random() < 0.2
    style = draw.randrange(60)
    for block in range(count):
        flats = units(draw, str(block + 1), "1" if by_part else "", length)
        if not same_length:
            length = draw.randrange(2, 9)
        left = block * (width + gap)
        order = list(used)
        if permuted and block:
            draw.shuffle(order)
        own = List(draw, order, dict(titles))
        own.style = style
        if captions:
            grid.put(0, left, draw.choice((f"{block + 1}号楼", f"{block + 1}栋")))
            grid.merged.append((0, left, 0, left + width - 1))
        finish(draw, flats, used)
        own.write(grid, top, left, flats)
        made += flats
    return Made(book(grid.sheet("业主")), made, may_refuse=permuted, what="beside")


def adversarial(draw: Random) -> Made:
    """Neighbours with different columns: whose is the phone between them?"""
    grid = Grid()
    left, made = 0, []
    titles = List(draw, ["room", "owner", "phone", "area"]).titles
    style = draw.randrange(60)
    for block in range(draw.randrange(2, 5)):
        used = ["room", "owner"]
        if draw.random() < 0.6:
            used.insert(draw.choice((0, 1, 2)), "phone")
        if draw.random() < 0.3:
            used.append("area")
        if draw.random() < 0.2:
            draw.shuffle(used)
        flats = units(draw, str(block + 1), "", draw.randrange(2, 7))
        own = List(draw, used, dict(titles))
        own.style = style
        grid.put(0, left, f"{block + 1}栋" if draw.random() < 0.5 else "")
        own.write(grid, 1, left, flats)
        made += flats
        left += len(used)
    if not all(grid.rows[0][:1]) or draw.random() < 0.5:
        grid.rows[0] = []
        for unit in made:  # nobody can know the building then
            unit.good = False
    return Made(book(grid.sheet("业主")), made, may_refuse=True, what="adversarial")


def stacked(draw: Random) -> Made:
    """Lists below one another, each with its title and its own order of columns."""
    grid, made = Grid(), []
    row = 0
    again = draw.random() < 0.5
    phone = draw.random() < 0.8
    used = columns(draw, place=draw.choice(("room", "whole")), phone=phone, few=True)
    for section in range(draw.randrange(2, 5)):
        if not again:
            rest = [column for column in used if column != "order"]
            draw.shuffle(rest)
            used = rest
        flats = units(draw, str(section + 1), "1" if "whole" in used else "", draw.randrange(2, 8))
        finish(draw, flats, used)
        grid.put(row, 0, draw.choice((f"{section + 1}栋业主表", f"{section + 1}号楼")))
        row = List(draw, used).write(grid, row + 1, 0, flats)
        row += draw.choice((0, 1, 1, 2))
        made += flats
    below(draw, grid, row)
    return Made(book(grid.sheet("Sheet1")), made, what="stacked")


def per_person(draw: Random) -> Made:
    """One row for each person, with the relation to the owner."""
    used = ["building", "entrance", "room", "area", "owner", "phone", "card"]
    head = {**List(draw, used).titles, "owner": draw.choice(("姓名", "业主姓名", "人员姓名"))}
    if head["owner"] == "人员姓名":
        head["owner"] = "住户姓名"
    own, grid, made = List(draw, used, head), Grid(), []
    own.write(grid, 0, 0, [])
    grid.put(0, len(used), draw.choice(("与户主关系", "与业主关系", "人员关系")))
    row = 1
    for unit in units(draw, "1", "1", draw.randrange(2, 9), couples=0):
        rows = [(unit.owners[0], draw.choice(("本人", "户主", "业主本人")))]
        unit.family = tuple(
            (person(draw, 0), draw.choice(RELATIONS)) for _ in range(draw.randrange(3))
        )
        rows += unit.family
        if draw.random() < 0.2:
            unit.tenant = person(draw, 0)
            rows.append((unit.tenant, draw.choice(("租客", "租户", "承租人"))))
        area = own.cell("area", unit, 0)
        for one, relation in rows:
            cells: list[Any] = [
                own.cell("building", unit, 0),
                own.cell("entrance", unit, 0),
                own.cell("room", unit, 0),
                area,
                one.name,
                one.phone,
                one.card,
                relation,
            ]
            for at, cell in enumerate(cells):
                grid.put(row, at, cell)
            row += 1
        made.append(unit)
    return Made(book(grid.sheet("人员")), made, what="per_person")


def sheets(draw: Random) -> Made:
    """One sheet for each building, with sheets beside them that are no lists."""
    made, found = [], []
    used = columns(draw, place="room")
    for number in range(1, draw.randrange(3, 6)):
        flats = units(draw, str(number), "", draw.randrange(2, 9))
        finish(draw, flats, used)
        grid = Grid()
        own = List(draw, used)
        top = above(draw, grid, "业主信息", len(used))
        below(draw, grid, own.write(grid, top, 0, flats))
        made += flats
        found.append(grid.sheet(f"{number}号楼"))
    cells = [["类别", "数量", "负责科室"], ["毛坯", 10.0, "客服部"], ["精装", 20.0, "客服部"]]
    other = PackedRows.of(cells)
    found.insert(draw.randrange(len(found) + 1), SheetData("汇总", False, other))
    if draw.random() < 0.5:
        found.append(
            SheetData("填表说明", False, PackedRows.of([["请按模板填写"], ["联系物业前台"]]))
        )
    return Made(book(*found), made, what="sheets")


def spaces(draw: Random) -> Made:
    """A list of parking spaces with their owners."""
    grid, made = Grid(), []
    number_head = draw.choice(("车位编号", "车位号", "停车位编号"))
    heads = [number_head, title(draw, "owner"), "类型", "状态"]
    for at, head in enumerate(heads):
        grid.put(0, at, head)
    for number in range(1, draw.randrange(3, 12)):
        unit = Unit("车位", "", f"{number:02d}", (person(draw),), people_area(draw), kind="parking")
        type_ = draw.choice(("地下", "人防", "产权"))
        cells = (f"{number:03d}", unit.owners[0].name, type_, "自用")
        for at, cell in enumerate(cells):
            grid.put(number, at, cell)
        made.append(unit)
    return Made(book(grid.sheet("Sheet1")), made, what="spaces")


def people_area(draw: Random) -> Any:
    return units(draw, "1", "", 1)[0].area


KINDS: tuple[Callable[[Random], Made], ...] = (
    plain,
    plain,
    plain,
    filled_down,
    beside,
    beside,
    beside,
    adversarial,
    stacked,
    stacked,
    per_person,
    sheets,
    spaces,
)


def generated(seed: int) -> Made:
    """The file of a seed, the same on every machine."""
    draw = Random(seed)
    return draw.choice(KINDS)(draw)
