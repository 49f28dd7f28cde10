"""Finds columns whose titles nobody foresaw by what stands below them (pure).

梯 above ``1单元`` is the entrance, 有效证件号码 above cards the ID numbers: left out, flats of two
entrances would become one, and owners would lose their phones. A title must point the same way
as its values, and two columns that both fit are left to people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from app.core.parsing.cells import folded
from app.core.parsing.sheet_rows_packed import Cell
from app.core.sheets.labels import label_key
from app.core.sheets.layout import Seen
from app.estate.owner_file.cells import kinds
from app.estate.owner_file.shapes import is_building, is_name, is_number, is_phone, shape_of
from app.estate.owner_file.whose_column import whose
from app.estate.owner_file.words import words
from app.estate.rooms.spellings import normal_entrance

_MOSTLY = 0.7
_NO_BUILDING = "座位|座机|车|楼(层|龄|面|梯)|楼盘(名|$)"
_BETWEEN = re.compile(r"[、,，;；/／\n&]")
_OTHERS = (
    "配偶|联系人|原|前任|曾用|代表|代理|紧急|家属|亲属|委托|经办|担保|租|使用人|法人|负责|管家"
    "|类型|性质|状态|来源|身份$|编号|等级|类别|意见|情况|地址|单位$|工作|邮箱|生日|性别|国籍|民族"
    "|与|关系|成员|介绍|推荐|备案|开户|付款|缴费|银行|卡号|登记人|制表"
)
_NO_GROSS_AREA = "套内|公摊|分摊|赠送|露台|花园|地下|阁楼|车位|储藏|使用|计费|收费|预测|装修|专有"
_PERSON = re.compile(r"[㐀-䶿一-鿿]{2,4}|[^\W\d_]+(·[^\W\d_]+)+|[A-Za-zÀ-ɏ.'-]{4,}")
_COUNTRY = re.compile(r"^\s*(?:\+|00)?86[ -]?(?=1)")
_MARKED_BUILDING = re.compile(r"[A-Za-z\d一二三四五六七八九十]{1,4}(栋|幢|座|号楼|#楼|#)")
_MARKED_ENTRANCE = re.compile(r"[A-Za-z\d一二三四五六七八九十东西南北中甲乙丙丁]{1,3}(单元|梯)")


def _is_marked_building(cell: Cell) -> bool:
    return bool(_MARKED_BUILDING.fullmatch(folded(cell)))


def _is_marked_entrance(cell: Cell) -> bool:
    return bool(_MARKED_ENTRANCE.fullmatch(folded(cell)))


def _is_small(cell: Cell) -> bool:
    text = folded(cell)
    return text.isdecimal() and 0 < int(text[:9]) < 1000


def _is_building(cell: Cell) -> bool:
    return is_building(cell) or _is_small(cell)


def _is_entrance(cell: Cell) -> bool:
    return bool(normal_entrance(folded(cell)))


def _first(cell: Cell) -> Cell:
    """The first of several people, phones or cards in a cell."""
    return _BETWEEN.split(cell.strip())[0] if isinstance(cell, str) else cell


def _is_card(cell: Cell) -> bool:
    return shape_of(_first(cell)) == "card"


def _is_phone(cell: Cell) -> bool:
    first = _first(cell)
    return is_phone(_COUNTRY.sub("", first) if isinstance(first, str) else first)


def _is_name(cell: Cell) -> bool:
    """Whether it may be somebody: the title says so already."""
    first = folded(_first(cell))
    return is_name(_first(cell)) or bool(_PERSON.fullmatch(first))


def _is_kind(cell: Cell) -> bool:
    return isinstance(kinds(cell), str)


def _is_area(cell: Cell) -> bool:
    text = re.sub("(㎡|m2|平方米|平米|平)$", "", folded(cell), flags=re.IGNORECASE)
    return is_number(text) and float(text) > 0


@dataclass(frozen=True, slots=True)
class _Sign:
    """A meaning, the titles that point to it, those that deny it, and the values it has."""

    name: str
    title: re.Pattern[str]
    test: Callable[[Cell], bool]
    never: re.Pattern[str] = re.compile(r"(?!)")


def _sign(name: str, title: str, test: Callable[[Cell], bool], never: str = "(?!)") -> _Sign:
    return _Sign(name, re.compile(title, re.IGNORECASE), test, re.compile(never, re.IGNORECASE))


_PLACES = (
    _sign("building", "", _is_marked_building),
    _sign("building", "楼|栋|幢|座|阁|苑|building", is_building, _NO_BUILDING),
    _sign("building", "栋|幢|座|楼|building", _is_building, _NO_BUILDING),
    _sign("entrance", "", _is_marked_entrance),
    _sign("entrance", "单(元|$)|梯|门(栋|洞|道)|楼(门|道)|entrance", _is_entrance, "数|电梯"),
)
_PEOPLE = (
    _sign(
        "owner_names",
        "业主|户主|房主|产权|所有权|权利人|权属|买受|购房|屋主|住户|客户|姓名",
        _is_name,
        _OTHERS,
    ),
    _sign(
        "owner_phones",
        "^(业主|户主|产权人|住户|客户|本人|房主|购房人)?(常用|主要|有效)?"
        "(联系|联络|通讯|通信|手机|移动|固定|电话|号码|方式|方法|号|tel|phone|mobile|no)+$",
        _is_phone,
    ),
    _sign("id_numbers", "证|身份|代码|^id", _is_card, _OTHERS),
    _sign("gross_area", "面积|建面|平米|平方", _is_area, _NO_GROSS_AREA),
    _sign("charged_area", "(计费|收费|缴费|结算).*(面积|建面)", _is_area),
    _sign("kind", "用途|类型|性质|业态|类别", _is_kind, "车位|证件|客户|人员|户型|产权|租"),
)


def place_columns(seen: Seen, fields: Mapping[int, str]) -> dict[int, str]:
    """The matching with buildings and entrances that the titles do not tell."""
    return _with(seen, dict(fields), _PLACES)


def people_columns(seen: Seen, fields: Mapping[int, str]) -> dict[int, str]:
    """The matching with owners, their phones and cards, areas and uses that titles do not tell."""
    return _with(seen, dict(fields), _PEOPLE)


def _with(seen: Seen, fields: dict[int, str], signs: tuple[_Sign, ...]) -> dict[int, str]:
    for sign in signs:
        if sign.name in fields.values() or not fields:
            continue
        found = [
            index
            for index, label in enumerate(seen.labels)
            if index not in fields and _points(seen, fields, sign, index, _title(label))
        ]
        if len(found) == 1:
            fields[found[0]] = sign.name
    return fields


def _title(label: str) -> str:
    """The first line of a title, without notes: what stands below it is an explanation."""
    return label_key(label.strip().partition("\n")[0])


def _points(seen: Seen, fields: Mapping[int, str], sign: _Sign, index: int, title: str) -> bool:
    """Whether title and values of a column agree, and it is nobody else's."""
    values = seen.samples[index]
    if not title or not values or not sign.title.search(title) or sign.never.search(title):
        return False
    if sum(map(sign.test, values)) < _MOSTLY * len(values):
        return False
    if title in {label_key(word) for word in words(sign.name)}:
        return False  # known, and already found to be another's
    trial = {**fields, index: sign.name}
    return whose(seen.labels, seen.captions, trial).get(index) == sign.name


def is_order(values: tuple[Cell, ...]) -> bool:
    """Whether a column only counts its rows: 1, 2, 3 …; rooms and phones begin higher."""
    if len(values) < 2 or not all(is_number(cell) for cell in values):
        return False
    numbers = [float(folded(cell)) for cell in values]
    by_one = all(after - before == 1 for before, after in pairwise(numbers))
    return by_one and numbers[0] < 100 and numbers[0].is_integer()
