"""The desk at 20,000 units and a million bills: the look-up, the unit's account, a payment."""

from __future__ import annotations

import os
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from app.access import sessions
from app.access.models import Staff
from app.charging.ledger.checks import ledger_problems
from app.collection.owing import arrears
from app.core.db.extensions import db
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.money import ZERO
from tests.benchmarks.million import TODAY, UNITS, million, phone_of
from tests.benchmarks.table import Row
from tests.seeding import seed_posts

LIMIT = 30
TYPED = (
    "1-1-101",
    "12栋3单元502",
    "101",
    "3-2",
    "王伟",
    "王",
    "wwf",
    phone_of(777)[-4:],
    phone_of(4242),
    "京A00031",
    "没有这个人",
)
FLOOR = "SELECT id FROM unit WHERE community_id = 1 AND code = '1-1-101'"
TURNS = 15


@contextmanager
def desk() -> Iterator[FlaskClient]:
    """A collector's browser on a copy of the million-bill database."""
    with tempfile.TemporaryDirectory(prefix="anju-desk-") as folder:
        shutil.copy(million(), Path(folder) / "anju.db")
        os.environ["ANJU_INSTANCE"] = folder
        app = create_app(TESTING=True, SERVER_NAME="localhost", WTF_CSRF_ENABLED=False)
        with app.app_context():
            seed_posts(db.session)
            db.session.commit()
            person = db.session.scalars(select(Staff).filter_by(username="collector")).one()
            values = sessions.begin(db.session, person)
            db.session.commit()
            db.session.remove()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie.update(values)
        with clock.fixed(datetime(TODAY.year, TODAY.month, TODAY.day, 10)):
            yield client
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def median(act: Callable[[], object]) -> float:
    """The middle one of some turns, in milliseconds, after one turn to warm up."""
    act()
    turns = []
    for _ in range(TURNS):
        begun = time.perf_counter()
        act()
        turns.append((time.perf_counter() - begun) * 1000)
    return statistics.median(turns)


def floor() -> float:
    """One indexed row by the database driver alone: nothing can answer faster."""
    connection = sqlite3.connect(million())
    try:
        return median(lambda: connection.execute(FLOOR).fetchone())
    finally:
        connection.close()


def get(client: FlaskClient, address: str) -> Callable[[], object]:
    def act() -> object:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
        return answer

    return act


def paying(client: FlaskClient) -> Callable[[], object]:
    """One whole payment after another, each for another unit in arrears."""
    units = iter(range(71, UNITS, 100))

    def act() -> object:
        unit = next(units)
        form = {
            "unit_id": unit,
            "payer": "张三",
            "form_key": f"bench-desk-{unit}",
            "tender_kind": "wechat",
            "tender_sum": "250.60",
            "tender_reference": "",
            "keep": "1",
        }
        answer = client.post("/desk/receive", data=form, headers={"Accept": "application/json"})
        if answer.status_code != 200:
            raise RuntimeError(f"the payment answered {answer.status_code}: {answer.text}")
        return answer

    return act


def run() -> list[Row]:
    """Look-ups over HTTP in the test client, beside the limit of 30 ms."""
    rows = []
    with desk() as client:
        bare = floor()
        nothing = median(get(client, "/desk/search?q="))
        note = f"limit {LIMIT} ms; empty request {nothing:.1f} ms; one row by index {bare:.3f} ms"
        found = {typed: median(get(client, f"/desk/search?q={typed}")) for typed in TYPED}
        slowest = max(found, key=found.__getitem__)
        middle = statistics.median(found.values())
        for name, took in ((f"slowest: “{slowest}”", found[slowest]), ("middle of 11", middle)):
            rows.append(
                Row(f"desk look-up, {name}", f"{took:.1f} ms", f"{LIMIT} ms", took / LIMIT, note)
            )
            note = ""
        for name, address in (("unit opened", "/desk/unit/33"), ("desk page", "/desk/")):
            took = median(get(client, address))
            rows.append(Row(f"desk, {name}", f"{took:.1f} ms", f"{LIMIT} ms", took / LIMIT))
        took = median(paying(client))
        rows.append(
            Row(
                "desk, payment received",
                f"{took:.1f} ms",
                f"{LIMIT} ms",
                took / LIMIT,
                "one commit with synchronous=FULL",
            )
        )
        with client.application.app_context(), data_scope.use(data_scope.EVERYTHING):
            begun = time.perf_counter()
            total = sum((row.total for row in arrears(db.session)), ZERO)
            listed = time.perf_counter() - begun
            begun = time.perf_counter()
            plain = (
                db.session.connection()
                .exec_driver_sql(
                    "SELECT (SELECT SUM(amount) FROM bill) - (SELECT SUM(amount) FROM allocation)"
                )
                .scalar_one()
            )
            bare = time.perf_counter() - begun
            rows.append(
                Row(
                    "arrears of a million bills",
                    f"{listed * 1000:.0f} ms",
                    f"two sums {bare * 1000:.0f} ms",
                    listed / bare,
                    f"{total:,} of {plain / 100:,.2f} owed is past due",
                )
            )
            begun = time.perf_counter()
            problems = ledger_problems(db.session)
            took = time.perf_counter() - begun
            rows.append(
                Row("ledger check", f"{took * 1000:.0f} ms", "", None, f"{len(problems)} problems")
            )
    return rows
