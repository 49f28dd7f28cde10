"""`anju import` as a program calls it: JSON, exit codes, undo; twice at once; killed half-way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.db.models import ImportBatch
from app.estate.base.models import Building, Community, Customer, Unit
from app.estate.owner_import.commands import import_
from tests.corpus import owner_file
from tests.estate.conftest import HEADER, LI, ZHANG, stored
from tests.workbooks import xlsx

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def run(app, session):
    """`run("owners", …)` gives the exit code and what was printed (as JSON where it is)."""

    def call(*words):
        session.rollback()
        result = app.test_cli_runner().invoke(import_, [str(word) for word in words])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        text = result.stdout
        return result.exit_code, json.loads(text) if text.startswith("{") else text

    return call


def figures(answer):
    return {
        name: answer[name] for name in ("rows", "new", "changed", "unchanged", "imported", "posted")
    }


def test_a_file_comes_in_and_a_second_time_is_unchanged(session, run, write):
    path = write(ZHANG, LI)
    call = ("owners", path, "--community", "安居花园", "--create", "--json")
    code, answer = run(*call)
    assert code == 0
    assert figures(answer) == {
        "rows": 2,
        "new": 2,
        "changed": 0,
        "unchanged": 0,
        "imported": 2,
        "posted": True,
    }
    assert (answer["errors"], answer["warnings"]) == ([], [])
    code, answer = run(*call)
    assert code == 0
    assert figures(answer) == {
        "rows": 2,
        "new": 0,
        "changed": 0,
        "unchanged": 2,
        "imported": 0,
        "posted": True,
    }
    assert session.query(Community).one().short_code == "AJHY"


def test_a_plan_stores_nothing_not_even_the_community(session, run, write):
    code, answer = run(
        "owners", write(ZHANG), "--community", "安居花园", "--create", "--plan", "--json"
    )
    assert (code, answer["new"], answer["posted"]) == (0, 1, False)
    assert session.query(Community).count() == 0
    assert session.query(Unit).count() == 0


def test_an_error_posts_nothing_and_says_where_and_why(session, run, write):
    path = write(ZHANG, ["1-1-102", "待测", "李四", "13800000002", ""])
    call = ("owners", path, "--community", "安居花园", "--create", "--json")
    code, answer = run(*call)
    assert (code, answer["posted"], answer["imported"]) == (1, False, 0)
    problem = answer["errors"][0]
    assert (problem["sheet"], problem["row"], problem["column"], problem["value"]) == (
        "业主",
        3,
        "建筑面积",
        "待测",
    )
    assert problem["code"] == "AREA_INVALID"
    assert "待测" in problem["message"]
    assert session.query(Unit).count() == 0
    code, answer = run(*call, "--skip-errors")
    assert (code, answer["posted"], answer["imported"]) == (0, True, 1)
    assert list(stored(session)) == ["1-1-101"]


def test_columns_that_were_not_understood_are_named(session, run, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("房号,业主姓名,面积,配偶姓名,电话\n1-1-101,张三,90,李四,13900000002\n")
    _, answer = run("owners", path, "--community", "安居花园", "--create", "--json")
    assert answer["unmatched"] == ["电话", "配偶姓名"]
    _, answer = run("owners", path, "--community", "安居花园")
    assert "不导入的列：电话、配偶姓名" in answer


def test_an_unknown_community_needs_create(session, run, write):
    code, answer = run("owners", write(ZHANG), "--community", "无此小区", "--json")
    assert code == 1
    assert answer["posted"] is False
    assert "无此小区" in answer["error"]
    assert session.query(Community).count() == 0


def test_a_file_that_cannot_be_read_is_one_sentence_and_exit_code_one(run, tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"PK\x03\x04nothing")
    code, answer = run("owners", path, "--community", "x", "--create", "--json")
    assert code == 1
    assert answer["error"]


def test_undo_takes_the_batch_back_and_refuses_with_reasons(session, run, write):
    _, first = run("owners", write(ZHANG), "--community", "安居花园", "--create", "--json")
    changed = write(["1-1-101", 95, "张三", "", ""], name="b.xlsx")
    _, second = run("owners", changed, "--community", "安居花园", "--json")
    code, _ = run("undo", first["batch"])
    assert code == 1
    assert run("undo", second["batch"])[0] == 0
    assert run("undo", first["batch"])[0] == 0
    assert stored(session) == {}


DYING = """
import os
from app.core.db import bulk_insert
written, insert = [], bulk_insert.insert
def dying(*arguments):
    count = insert(*arguments)
    written.append(count)
    if len(written) == {after}:
        os.kill(os.getpid(), 9)
    return count
bulk_insert.insert = dying
"""


def program(path, instance, *, dies_after=None):
    """The command in a process of its own, on the test's database."""
    code = (
        "import sys; from app import create_app\n"
        "from app.estate.owner_import.commands import import_\n"
        f"{DYING.format(after=dies_after) if dies_after else ''}"
        "app = create_app()\n"
        "with app.app_context(): import_(sys.argv[1:])"
    )
    words = [
        sys.executable,
        "-c",
        code,
        "owners",
        str(path),
        "--community",
        "安居花园",
        "--create",
        "--json",
    ]
    return subprocess.Popen(
        words,
        cwd=ROOT,
        env={**os.environ, "ANJU_INSTANCE": str(instance)},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_two_at_once_bring_the_file_in_once(app, session, write):
    path = write(*([f"1-1-{number}", 80, "张三", "", ""] for number in range(101, 900)))
    session.rollback()
    both = [program(path, app.config["INSTANCE"]) for _ in range(2)]
    answers = [json.loads(process.communicate(timeout=60)[0]) for process in both]
    assert sorted(answer["new"] for answer in answers) == [0, 799]
    assert sorted(answer["unchanged"] for answer in answers) == [0, 799]
    assert session.query(Unit).count() == 799
    assert session.query(ImportBatch).count() == 1


@pytest.mark.slow
@pytest.mark.parametrize("tables", [1, 4, 8])
def test_killed_between_two_tables_nothing_is_half(app, session, write, tables):
    path = write(*([f"1-1-{number}", 80, "张三", "", ""] for number in range(101, 900)))
    session.rollback()
    process = program(path, app.config["INSTANCE"], dies_after=tables)
    assert process.communicate(timeout=60)[0] == ""
    assert process.returncode == -signal.SIGKILL
    for model in (Community, Building, Unit, Customer, ImportBatch):
        assert session.query(model).count() == 0, model
    session.rollback()
    process = program(path, app.config["INSTANCE"])
    assert json.loads(process.communicate(timeout=60)[0])["new"] == 799
    assert session.query(Unit).count() == 799


def test_what_is_stored_of_a_person_comes_out_masked(session, unit, run, write):
    """The file's own numbers belong to whoever brings it; those on file do not."""
    other = ["1-1-101", 89.5, "张三", "13900000009", "110101199003070011"]
    call = ("owners", write(other), "--community", "安居花园", "--plan", "--json")
    _code, answer = run(*call)
    (line,) = answer["conflicts"]
    assert line["changes"] == [["id_number", "110***********002X", "110101199003070011"]]
    assert "11010519491231002X" not in json.dumps(answer)


KIND_HEADER = ["房号", "业主姓名", "建筑面积", "房屋用途"]
ASKING = (["1-1-101", "张三", 80, "厂房"], ["1-1-102", "李四", 80, "住宅"])


def test_what_only_the_office_knows_is_refused_in_one_sentence(session, run, write):
    path = write(*ASKING, header=KIND_HEADER)
    call = ("owners", path, "--community", "安居花园", "--create", "--json")
    code, answer = run(*call)
    assert (code, answer["posted"]) == (1, False)
    assert "厂房" in answer["error"]
    assert session.query(Unit).count() == 0
    code, answer = run(*call, "--plan")
    (question,) = answer["questions"]
    assert (question["key"], question["blocks"]) == ("word/kind/厂房", True)
    assert [one["name"] for one in answer["new_buildings"]] == ["1"]
    for value in ("shop", "商铺"):
        code, answer = run(*call, "--word", f"厂房={value}")
        assert (code, answer["posted"]) == (0, True)
    session.rollback()
    assert session.query(Unit).filter_by(code="1-1-101").one().kind == "shop"
    assert run(*call)[0] == 0


@pytest.mark.parametrize("words", [
    ("--word", "厂房=城堡"), ("--word", "别墅区=shop"), ("--word", "厂房"), ("--answer", "x=y"),
    ("--leave-sheet", "没有"),
])  # fmt: skip
def test_an_answer_that_cannot_be_is_one_sentence(session, run, write, words):
    path = write(*ASKING, header=KIND_HEADER)
    code, answer = run("owners", path, "--community", "安居花园", "--create", "--json", *words)
    assert code == 1
    assert answer["error"]
    assert session.query(Unit).count() == 0


@pytest.mark.parametrize(("how", "rooms"), [("take", 6), ("leave", 4)])
def test_hidden_rows_are_taken_or_left_as_said(session, run, how, rooms):
    path = owner_file("42_hidden_rows")
    call = ("owners", path, "--community", "安居花园", "--create", "--json")
    code, answer = run(*call)
    assert (code, answer["posted"]) == (1, False)
    code, answer = run(*call, "--hidden", how)
    assert (code, answer["new"]) == (0, rooms)


def test_a_sheet_is_left_out_and_what_is_left_out_is_told(session, run, tmp_path):
    path = xlsx(
        tmp_path / "a.xlsx",
        {
            "一": [[*HEADER, "管家"], [*ZHANG, "小刘"]],
            "二": [HEADER, LI],
        },
    )
    call = ("owners", path, "--community", "安居花园", "--create")
    code, answer = run(*call, "--leave-sheet", "二", "--json")
    assert (code, answer["new"]) == (0, 1)
    assert answer["cells_left_out"].keys() == {"一", "二"}
    code, text = run(*call, "--leave-sheet", "二", "--plan")
    assert "未导入的单元格" in text


def test_a_renumbered_room_is_said_on_the_command_line(session, run, write):
    call = ("--community", "安居花园", "--create")
    run("owners", write(ZHANG), *call)
    moved = write(["1-1-101A", *ZHANG[1:]], name="b.xlsx")
    code, text = run("owners", moved, *call, "--plan")
    assert "--renumbered 1-1-101A=1-1-101" in text
    code, answer = run("owners", moved, *call, "--renumbered", "1-1-101A=1-1-101", "--json")
    assert (code, answer["changed"]) == (0, 1)
    assert list(stored(session)) == ["1-1-101A"]
