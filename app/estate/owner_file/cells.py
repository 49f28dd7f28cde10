"""Reads the cells that only owner files have: uses, rooms, floors, numbers of owners (pure)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from app.core.parsing.cells import (
    Doubt,
    choice,
    folded,
    plain,
    says_nothing,
    share,
    without_dot_zero,
)
from app.core.parsing.identity import identity
from app.core.parsing.sheet_rows_packed import Cell
from app.core.sheets.questions import OUT, AnswerChoice
from app.core.values.errors import N_

kinds = choice(
    {
        "flat": (
            "住宅", "住房", "居民", "居住", "民用", "民宅", "公寓", "别墅", "洋房", "高层", "多层",
            "小高层", "普通住宅", "商品房", "安置房", "住宅用房", "成套住宅", "商品住宅",
            "普通商品房", "排屋", "联排", "联排别墅",
            "叠拼", "叠拼别墅", "双拼", "双拼别墅", "独栋", "独栋别墅", "花园洋房", "洋楼",
            "电梯房",
            "步梯房", "超高层", "多层住宅", "高层住宅", "小高层住宅", "回迁房", "拆迁房", "房改房",
            "经济适用房", "保障房", "公租房", "廉租房", "单身公寓", "住宅楼", "flat",
        ),
        "shop": (
            "商铺", "店面", "店铺", "商业", "门面", "门面房", "底商", "商用", "商业用房",
            "商铺用房", "沿街商铺", "临街商铺", "商店", "铺面", "shop",
        ),
        "office": ("办公", "办公室", "写字楼", "办公用房", "商务办公", "商务", "office"),
        "parking": (
            "车位", "停车位", "地下车位", "地上车位", "地面车位", "车库", "人防车位", "产权车位",
            "子母车位", "机械车位", "私家车位", "车位车库", "parking",
        ),
        "storage": ("储藏室", "储物间", "储藏间", "地下室", "杂物间", "仓库", "storage"),
        "advertising": ("广告位", "广告", "广告牌", "灯箱", "advertising"),
    },
    N_("%(value)s is no known use; write 住宅, 商铺, 办公, 车位, 储藏室 or 广告位."),
)  # fmt: skip

occupancies = choice(
    {
        "undelivered": (
            "未交付",
            "未交房",
            "未收房",
            "未收楼",
            "未交楼",
            "未接楼",
            "未领钥匙",
            "未接房",
            "未售",
            "待售",
            "在售",
            "未领房",
            "未办理入住",
            "undelivered",
        ),
        "vacant": ("空置", "空置房", "空关", "未入住", "未装修", "闲置", "空房", "空", "vacant"),
        "owner": (
            "自住",
            "已入住",
            "入住",
            "业主自住",
            "自用",
            "常住",
            "装修",
            "装修中",
            "自营",
            "owner",
        ),
        "let": ("出租", "出租房", "租用", "租住", "租赁", "已出租", "租户", "出租中", "let"),
    },
    N_("%(value)s is no known state; write 未交付, 空置, 自住 or 出租."),
)

_ROOM_DATE = N_("Excel has turned the room into the date %(value)s. Type it again as text.")


def room(cell: Cell) -> str | Doubt | None:
    """The room as written; a date is what Excel makes of ``1-2`` and cannot be taken back."""
    if isinstance(cell, date):
        return Doubt("ROOM_FORMAT", _ROOM_DATE, {"value": plain(cell)})
    return plain(cell) or None


_FLOOR = re.compile(r"第?(-?\d{1,3})(?:层|楼|F)?")
_BASEMENT = re.compile(r"(?:B|负|地下)(\d{1,2}|一|二|三)(?:层|楼|F)?")
_BAD_FLOOR = N_("%(value)s is no floor; write 3 or -1.")


def floor(cell: Cell) -> int | Doubt | None:
    """A floor: ``3``, ``3层``, ``3F``; ``B1`` and ``负一层`` are -1."""
    written = without_dot_zero(folded(cell)).upper()
    if says_nothing(written):
        return None
    if match := _FLOOR.fullmatch(written):
        return int(match[1])
    if match := _BASEMENT.fullmatch(written):
        return -int(match[1].translate(str.maketrans("一二三", "123")))
    return Doubt("VALUE_INVALID", _BAD_FLOOR, {"value": plain(cell)})


KIND_CHOICES = (
    AnswerChoice("flat", N_("Flat")),
    AnswerChoice("shop", N_("Shop")),
    AnswerChoice("office", N_("Office")),
    AnswerChoice("parking", N_("Car space")),
    AnswerChoice("storage", N_("Storage room")),
    AnswerChoice("advertising", N_("Advertising site")),
    AnswerChoice(OUT, N_("Leave these rows out")),
)
OCCUPANCY_CHOICES = (
    AnswerChoice("undelivered", N_("Not handed over")),
    AnswerChoice("vacant", N_("Vacant")),
    AnswerChoice("owner", N_("Owner-occupied")),
    AnswerChoice("let", N_("Let")),
    AnswerChoice("", N_("Says nothing of who lives there")),
)
_BETWEEN_NUMBERS = re.compile(r"[、,，;；/／\n]+")


def identities(cell: Cell) -> tuple[str, ...] | Doubt | None:
    """The ID numbers or credit codes of a cell, one for each owner."""
    if not isinstance(cell, str) or not _BETWEEN_NUMBERS.search(cell):
        number = identity(cell)
        return (number,) if isinstance(number, str) else number
    found: list[str] = []
    for piece in _BETWEEN_NUMBERS.split(cell):
        number = identity(piece)
        if isinstance(number, Doubt):
            return number
        if number:
            found.append(number)
    return tuple(found) or None


def shares(cell: Cell) -> tuple[Decimal, ...] | Doubt | None:
    """The shares of a cell, one for each owner: ``50%、50%``, ``1/2``."""
    if not isinstance(cell, str):
        part = share(cell)
        return (part,) if isinstance(part, Decimal) else part
    found: list[Decimal] = []
    for piece in re.split(r"[、,，;；\n]+", cell):
        part = share(piece)
        if isinstance(part, Doubt):
            return part
        if part is not None:
            found.append(part)
    return tuple(found) or None
