"""Load the demo once, in one transaction: files, standards, runs, payments, logs, registers."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.access.accounts import create_user
from app.access.models import Staff
from app.charging.billing import run as billing
from app.charging.billing import voiding
from app.charging.ledger import balances
from app.charging.ledger.bill_models import Bill, ChargeItem
from app.charging.pricing.facts import Request
from app.core.db import audit
from app.core.db.extensions import db
from app.core.imports.batch import Outcome
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import N_, DomainError
from app.core.values.period import Cycle, Period, add_months
from app.demo import desk, logs, registers
from app.demo.estates import FIXTURES, add_community, add_items, add_standards, declared
from app.demo.habits import Wish, visits
from app.estate.base.models import Community, Unit
from app.estate.owner_import import post

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Say = Callable[[str], object]
MONTHS = 12


def accounts() -> dict[str, Any]:
    """The demo's accounts as declared in `fixtures/accounts.toml`."""
    return tomllib.loads((FIXTURES / "accounts.toml").read_text(encoding="utf-8"))


def accounts_sheet() -> str:
    """The accounts of all posts, as the command prints them."""
    sheet = accounts()
    titles = {
        "manager": "客服经理",
        "supervisor": "客服主管",
        "front_desk": "前台接待",
        "collector": "收费员",
        "clerk": "文员",
        "administrator": "系统管理员",
    }
    lines = [f"演示账号（密码都是 {sheet['password']}）："]
    for entry in sheet["accounts"]:
        scoped = "、".join(entry["communities"]) or "全部小区"
        lines.append(f"  {entry['username']:<12}{titles[entry['role']]}　{scoped}")
    return "\n".join(lines)


def load_demo(say: Say) -> None:
    """Fill an empty installation, once; an office's own installation is refused."""
    session = db.session
    if known_accounts(session):
        say("数据已在，直接启动。")
        return
    if session.scalar(select(Staff.id).limit(1)) is not None:
        raise DomainError(
            N_(
                "This installation holds an office's own data. Give the demo a folder of its own"
                " with ANJU_INSTANCE."
            )
        )
    today = clock.today()
    with data_scope.use(data_scope.EVERYTHING):
        fill(session, today, say)
    session.commit()


def fill(session: Session, today: date, say: Say) -> None:
    """Everything in one transaction: a loading that was cut off leaves nothing behind."""
    this_month = today.replace(day=1)
    opened = add_months(this_month, 1 - MONTHS) - timedelta(days=30)
    with clock.fixed(datetime.combine(opened, time(9))):
        items = add_items(session)
        estates = []
        for entry in declared()["communities"]:
            community = add_community(session, entry)
            add_standards(session, community, entry["standards"], items, this_month)
            counts = import_file(session, community, entry["file"])
            say(f"{community.name}：导入 {counts} 个房屋")
            estates.append(community.id)
    people = add_accounts(session, opened)
    months = [add_months(this_month, index - MONTHS + 1) for index in range(MONTHS)]
    made = 0
    for community_id in estates:
        for month in months:
            made += run(session, community_id, month, today, people["collector"])
    say(f"出账 {made} 笔（{months[0]:%Y-%m} 至 {months[-1]:%Y-%m}）")
    took = 0
    for seed, community_id in enumerate(estates, start=5):
        took += take_payments(session, community_id, months, today, people, seed=seed)
    say(f"收款 {took} 笔")
    written = write_logs(session, estates, people, today)
    say(f"工作日志 {written} 篇")
    say(f"台账 {registers.fill(session, estates, people)} 条")


def import_file(session: Session, community: Community, name: str) -> int:
    """The office's own file through the real import, good rows only; how many units came in."""
    incoming = post.read(FIXTURES / name, name)
    plan, _batch = post.post(session, incoming, community.id, clock.today(), skip_errors=True)
    return plan.count(Outcome.NEW)


def add_accounts(session: Session, opened: date) -> dict[str, audit.Actor]:
    """The demo's accounts; their people by user name."""
    sheet = accounts()
    communities = {row.name: row.id for row in session.scalars(select(Community))}
    people = {}
    for entry in sheet["accounts"]:
        user = create_user(
            session,
            username=entry["username"],
            family=entry["family"],
            given=entry["given"],
            roles=[entry["role"]],
            password=sheet["password"],
            all_communities=not entry["communities"],
            communities=[communities[name] for name in entry["communities"]],
            must_change_password=False,
        )
        user.created_on = clock.span_of(opened)[0]
        people[entry["username"]] = audit.Actor(user.id, user.get_full_name())
    session.flush()
    return people


def run(
    session: Session, community_id: int, month: date, today: date, collector: audit.Actor
) -> int:
    """The runs of one month: the month itself, a quarter that begins in it, the year in January."""
    day = min(month + timedelta(days=1 if month.day == 1 and month.weekday() == 6 else 0), today)
    item_ids = tuple(session.scalars(select(ChargeItem.id).order_by(ChargeItem.position)))
    cycles = [Cycle.MONTH]
    if month.month % 3 == 1:
        cycles.append(Cycle.QUARTER)
    if month.month == 1:
        cycles.append(Cycle.YEAR)
    lines = 0
    moment = desk.by_now(datetime.combine(day, time(9, 10)))
    with clock.fixed(moment), audit.acting(collector):
        for cycle in cycles:
            request = Request(community_id, Period.containing(month, cycle), item_ids)
            lines += billing.post(session, request).lines
    return lines


def take_payments(
    session: Session,
    community_id: int,
    months: list[date],
    today: date,
    people: dict[str, audit.Actor],
    *,
    seed: int,
) -> int:
    """A year at the desk of one community, today's morning included."""
    unit_ids = list(
        session.scalars(select(Unit.id).where(Unit.community_id == community_id).order_by(Unit.id))
    )
    planned = visits(unit_ids, months, today, seed)
    collectors = [people["collector"]] if seed == 5 else [people["collector"], people["collector2"]]
    made = desk.receive_all(session, planned, collectors, seed)
    recent = [visit for visit in planned if visit.wish is Wish.ALL][-30:]
    if recent:
        desk.a_mistake(session, recent[0], people["collector"], people["supervisor"])
    void_one_bill(session, unit_ids, people["manager"])
    desk.add_notes(session, unit_ids[5:60:20], community_id)
    return made


def void_one_bill(session: Session, unit_ids: list[int], manager: audit.Actor) -> None:
    """One unpaid bill of the last run, voided because its unit had been let off it."""
    bill_id = session.scalar(
        select(Bill.id)
        .where(Bill.unit_id.in_(unit_ids[-60:]), Bill.state == "posted")
        .where(balances.paid_of_bill(balances.EVER) == 0)
        .order_by(Bill.id.desc())
        .limit(1)
    )
    if bill_id is not None:
        with audit.acting(manager):
            voiding.void_bill(session, bill_id, "本月未使用，经核实不应计费")


def write_logs(
    session: Session, estates: list[int], people: dict[str, audit.Actor], today: date
) -> int:
    """Three weeks of logs of everybody below the manager."""
    flats = {
        community_id: list(
            session.scalars(
                select(Unit.id)
                .where(Unit.community_id == community_id, Unit.kind == "flat")
                .limit(60)
            )
        )
        for community_id in estates
    }
    named = dict(zip((entry["name"] for entry in declared()["communities"]), estates, strict=True))
    writers = [
        logs.Writer(
            people[entry["username"]],
            entry["role"],
            flats[named[(entry["communities"] or [*named])[0]]],
        )
        for entry in accounts()["accounts"]
        if entry["role"] in logs.WORK
    ]
    return logs.write_weeks(session, writers, people["supervisor"], people["manager"], today=today)


def known_accounts(session: Session) -> bool:
    """Are the demo's accounts those of this installation?"""
    names = {entry["username"] for entry in accounts()["accounts"]}
    return names <= set(session.scalars(select(Staff.username)))
