"""`anju bill`: the same run for people and for programs."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from app.charging.billing.commands import bill
from app.charging.ledger.bill_models import Bill
from app.core.db.extensions import db
from tests.charging.books import Books
from tests.charging.estate import Estate


@pytest.fixture
def run(app, session):
    estate = Estate(Books(session))
    estate.ordinary()
    estate.unit("1-1-103", gross_area=None)

    def act(*words):
        answer = app.test_cli_runner().invoke(bill, ["--community", "安居花园", *words])
        return answer.exit_code, answer.stdout, answer.stderr

    return act


def test_a_plan_stores_nothing_and_says_all(run):
    code, out, _err = run("--period", "2026-11", "--plan", "--json", "--lines")
    found = json.loads(out)
    assert code == 0
    assert (found["bills"], found["amount"], found["posted"]) == (2, "501.20", False)
    assert found["skipped"][0]["reason"] == "no_gross_area"
    assert found["skipped"][0]["some"] == ["1-1-103"]
    assert found["lines"][0]["sentence"] == "89.50㎡ × 2.80元/㎡·月 × 1个月 = 250.60"
    assert db.session.scalar(select(func.count(Bill.id))) == 0


def test_posting_twice_adds_nothing_the_second_time(run):
    first = json.loads(run("--period", "2026-11", "--json")[1])
    second = json.loads(run("--period", "2026-11", "--json")[1])
    assert (first["bills"], first["posted"]) == (2, True)
    assert (second["bills"], second["posted"], second["run"]) == (0, False, None)
    assert db.session.scalar(select(func.count(Bill.id))) == 2


def test_a_person_reads_it_in_chinese(run):
    code, out, _err = run("--period", "2026年11月")
    assert code == 0
    assert "物业服务费：2 笔，501.20 元" in out
    assert "未出账　物业服务费 缺建筑面积：1 户　1-1-103" in out
    assert "已过账 2 笔，共 501.20 元" in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--period", "2026-13"), "2026-13"),
        (("--period", "2026-11", "--items", "水费"), "水费"),
        (("--period", "NaN"), "NaN"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_exit_code_1(run, words, says):
    code, _out, err = run(*words)
    assert code == 1
    assert says in err
    assert json.loads(run(*words, "--json")[1])["posted"] is False
