"""Two communities in which every screen has a record: 安居花园, and 彼岸小区 far away.

Everything that belongs to the far community carries a sign of it (`SIGNS`), so that a leak is
seen in any page, file or answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select

from app.access.models import LoginEvent, Staff, UserCommunity
from app.cashier.payments import void_requests
from app.cashier.payments.receive import receive
from app.cashier.payments.voiding import void_payment
from app.charging.ledger.bill_models import Assignment
from app.charging.ledger.settling import Given, TenderKind
from app.core.db import audit
from app.core.db.audit import Actor
from app.core.db.models import ImportBatch, Job
from app.core.jobs import tasks
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.period import add_months
from app.duty.base import problems
from app.duty.log import logs
from app.estate.base.models import Community, Resident, UnitNote, Vehicle
from app.estate.base.remembered import FileAnswer
from app.roles import POSTS
from tests.charging.books import Books
from tests.hostile.registers import Keeper

SIGNS = ("彼岸", "9-9-909", "沪Z99999", "13999999999", "7,777.77", "7777.77")
"""Any of these in an answer to somebody of 安居花园 is a leak."""


@dataclass(slots=True)
class Place:
    """The keys of one community's records; `of` maps a table to one of its keys there."""

    community: int
    unit: int
    customer: int
    building: int
    run: int
    payment: int
    bills: list[int]
    job: int
    log: int
    problem: int
    writer: int
    of: dict[str, int] = field(default_factory=dict)


class Builder(Books):
    """Fills both communities; every act is committed."""

    def place(self, near: bool) -> Place:
        community = (
            self.community
            if near
            else self.keep(
                Community(
                    name="彼岸小区",
                    short_code="BA",
                    company="彼岸物业",
                    address="彼岸路9号",
                    payment_hint="彼岸收费处",
                )
            )
        )
        unit = self.unit("1-1-101") if near else self.unit("9-9-909", community)
        sign = "" if near else "彼岸"
        owner = self.owner(unit, f"{sign}张三", phone="13800001234" if near else "13999999999")
        tenant = self.tenant(unit, f"{sign}李四", phone="13800005678")
        plate, amount = ("浙A12345", "250.60") if near else ("沪Z99999", "7777.77")
        hangs = {"community_id": community.id, "unit_id": unit.id}
        resident = self.keep(Resident(name=f"{sign}张小三", phone="13800009999", **hangs))
        vehicle = self.keep(Vehicle(plate=plate, customer_id=owner.id, space=f"{sign}A1", **hangs))
        note = self.keep(UnitNote(text=f"{sign}钥匙在前台", **hangs))
        month = clock.today().replace(day=1)
        bills = [
            self.bill(unit, amount, month=add_months(month, -back), customer_id=owner.id)
            for back in (5, 4, 3, 2)
        ]
        price = self.price(community.id)
        price.basis_document = f"{sign}价格批复"
        price.billed = True
        standard = price.standard_id
        assignment = self.keep(
            Assignment(
                community_id=community.id,
                standard_id=standard,
                unit_kind="flat",
                remark=f"{sign}全部住宅",
            )
        )
        payment = self.pay(unit, owner, f"{sign}王五", bills[0].amount, void=False)
        self.pay(unit, owner, f"{sign}王五", Decimal(100), void=True)
        with audit.acting(self.collector):
            wish = void_requests.ask(self.session, payment.id, f"{sign}收错了房号")
        batch = self.keep(
            ImportBatch(
                community_id=community.id,
                file_name=f"{sign}业主.xlsx",
                digest="-",
                counts={"new": 1},
            )
        )
        # What is remembered of files belongs to the office as a whole.
        answer = self.keep(
            FileAnswer(
                key=f"word/kind/{unit.code}",
                asks="word",
                value="shop",
                written="厂房",
                label="Shop",
            )
        )
        writer = self.staff(f"{'near' if near else 'far'}.writer", [community.id])
        job = self.job(community, writer, sign)
        log, problem = self.log(writer, unit, sign)
        self.note(community, sign)
        self.session.commit()
        made = Place(
            community.id,
            unit.id,
            owner.id,
            unit.building_id,
            bills[0].run_id,
            payment.id,
            [bill.id for bill in bills],
            job.id,
            log.id,
            problem.id,
            writer,
        )
        made.of = {
            "community": community.id,
            "building": unit.building_id,
            "unit": unit.id,
            "customer": owner.id,
            "ownership": self.first("ownership", community.id),
            "tenancy": self.first("tenancy", community.id),
            "resident": resident.id,
            "vehicle": vehicle.id,
            "unit_note": note.id,
            "standard": standard,
            "standard_price": price.id,
            "assignment": assignment.id,
            "bill": bills[2].id,
            "payment": payment.id,
            "void_request": wish.id,
            "billing_run": bills[0].run_id,
            "import_batch": batch.id,
            "file_answer": answer.id,
            "job": job.id,
            "daily_log": log.id,
            "log_problem": problem.id,
            "audit_entry": self.first("audit_entry", community.id),
            "ab_user": writer,
            "login_event": self.login_event(writer, sign),
            "charge_item": self.item.id,
        }
        assert tenant.id
        Keeper(self.session, made, near).furnish()
        return made

    def first(self, table: str, community_id: int) -> int:
        found = scope_table(table)
        return self.session.scalar(
            select(found.c.id).where(found.c.community_id == community_id).limit(1)
        )

    def pay(self, unit, owner, payer: str, amount: Decimal, *, void: bool):
        with audit.acting(self.collector):
            payment = receive(
                self.session,
                unit_id=unit.id,
                payer=payer,
                payer_id=owner.id,
                tenders=[Given(TenderKind.CASH, amount)],
                key=f"{unit.id}{amount}{void}",
            )
        if void:
            with audit.acting(self.supervisor):
                void_payment(self.session, payment.id, f"{payer}收错了")
        self.session.commit()
        return payment

    def staff(self, username: str, communities: list[int]) -> int:
        role = self.session.scalars(select(Role).filter_by(name="front_desk")).one()
        person = self.keep(
            Staff(
                username=username,
                last_name="孙",
                first_name="八",
                active=True,
                email=f"{username}@example.test",
                password="-",
                roles=[role],
                communities=[UserCommunity(community_id=key) for key in communities],
            )
        )
        return person.id

    def login_event(self, writer: int, sign: str) -> int:
        event = LoginEvent(user_id=writer, username=f"{sign}writer", outcome="success")
        return self.keep(event).id

    def job(self, community, writer: int, sign: str) -> Job:
        """A finished job with a file that was made for its owner."""
        job = self.keep(
            Job(
                kind="report",
                title=f"{sign}收款日报",
                state="done",
                user_id=writer,
                community_id=community.id,
                finished_at=clock.now(),
                arguments={"name": "report_takings", "typed": {}},
                result={"file": "report.xlsx", "name": f"{sign}收款日报.xlsx"},
            )
        )
        folder = tasks.folder_of(job.id)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.xlsx").write_bytes(f"{sign}".encode())
        return job

    def log(self, writer: int, unit, sign: str):
        day = clock.today()
        entry = problems.ProblemEntry(f"{sign}水管漏水", unit.id, f"{sign}已报修")
        with data_scope.use(data_scope.EVERYTHING), audit.acting(Actor(writer, "孙八")):
            log = logs.save(
                self.session,
                writer,
                day,
                version=0,
                done=f"{sign}收费 3 户",
                plan=f"{sign}催缴",
                entries=[entry],
            )
            log = logs.submit(self.session, writer, day, version=log.version)
        self.session.commit()
        problem = self.session.scalars(select(problems.LogProblem).filter_by(user_id=writer)).one()
        return log, problem

    def note(self, community, sign: str) -> None:
        audit.record(
            self.session,
            "write",
            "communities",
            community.id,
            title=f"{sign}小区",
            community_id=community.id,
            details={"name": [f"{sign}旧", f"{sign}新"]},
        )


def scope_table(name: str) -> Any:
    """A table by its name."""
    return Community.metadata.tables[name]


@dataclass(slots=True)
class World:
    """Both places; `near_only` makes the six people of the template see only the near one."""

    near: Place
    far: Place


def build(session) -> World:
    """Fill an empty database that has the posts; commits."""
    builder = Builder(session)
    with data_scope.use(data_scope.EVERYTHING):
        world = World(builder.place(True), builder.place(False))
        session.commit()
    return world


def confine(session, world: World) -> None:
    """The people of the six posts see 安居花园 alone from now on."""
    for person in session.scalars(select(Staff).where(Staff.username.in_(POSTS))):
        person.all_communities = False
        person.communities = [UserCommunity(community_id=world.near.community)]
    session.commit()


def far_rows(session, world: World) -> str:
    """Every stored row of the far community as one text: it must be the same afterwards."""
    metadata = Community.metadata
    kept: dict[str, list[str]] = {}
    for table in metadata.sorted_tables:
        column = table.c.get("community_id")
        column = table.c.id if table.name == "community" else column
        if column is None:
            continue
        rows = session.execute(
            select(table).where(column == world.far.community).order_by(*table.primary_key)
        )
        kept[table.name] = [repr(tuple(row)) for row in rows]
    people = select(scope_table("daily_log")).where(
        scope_table("daily_log").c.user_id == world.far.writer
    )
    kept["daily_log"] = [repr(tuple(row)) for row in session.execute(people)]
    return json.dumps(kept, ensure_ascii=False, indent=1)
