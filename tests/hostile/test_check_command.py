"""`anju check` finds every kind of damage in the ledger and says it by exit code, text and JSON."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from app.charging.ledger.checks import RULES, ledger_problems
from app.cli import check
from app.core.db.extensions import db
from app.core.db.models import Job
from app.core.jobs import worker
from app.core.values import clock
from tests.hostile.pages import CHINESE

HARM = {
    "BILL_OVERPAID": "UPDATE bill SET amount = 5000 WHERE id = 1",
    "VOID_BILL_PAID": "UPDATE bill SET state = 'void', voided_on = posted_on WHERE id = 1",
    "PAYMENT_UNTIED": "DELETE FROM allocation WHERE payment_id = 1",
    "TENDERS_UNTIED": "DELETE FROM tender WHERE payment_id = 1",
    "CHANGE_UNTIED": "UPDATE tender SET given = given + 1 WHERE id = 1",
    "VOID_NOT_CANCELLED": "DELETE FROM allocation WHERE payment_id = 2 AND amount < 0",
    "VOID_LATER": "UPDATE payment SET voided_on = '2020-01-01' WHERE id = 2",
    "ALLOCATION_ASTRAY": "UPDATE allocation SET allocated_on = '2020-01-01' WHERE id = 1",
    "PREPAYMENT_ASTRAY": "INSERT INTO prepayment_entry (community_id, unit_id, payment_id, amount,"
    " entered_on) SELECT 2, 2, 1, 100, received_on FROM payment WHERE id = 1",
    "PREPAYMENT_NEGATIVE": "INSERT INTO prepayment_entry (community_id, unit_id, payment_id,"
    " amount, entered_on) SELECT 1, 1, 1, -100, received_on FROM payment"
    " WHERE id = 1",
    "PURSE_ASTRAY": "INSERT INTO prepayment_entry (community_id, unit_id, customer_id, payment_id,"
    " amount, entered_on) SELECT 2, 2, 1, 1, 100, received_on FROM payment"
    " WHERE id = 1",
    "ASSIGNMENT_UNTIED": "INSERT INTO prepayment_assignment (community_id, unit_id, customer_id,"
    " amount, reason, assigned_on, assigned_at, user_name) VALUES (1, 1, 1,"
    " 100, '-', '2026-01-01', '2026-01-01', '-')",
    "RECEIPT_MISSING": "DELETE FROM receipt WHERE payment_id = 1",
    "RECEIPT_GAPS": "UPDATE counter SET last = last + 1 WHERE series = 'receipt'",
    "RECEIPT_ASTRAY": "UPDATE receipt SET issued_on = '2020-01-01' WHERE payment_id = 1",
    "RUN_UNTIED": "UPDATE billing_run SET lines = lines + 1 WHERE id = 1",
    "BILL_ASTRAY": "UPDATE bill SET community_id = 2 WHERE id = 3",
    "ORPHAN": "DELETE FROM unit WHERE id = 1",
    "JOB": "UPDATE job SET kind = 'forgotten', state = 'queued', finished_at = NULL WHERE id = 1",
}
"""Kind of damage → what does it."""


@pytest.fixture
def ask(app):
    """`ask(*words)`: exit code and output of `anju check`."""

    def run(*words):
        db.session.remove()
        result = app.test_cli_runner().invoke(check, words)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout

    return run


def hurt(statement: str) -> None:
    """Do what no screen can: straight into the tables, without their foreign keys."""
    raw = db.engine.raw_connection()
    try:
        raw.driver_connection.execute("PRAGMA foreign_keys = OFF")
        raw.driver_connection.execute(statement)
        raw.driver_connection.execute("PRAGMA foreign_keys = ON")
    finally:
        raw.close()


def test_every_rule_is_tried():
    assert set(HARM) == {rule.code for rule in RULES} | {"ORPHAN", "JOB"}


def test_a_sound_house_is_called_sound(session, ask):
    assert ask() == (0, "账目核对无误。\n")
    code, said = ask("--json")
    assert (code, json.loads(said)) == (0, {"ok": True, "problems": []})


@pytest.mark.parametrize("kind", HARM)
def test_each_kind_of_damage_is_told(session, ask, kind):
    session.rollback()
    hurt(HARM[kind])
    found = {problem.code for problem in ledger_problems(session)}
    session.rollback()
    assert kind in found or (kind == "JOB" and list(worker.problems(session)))
    session.rollback()
    code, said = ask()
    assert code == 1
    assert said.count("✗") == len(found) + (kind == "JOB")
    assert CHINESE.search(said)
    code, said = ask("--json")
    answer = json.loads(said)
    assert (code, answer["ok"]) == (1, False)
    assert len(answer["problems"]) == len(found) + (kind == "JOB")


def test_a_job_whose_heart_never_beat_is_taken_up_again(app, session):
    session.add(
        Job(
            kind="none",
            title="x",
            state="running",
            arguments={},
            attempts=1,
            created_at=clock.now() - timedelta(minutes=5),
        )
    )
    session.commit()
    assert worker.run_pending(app) == 1
    states = session.query(Job.state).order_by(Job.id.desc()).first()
    assert states[0] == "failed"
