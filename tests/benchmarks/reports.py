"""A report of 100,000 rows made by the job, beside XlsxWriter alone writing the same cells."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import psutil
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from app import create_app
from app.core.db.extensions import db
from app.core.db.models import Job
from app.core.jobs import queue, tasks, worker
from app.core.records import data_scope
from app.core.values import clock
from tests.benchmarks.million import TODAY, million
from tests.benchmarks.table import Row

SPAN = {"first": "2025-10-01", "last": "2026-02-28"}
"""Five months of 20,000 bills each."""
ROWS = 100_000


def application(folder: Path):
    """The application over the database in `folder`."""
    os.environ["ANJU_INSTANCE"] = str(folder)
    return create_app(SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder / 'million.db'}")


def peak() -> int:
    """The largest resident size of this process so far where the system tells it."""
    this = psutil.Process()
    status = Path(f"/proc/{this.pid}/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return this.memory_info().rss


def job(folder: Path) -> dict[str, object]:
    """Seconds and memory above the start of the job that makes the charge details."""
    app = application(folder)
    with app.app_context(), data_scope.use(data_scope.EVERYTHING), clock.fixed(_noon()):
        typed = {"community": "", "building": "", "item": "", **SPAN}
        queued = queue.enqueue(
            db.session, "report", "bench", {"name": "report_charges", "typed": typed}
        )
        db.session.flush()
        job_id = queued.id
        db.session.commit()
        db.session.remove()
        before = peak()
        begin = time.perf_counter()
        worker.run_pending(app)
        seconds = time.perf_counter() - begin
        made = db.session.scalars(select(Job).filter_by(id=job_id)).one()
        assert made.state == "done", made.error
        return {
            "seconds": seconds,
            "memory": (peak() - before) / 2**20,
            "rows": made.done,
            "file": str(tasks.folder_of(job_id) / "report.xlsx"),
        }


def floor(folder: Path) -> dict[str, object]:
    """XlsxWriter alone, constant memory, the cells of the finished workbook as plain values."""
    file = next(folder.glob("jobs/*/report.xlsx"))
    lines = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()[3:-1]
    lines = lines[:ROWS]
    begin = time.perf_counter()
    book = xlsxwriter.Workbook(str(folder / "floor.xlsx"), {"constant_memory": True})
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    money = book.add_format({"num_format": "#,##0.00"})
    for number, line in enumerate(lines):
        for index, cell in enumerate(line):
            if isinstance(cell, str):
                if cell:
                    sheet.write_string(number, index, cell)
            elif isinstance(cell, float):
                sheet.write_number(number, index, cell, money)
            else:
                sheet.write_datetime(number, index, cell, day)
    book.close()
    return {"seconds": time.perf_counter() - begin, "rows": len(lines)}


PARTS = {"job": job, "floor": floor}


def _noon() -> datetime:
    return datetime(TODAY.year, TODAY.month, TODAY.day, 12, 0)


def run() -> list[Row]:
    """The rows of the table: every part in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="anju-reports-") as name:
        folder = Path(name)
        shutil.copy(million(), folder / "million.db")
        found = {
            part: json.loads(
                subprocess.run(
                    [sys.executable, "-m", "tests.benchmarks.reports", part, name],
                    check=True,
                    capture_output=True,
                    text=True,
                ).stdout
            )
            for part in PARTS
        }
    job_, floor_ = found["job"], found["floor"]
    return [
        Row(
            "report of 100,000 rows (job)",
            f"{job_['seconds']:.1f} s",
            f"{floor_['seconds']:.1f} s XlsxWriter alone",
            job_["seconds"] / floor_["seconds"],
            f"{job_['rows']:,} rows, of 1,000,000 bills; at most 20 s",
        ),
        Row(
            "report of 100,000 rows, memory",
            f"{job_['memory']:.0f} MB",
            "64 MB allowed",
            job_["memory"] / 64,
            "above the process at its start",
        ),
    ]


if __name__ == "__main__":
    print(json.dumps(PARTS[sys.argv[1]](Path(sys.argv[2]))))
