"""The billing run at 100,000 units × 4 items: plan, post, the writing beside an INSERT…SELECT."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import psutil
from sqlalchemy import create_engine, insert, text
from sqlalchemy.orm import Session

from app.access.models import Staff
from app.charging.billing import bulk_write
from app.charging.billing import run as billing
from app.charging.ledger.bill_models import Assignment, Bill, ChargeItem, Standard, StandardPrice
from app.charging.pricing import changes
from app.charging.pricing.comparing import differences, oddities
from app.charging.pricing.facts import Request, silent
from app.charging.pricing.plans import BillingPlan
from app.core.db.engine import prepare
from app.core.db.types import metadata
from app.core.records import data_scope
from app.core.values.period import Period
from app.estate.base.models import Building, Community, Customer, Ownership, Unit
from tests.benchmarks.table import Row

UNITS = 100_000
BUILDINGS = 200
PERIOD = Period(date(2026, 11, 1), 1)
ITEMS = (
    ("物业服务费", "gross_area", "2.80"),
    ("电梯费", "net_area", "0.45"),
    ("公共能耗费", "unit", "15.00"),
    ("生活垃圾费", "unit", "5.00"),
)


def estate(engine) -> Request:
    """One community of 100,000 flats with 12,000 different areas, every item for each."""
    chance = random.Random(8)
    with Session(engine) as session:
        session.add(Staff(username="a", first_name="a", last_name="a", email="a", password="-"))
        session.add(Community(id=1, name="安居花园", short_code="AJ"))
        session.flush()
        session.execute(
            insert(Building),
            [{"id": n, "community_id": 1, "name": str(n)} for n in range(1, BUILDINGS + 1)],
        )
        for name, basis, price in ITEMS:
            item = ChargeItem(code=name, name=name)
            session.add(item)
            session.flush()
            standard = Standard(community_id=1, item_id=item.id, name=name, basis=basis)
            session.add(standard)
            session.flush()
            session.add(
                StandardPrice(
                    community_id=1,
                    standard_id=standard.id,
                    effective_from=date(2020, 1, 1),
                    unit_price=Decimal(price),
                )
            )
            session.add(Assignment(community_id=1, standard_id=standard.id, unit_kind="flat"))
        session.execute(
            insert(Customer),
            [{"id": n, "community_id": 1, "name": "张三"} for n in range(1, UNITS + 1)],
        )
        session.execute(
            insert(Unit),
            [
                {
                    "id": n,
                    "community_id": 1,
                    "building_id": n * BUILDINGS // (UNITS + 1) + 1,
                    "number": str(n),
                    "code": str(n),
                    "sort_key": f"{n:08}",
                    "occupancy": "owner",
                    "gross_area": Decimal(chance.randrange(6000, 18000)).scaleb(-2),
                    "net_area": Decimal(chance.randrange(5000, 15000)).scaleb(-2),
                    "billing_start": date(2020, 1, 1),
                }
                for n in range(1, UNITS + 1)
            ],
        )
        session.execute(
            insert(Ownership),
            [
                {"id": n, "community_id": 1, "unit_id": n, "customer_id": n}
                for n in range(1, UNITS + 1)
            ],
        )
        session.commit()
    return Request(1, PERIOD, (1, 2, 3, 4))


def first_month(engine, request: Request) -> dict[str, float]:
    """Plan and post where nothing stands yet, then once more with nothing missing."""
    return {
        **_plan_and_post(engine, request),
        "again": _timed(lambda: _post(engine, request)),
        "bills": _count(engine),
    }


def next_month(engine, request: Request) -> dict[str, float]:
    """The month after: every line is held against the one before."""
    return _plan_and_post(engine, Request(1, PERIOD.next, request.item_ids))


def _plan_and_post(engine, request: Request) -> dict[str, float]:
    """What a person does: look at the plan, then post exactly that."""
    plans = []
    return {
        "plan": _timed(lambda: plans.append(_plan(engine, request))),
        "post": _timed(lambda: _post(engine, request, plans[0])),
    }


PARTS = {"first_month": first_month, "next_month": next_month}


def measure(folder: Path, part: str) -> dict[str, float]:
    """Seconds of one part and its memory above the start; in a process of its own."""
    engine = create_engine(f"sqlite:///{folder / 'billing.db'}")
    prepare(engine)
    this = psutil.Process()
    with data_scope.use(data_scope.EVERYTHING):
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        start = this.memory_info().rss
        figures = PARTS[part](engine, Request(1, PERIOD, (1, 2, 3, 4)))
        figures["memory"] = (_peak(this) - start) / 2**20
    engine.dispose()
    return figures


def _timed(act) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def _peak(this: psutil.Process) -> int:
    """The largest resident size so far where the system tells it, else the present one."""
    status = Path(f"/proc/{this.pid}/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return this.memory_info().rss


def _plan(engine, request) -> BillingPlan:
    with Session(engine) as session:
        made = billing.plan(session, request)
        assert made.total.lines == UNITS * len(ITEMS)
        differences(made)
        oddities(made)
    return made


def _post(engine, request, plan: BillingPlan | None = None) -> None:
    shown = billing.ShownPlan(plan.digest, changes.marks(plan), plan) if plan else None
    with Session(engine) as session:
        billing.post(session, request, shown)
        session.commit()


def _count(engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM bill"))


def writing(engine, request: Request) -> dict[str, float]:
    """The writing alone beside an INSERT…SELECT of the same rows, best of three, taking turns."""
    names = ", ".join(column.name for column in Bill.__table__.columns if column.name != "id")
    with Session(engine) as session:
        run_id = session.scalar(text("SELECT min(id) FROM billing_run"))
        session.execute(
            text("CREATE TEMP TABLE same AS SELECT * FROM bill WHERE run_id = :run"),
            {"run": run_id},
        )
        session.execute(text("DELETE FROM bill"))
        made = billing.plan(session, request)
        session.commit()

        def ours() -> None:
            bulk_write.write(session, made, run_id, date(2026, 11, 1), silent)

        def floor() -> None:
            session.execute(text(f"INSERT INTO bill ({names}) SELECT {names} FROM same"))

        times: dict[str, list[float]] = {"write": [], "floor": []}
        for _turn in range(3):
            for name, write in (("write", ours), ("floor", floor)):
                session.connection()
                times[name].append(_timed(lambda write=write: (write(), session.commit())))
                assert _count(engine) == len(made.line_units)
                session.execute(text("DELETE FROM bill"))
                session.commit()
                _checkpoint(engine)
    return {name: min(seconds) for name, seconds in times.items()}


def _checkpoint(engine) -> None:
    """Empty the write-ahead log, so that each writing starts alike."""
    with engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")


PARTS["writing"] = writing


def run() -> list[Row]:
    """The rows of the table; each part runs in a fresh process, so its memory is its own."""
    with tempfile.TemporaryDirectory() as name:
        engine = create_engine(f"sqlite:///{Path(name) / 'billing.db'}")
        prepare(engine)
        metadata.create_all(engine)
        estate(engine)
        engine.dispose()
        found = {}
        for part in PARTS:
            answer = subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.billing", name, part],
                capture_output=True,
                text=True,
                check=True,
            )
            found[part] = json.loads(answer.stdout)
    first, following, written = found["first_month"], found["next_month"], found["writing"]
    both, then = first["plan"] + first["post"], following["plan"] + following["post"]
    return [
        Row(
            "billing: plan and post, 100,000 units × 4",
            f"{both:.2f} s",
            "8 s",
            both / 8,
            f"plan {first['plan']:.2f} s, post {first['post']:.2f} s, {first['bills']:.0f} bills",
        ),
        Row(
            "billing: the next month, compared with this one",
            f"{then:.2f} s",
            "8 s",
            then / 8,
            f"plan {following['plan']:.2f} s; nothing missing {first['again']:.2f} s",
        ),
        Row(
            "billing: writing the bills",
            f"{written['write']:.2f} s",
            f"{written['floor']:.2f} s",
            written["write"] / written["floor"],
            "baseline: INSERT…SELECT of the same rows",
        ),
        Row(
            "billing: memory above the start",
            f"{first['memory']:.0f} MB",
            "150 MB",
            first["memory"] / 150,
            f"the next month {following['memory']:.0f} MB, of it 64 MB SQLite's page cache",
        ),
    ]


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), sys.argv[2])))
