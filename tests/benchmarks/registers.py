"""The registers: start-up with all of them, a list of 200,000 rows, months, archive, home page."""

from __future__ import annotations

import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import create_engine, delete, insert, select

from app import create_app
from app.access import sessions
from app.access.models import Staff, UserCommunity
from app.core.db.extensions import db
from app.core.db.types import metadata
from app.core.values import clock
from tests.benchmarks.desk import get, median
from tests.benchmarks.listing import counted
from tests.benchmarks.table import Row
from tests.seeding import seed_posts

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT, LIMIT_MS = 3.0, 40
STARTS, TURNS = 5, 15
FLOORS = (
    ("import of its libraries", "import flask_appbuilder, flask_sqlalchemy, pydantic"),
    ("without registers", "import app; app.create_app(views=list(app.VIEWS))"),
)
"""What the whole start-up is held against; models of the registers are made in the second too."""
WHOLE = "import app; app.create_app()"
LEAVE = "import os; os._exit(0)"
"""Taking the interpreter apart again is no part of a start, and takes most of a second."""
NOW = datetime(2026, 11, 20, 10)
ROWS, UNITS, COMMUNITIES = 200_000, 2_000, 4
FEW = ROWS // 100
"""Rows of the smallest community; the others share the rest."""
PAGES = (
    ("first page", "", "1 = 1", 0),
    ("page 200", "?page=200", "1 = 1", 199),
    ("tab “lent”", "?f.state.is=lent", "state = 'lent'", 0),
    ("tab “returned”", "?f.state.is=returned", "state = 'returned'", 0),
    ("tab “overdue”", "?f.due_at.to=2026-11-20+18:00", "due_at < '2026-11-20 10:00:00'", 0),
    ("search of a number", "?q=YS202611-0007", "number LIKE '%YS202611-0007%'", 0),
    ("search of a room", "?q=3-1-1203", "unit_id = 643", 0),
    ("search of a borrower", "?q=王77", "borrower LIKE '%王77%'", 0),
    ("search of nothing", "?q=没有这个人", "borrower LIKE '%没有这个人%'", 0),
)
"""Name, query of the page, what the bare SQL asks for, pages before it."""


def community_of(number: int) -> int:
    return COMMUNITIES if number % 100 == 99 else number % (COMMUNITIES - 1) + 1


def loan(number: int) -> dict[str, object]:
    """One loan; they go back from now, some 190 a day: about 5,700 in a month."""
    lent = NOW - timedelta(minutes=7.5 * (ROWS - number))
    out = ROWS - number < 150 or number % 500 == 0
    state = "lent" if out else "lost" if number % 90 == 1 else "returned"
    return {
        "id": number + 1,
        "community_id": community_of(number),
        "version": 1,
        "created_at": lent,
        "created_by_id": 1,
        "number": f"YS{lent:%Y%m}-{number:06}",
        "state": state,
        "due_at": (lent + timedelta(hours=8)).replace(hour=10, minute=0) if out else None,
        "unit_id": number * 7919 % UNITS + 1,
        "key_name": "入户门" if not out else f"钥匙{number}",
        "key_count": 1,
        "borrower": f"王{number % 9973}",
        "phone": f"138{number:08}",
        "identity_checked": True,
        "purpose": "viewing",
        "lent_at": lent,
        "returned_at": lent + timedelta(hours=1) if state == "returned" else None,
        "received_by_id": 1 if state == "returned" else None,
    }


def fill(path: Path) -> None:
    """The rows of the list; the posts and their people are there already."""
    engine = create_engine(f"sqlite:///{path}")
    tables = metadata.tables
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA synchronous = OFF")
        connection.execute(
            insert(tables["community"]),
            [
                {"id": one, "name": f"安居花园{one}期", "short_code": f"AJ{one}"}
                for one in range(1, COMMUNITIES + 1)
            ],
        )
        connection.execute(
            insert(tables["building"]),
            [{"id": one, "community_id": 1, "name": str(one)} for one in range(1, 6)],
        )
        connection.execute(
            insert(tables["unit"]),
            [
                {
                    "id": one,
                    "community_id": 1,
                    "building_id": 1,
                    "entrance": "1",
                    "number": str(one),
                    "code": f"{one % 5 + 1}-1-{one + 560}",
                    "sort_key": f"{one:06}",
                    "occupancy": "owner",
                }
                for one in range(1, UNITS + 1)
            ],
        )
        for first in range(0, ROWS, 20_000):
            connection.execute(
                insert(tables["register_key_loan"]), [loan(first + one) for one in range(20_000)]
            )
    engine.dispose()


@contextmanager
def front_desk() -> Iterator[tuple[FlaskClient, Path]]:
    """The browser of the front desk on the filled database; everything, until it is `confined`."""
    with tempfile.TemporaryDirectory(prefix="anju-registers-") as folder:
        os.environ["ANJU_INSTANCE"] = folder
        app = create_app(TESTING=True, SERVER_NAME="localhost", WTF_CSRF_ENABLED=False)
        with app.app_context():
            metadata.create_all(db.engine)
            seed_posts(db.session)
            db.session.commit()
            db.session.remove()
            fill(Path(folder) / "anju.db")
            person = db.session.scalars(select(Staff).filter_by(username="front_desk")).one()
            with clock.fixed(NOW):
                values = sessions.begin(db.session, person)
            db.session.commit()
            db.session.remove()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie.update(values)
        with clock.fixed(NOW):
            yield client, Path(folder) / "anju.db"
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def confine(client: FlaskClient, community: int) -> None:
    """From now on the front desk works in one community alone."""
    with client.application.app_context():
        person = db.session.scalars(select(Staff).filter_by(username="front_desk")).one()
        person.all_communities = False
        db.session.execute(delete(UserCommunity))
        db.session.add(UserCommunity(user_id=person.id, community_id=community))
        db.session.commit()
        db.session.remove()


def processor(act: Callable[[], object]) -> float:
    """The middle processor time of some turns, in milliseconds."""
    turns = []
    for _ in range(TURNS):
        begun = time.process_time()
        act()
        turns.append((time.process_time() - begun) * 1000)
    return statistics.median(turns)


def started(code: str) -> tuple[float, float]:
    """Wall and processor seconds of a fresh interpreter that runs this."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"{code}; {LEAVE}"], cwd=ROOT, check=True)
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def start_up() -> Iterator[Row]:
    """The whole application in a fresh interpreter, on an instance that `anju init` made.

    The quickest of some starts, in turns with its floors: other work on the machine only adds.
    """
    with tempfile.TemporaryDirectory(prefix="anju-start-") as folder:
        os.environ["ANJU_INSTANCE"] = folder
        subprocess.run(
            [sys.executable, "-m", "app.cli", "init"],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        codes = [WHOLE, *(code for _, code in FLOORS)]
        rounds = [[started(code) for code in codes] for _ in range(STARTS)]
        (wall, work), *floors = [
            tuple(map(min, zip(*turns, strict=True))) for turns in zip(*rounds, strict=True)
        ]
        for (name, _), (least, _) in zip(FLOORS, floors, strict=True):
            yield Row(
                "registers, start-up",
                f"{wall:.2f} s, processor {work:.2f} s",
                f"{least:.2f} s {name}",
                wall / least,
                f"limit {START_LIMIT:.0f} s",
            )


def page(client: FlaskClient, name: str, address: str, base: str, bare: float, note: str) -> Row:
    """A page beside its floor in milliseconds."""
    act = get(client, address)
    spent, work = median(act), processor(act)
    with counted(client) as statements:
        act()
    measured = f"{spent:.1f} ms, processor {work:.1f} ms, {len(statements)} queries"
    return Row(name, measured, f"{bare:.2f} ms {base}", spent / bare, note)


def lists(client: FlaskClient, path: Path, who: str, scope: str) -> Iterator[Row]:
    """Every page of the list beside its bare SQL."""
    connection = sqlite3.connect(path)
    for name, query, where, before in PAGES:
        sql = (
            f"SELECT * FROM register_key_loan WHERE {scope} AND {where}"
            f" ORDER BY lent_at DESC, id DESC LIMIT 25 OFFSET {before * 25}"
        )
        bare = median(lambda sql=sql: connection.execute(sql).fetchall())
        yield page(
            client,
            f"key loans {who}, {name}",
            f"/registers/key_loan/{query}",
            "bare SQL",
            bare,
            f"limit {LIMIT_MS} ms",
        )
    connection.close()


def run() -> list[Row]:
    """Start-up, then the list as seen from all communities and from the smallest."""
    rows = list(start_up())
    with front_desk() as (client, path):
        rows += lists(client, path, "of all", "1 = 1")
        nothing = median(get(client, "/healthz"))
        for name, address in (
            ("months", "/registers/key_loan/months"),
            ("home page", "/home/"),
            ("add form", "/registers/key_loan/add"),
            ("show", f"/registers/key_loan/show/{ROWS}"),
            ("unit’s page", "/units/show/643"),
            ("archive of a month", "/registers/key_loan/archive?month=2026-10"),
        ):
            rows.append(page(client, f"registers, {name}", address, "/healthz", nothing, ""))
        confine(client, COMMUNITIES)
        rows += lists(client, path, f"of {FEW:,}", f"community_id = {COMMUNITIES}")
        for name, address in (("months", "/registers/key_loan/months"), ("home page", "/home/")):
            rows.append(
                page(client, f"registers of {FEW:,}, {name}", address, "/healthz", nothing, "")
            )
    return rows
