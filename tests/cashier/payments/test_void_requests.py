"""A void that is asked for: one clear sentence for whatever comes in between, and rows that tie."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.cashier.payments import void_requests
from app.cashier.payments.receive import receive
from app.cashier.payments.voiding import void_payment
from app.charging.ledger import balances
from app.charging.ledger.payment_models import Payment
from app.charging.ledger.settling import Given, TenderKind
from app.charging.ledger.void_models import VoidRequest
from app.core.db import audit
from app.core.db.models import AuditEntry
from app.core.records import data_scope
from app.core.records.data_scope import Scope
from app.core.values import clock
from app.core.values.errors import AlreadyDone, DomainError, NotFound

MORNING = datetime(2026, 4, 10, 9, 30)
MIDNIGHT = datetime(2026, 4, 11, 0, 0, 1)
"""On the office's clock."""


@pytest.fixture(autouse=True)
def day():
    with clock.fixed(MORNING):
        yield


@pytest.fixture
def paid(books):
    """100.00 received by the collector 王五."""
    books.flat = books.unit()
    books.owner(books.flat)
    books.bill(books.flat, "100")
    return pay(books, "k1")


def pay(books, key, amount="100", kind=TenderKind.CASH, **more):
    with audit.acting(books.collector):
        payment = receive(
            books.session,
            unit_id=books.flat.id,
            payer="张三",
            key=key,
            tenders=[Given(kind, Decimal(amount))],
            **more,
        )
        books.session.commit()
    return payment


def act(books, who, do, *given):
    """Do it in somebody's name; what is refused changes nothing."""
    with audit.acting(who):
        try:
            done = do(books.session, *given)
            books.session.commit()
        except DomainError:
            books.session.rollback()
            raise
    return done


def ask(books, payment, reason="收错了房号", who=None):
    return act(books, who or books.collector, void_requests.ask, payment.id, reason)


def grant(books, request, who=None):
    return act(books, who or books.supervisor, void_requests.grant, request.id)


def refuse(books, request, answer="票据未收回", who=None):
    return act(books, who or books.supervisor, void_requests.refuse, request.id, answer)


def states(books):
    return (
        books.session.scalars(select(Payment.state).order_by(Payment.id)).all(),
        books.session.scalars(select(VoidRequest.state).order_by(VoidRequest.id)).all(),
    )


def test_asked_and_granted_the_payment_is_void_and_everything_is_on_record(books, paid):
    request = ask(books, paid)
    assert (request.asked_by_name, request.asked_on, request.waiting) == (
        "王五",
        date(2026, 4, 10),
        True,
    )
    assert states(books) == (["posted"], ["open"])
    grant(books, request)
    stored = books.session.get(Payment, paid.id)
    assert (stored.state, stored.void_reason, stored.voided_by_id) == (
        "void",
        "收错了房号",
        books.supervisor.user_id,
    )
    assert (request.state, request.decided_by_name) == ("granted", "赵六")
    assert balances.owed(books.session, [books.flat.id]) == {books.flat.id: Decimal(100)}
    entries = books.session.execute(
        select(AuditEntry.act, AuditEntry.screen, AuditEntry.user_name, AuditEntry.title).order_by(
            AuditEntry.id
        )
    )
    number = stored.receipt.number
    assert [tuple(row) for row in entries] == [
        ("ask", "void_requests", "王五", number),
        ("void", "payments", "赵六", number),
        ("approve", "void_requests", "赵六", number),
    ]


def test_refused_with_an_answer_nothing_changes_and_it_may_be_asked_anew(books, paid):
    request = refuse(books, ask(books, paid))
    assert (request.state, request.answer, request.decided_by_name) == (
        "refused",
        "票据未收回",
        "赵六",
    )
    assert balances.owed(books.session, [books.flat.id]) == {}
    with pytest.raises(AlreadyDone, match=r"赵六 has refused .* already: 票据未收回"):
        grant(books, request)
    with pytest.raises(AlreadyDone, match="refused"):
        refuse(books, request)
    again = ask(books, paid, "票据已收回")
    assert states(books) == (["posted"], ["refused", "open"])
    grant(books, again)
    assert states(books) == (["void"], ["refused", "granted"])


def test_asking_twice_says_who_asked_and_when(books, paid):
    ask(books, paid)
    for who in (books.collector, books.person("sunqi", "孙", "七")):
        with pytest.raises(AlreadyDone, match=r"王五 asked .* at 09:30 already"):
            ask(books, paid, who=who)
    assert states(books) == (["posted"], ["open"])


def test_two_who_ask_at_once_make_one_request(books, paid):
    ask(books, paid)
    books.session.add(
        VoidRequest(
            community_id=paid.community_id,
            payment_id=paid.id,
            reason="收错",
            asked_on=date(2026, 4, 10),
        )
    )
    with pytest.raises(IntegrityError):
        books.session.flush()


@pytest.mark.parametrize("typed", ["", " ", "x", "长" * 201, "\0\0", "\u200b\u200b"])
def test_asking_and_refusing_need_a_readable_reason(books, paid, typed):
    with pytest.raises(DomainError):
        ask(books, paid, typed)
    assert states(books) == (["posted"], [])
    request = ask(books, paid)
    with pytest.raises(DomainError):
        refuse(books, request, typed)
    assert states(books) == (["posted"], ["open"])


def test_a_void_payment_is_not_asked_for(books, paid):
    act(books, books.supervisor, void_payment, paid.id, "收错了")
    with pytest.raises(AlreadyDone, match="void already"):
        ask(books, paid)
    assert states(books) == (["void"], [])


def test_a_void_in_the_meantime_settles_the_request_and_granting_it_is_told(books, paid):
    request = ask(books, paid)
    act(books, books.supervisor, void_payment, paid.id, "当面作废")
    assert states(books) == (["void"], ["granted"])
    manager = books.person("zhouba", "周", "八")
    for decide in (grant, refuse):
        with pytest.raises(AlreadyDone, match="赵六 has voided receipt AJ-2026-000001 already"):
            decide(books, request, who=manager)
    assert len(books.session.get(Payment, paid.id).allocations) == 2, "not voided a second time"


def test_granting_twice_voids_once(books, paid):
    request = ask(books, paid)
    grant(books, request)
    with pytest.raises(AlreadyDone, match="nothing was done again"):
        grant(books, request)
    assert len(books.session.get(Payment, paid.id).allocations) == 2


def test_after_midnight_it_is_neither_asked_nor_granted(books, paid):
    request = ask(books, paid)
    with clock.fixed(MIDNIGHT):
        assert (request.lapsed, request.waiting) == (True, False)
        with pytest.raises(DomainError, match=r"of 2026-04-10\. .* no longer be voided"):
            grant(books, request)
        with pytest.raises(DomainError, match="no longer be voided"):
            ask(books, paid)
        assert states(books) == (["posted"], ["open"])
        refuse(books, request, "已过当天")
    with clock.fixed(MIDNIGHT - timedelta(seconds=2)):
        fresh = pay(books, "k2", lines=[], keep_surplus=True)
        grant(books, ask(books, fresh))
    assert states(books) == (["posted", "void"], ["refused", "granted"])


def test_nobody_decides_his_own_receipt_or_request(books, paid):
    request = ask(books, paid, who=books.supervisor)
    for who in (books.supervisor, books.collector):
        for decide in (grant, refuse):
            with pytest.raises(DomainError, match="yourself"):
                decide(books, request, who=who)
    assert states(books) == (["posted"], ["open"])
    grant(books, request, who=books.person("zhouba", "周", "八"))
    assert states(books) == (["void"], ["granted"])


def test_a_prepayment_used_since_keeps_the_request_open(books, paid):
    ahead = pay(books, "k2", "60", lines=[], keep_surplus=True)
    books.bill(books.flat, "60", month=date(2026, 2, 1))
    used = pay(books, "k3", "60", TenderKind.PREPAYMENT)
    request = ask(books, ahead)
    with pytest.raises(DomainError, match="used since"):
        grant(books, request)
    assert states(books)[1] == ["open"]
    act(books, books.supervisor, void_payment, used.id, "先作废")
    grant(books, request)
    assert balances.purses_of_unit(books.session, books.flat.id) == {}


def test_outside_the_scope_there_is_neither_payment_nor_request(books, paid):
    request = ask(books, paid)
    with data_scope.use(Scope(frozenset())):
        for do in (ask, grant, refuse):
            with pytest.raises(NotFound):
                do(books, paid if do is ask else request)
    assert books.session.scalar(select(func.count(VoidRequest.id))) == 1


def drop(books, request, who=None):
    return act(books, who or books.collector, void_requests.drop, request.id)


def test_who_asked_takes_it_back_and_it_is_on_record(books, paid):
    request = ask(books, paid)
    for who in (books.supervisor, books.person("sunqi", "孙", "七")):
        with pytest.raises(DomainError, match="Only whoever asked"):
            drop(books, request, who=who)
    drop(books, request)
    assert states(books) == (["posted"], ["dropped"])
    assert (request.decided_by_name, request.waiting, request.lapsed) == ("王五", False, False)
    for do in (grant, refuse, drop):
        with pytest.raises(AlreadyDone, match="王五 has taken this request back"):
            do(books, request)
    last = books.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (last.act, last.screen, last.user_name) == ("drop", "void_requests", "王五")
    grant(books, ask(books, paid, "真的收错了"))
    assert states(books) == (["void"], ["dropped", "granted"])


@pytest.mark.parametrize("decide", [grant, refuse])
def test_what_is_decided_is_not_taken_back(books, paid, decide):
    request = ask(books, paid)
    decide(books, request)
    before = states(books)
    with pytest.raises(AlreadyDone, match="赵六 has"):
        drop(books, request)
    assert states(books) == before
