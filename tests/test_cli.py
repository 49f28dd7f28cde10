"""The command `anju` at its edges: what is set or typed wrongly is one sentence and code 1."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import main
from app.install import MIGRATIONS


@pytest.fixture
def anju(tmp_path, monkeypatch, capsys):
    """`anju(*words)`: exit code, what was said and what was complained about."""
    monkeypatch.setenv("ANJU_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.delenv("ANJU_DATABASE_URL", raising=False)
    before = os.umask(0o022)

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["anju", *words])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    yield run
    os.umask(before)


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("serve",),
        ("users", "list"),
        ("report", "takings"),
        ("bill", "--community", "安居花园", "--period", "2026-11"),
    ],
)
def test_without_tables_a_command_says_what_to_do_first(anju, words):
    code, _said, complaint = anju(*words)
    assert code == 1
    assert complaint == "数据库尚未建立或版本较旧，请先运行 anju init。\n"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "abc", "PORT：“abc”不是端口号"),
        ("PORT", "70000", "PORT：“70000”不是端口号"),
        ("ANJU_DATABASE_URL", "nonsense", "ANJU_DATABASE_URL：应写成"),
        ("ANJU_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none", "连接不上数据库"),
    ],
)
def test_a_wrong_setting_is_named(anju, monkeypatch, name, value, sentence):
    monkeypatch.setenv(name, value)
    code, _said, complaint = anju("check")
    assert code == 1
    assert complaint.startswith(sentence)


def test_a_folder_that_cannot_be_made_is_named(anju, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ANJU_INSTANCE", str(tmp_path / "file" / "instance"))
    code, _said, complaint = anju("check")
    assert code == 1
    assert complaint.startswith("ANJU_INSTANCE：数据目录")


def test_files_that_cannot_be_written_are_named(anju, tmp_path):
    anju("init")
    nowhere = str(tmp_path / "none" / "file")
    for words in (("backup", nowhere), ("report", "takings", "--xlsx", nowhere)):
        code, _said, complaint = anju(*words)
        assert code == 1
        assert complaint.startswith(f"“{nowhere}”无法写入")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no rights of this kind")
def test_only_the_account_of_the_office_reads_its_data(anju, tmp_path):
    anju("init")
    anju("backup", str(tmp_path / "copy.db"))
    for file in (tmp_path / "instance" / "anju.db", tmp_path / "copy.db"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name == "nt", reason="Windows ends processes in another way")
def test_the_server_ends_in_order_when_it_is_told_to(anju, tmp_path):
    anju("init")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "app.cli", "serve"]
    options = {
        "env": {**os.environ, "PORT": port, "PYTHONUNBUFFERED": "1"},
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "encoding": "utf-8",
    }
    with subprocess.Popen(command, **options) as started:
        assert started.stdout.readline().startswith(f"安居已启动：http://127.0.0.1:{port}")
        second = subprocess.run(command, **options, check=False, timeout=60)
        assert (second.returncode, second.stderr[:5]) == (1, "无法监听 ")
        started.send_signal(signal.SIGTERM)
        rest, _complaint = started.communicate(timeout=60)
    assert (started.returncode, rest) == (0, "安居已停止。\n")


def test_a_migration_says_what_the_models_have_and_the_database_has_not(
    anju, monkeypatch, tmp_path
):
    """Nothing, therefore: the migrations in the repository make exactly the models' tables."""
    copy = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, copy)
    monkeypatch.setattr("app.install.MIGRATIONS", copy)
    anju("init")
    code, said, _complaint = anju("migration", "new tables")
    assert code == 0
    written = copy / "versions" / Path(said.split()[-1]).name
    assert written.name.endswith("_new_tables.py")
    assert "op." not in written.read_text(encoding="utf-8")


def test_the_demo_is_not_loaded_over_an_offices_own_data(anju):
    anju("init")
    code, said, complaint = anju("demo", "--no-serve")
    assert code == 1
    assert complaint.startswith("这里已有本单位自己的数据")
    assert "anju-demo" not in said


def test_the_program_starts_without_what_only_linux_has(anju):
    """Windows has none of these modules, no fork and no rights of files."""
    absent = ("resource", "fcntl", "pwd", "grp", "termios", "pty", "syslog")
    program = f"""
import os, sys
for name in {absent!r}:
    sys.modules[name] = None
for name in ("fork", "getuid", "setsid", "killpg", "fchmod", "chown"):
    if hasattr(os, name):
        delattr(os, name)
sys.argv = ["anju", "init"]
import app.cli
import app.core.workbook.sandbox
app.cli.main()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("数据库和权限已是最新。")
