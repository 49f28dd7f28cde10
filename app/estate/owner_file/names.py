"""Reads the names of owners and of those who live with them out of one cell (pure)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from app.core.parsing.cells import Doubt, plain, says_nothing
from app.core.parsing.identity import phone
from app.core.parsing.sheet_rows_packed import Cell
from app.core.values.errors import N_

_NAME_PARTS = N_("%(value)s may be one name or two people; until it is said the owner stays out.")
_NAME_CATEGORY = N_("%(value)s says what kind of owner it is, not who; the owner was left out.")
_NAME_SPOUSE = N_("%(value)s: the named are taken as owners; who else is meant is not said.")
_NAME_SHORT = N_("%(value)s was taken as it stands; it does not look like a full name.")
_NAME_REMARK = N_(
    "%(value)s cannot be taken as a name alone. Put remarks into a column of their own; "
    "the owner was left out."
)
_COMPANY = re.compile(
    "公司|集团|企业|银行|分行|支行|信用社|合作社|事务所|教区|教会|教堂|寺庙|村委|社区|街道办|研究[院所]|设计院|医院|诊所|学校|幼儿园|大学|中学"
    "|小学|委员会|管委会|居委会|业委会|政府|法院|检察院|办公室|中心|协会|学会|商会|基金会|俱乐部"
    "|超市|酒店|宾馆|餐厅|饭店|工作室|开发商|有限|co\\.|ltd|inc\\b|company|limited|corp\\b|llc|gmbh|.{3}[局厅署厂店部馆社行站所院]$",
    re.IGNORECASE,
)
_OWNERSHIP = re.compile(r"[(（](已故|去世|过世|共有|按份|代理?|已?转让|待过户|租赁?)[)）]$")
_SHORT_COMPANIES = frozenset(("业委会", "居委会", "村委会", "管委会", "派出所", "物业部"))
# Co., Ltd. is one company: what follows a comma there is no name.
_BETWEEN_NAMES = re.compile(
    r"(?:(?![,，]\s*(?i:ltd|limited|inc|llc|corp|plc|gmbh)\b)[、,，;；/／\n&＆+])+"
)
_REMARK = re.compile(
    r"[()（）\[\]【】〔〕<>《》?？!！*＊#=:：\d]|已故|去世|过世|租户|租客|承租|代理$|代收|转让|原业主|新业主"
    r"|[×○〇]|(?<=[㐀-鿿])[xX]|[xX](?=[㐀-鿿])|前业主|待定|待查|不详|未知|未售|空置|未交|退房|同上|电话|身份证|共\S人"
)
_PERSON = re.compile(r"[㐀-䶿一-鿿\U00020000-\U0003ffff·•.A-Za-zÀ-ɏ '’\-]+")
# 张三和李四 may be two people, and no name of one person is written like that.
_TWO_IN_ONE = re.compile(r"[㐀-䶿一-鿿]{2,}[和与及跟][㐀-䶿一-鿿]{2,}")
_CHINESE_ONLY = re.compile(r"[㐀-䶿一-鿿\U00020000-\U0003ffff]+")
_CATEGORIES = frozenset(
    (
        "开发商", "个人", "公司", "单位", "私人", "业主", "户主", "住户", "房东", "老板", "本人",
        "自然人", "法人", "企业", "集体", "建设单位", "投资商", "房开", "甲方",
    )
)  # fmt: skip
_COUPLE = re.compile(r"\s*(夫妇|夫妻|夫妻俩|两口子|伉俪)$")
_POLITE = re.compile(r"(先生|女士|小姐|太太|阿姨|叔叔|师傅|老师|经理|总|某)$")
_PAIR = re.compile(
    r"([㐀-䶿一-鿿]{2,4})[(（][夫妻男女][)）]\s*([㐀-䶿一-鿿]{2,4})[(（][夫妻男女][)）]"
)
_ODD_WORD = re.compile(r"夫妇$|夫妻$|先生$|女士$|小姐$|某$|总$|" + "|".join(sorted(_CATEGORIES)))
_ODD = re.compile(f"{_REMARK.pattern}|{_ODD_WORD.pattern}")
# The family names of nearly everybody: what tells two names from one name with a space in it.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季"
    "裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧阳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚"
    "娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池"
    "查麻苑迟邝"
)


def names(cell: Cell) -> tuple[str, ...] | Doubt | None:
    """The owners of a cell, parted by ``、 , ; / &`` or a line break.

    ``张  三`` is one name set wide; a space parts names only where each part begins with a
    family name. What may be one name or two is asked for; ``=张三李四`` says that it is one.
    Brackets, digits and words such as 已故 beside a person's name are NAME_REMARK; in a
    company's name brackets are nothing unusual.
    """
    if isinstance(cell, str) and _is_simple(cell):
        return None if says_nothing(cell) else (cell,)
    written = plain(cell)
    if says_nothing(written):
        return None
    if written.startswith("=") and _PERSON.fullmatch(written[1:]):
        return (written[1:],)
    if couple := _COUPLE.search(written):
        return _spouses(written, written[: couple.start()])
    return _several_names(written)


def _is_simple(cell: str) -> bool:
    """Whether it is a name and nothing else at first sight, as nearly all are."""
    return 2 <= len(cell) <= 4 and bool(_CHINESE_ONLY.fullmatch(cell)) and not _ODD.search(cell)


def _several_names(written: str) -> tuple[str, ...] | Doubt | None:
    found: list[str] = []
    pieces = _BETWEEN_NAMES.split(written)
    if _is_one_company(written) and not {piece.strip() for piece in pieces} & _CATEGORIES:
        pieces = [written]
    for piece in pieces:
        name = piece.strip()
        if not name:
            continue
        if name in _CATEGORIES:
            return Doubt("NAME_REMARK", _NAME_CATEGORY, {"value": written}, readings=("",))
        parts = _persons(name) if not is_company(name) else _with_company(name)
        if not parts:
            readings = _readings(written)
            message = _NAME_PARTS if len(readings) > 1 else _NAME_REMARK
            return Doubt("NAME_REMARK", message, {"value": written}, readings=readings)
        found.extend(part for part in parts if part not in found)
    if any(_is_short(name) for name in found):
        return Doubt("NAME_REMARK", _NAME_SHORT, {"value": written}, value=tuple(found))
    return tuple(found) or None


def _with_company(name: str) -> tuple[str, ...]:
    """A company, or a company and a person with nothing but a space between them.

    Empty where a bracket speaks of the ownership and not of the company.
    """
    if _OWNERSHIP.search(name):
        return ()
    parts = name.split()
    persons = [part for part in parts if not is_company(part)]
    two = 0 < len(persons) < len(parts) and all(map(looks_like_a_name, persons))
    return tuple(parts) if two else (name,)


def _spouses(written: str, rest: str) -> Doubt:
    """The people named before 夫妇: they are owners, the unnamed one is missing."""
    known = _several_names(rest) if rest else None
    named = known.value if isinstance(known, Doubt) else known
    return Doubt("NAME_REMARK", _NAME_SPOUSE, {"value": written}, value=named)


def _readings(written: str) -> tuple[str, ...]:
    """What an unclear text may mean: two people, one with a long name, or nobody."""
    if pair := _PAIR.fullmatch(written):
        return (f"{pair[1]}、{pair[2]}", "")
    if _TWO_IN_ONE.fullmatch(written):
        parts = re.split("[和与及跟]", written, maxsplit=1)
        return ("、".join(parts), f"={written}", "")
    parts = written.split()
    if len(parts) < 2 or not all(_CHINESE_ONLY.fullmatch(part) for part in parts):
        return ()
    whole = "".join(parts)
    if all(len(part) == 1 for part in parts):
        parts = [whole[:2], whole[2:]] if len(whole) == 4 else []
    return (*(["、".join(parts)] if parts else []), f"={whole}", "")


def _is_short(name: str) -> bool:
    """Whether a name is polite, hidden in part, or too long for one person."""
    if is_company(name):
        return False
    if len(name) <= 4 and name[0] in _SURNAMES and _POLITE.search(name[1:]):
        return len(name) > 2 or name.endswith(("某", "总"))
    return len(name) > 5 and bool(_CHINESE_ONLY.fullmatch(name))


def looks_like_a_name(text: str) -> bool:
    """Whether a text is most likely the name of a person or an organisation."""
    if is_company(text):
        return True
    name = text.replace(" ", "").replace("\u3000", "")
    if "·" in name:
        return bool(_PERSON.fullmatch(name))
    short = 2 <= len(name) <= 4 and name[0] in _SURNAMES and bool(_CHINESE_ONLY.fullmatch(name))
    return short and not _REMARK.search(name)


def is_company(name: str) -> bool:
    """Whether a name is an organisation's, by the words in it."""
    return name in _SHORT_COMPANIES or (len(name) > 3 and bool(_COMPANY.search(name)))


def _is_one_company(written: str) -> bool:
    """A company's name may hold signs that part people's names: A&B有限公司."""
    pieces = [piece.strip() for piece in _BETWEEN_NAMES.split(written) if piece.strip()]
    if len(pieces) > 1 and all(looks_like_a_name(piece) for piece in pieces):
        return False
    return bool(_COMPANY.search(written)) and not re.search(r"[、;；\n]", written)


def _persons(name: str) -> tuple[str, ...]:
    """The persons in a text without separators; empty when it holds more than names."""
    if _REMARK.search(name) or not _PERSON.fullmatch(name) or len(name) > 60:
        return ()
    parts = name.split()
    if _TWO_IN_ONE.fullmatch(name):
        return ()
    if len(parts) == 1 or not all(_CHINESE_ONLY.fullmatch(part) for part in parts):
        return (" ".join(parts),) if len(name) > 1 else ()
    if all(len(part) == 1 for part in parts) and len(parts) <= 4:
        two = len(parts) == 4 and parts[0] in _SURNAMES and parts[2] in _SURNAMES
        return () if two else ("".join(parts),)
    if all(2 <= len(part) <= 4 and part[0] in _SURNAMES for part in parts):
        return tuple(parts)
    return ()


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who lives with the owner."""

    name: str
    relation: str | None = None
    phone: str | None = None
    id_number: str | None = None


_MEMBER = re.compile(
    r"(?:(?P<before>[一-鿿]{1,4}):)?(?P<name>[㐀-䶿一-鿿·]{2,15}?|[A-Za-z][A-Za-z .'-]+?)\s*"
    r"(?:\((?P<bracket>[一-鿿]{1,6})\)|[-—](?P<dash>[一-鿿]{1,4}))?\s*(?P<phone>[\d+][\d+ -]{6,})?"
)
_BAD_MEMBER = N_("%(bad)s was not understood; write family members like 李四(妻) 13900000001.")


def members(cell: Cell) -> tuple[Member, ...] | Doubt | None:
    """Family members: ``李四(妻) 13900000001；王五(子)``, ``妻：李四``."""
    written = plain(cell)
    if says_nothing(written):
        return None
    good: list[Member] = []
    for piece in re.split(r"[;；、,，\n]+", written):
        text = piece.strip()
        if not text:
            continue
        match = _MEMBER.fullmatch(unicodedata.normalize("NFKC", text))
        number = phone(match["phone"]) if match and match["phone"] else None
        if not match or (match["phone"] and not number):
            params = {"value": written, "bad": text}
            return Doubt("VALUE_INVALID", _BAD_MEMBER, params, value=tuple(good) or None)
        relation = match["before"] or match["bracket"] or match["dash"]
        good.append(Member(match["name"].strip(), relation, number))
    return tuple(good) or None
