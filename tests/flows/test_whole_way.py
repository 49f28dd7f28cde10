"""From an empty database to receipts, logs and reports, on the pages alone, on both databases."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.access.models import Staff
from app.charging.ledger.bill_models import Bill
from app.charging.ledger.checks import ledger_problems
from app.charging.ledger.payment_models import Allocation, Payment, PrepaymentEntry
from app.core.db.extensions import db
from app.core.db.models import ImportBatch, Job
from app.core.jobs import worker
from app.core.values import clock
from app.duty.base.models import DailyLog
from app.estate.base.models import Unit
from app.install import bring_up_to_date, first_administrator
from tests.flows.office import Person

FILE = Path(__file__).resolve().parents[2] / "fixtures" / "安居花园业主资料.xlsx"
POSTS = {
    "zhao": "supervisor",
    "wang": "collector",
    "qian": "manager",
    "li": "clerk",
    "he": "supervisor",
}
PASSWORD = "Kai-Men-Jian-Shan-2026"

pytestmark = pytest.mark.slow


def money(query) -> Decimal:
    """A sum over one column of money."""
    return db.session.scalar(query) or Decimal(0)


def hire(app, boss: Person, username: str, post: str) -> Person:
    """The administrator makes the account; its owner logs in and chooses a password."""
    boss.open("/users/new")
    boss.fill("/users/new", username=username, family="王", given=username, roles=post, scope="all")
    first = re.search(r'id="password-once">([^<]+)<', boss.page)[1]
    person = Person(app, username)
    person.log_in(first, PASSWORD)
    return person


def test_the_whole_way(bare):
    bring_up_to_date()
    boss = Person(bare, "admin")
    boss.log_in(first_administrator(), PASSWORD)
    staff = {name: hire(bare, boss, name, post) for name, post in POSTS.items()}
    assert db.session.scalar(select(func.count(Staff.id))) == 6
    community = set_up(boss)
    bring_in(bare, staff["li"], community)
    bill(bare, staff["zhao"], community)
    collect(staff["wang"], staff["zhao"])
    read_reports(staff["qian"])
    hand_in(staff["wang"], staff["zhao"])
    db.session.rollback()
    assert ledger_problems(db.session) == []
    assert list(worker.problems(db.session)) == []
    assert set(db.session.scalars(select(Job.state))) == {"done"}


def set_up(boss: Person) -> int:
    """A community, a charge item with its standard and price, and who pays it."""
    community = boss.add("communities", name="安居花园", short_code="AJ")
    item = boss.add("charge-items", code="WYF", name="物业服务费")
    standard = boss.add(
        "standards",
        name="住宅物业费",
        community=community,
        item=item,
        basis="gross_area",
        cycle="month",
    )
    boss.add("standard-prices", standard=standard, effective_from="2020-01-01", unit_price="2.80")
    boss.add("assignments", standard=standard, unit_kind="flat")
    return community


def bring_in(app, clerk: Person, community: int) -> None:
    """The office's own file, through upload, preview and job; its wrong rows stay out."""
    clerk.open("/owner-import/")
    with FILE.open("rb") as file:
        clerk.fill("/owner-import/upload", community=community, file=(file, FILE.name))
    assert "预览" in clerk.page
    clerk.fill("/post", rows="good")
    assert worker.run_pending(app) == 1
    db.session.rollback()
    batch = db.session.scalars(select(ImportBatch)).one()
    units = db.session.scalar(select(func.count(Unit.id)))
    assert batch.counts["new"] == units > 580
    clerk.open(f"/owner-import/batches/{batch.id}")
    clerk.open("/units/?q=1-1-101")
    assert "1-1-101" in clerk.page


def bill(app, supervisor: Person, community: int) -> None:
    """Plan, post, notices; the second plan has nothing left to post."""
    month = clock.today().strftime("%Y-%m")
    supervisor.open("/billing/")
    item = re.search(r'name="items"[^>]*value="(\d+)"', supervisor.page)[1]
    asked = f"/billing/plan?community={community}&period={month}&items={item}"
    supervisor.open(asked)
    supervisor.fill("/billing/post")
    assert worker.run_pending(app) == 1
    db.session.rollback()
    lines = db.session.scalar(select(func.count(Bill.id)))
    assert lines > 300
    one = db.session.scalars(
        select(Bill).join(Unit, Unit.id == Bill.unit_id).where(Unit.code == "1-1-101")
    ).one()
    area = db.session.get(Unit, one.unit_id).gross_area
    assert one.amount == (area * Decimal("2.80")).quantize(Decimal("0.01"))
    supervisor.open("/notices/")
    run = one.run_id
    supervisor.open(f"/notices/{run}")
    supervisor.fill(f"/notices/{run}/print")
    assert one.sentence in supervisor.page
    supervisor.open(asked)
    assert "/billing/post" not in supervisor.page
    db.session.rollback()


def collect(collector: Person, supervisor: Person) -> None:
    """Found by room, paid in two tenders, printed; paid again and taken back by another."""
    hit = collector.client.get("/desk/search?q=1栋1单元101").get_json()["hits"][0]
    owed = Decimal(hit["owed"].replace(",", ""))
    first = pay(collector, hit["id"], [("cash", "100"), ("wechat", f"{owed - 100 + 50}")])
    assert first["again"] is False
    printed = collector.client.post(
        f"/desk/receipts/{first['payment']}/print", headers=token(collector)
    )
    assert "收据" in printed.get_json()["html"]
    db.session.rollback()
    assert money(select(func.sum(Allocation.amount))) == owed
    assert money(select(func.sum(PrepaymentEntry.amount))) == 50
    second = collector.client.get("/desk/search?q=1-1-102").get_json()["hits"][0]
    paid = pay(collector, second["id"], [("alipay", "10")])
    supervisor.open(f"/payments/show/{paid['payment']}")
    supervisor.fill(f"/payments/{paid['payment']}/void", reason="户号选错")
    db.session.rollback()
    payment = db.session.get(Payment, paid["payment"])
    assert (payment.state, payment.void_reason) == ("void", "户号选错")
    assert money(select(func.sum(Allocation.amount))) == owed
    again = collector.client.get("/desk/search?q=1-1-102").get_json()["hits"][0]
    assert again["owed"] == second["owed"]


def token(person: Person) -> dict[str, str]:
    """The token of the open page, as scripts send it."""
    return {"X-CSRFToken": re.search(r'name="csrf_token"[^>]*value="([^"]+)"', person.page)[1]}


def pay(person: Person, unit: int, tenders: list[tuple[str, str]]) -> dict:
    """Send the desk's own form of a unit; twice, as impatient people do."""
    person.open(f"/desk/?unit={unit}")
    bills = re.findall(r'name="bill"[^>]*?value="([^"]+)"', person.page, re.DOTALL)
    key = re.search(r'name="form_key" value="([^"]+)"', person.page)[1]
    payer = re.search(r'name="payer"[^>]*? value="([^"]*)"', person.page)[1]
    data = {
        "unit_id": unit,
        "payer": payer,
        "bill": bills,
        "form_key": key,
        "keep": "1",
        "tender_kind": [kind for kind, _ in tenders],
        "tender_sum": [s for _, s in tenders],
        "tender_reference": ["" for _ in tenders],
    }
    answers = [
        person.client.post("/desk/receive", data=data, headers=token(person)) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].get_json()
    assert answers[1].get_json()["payment"] == answers[0].get_json()["payment"]
    return answers[0].get_json()


def read_reports(manager: Person) -> None:
    """Every report opens, and gives a workbook."""
    slugs = re.findall(r'href="/reports/(\w+)/', manager.open("/reports/"))
    assert len(set(slugs)) == 7
    for slug in set(slugs):
        assert manager.workbook(slug)[:2] == b"PK"
    takings = manager.open("/reports/takings/")
    paid = money(select(func.sum(Payment.amount)).where(Payment.state == "posted"))
    assert f"{paid:,.2f}" in takings
    manager.open("/arrears/")
    db.session.rollback()


def hand_in(writer: Person, reviewer: Person) -> None:
    """The log starts with the day's payments; handed in, read and accepted."""
    writer.open("/daily-log/")
    writer.fill(
        "/daily-log/save",
        done="收费两户",
        plan="催缴 1 栋",
        act="submit",
        **{"problem-0-text": "门厅灯不亮", "problem-0-room": "1-1-101"},
    )
    log = db.session.scalars(select(DailyLog)).one()
    assert (log.state, log.done) == ("submitted", "收费两户")
    number = log.id
    db.session.rollback()
    reviewer.open(f"/log-review/?log={number}")
    reviewer.fill("/log-review/decide", act="approve", text="很好")
    db.session.rollback()
    assert db.session.get(DailyLog, number).state == "approved"
    db.session.rollback()
