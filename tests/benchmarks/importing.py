"""An owner file of 50,000 rows × 20 columns, from the file to the stored batch, and its undo."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date, timedelta
from pathlib import Path

import psutil
import python_calamine
import xlsxwriter
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.access.models import Staff
from app.charging.ledger import payment_models
from app.core.db.engine import prepare
from app.core.db.types import metadata
from app.core.imports import undo
from app.core.records import data_scope
from app.estate.owner_import import post
from tests.benchmarks.table import Row

MODULES = (Staff, payment_models)
"""Whatever refers to units must be in the metadata, as it is in the program."""
ROWS = 50_000
DAY = date(2026, 11, 22)
HEADER = (
    "楼栋", "单元", "房号", "楼层", "房屋用途", "建筑面积", "套内面积", "业主姓名", "联系电话",
    "身份证号", "交房日期", "计费开始日期", "使用状态", "家庭成员", "租户姓名", "租户电话",
    "车牌号", "车位号", "通讯地址", "备注",
)  # fmt: skip
FAMILY, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
TABLES = (
    "building",
    "unit",
    "customer",
    "customer_phone",
    "ownership",
    "tenancy",
    "resident",
    "vehicle",
)


def card(number: int) -> str:
    """An ID number with a right check digit, a different one for each `number`."""
    born = date(1950, 1, 1) + timedelta(days=number % 18_000)
    digits = f"110105{born:%Y%m%d}{number // 18_000 + 11:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(sign) * weight for sign, weight in zip(digits, weights, strict=True))
    return digits + "10X98765432"[total % 11]


def write_file(path: Path) -> None:
    """A clean list with what such lists hold: two owners here, a tenant or a car there."""
    draw = random.Random(5)

    def name() -> str:
        return draw.choice(FAMILY) + "".join(draw.choices(GIVEN, k=2))

    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("业主")
    sheet.write_row(0, 0, HEADER)
    for number in range(ROWS):
        building, rest = divmod(number, 200)
        entrance, rest = divmod(rest, 50)
        floor, door = divmod(rest, 2)
        gross = draw.randrange(6_000, 18_000) / 100
        let = draw.random() < 0.15
        handed = date(2019, 5, 1) + timedelta(days=draw.randrange(900))
        sheet.write_row(
            number + 1,
            0,
            (
                f"{building + 1}栋",
                f"{entrance + 1}单元",
                f"{floor + 1}{door + 1:02d}",
                floor + 1,
                "住宅",
                gross,
                round(gross * 0.8, 2),
                name(),
                f"138{number:08d}",
                card(number),
                f"{handed:%Y-%m-%d}",
                f"{handed:%Y-%m-%d}",
                "出租" if let else "自住",
                f"{name()}(子)" if draw.random() < 0.3 else "",
                name() if let else "",
                f"139{number:08d}" if let else "",
                f"浙A{number:05d}" if draw.random() < 0.4 else "",
                "",
                "",
                "",
            ),
        )
    book.close()


def fresh(path: Path):
    engine = create_engine(f"sqlite:///{path}")
    prepare(engine)
    metadata.create_all(engine)
    return engine


class Peak(threading.Thread):
    """The largest memory of this process and its reading process together, in MB."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.process = psutil.Process()
        self.start_mb = self.process.memory_info().rss / 1e6
        self.alone = self.together = 0.0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.02):
            own = self.process.memory_info().rss / 1e6
            others = 0.0
            for child in self.process.children():
                try:
                    others += child.memory_info().rss / 1e6
                except psutil.NoSuchProcess:
                    continue
            self.alone = max(self.alone, own - self.start_mb)
            self.together = max(self.together, own - self.start_mb + others)


def measure(folder: Path) -> dict[str, float]:
    """The import in this process; seconds of its steps and the growth of memory."""
    source = folder / "owners.xlsx"
    engine = fresh(folder / "import.db")
    found: dict[str, float] = {}
    with data_scope.use(data_scope.EVERYTHING), Session(engine) as session:
        community = post.make_community(session, "安居花园")
        session.commit()
        peak = Peak()
        peak.start()
        began = time.perf_counter()
        incoming = post.read(source, source.name)
        found["read"] = time.perf_counter() - began
        plan, batch = post.post(session, incoming, community.id, DAY)
        session.commit()
        found["total"] = time.perf_counter() - began
        peak.over.set()
        peak.join()
        assert plan.counts()["new"] == ROWS, plan.counts()
        assert not incoming.file.problems, incoming.file.problems[:3]
        del plan
        began = time.perf_counter()
        again = post.compare(session, incoming, community.id, DAY)
        found["again"] = time.perf_counter() - began
        assert again.counts()["unchanged"] == ROWS
        session.rollback()
        del again, incoming
    found |= {"alone": peak.alone, "together": peak.together}
    found["floor"] = floor(folder)
    with data_scope.use(data_scope.EVERYTHING), Session(engine) as session:
        began = time.perf_counter()
        undo.undo(session, session.get(type(batch), 1))
        session.commit()
        found["undo"] = time.perf_counter() - began
    return found


def floor(folder: Path) -> float:
    """Seconds to read the cells bare and to write the same stored rows raw: the least possible."""
    with sqlite3.connect(folder / "import.db") as stored:
        rows = {name: stored.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}
    engine = fresh(folder / "floor.db")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO community (id, name, short_code) VALUES (1, 'a', 'a')"
        )
        connection.exec_driver_sql(
            "INSERT INTO import_batch (id, community_id, kind, file_name, digest, state, counts, "
            "posted_at) VALUES (1, 1, 'owners', '', '', 'posted', '{}', '2026-11-22 00:00:00')"
        )
    began = time.perf_counter()
    workbook = python_calamine.CalamineWorkbook.from_path(folder / "owners.xlsx")
    assert len(workbook.get_sheet_by_index(0).to_python()) == ROWS + 1
    with engine.begin() as connection:
        for name, stored_rows in rows.items():
            places = ", ".join("?" * len(stored_rows[0])) if stored_rows else ""
            if stored_rows:
                connection.exec_driver_sql(f"INSERT INTO {name} VALUES ({places})", stored_rows)
    return time.perf_counter() - began


def run() -> list[Row]:
    """Measure in a process of its own, so that memory counts from a plain start."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_file(folder / "owners.xlsx")
        answer = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.importing", name],
            check=True,
            capture_output=True,
            text=True,
        )
        found = json.loads(answer.stdout)
    return [
        Row(
            f"owner file {ROWS:,} × {len(HEADER)}, file to stored",
            f"{found['total']:.2f} s",
            f"{found['floor']:.2f} s",
            found["total"] / found["floor"],
            f"bare reading and raw inserts; limit 6 s; reading and parsing {found['read']:.2f} s",
        ),
        Row(
            "  memory above the start",
            f"{found['alone']:.0f} MB",
            "250 MB",
            found["alone"] / 250,
            f"with the reading process {found['together']:.0f} MB",
        ),
        Row("  the same file compared again", f"{found['again']:.2f} s", "", None),
        Row("  its undo", f"{found['undo']:.2f} s", "", None),
    ]


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
