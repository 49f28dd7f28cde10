"""An office's own register from an empty file to a working screen, then a field more: rows stay."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

ROOT = Path(__file__).resolve().parents[3]
STATES = """
[[fields]]
name = "colour"
kind = "choice"
label = { zh = "颜色", en = "Colour" }
choices = [
  { value = "red", label = { zh = "红", en = "Red" } },
]
"""


def anju(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command as an office calls it."""
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *words],
        cwd=ROOT,
        text=True,
        capture_output=True,
        env={**os.environ, "ANJU_INSTANCE": str(folder)},
        check=False,
        timeout=120,
    )


@pytest.mark.slow
def test_from_an_empty_file_to_a_table_and_a_field_more_keeps_the_rows(tmp_path):
    assert anju(tmp_path, "init").returncode == 0
    made = anju(tmp_path, "registers", "new", "umbrella")
    assert made.returncode == 0, made.stderr
    assert anju(tmp_path, "registers", "check").returncode == 0
    plan = anju(tmp_path, "registers", "sync", "--plan")
    assert "register_umbrella" in plan.stdout
    engine = create_engine(f"sqlite:///{tmp_path / 'anju.db'}")
    assert not inspect(engine).has_table("register_umbrella")
    done = anju(tmp_path, "registers", "sync")
    assert done.returncode == 0, done.stderr
    for said in ("新台账 → 文员：查看、录入修改、导入、导出", "新台账 → 客服经理：查看、导出"):
        assert said in plan.stdout
        assert said in done.stdout
    with engine.begin() as connection:
        assert (
            connection.scalar(
                text("SELECT count(*) FROM ab_view_menu WHERE name = 'register_umbrella'")
            )
            == 1
        )
        connection.execute(
            text("INSERT INTO community (id, name, short_code) VALUES (1, '安居花园', 'AJ')")
        )
        connection.execute(
            text(
                "INSERT INTO register_umbrella"
                " (community_id, created_at, number, state, subject, day)"
                " VALUES (1, '2026-11-20 04:00:00', 'TZ1', 'open', '雨伞', '2026-11-20')"
            )
        )

    own = tmp_path / "registers" / "umbrella.toml"
    own.write_text(own.read_text("utf-8") + STATES, "utf-8")
    assert anju(tmp_path, "registers", "sync").returncode == 0
    red = '{ value = "red", label = { zh = "红", en = "Red" } },'
    own.write_text(own.read_text("utf-8").replace(red, red + red.replace("red", "blue")), "utf-8")
    widened = anju(tmp_path, "registers", "sync")
    assert widened.returncode == 0, widened.stderr
    assert "colour" in widened.stdout
    with engine.begin() as connection:
        row = connection.execute(text("SELECT subject, colour FROM register_umbrella")).one()
        assert row == ("雨伞", None)
        connection.execute(text("UPDATE register_umbrella SET colour = 'blue'"))
    assert "最新" in anju(tmp_path, "registers", "sync").stdout

    own.write_text(own.read_text("utf-8").replace("day + 3 days", "day + 4 days"), "utf-8")
    due = text("SELECT due_at FROM register_umbrella")
    assert "1 条记录的到期时间" in anju(tmp_path, "registers", "sync", "--plan").stdout
    with engine.begin() as connection:
        assert connection.scalar(due).startswith("2026-11-23 10:00"), "a plan changes nothing"
    assert "1 条记录的到期时间" in anju(tmp_path, "registers", "sync").stdout
    with engine.begin() as connection:
        assert connection.scalar(due).startswith("2026-11-24 10:00")
    assert "最新" in anju(tmp_path, "registers", "sync", "--plan").stdout

    own.write_text(own.read_text("utf-8").replace(red.replace("red", "blue"), ""), "utf-8")
    refused = anju(tmp_path, "registers", "sync")
    assert refused.returncode == 1
    assert "blue" in refused.stderr
    own.unlink()
    gone = anju(tmp_path, "registers", "sync")
    assert gone.returncode == 0, gone.stderr
    with engine.begin() as connection:
        assert (
            connection.scalar(
                text("SELECT count(*) FROM ab_view_menu WHERE name = 'register_umbrella'")
            )
            == 0
        )
        assert connection.scalar(text("SELECT subject FROM register_umbrella")) == "雨伞"
    engine.dispose()


@pytest.mark.slow
def test_a_broken_file_stops_every_command_with_file_line_and_mend(tmp_path):
    folder = tmp_path / "registers"
    folder.mkdir()
    (folder / "umbrella.toml").write_text('[register]\ntitel = "x"\n', "utf-8")
    for words in (("registers", "check"), ("init",)):
        answer = anju(tmp_path, *words)
        assert answer.returncode == 1
        assert "umbrella.toml:2:" in answer.stdout + answer.stderr
        assert "title" in answer.stdout + answer.stderr
