"""The 515 naughty strings through the forms of the other pages: desk, voids, logs, reviews…"""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.access.models import LoginEvent, RoleLabel, Staff
from app.charging.ledger.bill_models import Bill
from app.charging.ledger.payment_models import Payment
from app.core.values import clock
from app.core.values.period import add_months
from app.duty.base.models import DailyLog, DayOff, LogFollowUp, LogProblem, LogRemark
from app.estate.base.models import UnitNote
from tests.charging.books import Books
from tests.hostile.naughty import packs, strings, unfit
from tests.hostile.pages import faults
from tests.hostile.typist import Typist, refusable

pytestmark = pytest.mark.slow


@pytest.fixture
def typist(session, clients):
    return lambda post: Typist(session, clients[post])


def test_notes_of_a_unit(session, typist, world):
    hand = typist("front_desk")
    taken = []
    for text in packs(strings(), 500):
        if hand.send(f"/units/{world.near.unit}/notes", {"text": text}, text):
            taken.append(text.strip())
        else:
            assert refusable(text, 500), text
    stored = session.scalars(select(UnitNote.text).order_by(UnitNote.id)).all()
    assert stored[-len(taken) :] == taken
    hand.look(f"/units/show/{world.near.unit}", "/unit-notes/?size=200")
    hand.done()


@pytest.fixture
def many_bills(session, world):
    """Unpaid bills of the near unit, one a month, as many as are asked for."""

    def make(count: int) -> list[Bill]:
        old = session.get(Bill, world.near.bills[0])
        made = []
        for number in range(count):
            copy = {
                column.key: getattr(old, column.key)
                for column in Bill.__table__.columns
                if column.key not in {"id", "period_start", "amount"}
            }
            start = add_months(old.period_start, -number - 13)
            made.append(Bill(**copy, period_start=start, amount=Decimal(1)))
        Books(session).keep(*made)
        return made

    return make


def test_reasons_of_void_bills(session, typist, many_bills):
    texts = packs(strings(), 200)
    bills = [bill.id for bill in many_bills(len(texts))]
    session.rollback()
    hand = typist("supervisor")
    for key, text in zip(bills, texts, strict=True):
        hand.send(f"/bills/{key}/void", {"reason": text}, text)
        bill = session.get(Bill, key, populate_existing=True)
        if bill.state == "void":
            hand.expect(bill.void_reason, text.strip())
        else:
            assert refusable(text, 200, 2), text
        session.rollback()
    hand.look("/bills/?size=200", *(f"/bills/show/{key}" for key in bills[:6]))
    hand.done()


def test_payers_remarks_references_and_reasons_at_the_desk(session, typist, world):
    hand = typist("supervisor")
    payers, remarks, references = (packs(strings(), limit) for limit in (120, 200, 60))
    last = session.scalar(select(Payment.id).order_by(Payment.id.desc()).limit(1))
    session.rollback()
    for number in range(max(map(len, (payers, remarks, references)))):
        texts = [stack[number % len(stack)] for stack in (payers, remarks, references)]
        if any(map(unfit, texts)):
            texts = [text if unfit(text) else "甲" for text in texts]
        payer, remark, reference = texts
        taken = hand.send(
            "/desk/receive",
            {
                "unit_id": world.near.unit,
                "payer_id": world.near.customer,
                "payer": payer,
                "remark": remark,
                "keep": "1",
                "tender_kind": "wechat",
                "tender_sum": "1",
                "tender_reference": reference,
            },
            payer,
            keeps=False,
        )
        payment = session.scalar(
            select(Payment).where(Payment.id > last).order_by(Payment.id.desc()).limit(1)
        )
        if taken:
            last = payment.id
            stored = (payment.payer_name, payment.remark or "")
            hand.expect(stored, (payer.strip() or "张三", remark.strip()))
            session.refresh(payment, ["tenders"])
            hand.expect(payment.tenders[0].reference or "", reference.strip())
        else:
            assert (
                refusable(payer, 120) or refusable(remark, 200, 0) or refusable(reference, 60, 0)
            ), texts
        session.rollback()
    payments = session.scalars(select(Payment.id).order_by(Payment.id.desc()).limit(140)).all()
    session.rollback()
    other = typist("manager")  # who received may not void
    for key, text in zip(payments, remarks, strict=False):
        other.send(f"/payments/{key}/void", {"reason": text}, text)
        payment = session.get(Payment, key, populate_existing=True)
        if payment.state == "void":
            hand.expect(payment.void_reason, text.strip())
        else:
            assert refusable(text, 200, 2), text
        session.rollback()
    hand.look(
        "/payments/?size=200",
        "/payments/day",
        f"/desk/unit/{world.near.unit}",
        *(f"/payments/show/{key}" for key in payments[::20]),
    )
    for key in payments[:6]:
        printed = hand.client.post(f"/payments/{key}/print")
        hand.wrong += faults(printed)
    hand.done()
    other.done()


def test_daily_logs_and_their_problems(session, typist):
    hand = typist("collector")
    texts = [text for text in strings() if text.strip()]
    day = clock.today()
    me = session.scalar(select(Staff.id).filter_by(username="collector"))
    version = 0
    for start in range(0, len(texts), 50):
        part = texts[start : start + 50]
        whole = "\n".join(part)[:5000]
        rows = {f"problem-{n}-text": text for n, text in enumerate(part)}
        rows |= {f"problem-{n}-follow_up": text for n, text in enumerate(part)}
        hand.send(
            "/daily-log/save",
            {
                "day": day.isoformat(),
                "version": version,
                "done": whole,
                "plan": whole,
                **rows,
            },
            whole,
        )
        log = session.scalar(select(DailyLog).filter_by(user_id=me))
        version = log.version
        hand.expect((log.done, log.plan), (whole, whole))
        session.execute(
            LogProblem.__table__.update()
            .where(LogProblem.user_id == me)
            .values(state="closed", closed_on=day)
        )
        session.commit()
    mine = select(LogProblem.id).where(LogProblem.user_id == me)
    problems = session.scalars(
        select(LogProblem.text).where(LogProblem.user_id == me).order_by(LogProblem.id)
    ).all()
    trail = session.scalars(
        select(LogFollowUp.text).where(LogFollowUp.problem_id.in_(mine)).order_by(LogFollowUp.id)
    )
    assert sorted(problems) == sorted(texts)
    assert sorted(trail) == sorted(texts)
    session.rollback()
    for text in [t for t in strings() if t.strip()][::10]:
        hand.send(
            "/daily-log/save",
            {
                "day": day.isoformat(),
                "version": version,
                "done": "x",
                "problem-900-text": "y",
                "problem-900-room": text,
            },
            text,
        )
    hand.look(f"/daily-log/?day={day}")
    hand.done()


def test_remarks_reasons_and_results_of_a_reviewer(session, typist, world):
    hand = typist("supervisor")
    where, near = "/log-review/decide", world.near
    for text in packs(strings(), 1000):
        taken = hand.send(
            where, {"log": near.log, "version": 9, "act": "comment", "text": text}, text
        )
        if taken:
            stored = session.scalar(select(LogRemark.text).order_by(LogRemark.id.desc()).limit(1))
            hand.expect(stored.strip(), text.strip())
        else:
            assert refusable(text, 1000), text
        session.rollback()
    day = clock.today()
    for text in packs(strings(), 100):
        taken = hand.send(
            "/log-review/day-off",
            {"user": near.writer, "day": day.isoformat(), "reason": text},
            text,
            keeps=False,
        )
        if taken:
            stored = session.scalar(select(DayOff.reason).filter_by(user_id=near.writer))
            hand.expect((stored or "").strip(), text.strip())
        else:
            assert refusable(text, 100), text
        session.rollback()
    for text in packs(strings(), 500):
        problem = session.get(LogProblem, near.problem)
        problem.state, problem.closed_on = "open", None
        session.commit()
        taken = hand.send(
            "/log-review/problems/close", {"problem": near.problem, "result": text}, text
        )
        stored = session.get(LogProblem, near.problem, populate_existing=True)
        if taken and stored.state == "closed":
            hand.expect(stored.result.strip(), text.strip())
        session.rollback()
    hand.look(
        f"/log-review/?log={near.log}&day={day}",
        "/log-review/problems?closed=1",
        "/log-review/export",
    )
    hand.done()


def test_accounts_roles_and_logins(app, session, typist, monkeypatch):
    hand = typist("administrator")
    families, givens, titles = (packs(strings(), limit) for limit in (64, 64, 60))
    for number in range(0, len(families), 2):
        family, given = families[number], givens[-number]
        title = titles[number % len(titles)]
        taken = hand.send(
            "/users/new",
            {
                "username": f"u{number}",
                "family": family,
                "given": given,
                "post_title": title,
                "roles": "clerk",
                "scope": "all",
            },
            family,
        )
        user = session.scalar(select(Staff).filter_by(username=f"u{number}"))
        if taken and user is not None:
            stored = (user.last_name, user.first_name, user.post_title or "")
            hand.expect(stored, (family.strip(), given.strip(), title.strip()))
        session.rollback()
    for text in strings()[::8]:
        hand.send(
            "/users/new",
            {"username": text, "family": "周", "given": "九", "roles": "clerk", "scope": "all"},
            text,
        )
    for text in packs(strings(), 30)[::6]:
        taken = hand.send("/rights/copy", {"role": "clerk", "label": text}, text, keeps=False)
        labels = set(session.scalars(select(RoleLabel.label)))
        if taken and text.strip() and text.strip() not in labels:
            hand.wrong.append(f"the role {text!r} is not there")
        session.rollback()
    hand.look("/users/", "/rights/", "/rights/why", "/audit/?size=200", "/rights/compare")
    hand.done()


def test_names_at_the_login(app, session, typist, monkeypatch):
    monkeypatch.setitem(app.config, "LOGIN_RATE", "100000 per minute")
    hand = Typist(session, app.test_client())
    for text in strings()[::2]:
        answer = hand.client.post("/login/", data={"username": text, "password": text})
        hand.wrong += [f"{text!r}: {one}" for one in faults(answer)]
        assert answer.status_code == 401, text
    assert len(session.scalars(select(LoginEvent.id)).all()) > 250
    session.rollback()
    boss = typist("administrator")
    boss.look(*(f"/login-events/?size=200&page={page}" for page in (1, 2)))
    boss.done()
    hand.done()


def test_names_of_new_communities_in_the_import(session, typist):
    hand = typist("administrator")
    for text in packs(strings(), 80)[::2]:
        answer = hand.client.post(
            "/owner-import/upload", data={"community": "new", "community_name": text}
        )
        assert answer.status_code in {403, 422}
        hand.wrong += faults(answer)
    hand.done()


def test_everything_that_searches(typist, world):
    hand = typist("supervisor")
    quick = ("/desk/search", "/lookups/units", "/lookups/customers", "/lookups/vehicles")
    for number, text in enumerate(strings()):
        where = quick[number % len(quick)]
        answer = hand.client.get(where, query_string={"q": text})
        if answer.status_code != 200 or faults(answer):
            hand.wrong.append(f"{where} {text!r}: {answer.status_code} {faults(answer)}")
    for text in strings()[::16]:
        hand.client.get(
            "/billing/plan",
            query_string={
                "community": world.near.community,
                "period": clock.today().strftime("%Y-%m"),
                "items": world.near.of["charge_item"],
                "q": text,
            },
        ).close()
    hand.done()


def test_every_list_takes_every_word(typist, app):
    lists = [view for view in app.extensions["anju"].views if hasattr(view, "listed")]
    boss = typist("manager")
    pages = [view.url("list") for view in lists]
    for number, text in enumerate(strings()[::4]):
        where = pages[number % len(pages)]
        answer = boss.client.get(where, query_string={"q": text, "f.name.has": text})
        if answer.status_code != 200 or faults(answer):
            boss.wrong.append(f"{where} {text!r}: {answer.status_code} {faults(answer)}")
    boss.done()
