"""The log starts with what the system knows of the writer's day, and keeps it."""

from datetime import date
from decimal import Decimal

from app.charging.ledger.bill_models import BillingRun
from app.charging.ledger.payment_models import Payment, Tender
from app.core.db.models import AuditEntry, ImportBatch, Job
from app.core.values import clock
from app.duty.base import facts, labels
from app.duty.base.facts import Fact, FactPart
from app.duty.log import logs
from app.duty.review import decisions
from app.estate.base.models import UnitNote
from tests.duty.conftest import FRIDAY, THURSDAY, at


def pay(session, cast, who, day, tenders, *, key, void_by=None) -> None:
    total = sum(Decimal(amount) for _, amount in tenders)
    session.add(
        Payment(
            community_id=cast.garden,
            unit_id=cast.room,
            payer_name="张三",
            amount=total,
            received_on=day,
            collector_id=who,
            key=key,
            state="void" if void_by else "posted",
            voided_on=day if void_by else None,
            voided_by_id=void_by,
            tenders=[
                Tender(community_id=cast.garden, kind=kind, amount=Decimal(amount))
                for kind, amount in tenders
            ],
        )
    )
    session.flush()


def test_payments_are_counted_with_their_sum_per_tender(session, cast):
    pay(session, cast, cast.wang, FRIDAY, [("cash", "100.10"), ("wechat", "250.60")], key="1")
    pay(session, cast, cast.wang, FRIDAY, [("wechat", "0.30")], key="2")
    pay(session, cast, cast.wang, THURSDAY, [("cash", "9.00")], key="3")
    pay(session, cast, cast.li, FRIDAY, [("cash", "7.00")], key="4")
    assert facts.of_day(session, cast.wang, FRIDAY) == [
        Fact(
            "payments",
            2,
            "351.00",
            (FactPart("wechat", 2, "250.90"), FactPart("cash", 1, "100.10")),
        )
    ]


def test_what_was_paid_ahead_is_named_and_not_received_again(session, cast):
    pay(session, cast, cast.wang, FRIDAY, [("prepayment", "80.00"), ("cash", "20.00")], key="1")
    assert facts.of_day(session, cast.wang, FRIDAY) == [
        Fact(
            "payments",
            1,
            "20.00",
            (FactPart("prepayment", 1, "80.00"), FactPart("cash", 1, "20.00")),
        )
    ]


def test_a_voided_payment_counts_as_voided_only(session, cast):
    pay(session, cast, cast.wang, FRIDAY, [("cash", "100.00")], key="1", void_by=cast.zhao)
    assert facts.of_day(session, cast.wang, FRIDAY) == []
    assert facts.of_day(session, cast.zhao, FRIDAY) == [Fact("payment_voids", 1, "100.00")]


def test_runs_imports_edits_notes_and_reports_are_counted(session, cast):
    with clock.fixed(at(FRIDAY, 0, 10)):
        session.add_all(
            [
                BillingRun(
                    community_id=cast.garden,
                    period_start=date(2026, 11, 1),
                    period_end=date(2026, 11, 30),
                    item_ids=[1],
                    digest="x",
                    lines=600,
                    amount=Decimal("150360.00"),
                    user_id=cast.wang,
                    posted_on=FRIDAY,
                ),
                ImportBatch(
                    community_id=cast.garden,
                    file_name="业主资料.xlsx",
                    digest="x",
                    user_id=cast.wang,
                ),
                AuditEntry(user_id=cast.wang, act="write", screen="customers"),
                AuditEntry(user_id=cast.wang, act="write", screen="customers"),
                AuditEntry(user_id=cast.wang, act="read", screen="customers"),
                AuditEntry(user_id=cast.wang, act="write", screen="daily_log"),
                UnitNote(
                    community_id=cast.garden,
                    unit_id=cast.room,
                    text="宠物",
                    created_by_id=cast.wang,
                ),
                Job(kind="report", title="收款日报", user_id=cast.wang),
                Job(kind="billing.post", title="出账", user_id=cast.wang),
            ]
        )
        session.flush()
    assert facts.of_day(session, cast.wang, FRIDAY) == [
        Fact("billing_runs", 1, "150360.00", (FactPart("bills", 600),)),
        Fact("imports", 1, parts=(FactPart("业主资料.xlsx", 1),)),
        Fact("edits", 2, parts=(FactPart("customers", 2),)),
        Fact("notes", 1),
        Fact("reports", 1, parts=(FactPart("收款日报", 1),)),
    ]


def test_new_records_are_called_new_and_named_in_five_lines(session, cast):
    with clock.fixed(at(FRIDAY)):
        session.add_all(
            AuditEntry(user_id=cast.wang, act=act, screen=screen, title=title)
            for act, screen, title in [
                ("create", "vehicles", "京B00001"),
                ("write", "vehicles", "京B00001"),
                *(("create", "register_key_loan", f"YS{n}") for n in range(6)),
                ("step", "register_key_loan", "YS0"),
                ("delete", "residents", "李四"),
                ("create", "daily_log", "不算"),
            ]
        )
        session.flush()
    created, edited, deleted = facts.of_day(session, cast.wang, FRIDAY)
    assert created == Fact(
        "created",
        7,
        parts=(FactPart("register_key_loan", 6), FactPart("vehicles", 1)),
        named=(("vehicles", "京B00001"), *(("register_key_loan", f"YS{n}") for n in range(3))),
    )
    assert created.unnamed == 3
    assert (edited.source, edited.count) == ("edits", 2)
    assert (deleted.source, deleted.count) == ("deleted", 1)
    kept = facts.from_json(facts.as_json([created]))
    assert kept == [created]
    with_text = labels.named_lines(created)
    assert with_text[0] == "车辆 京B00001"
    assert with_text[-1] == "另有 3 条"
    assert len(with_text) == 5


def test_the_office_day_bounds_the_facts(session, cast):
    for moment in (at(THURSDAY, 23, 59), at(FRIDAY, 0, 0), at(FRIDAY, 23, 59)):
        with clock.fixed(moment):
            session.add(AuditEntry(user_id=cast.wang, act="write", screen="units"))
            session.flush()
    assert facts.of_day(session, cast.wang, FRIDAY)[0].count == 2


def test_a_review_is_work_of_the_reviewer(session, cast):
    log = cast.hand_in(cast.wang, FRIDAY)
    with clock.fixed(at(FRIDAY, 18)):
        decisions.approve(session, log.id, cast.zhao, version=log.version)
    assert facts.of_day(session, cast.zhao, FRIDAY) == [
        Fact("reviews", 1, parts=(FactPart("approve", 1),))
    ]
    assert facts.of_day(session, cast.wang, FRIDAY) == []


def test_the_facts_stay_as_they_were_handed_in(session, cast):
    pay(session, cast, cast.wang, FRIDAY, [("cash", "100.10")], key="1")
    cast.hand_in(cast.wang, FRIDAY)
    session.commit()
    pay(session, cast, cast.wang, FRIDAY, [("cash", "5.00")], key="2")
    sheet = logs.open_sheet(session, cast.wang, FRIDAY)
    assert sheet.facts == [Fact("payments", 1, "100.10", (FactPart("cash", 1, "100.10"),))]
    assert not sheet.editable


def test_every_source_has_a_label(session, cast):
    assert set(facts.LABELS) >= {
        "payments",
        "payment_voids",
        "bill_voids",
        "billing_runs",
        "imports",
        "edits",
        "notes",
        "reports",
        "reviews",
        "problems_opened",
        "problems_closed",
    }
