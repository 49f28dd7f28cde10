"""What an owner file says, row by row, once it is understood (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app.core.sheets.account import Accounting
from app.core.sheets.layout import CellFault, Header
from app.core.sheets.questions import Question
from app.estate.owner_file.names import Member
from app.estate.rooms.room_key import RoomKey


@dataclass(frozen=True, slots=True)
class FileOwner:
    """One owner of a unit; `share` is None where the file does not say."""

    name: str
    is_company: bool
    share: Decimal | None = None
    phones: tuple[str, ...] = ()
    id_number: str | None = None
    credit_code: str | None = None


@dataclass(frozen=True, slots=True)
class FileTenant:
    """Who rents the unit, from and to which day (None: not said)."""

    name: str
    is_company: bool
    phones: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    id_number: str | None = None
    credit_code: str | None = None


@dataclass(frozen=True, slots=True)
class OwnerRow:
    """A unit and its people. None and empty mean that the file says nothing of it.

    Areas are square metres with at most four places; `kind` and `occupancy` are the values of
    `estate.base.models.Kind` and `Occupancy`; `row` counts from 1.
    """

    sheet: str
    row: int
    key: RoomKey
    kind: str | None
    floor: int | None
    gross_area: Decimal | None
    net_area: Decimal | None
    occupancy: str | None
    handover_date: date | None
    billing_start: date | None
    owners: tuple[FileOwner, ...]
    family: tuple[Member, ...]
    tenant: FileTenant | None
    plates: tuple[str, ...]
    space: str | None
    address: str | None
    email: str | None
    remark: str | None
    charged_area: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OwnerFile:
    """A whole owner file.

    `rows` are the good ones, `count` all rows of the list, `problems` everything found, in the
    order of the file. `skipped` counts rows that are none of the list, by reason; `left_out`
    names visible sheets without a header, `hidden` the hidden ones. `fields` are the columns
    that the file has at all.
    """

    rows: tuple[OwnerRow, ...]
    count: int
    problems: tuple[CellFault, ...]
    skipped: Mapping[str, int]
    headers: tuple[Header, ...]
    left_out: tuple[str, ...]
    hidden: tuple[str, ...]
    questions: tuple[Question, ...] = ()
    accounting: Accounting = field(default_factory=Accounting)

    @property
    def fields(self) -> frozenset[str]:
        """Names of the columns that at least one sheet has."""
        return frozenset(name for header in self.headers for name in header.fields.values())

    @property
    def errors(self) -> tuple[CellFault, ...]:
        """The problems that keep rows out."""
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def warnings(self) -> tuple[CellFault, ...]:
        """The problems that leave a value out."""
        return tuple(problem for problem in self.problems if not problem.is_error)
