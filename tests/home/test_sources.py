"""The counts of the home page, each against rows that are there."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.access.models import LoginEvent, Staff
from app.cashier.payments.takings import takings
from app.charging.ledger.bill_models import BillingRun
from app.charging.ledger.payment_models import Payment, Tender
from app.core.db.models import ImportBatch, Job
from app.core.records import data_scope
from app.core.values import clock
from app.duty.base import problems
from app.duty.review import decisions
from app.estate.base.models import Customer, CustomerPhone, Ownership, Unit, UnitNote
from app.home.sources import SOURCES
from app.home.viewer import Viewer
from tests.duty.conftest import FRIDAY, MONDAY, THURSDAY, Cast, at


@pytest.fixture
def cast(session):
    """The people and units of the tests of duty; the seeded accounts have left."""
    for person in session.scalars(select(Staff)):
        person.active = False
    return Cast(session)


@pytest.fixture
def count(session):
    """`count("own_log", who)` at the present clock."""
    return lambda name, who: SOURCES[name](Viewer(session(), who))


def test_the_own_log_goes_from_unwritten_to_handed_in_to_returned(session, cast, count):
    cast.hand_in(cast.wang, THURSDAY)
    with clock.fixed(at(FRIDAY, 10)):
        assert (count("own_log", cast.wang).word, count("own_log", cast.wang).tone) == (
            "not written yet",
            "warn",
        )
    with clock.fixed(at(FRIDAY, 18)):
        assert count("own_log", cast.wang).tone == "bad"
    cast.write(cast.wang, FRIDAY)
    with clock.fixed(at(FRIDAY, 17)):
        assert count("own_log", cast.wang).word == "saved, not handed in"
    log = cast.hand_in(cast.wang, FRIDAY)
    with clock.fixed(at(FRIDAY, 18)):
        assert count("own_log", cast.wang).tone == "ok"
        decisions.send_back(session, log.id, cast.zhao, "补充", version=log.version)
        assert count("own_log", cast.wang).note_count == 1


def test_a_missing_log_of_the_last_working_day_is_named(session, cast, count):
    with clock.fixed(at(MONDAY, 10)):
        missing = count("own_log", cast.wang)
        assert (missing.word, missing.note_count) == ("last one missing", "11-20")
        decisions.note_day_off(session, cast.zhao, [cast.wang], FRIDAY, "年假")
        assert count("own_log", cast.wang).word == "not written yet"


def test_the_reviewer_sees_waiting_absent_and_problems(session, cast, count):
    cast.hand_in(cast.wang, THURSDAY, entries=[{"text": "漏水"}])
    with clock.fixed(at(FRIDAY, 10)):
        assert count("logs_to_review", cast.zhao).number == 1
        assert count("logs_absent", cast.zhao).number == 2  # 李四 and 孙八
        assert count("problems_open", cast.zhao).number == 1
    with clock.fixed(at(THURSDAY + timedelta(days=7), 10)):
        old = count("problems_open", cast.zhao)
        assert (old.tone, old.note_count) == ("bad", 1)
        number = problems.of_log(session, cast.wang, FRIDAY)[0].problem.id
        problems.close_by_reviewer(session, number, cast.zhao, "已修")
        assert count("problems_open", cast.zhao).tone == "ok"
    with data_scope.use(data_scope.Scope(frozenset({cast.garden}))), clock.fixed(at(FRIDAY, 10)):
        assert count("logs_absent", cast.zhao).number == 1


def pay(session, cast, who, day, amount, community=None, state="posted") -> None:
    session.add(
        Payment(
            community_id=community or cast.garden,
            unit_id=cast.room,
            payer_name="张三",
            amount=Decimal(amount),
            received_on=day,
            collector_id=who,
            state=state,
            voided_on=day if state == "void" else None,
            key=f"{day}{amount}{state}",
        )
    )
    session.flush()


def test_takings_leave_out_voids_other_days_and_other_communities(session, cast, count):
    pay(session, cast, cast.wang, FRIDAY, "100.10")
    pay(session, cast, cast.wang, FRIDAY, "9.00", state="void")
    pay(session, cast, cast.li, FRIDAY, "0.90")
    pay(session, cast, cast.wang, THURSDAY, "7.00")
    pay(session, cast, cast.sun, FRIDAY, "500.00", community=cast.lake)
    with clock.fixed(at(FRIDAY)):
        assert count("takings_today", cast.wang).amount == Decimal("100.10")
        assert count("takings_all", cast.qian).amount == Decimal("601.00")
        with data_scope.use(data_scope.Scope(frozenset({cast.garden}))):
            seen = count("takings_all", cast.zhao)
            assert (seen.amount, seen.note_count) == (Decimal("101.00"), 2)
        bars = count("takings_trend", cast.qian).bars
        assert bars[-1] == ("2026-11", Decimal("608.00"))
        assert bars[0][0] == "2026-06"


def test_a_prepayment_used_came_in_earlier(session, cast, count):
    """The home page, the takings of the day and the report say one sum of one day."""
    pay(session, cast, cast.wang, FRIDAY, "100.00")
    (payment,) = session.scalars(select(Payment)).all()
    session.add_all(
        Tender(
            community_id=cast.garden,
            payment_id=payment.id,
            kind=kind,
            amount=Decimal(amount),
            given=Decimal(amount),
            change=Decimal(0),
        )
        for kind, amount in (("cash", "30.00"), ("prepayment", "70.00"))
    )
    session.flush()
    with clock.fixed(at(FRIDAY)):
        (row,) = takings(session, FRIDAY)
        assert row.total == Decimal("30.00")
        assert count("takings_today", cast.wang).amount == row.total
        assert count("takings_all", cast.qian).amount == row.total
        assert count("takings_trend", cast.qian).bars[-1] == ("2026-11", row.total)


def test_communities_without_a_run_of_this_month_are_to_be_billed(session, cast, count):
    with clock.fixed(at(FRIDAY)):
        assert count("bill_runs", cast.wang).number == 2
        first = FRIDAY.replace(day=1)
        session.add(
            BillingRun(
                community_id=cast.garden,
                period_start=first,
                period_end=first.replace(day=30),
                item_ids=[1],
                digest="x",
                posted_on=FRIDAY,
            )
        )
        session.flush()
        assert count("bill_runs", cast.wang).number == 1


def test_a_month_without_bills_has_no_rate(session, cast, count):
    with clock.fixed(at(FRIDAY)):
        assert count("month_rate", cast.qian).word == "not billed yet"
        assert count("month_receivable", cast.qian).amount == Decimal("0.00")
        assert count("bills_due", cast.wang).tone == "ok"


def test_units_and_notes_of_the_front_desk(session, cast, count):
    session.get(Unit, cast.room).handover_date = FRIDAY
    session.add(UnitNote(community_id=cast.garden, unit_id=cast.room, text="宠物"))
    session.add(UnitNote(community_id=cast.garden, unit_id=cast.room, text="旧", closed_on=FRIDAY))
    session.get(Unit, cast.room).occupancy = "vacant"
    session.get(Unit, cast.far_room).occupancy = "undelivered"
    session.flush()
    with clock.fixed(at(FRIDAY)):
        assert count("vacant_units", cast.li).number == 1
        assert count("undelivered_units", cast.li).number == 1
        assert count("arrivals", cast.li).number == 1
        assert count("open_notes", cast.li).number == 1


def test_files_without_phone_or_number_are_incomplete(session, cast, count):
    for name, number, phone in (("全", "1", "1"), ("无电话", "2", ""), ("无证件", None, "3")):
        customer = Customer(community_id=cast.garden, name=name, id_number=number)
        session.add(customer)
        session.flush()
        session.add(Ownership(community_id=cast.garden, unit_id=cast.room, customer_id=customer.id))
        if phone:
            session.add(
                CustomerPhone(community_id=cast.garden, customer_id=customer.id, number=phone)
            )
    session.add(Customer(community_id=cast.garden, name="不是业主"))
    session.flush()
    with clock.fixed(at(FRIDAY)):
        assert count("files_incomplete", cast.li).number == 2


def test_imports_of_the_month_leave_out_undone_ones(session, cast, count):
    with clock.fixed(at(FRIDAY)):
        for name, undone in (("甲", None), ("乙", clock.now())):
            session.add(
                ImportBatch(community_id=cast.garden, file_name=name, digest=name, undone_at=undone)
            )
        session.flush()
        assert count("imports_month", cast.li).number == 1


def test_what_the_administrator_must_see(session, cast, count):
    with clock.fixed(at(FRIDAY)):
        person = session.get(Staff, cast.wang)
        person.locked_until = clock.now() + timedelta(minutes=5)
        person.must_change_password = True
        session.add_all(
            [
                Job(kind="report", title="x", state="failed"),
                Job(kind="report", title="x", state="done"),
                LoginEvent(user_id=cast.wang, username="w", outcome="success"),
                LoginEvent(user_id=cast.wang, username="w", outcome="success"),
                LoginEvent(username="w", outcome="failure"),
            ]
        )
        session.flush()
        for name in (
            "locked_accounts",
            "first_passwords",
            "failed_jobs",
            "refused_logins",
            "people_today",
        ):
            assert count(name, cast.qian).number == 1, name
