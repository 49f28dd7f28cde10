"""Units and people invented for generated owner files, and how offices write each of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"
    "戚谢邹喻柏窦章苏潘葛范彭郎鲁韦马方俞任袁柳"
)
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英玉兰建国志文晓东海燕雪梅宇浩然子轩雨欣思彤"
COMPANIES = ("某某商贸有限公司", "恒达物业有限公司", "安信房产经纪有限公司", "好邻居便利店")


@dataclass(frozen=True)
class Person:
    """Somebody with a phone and a card."""

    name: str
    phone: str
    card: str


@dataclass
class Unit:
    """A unit as it really is."""

    building: str
    entrance: str
    number: str
    owners: tuple[Person, ...]
    area: Decimal
    charged: Decimal | None = None
    kind: str = ""
    family: tuple[tuple[Person, str], ...] = ()
    tenant: Person | None = None
    good: bool = True
    note: str = field(default="")

    @property
    def code(self) -> str:
        return "-".join(part for part in (self.building, self.entrance, self.number) if part)


def person(draw: Random, company: float = 0.03) -> Person:
    """An invented person; a card of the never assigned county 110199."""
    name = draw.choice(SURNAMES) + "".join(draw.choices(GIVEN, k=draw.choice((1, 2, 2, 2))))
    if draw.random() < company:
        name = draw.choice(COMPANIES)
    phone = draw.choice(("138", "139", "150", "187", "199")) + f"{draw.randrange(10**8):08d}"
    born = date(1950, 1, 1) + timedelta(days=draw.randrange(18_000))
    body = f"110199{born:%Y%m%d}{draw.randrange(1, 999):03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(sign) * weight for sign, weight in zip(body, weights, strict=True))
    return Person(name, phone, body + "10X98765432"[total % 11])


def units(
    draw: Random, building: str, entrance: str, count: int, *, couples: float = 0.08
) -> list[Unit]:
    """The flats of one entrance, floor by floor."""
    per_floor = draw.choice((2, 2, 3, 4))
    made = []
    for place in range(count):
        floor, door = divmod(place, per_floor)
        number = f"{floor + 1}{door + 1:02d}"
        owners = [person(draw)]
        if draw.random() < couples:
            owners.append(person(draw, company=0))
        places = draw.choice((0, 1, 2, 2, 2, 3, 4))
        area = Decimal(draw.randrange(40_0000, 200_0000)) / 10_000
        area = area.quantize(Decimal(1).scaleb(-places))
        made.append(Unit(building, entrance, number, tuple(owners), area))
    return made


def names_cell(draw: Random, owners: tuple[Person, ...]) -> str:
    """How an office writes the owners."""
    name = draw.choice(("、", "，", "/", ";", " ", "\n")).join(one.name for one in owners)
    if len(owners) == 1 and len(name) == 2 and draw.random() < 0.2:
        return f"{name[0]} {name[1]}" if draw.random() < 0.5 else f"{name[0]}　{name[1]}"
    return name


def phone_cell(draw: Random, one: Person) -> str | float:
    """How an office writes a phone."""
    plain = one.phone
    return draw.choice(
        (
            plain,
            plain,
            plain,
            plain,
            float(plain),
            f"{plain[:3]} {plain[3:7]} {plain[7:]}",
            f"{plain[:3]}-{plain[3:7]}-{plain[7:]}",
            f"{plain}（妻）",
            f"{one.name[:1]}先生{plain}",
            f"{plain}.0",
            f" {plain} ",
            f"+86 {plain}",
        )
    )


def area_cell(draw: Random, area: Decimal) -> str | float:
    """How an office writes an area."""
    return draw.choice((float(area), float(area), float(area), str(area), f"{area}㎡", f" {area} "))


def building_cell(draw: Random, name: str, style: int) -> str | float:
    """How an office writes a building in a column of its own, alike in a whole list."""
    if not name.isdigit():
        return (name, f"{name}栋", f"{name}幢", name)[style % 4]
    padded = f"{int(name):02d}"
    return (name, f"{name}栋", f"{name}号楼", float(name), padded, f"{name}#")[style % 6]


def entrance_cell(draw: Random, name: str, style: int) -> str | float:
    return (name, f"{name}单元", float(name), f"{int(name):02d}", f"{name}单元")[style % 5]


def room_cell(draw: Random, unit: Unit, style: int) -> str | float:
    """The number of a flat where its building is known."""
    number = unit.number
    return (number, float(number), f"{number}室", f"{int(number):04d}", number)[style % 5]


def whole_room(unit: Unit, style: int) -> str:
    """A flat with building and entrance in one text."""
    b, e, n = unit.building, unit.entrance, unit.number
    if not e:
        return (f"{b}-{n}", f"{b}栋{n}", f"{b}幢{n}室", f"{b}#{n}")[style % 4]
    return (
        f"{b}-{e}-{n}",
        f"{b}栋{e}单元{n}",
        f"{b}#{e}单元{n}室",
        f"{b}幢{e}单元{n}室",
        f"{b}号楼{e}单元{n}",
        f"{b}—{e}—{n}",
        f"{b}栋-{e}单元-{n}",
    )[style % 7]
