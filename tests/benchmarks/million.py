"""A database of 20,000 units and a million bills, made once per run and shared by measurements."""

from __future__ import annotations

import atexit
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import Table, create_engine

from app.charging.ledger import payment_models
from app.core.db.engine import PRAGMAS
from app.core.db.types import metadata
from app.core.values.period import add_months
from app.estate.base import models as estate_models

COMMUNITIES, BUILDINGS, ENTRANCES, FLOORS, DOORS = 4, 25, 5, 10, 4
MONTHS = 50
UNITS = COMMUNITIES * BUILDINGS * ENTRANCES * FLOORS * DOORS
FIRST = date(2022, 10, 1)
"""The first billed month; the last is November 2026, 'today' the 20th of that month."""
TODAY = date(2026, 11, 20)
FAMILY = "王李张刘陈杨黄赵周吴徐孙马胡朱郭何罗高林"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
LETTERS = dict(zip(FAMILY + GIVEN, "wlzlcyhzzwxsmhzghlglwfnmjlqljyyyjjtmcxxp", strict=True))


@cache
def million() -> Path:
    """The path of the database file; it lives until the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="anju-million-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "million.db"
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = MEMORY")
    connection.execute("PRAGMA synchronous = OFF")
    _people(connection)
    _bills(connection)
    _payments(connection)
    connection.commit()
    connection.execute(PRAGMAS[0])
    connection.close()
    return path


def _insert(connection: sqlite3.Connection, table: Table, names: str, rows: Iterable[tuple]):
    """Insert rows; columns left out take the default that the model declares, if any."""
    given = names.split()
    plain = {
        column.name: column.default.arg
        for column in table.columns
        if column.name not in given and column.default is not None and column.default.is_scalar
    }
    columns = ", ".join([*given, *plain])
    places = ", ".join(["?"] * (len(given) + len(plain)))
    rest = tuple(plain.values())
    connection.executemany(
        f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})', (row + rest for row in rows)
    )


def _table(name: str) -> Table:
    return metadata.tables[name]


def unit_place(unit_id: int) -> tuple[int, int, int, int, int]:
    """Community, building, entrance, floor and door of a unit, all counted from 1."""
    rest, door = divmod(unit_id - 1, DOORS)
    rest, floor = divmod(rest, FLOORS)
    rest, entrance = divmod(rest, ENTRANCES)
    community, building = divmod(rest, BUILDINGS)
    return community + 1, building + 1, entrance + 1, floor + 1, door + 1


def name_of(unit_id: int) -> str:
    """The owner's name."""
    return FAMILY[unit_id % 20] + GIVEN[unit_id // 20 % 20] + GIVEN[unit_id // 400 % 20]


def phone_of(unit_id: int) -> str:
    return f"138{unit_id * 7919 % 10**8:08d}"


def _people(connection: sqlite3.Connection) -> None:
    _insert(
        connection,
        _table("community"),
        "id name short_code",
        ((n, f"安居花园{n}期", f"AJ{n}") for n in range(1, COMMUNITIES + 1)),
    )
    _insert(
        connection,
        _table("building"),
        "id community_id name",
        (
            (c * BUILDINGS + b + 1, c + 1, str(b + 1))
            for c in range(COMMUNITIES)
            for b in range(BUILDINGS)
        ),
    )

    def units():
        for unit_id in range(1, UNITS + 1):
            community, building, entrance, floor, door = unit_place(unit_id)
            number = f"{floor}{door:02d}"
            yield (
                unit_id,
                community,
                (community - 1) * BUILDINGS + building,
                str(entrance),
                number,
                f"{building}-{entrance}-{number}",
                f"{building:06d}-{entrance:06d}-{int(number):06d}",
                89500,
                "owner",
            )

    _insert(
        connection,
        _table("unit"),
        "id community_id building_id entrance number code sort_key gross_area occupancy",
        units(),
    )
    every = range(1, UNITS + 1)
    _insert(
        connection,
        _table("customer"),
        "id community_id name initials",
        (
            (n, unit_place(n)[0], name_of(n), "".join(LETTERS[sign] for sign in name_of(n)))
            for n in every
        ),
    )
    _insert(
        connection,
        _table("customer_phone"),
        "id community_id customer_id number tail",
        ((n, unit_place(n)[0], n, phone_of(n), phone_of(n)[-4:]) for n in every),
    )
    _insert(
        connection,
        _table("ownership"),
        "id community_id unit_id customer_id share",
        ((n, unit_place(n)[0], n, n, 10**6) for n in every),
    )
    _insert(
        connection,
        _table("vehicle"),
        "id community_id unit_id plate",
        ((n, unit_place(n)[0], n, f"京A{n * 31 % 10**5:05d}") for n in every if n % 2),
    )


def _bills(connection: sqlite3.Connection) -> None:
    _insert(connection, _table("charge_item"), "id code name", [(1, "WYF", "物业服务费")])
    _insert(
        connection,
        _table("standard"),
        "id community_id item_id name basis",
        ((c, c, 1, "住宅物业费", "gross_area") for c in range(1, COMMUNITIES + 1)),
    )
    _insert(
        connection,
        _table("standard_price"),
        "id community_id standard_id effective_from unit_price",
        ((c, c, c, "2020-01-01", 28000) for c in range(1, COMMUNITIES + 1)),
    )
    months = [add_months(FIRST, index) for index in range(MONTHS)]
    ends = [add_months(month, 1) - timedelta(days=1) for month in months]
    runs = [
        (
            m * COMMUNITIES + c,
            c,
            str(months[m]),
            str(ends[m]),
            "[1]",
            "-",
            UNITS // COMMUNITIES,
            UNITS // COMMUNITIES,
            25060 * UNITS // COMMUNITIES,
            str(months[m]),
            f"{months[m]} 01:00:00.000000",
        )
        for m in range(MONTHS)
        for c in range(1, COMMUNITIES + 1)
    ]
    _insert(
        connection,
        _table("billing_run"),
        "id community_id period_start period_end item_ids digest lines units amount posted_on"
        " posted_at",
        runs,
    )
    communities = [unit_place(n)[0] for n in range(1, UNITS + 1)]
    sentence = "89.50㎡ × 2.80元/㎡·月 × 1个月 = 250.60"
    _insert(
        connection,
        _table("bill"),
        "id community_id run_id unit_id customer_id item_id price_id period_start period_end"
        " due_on amount sentence posted_on",
        (
            (
                m * UNITS + n,
                c,
                m * COMMUNITIES + c,
                n,
                n,
                1,
                c,
                first,
                last,
                last,
                25060,
                sentence,
                first,
            )
            for m, (first, last) in enumerate(zip(map(str, months), map(str, ends), strict=True))
            for n, c in enumerate(communities, 1)
        ),
    )


def paid_months(unit_id: int) -> int:
    """How many of a unit's bills are paid: most are up to date, some lag, a few never paid."""
    lag = unit_id * 13 % 100
    if lag < 70:
        return MONTHS - 1
    return MONTHS - 2 - (lag - 70) if lag < 97 else 0


def _payments(connection: sqlite3.Connection) -> None:
    """One payment a year and unit, as those who pay by the year do."""
    payments, tenders, allocations, receipts = [], [], [], []
    serials: dict[tuple[int, int], int] = {}
    for start in range(0, MONTHS, 12):
        day = add_months(FIRST, min(start + 11, MONTHS - 1)).replace(day=10)
        stamp = f"{day} 02:00:00.000000"
        for unit_id in range(1, UNITS + 1):
            count = min(paid_months(unit_id), start + 12) - start
            if count <= 0:
                continue
            community = unit_place(unit_id)[0]
            key = len(payments) + 1
            amount = 25060 * count
            payments.append(
                (
                    key,
                    community,
                    unit_id,
                    name_of(unit_id),
                    amount,
                    str(day),
                    stamp,
                    "王五",
                    f"bench-{key}",
                )
            )
            tenders.append((key, community, key, "wechat", amount, amount, 0))
            allocations += [
                (community, key, m * UNITS + unit_id, 25060, str(day))
                for m in range(start, start + count)
            ]
            serial = serials[community, day.year] = serials.get((community, day.year), 0) + 1
            receipts.append(
                (
                    key,
                    community,
                    key,
                    f"AJ{community}-{day.year}-{serial:06d}",
                    day.year,
                    serial,
                    0,
                    str(day),
                    "{}",
                )
            )
    _insert(
        connection,
        _table("payment"),
        "id community_id unit_id payer_name amount received_on received_at collector_name key",
        payments,
    )
    _insert(
        connection,
        _table("tender"),
        'id community_id payment_id kind amount given "change"',
        tenders,
    )
    _insert(
        connection,
        _table("allocation"),
        "community_id payment_id bill_id amount allocated_on",
        allocations,
    )
    _insert(
        connection,
        _table("receipt"),
        "id community_id payment_id number year serial prepayment_after issued_on said",
        receipts,
    )
    _insert(
        connection,
        _table("counter"),
        "community_id series span last",
        ((c, "receipt", str(year), last) for (c, year), last in serials.items()),
    )


MODELS = (estate_models, payment_models)
"""Imported so that the metadata is whole."""
