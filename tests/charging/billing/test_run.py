"""Posting: exactly what was shown, once, whole or not at all; on SQLite and PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.charging.billing import run as billing
from app.charging.billing.run import PlanChanged, ShownPlan
from app.charging.ledger.bill_models import Bill, BillingRun, Standard
from app.charging.pricing import changes
from app.charging.pricing.price import Reason
from app.core.db import audit
from app.core.db.models import AuditEntry
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.period import Period
from tests.charging.estate import DECEMBER, NOVEMBER, Estate
from tests.clock import path_for_children


@pytest.fixture
def estate(books):
    return Estate(books)


def post(estate, period=NOVEMBER, **more):
    posted = billing.post(estate.session, estate.request(period), **more)
    estate.session.commit()
    return posted


def shown(estate, with_plan=True):
    made = billing.plan(estate.session, estate.request())
    estate.session.commit()
    return ShownPlan(made.digest, changes.marks(made), made if with_plan else None)


def bills(estate):
    return estate.session.scalars(select(Bill).order_by(Bill.id)).all()


def test_a_posted_bill_has_everything_that_the_owner_must_know(estate):
    unit = estate.unit()
    item = estate.item(due_days=20)
    estate.assign(estate.standard(item), unit_kind="flat")
    with clock.fixed(datetime(2026, 11, 5, 9, 0)), audit.acting(estate.books.collector):
        posted = post(estate)
    [bill] = bills(estate)
    assert (bill.amount, bill.sentence) == (
        Decimal("250.60"),
        "89.50㎡ × 2.80元/㎡·月 × 1个月 = 250.60",
    )
    assert (bill.period_start, bill.period_end) == (date(2026, 11, 1), date(2026, 11, 30))
    assert (bill.posted_on, bill.due_on) == (date(2026, 11, 5), date(2026, 11, 21))
    assert (bill.unit_id, bill.item_id, bill.state) == (unit.id, item.id, "posted")
    assert bill.customer_id is not None
    run = estate.session.get(BillingRun, posted.run_id)
    assert (run.lines, run.amount, run.posted_on) == (1, Decimal("250.60"), date(2026, 11, 5))
    assert run.user_id == estate.books.collector.user_id
    entry = estate.session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.screen, entry.record_id) == ("post", "billing", str(run.id))


def test_a_second_run_adds_only_what_is_missing(estate):
    units = estate.ordinary()
    first = post(estate)
    assert first.lines == 2
    again = post(estate)
    assert again == billing.PostedRun(None, 0, Decimal("0.00"))
    late = estate.unit("1-1-103")
    second = post(estate)
    assert second.lines == 1
    assert [bill.unit_id for bill in bills(estate)] == [units[0].id, units[1].id, late.id]
    assert estate.session.scalar(select(func.count(BillingRun.id))) == 2


def test_a_voided_bill_is_billed_anew(estate):
    estate.ordinary("1-1-101")
    post(estate)
    [bill] = bills(estate)
    bill.state, bill.voided_on = "void", date(2026, 11, 30)
    estate.session.commit()
    assert post(estate).lines == 1
    assert [bill.state for bill in bills(estate)] == ["void", "posted"]


def test_a_bill_of_another_period_that_shares_days_is_in_the_way(estate):
    estate.ordinary("1-1-101")
    post(estate)
    quarterly = estate.standard(estate.items[0], "按季", cycle="quarter")
    estate.assign(quarterly, building_id=estate.books.building.id)
    made = billing.plan(estate.session, estate.request(Period.parse("2026-Q4")))
    assert made.total.lines == 0
    assert [group.skip.reason for group in made.skipped] == [Reason.OVERLAP]


def test_what_was_shown_is_posted(estate):
    estate.ordinary()
    assert post(estate, shown=shown(estate)).lines == 2


def test_a_changed_fact_refuses_and_says_what_changed(estate):
    units = estate.ordinary()
    before = shown(estate)
    for unit in units:
        unit.gross_area = Decimal(90)
    estate.session.commit()
    estate.unit("1-1-103")
    with pytest.raises(PlanChanged) as caught:
        billing.post(estate.session, estate.request(), before)
    estate.session.rollback()
    assert [(change.message, change.count) for change in caught.value.changes] == [
        (changes.AREA, 2),
        (changes.ADDED, 1),
    ]
    assert caught.value.changes[0].unit_ids == tuple(unit.id for unit in units)
    assert bills(estate) == []


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (
            lambda estate, unit: estate.price(estate.only_standard, "3", date(2026, 11, 10)),
            changes.STANDARDS,
        ),
        (
            lambda estate, unit: estate.assign(estate.only_standard, unit_id=unit.id, exempt=True),
            changes.ASSIGNMENTS,
        ),
        (lambda estate, unit: estate.books.owner(unit, "新业主", position=-1), changes.OWNER),
        (lambda estate, unit: post(estate), changes.BILLS),
    ],
)
def test_every_kind_of_change_has_its_sentence(estate, act, message):
    [unit] = estate.ordinary("1-1-101")
    estate.only_standard = estate.session.scalars(select(Standard)).one()
    before = shown(estate)
    act(estate, unit)
    with pytest.raises(PlanChanged) as caught:
        billing.post(estate.session, estate.request(), before)
    estate.session.rollback()
    assert [(change.message, change.count) for change in caught.value.changes] == [(message, 1)]


def test_without_the_plan_at_hand_it_still_says_what_kind_of_facts_changed(estate):
    [unit] = estate.ordinary("1-1-101")
    before = shown(estate, with_plan=False)
    unit.gross_area = Decimal(90)
    estate.session.commit()
    with pytest.raises(PlanChanged) as caught:
        billing.post(estate.session, estate.request(), before)
    estate.session.rollback()
    assert [change.message for change in caught.value.changes] == [changes.SOME["units"]]


def test_a_change_that_moves_no_line_does_not_refuse(estate):
    units = estate.ordinary()
    before = shown(estate)
    units[0].remark = "已换锁"
    estate.session.commit()
    assert post(estate, shown=before).lines == 2


def test_many_rows_and_an_odd_rest_are_all_written(estate):
    estate.ordinary(*(f"1-1-{number}" for number in range(1, 124)))
    steps = []
    posted = post(estate, progress=lambda done, total, step: steps.append((done, total)))
    assert posted.lines == 123
    assert len(bills(estate)) == 123
    assert steps[-1] == (123, 123)


def test_two_runs_at_once_bill_once(estate, engine):
    estate.ordinary(*(f"1-1-{number}" for number in range(1, 60)))
    request = estate.request()
    start = threading.Barrier(2)
    posted = []

    def run():
        with data_scope.use(data_scope.EVERYTHING), Session(engine) as session:
            start.wait()
            posted.append(billing.post(session, request).lines)
            session.commit()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(posted) == [0, 59]
    assert len(bills(estate)) == 59


KILLED = """
import os, signal, sys
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from app.access import models
from app.charging.billing import bulk_write, run
from app.charging.ledger import payment_models
from app.charging.pricing.facts import Request
from app.core.db.engine import prepare
from app.core.records import data_scope
from app.core.values.period import Period
from app.duty.base import models as duty

def progress(done, total, step):
    if step == "Writing bills" and done:
        os.kill(os.getpid(), signal.SIGKILL)

engine = create_engine(sys.argv[1])
prepare(engine)
with data_scope.use(data_scope.EVERYTHING), Session(engine) as session:
    request = Request(int(sys.argv[2]), Period.parse("2026-11"), (int(sys.argv[3]),))
    bulk_write.REPORT = 100
    run.post(session, request, progress=progress)
    session.commit()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="a kill that cannot be caught")
def test_killed_half_way_leaves_nothing_and_runs_again(estate, engine):
    estate.ordinary(*(f"1-1-{number}" for number in range(1, 301)))
    request = estate.request()
    estate.session.rollback()
    address = engine.url.render_as_string(hide_password=False)
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            KILLED,
            address,
            str(request.community_id),
            str(request.item_ids[0]),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path_for_children(os.getcwd())},
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert bills(estate) == []
    assert estate.session.scalar(select(func.count(BillingRun.id))) == 0
    estate.session.rollback()
    assert post(estate).lines == 300


def test_the_next_month_is_another_bill(estate):
    estate.ordinary("1-1-101")
    post(estate)
    post(estate, DECEMBER)
    assert [bill.period_start for bill in bills(estate)] == [date(2026, 11, 1), date(2026, 12, 1)]
