"""What the files of the demo's registers say, as values that a row stores."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value
from stdnum.cn import ric

from app.access.models import Staff
from app.core.db import audit
from app.core.values import clock
from app.core.values.period import add_months
from app.estate.base.codes import Occupancy
from app.estate.base.models import CustomerPhone, Ownership, Unit
from app.registers import kinds
from app.registers.definition import RegisterKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from app.core.declared.fields import LineColumn
    from app.registers.definition import Definition, FieldPart

NAMES = (
    "李先生", "吴女士", "周先生", "郑女士", "冯先生", "蒋女士", "韩先生", "杨女士", "朱先生",
    "秦女士", "许先生", "何女士", "吕先生", "施女士", "张先生", "孔女士", "曹先生",
)  # fmt: skip
WORKERS = ("王师傅", "刘师傅", "陈师傅", "马师傅", "高师傅", "罗师傅", "宋师傅")
TIMES = re.compile(r"\{(month|quarter|year)(-\d)?\}")


class DemoWords:
    """Turns what is said into what is stored; gives out people, numbers and units in turn."""

    def __init__(
        self, session: Session, estates: list[int], people: dict[str, audit.Actor]
    ) -> None:
        self.session, self.estates, self.people = session, estates, people
        self.staff = session.scalars(select(Staff)).all()  # kept, so that nobody is asked for twice
        self.homes = {one: _homes(session, one) for one in estates}
        self.empty = {one: _empty(session, one) for one in estates}
        self.rows: dict[tuple[str, int], list[int]] = {}
        self.next, self.next_unit = count(1), count(3)
        self.said: dict[str, Iterator[int]] = {
            "name": count(),
            "worker": count(),
            "n": count(20_417),
        }

    def remember(self, name: str, row: Any) -> None:
        """Other registers may point to this row from now on."""
        self.rows.setdefault((name, row.community_id), []).append(row.id)

    def acquaint(self, row: Any) -> None:
        """Give a new row the records that it points to, as a form does: they name it."""
        for field in row.definition.of_kind(*kinds.RELATIONS):
            key = getattr(row, kinds.KINDS.stored_name(field))
            target = getattr(type(row), field.name).property.mapper.class_
            one = self.session.get_one(target, key) if key is not None else None
            set_committed_value(row, field.name, one)

    def of_row(self, definition: Definition, estate: int, given: dict[str, Any]) -> dict[str, Any]:
        """column → value for a new row: what is said, and what the form fills in itself."""
        unknown = set(given) - {one.name for one in definition.fields}
        if unknown:
            raise ValueError(f"{definition.head.title.en}: {sorted(unknown)}")
        made: dict[str, Any] = {}
        phone = None
        for field in definition.fields:
            if field.name not in given and not field.form:
                continue
            value = (
                self.value(field, estate, given[field.name])
                if field.name in given
                else self.unsaid(field, estate, phone)
            )
            if field.kind is RegisterKind.PHONE:
                phone = None  # the phone of the other side is another one
            if field.kind is RegisterKind.UNIT and value is not None:
                phone = self.homes[estate].get(value)
            elif (
                field.kind is RegisterKind.TEXT and field.default == "owner" and field.name in given
            ):
                phone = None  # somebody else than the owner
            if value is not None:
                made[kinds.KINDS.stored_name(field)] = value
        return made

    def of_step(self, definition: Definition, estate: int, given: dict[str, Any]) -> dict[str, Any]:
        """field → value for what an action asks for."""
        return {
            name: self.value(definition.field(name), estate, value) for name, value in given.items()
        }

    def unsaid(self, field: FieldPart, estate: int, phone: str | None) -> Any:
        """What a form would hold where nothing was said."""
        first: Any = field.default if field.must_be is None else field.must_be
        if field.kind is RegisterKind.PHONE:
            return phone or f"154{8_800_000 + next(self.next):08d}"
        if field.kind is RegisterKind.ID_NUMBER and (field.required or field.required_if):
            return self.identity()
        if field.kind is RegisterKind.UNIT and field.required:
            first = True
        if first is None or (first in {"me", "owner"} and field.kind is not RegisterKind.CHOICE):
            return None  # nothing, or what the register fills in itself
        if first in {"today", "now"}:
            first = 0 if field.kind is RegisterKind.DATE else f"{clock.local(clock.now()):%H:%M}"
        return self.value(field, estate, first)

    def value(self, field: FieldPart | LineColumn, estate: int, said: Any) -> Any:
        """One value: days count from today, rows of other registers by their place.

        A unit is `true` (the next one in which people live) or the place of a vacant one.
        """
        homes = self.homes[estate]
        makers = {
            RegisterKind.UNIT: lambda: (
                [*homes][next(self.next_unit) * 7 % len(homes)]
                if said is True
                else self.empty[estate][said]
            ),
            RegisterKind.USER: lambda: self.people[said].user_id,
            RegisterKind.REGISTER: lambda: self.rows[str(field.other), estate][said],
            RegisterKind.DATE: lambda: (
                clock.today() + timedelta(days=said) if isinstance(said, int) else said
            ),
            RegisterKind.DATETIME: lambda: moment(said),
            RegisterKind.MONEY: lambda: Decimal(str(said)),
            RegisterKind.QUANTITY: lambda: Decimal(str(said)),
            RegisterKind.LINES: lambda: [self.line(field, estate, one) for one in said],
        }
        maker = makers.get(RegisterKind(field.kind))
        if maker is not None:
            return maker()
        return self.text(said) if isinstance(said, str) else said

    def line(self, field: FieldPart, estate: int, said: list[Any]) -> dict[str, Any]:
        """A line of a small table: the cells in the order of the columns that are typed."""
        typed = [one for one in field.columns if one.kind != "computed"]
        cells = {
            column.name: self.value(column, estate, cell)
            for column, cell in zip(typed, said, strict=False)
            if cell != ""
        }
        return {
            name: str(cell) if isinstance(cell, Decimal | date) else cell
            for name, cell in cells.items()
        }

    def text(self, said: str) -> str:
        """A text with its people, numbers and times filled in."""
        said = TIMES.sub(lambda found: period(found[1], int(found[2] or 0)), said)
        for word, pool in (("{name}", NAMES), ("{worker}", WORKERS)):
            if word in said:
                said = said.replace(word, pool[next(self.said[word[1:-1]]) % len(pool)])
        if "{n}" in said:
            said = said.replace("{n}", str(next(self.said["n"])))
        if "{plate}" in said:
            said = said.replace("{plate}", f"苏Z{next(self.next) * 37 % 90_000 + 10_000}")
        return said

    def identity(self) -> str:
        """An ID number with a right check digit in region 990000, which does not exist."""
        serial = next(self.next)
        born = date(1958, 1, 1) + timedelta(days=serial * 37 % 15_000)
        body = f"990000{born:%Y%m%d}{serial % 1000:03}"
        return body + str(ric.calc_check_digit(body + "?"))


def _homes(session: Session, estate: int) -> dict[int, str | None]:
    """The flats of an estate in which people live, with the phone of their first owner."""
    rows = session.execute(
        select(Unit.id, CustomerPhone.number)
        .join(Ownership, Ownership.unit_id == Unit.id)
        .outerjoin(CustomerPhone, CustomerPhone.customer_id == Ownership.customer_id)
        .where(Unit.community_id == estate, Unit.kind == "flat", Ownership.ends_on.is_(None))
        .where(Unit.occupancy.in_([Occupancy.OWNER, Occupancy.LET]))
        .order_by(Unit.id, Ownership.position.desc(), CustomerPhone.position.desc())
    )
    return dict(rows.all())


def _empty(session: Session, estate: int) -> list[int]:
    """The vacant flats of an estate that have an owner."""
    return list(
        session.scalars(
            select(Unit.id)
            .where(
                Unit.community_id == estate,
                Unit.kind == "flat",
                Unit.occupancy == Occupancy.VACANT,
                Unit.id.in_(select(Ownership.unit_id)),
            )
            .order_by(Unit.id)
        )
    )


def moment(said: str) -> datetime:
    """`14:00` is today, `-2 14:00` two days ago, as stored."""
    days, _, at = said.rpartition(" ")
    day = clock.today() + timedelta(days=int(days or 0))
    local = datetime.combine(day, time.fromisoformat(at), clock.SHANGHAI)
    return local.astimezone(UTC).replace(tzinfo=None)


def period(word: str, back: int) -> str:
    """This month, quarter or year, or one further back, as registers write it."""
    day = clock.today().replace(day=1)
    if word == "month":
        return f"{add_months(day, back):%Y-%m}"
    if word == "quarter":
        day = add_months(day, back * 3)
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return str(day.year + back)
