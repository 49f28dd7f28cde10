"""Arrears, purses and notices of any day agree with a plain calculation over random histories."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from app.cashier.payments.receive import receive
from app.cashier.payments.voiding import void_payment
from app.cashier.prepayments.assigning import assign
from app.charging.billing.voiding import void_bill
from app.charging.ledger import balances, debts
from app.charging.ledger.checks import ledger_problems
from app.charging.ledger.settling import Given, TenderKind
from app.collection.owing import BUCKETS, LIMITS, ageing, owing
from app.collection.report import all_covered, by_building, by_unit
from app.core.db import audit
from app.core.values import clock
from app.core.values.errors import DomainError
from app.core.values.money import from_fen

FIRST = date(2026, 1, 1)
DAYS = 160


class History:
    """What happened, as plain numbers: bills, what was paid on them and moved in purses, by day."""

    def __init__(self, books, seed):
        self.books, self.draw = books, random.Random(seed)
        self.units = [books.unit("1-1-101"), books.unit("1-1-102")]
        self.people = [books.customer(self.units[0], name) for name in ("张三", "李四", "王五")]
        self.bills = {}  # id → unit, debtor, due, posted, voided, fen
        self.paid = []  # bill, day, fen
        self.moved = []  # unit, customer or None, day, fen
        self.owner = {unit.id: self.people[0].id for unit in self.units}
        self.month = {unit.id: 0 for unit in self.units}
        self.keys = 0

    def live(self):
        """One thing happens on most days."""
        acts = (
            self.bill,
            self.bill,
            self.pay,
            self.pay,
            self.prepay,
            self.sell,
            self.void,
            self.unknown,
            self.cancel,
        )
        for offset in range(DAYS):
            self.day = FIRST + timedelta(days=offset)
            with clock.fixed(datetime.combine(self.day, time(2))):
                for _ in range(self.draw.randrange(3)):
                    self.draw.choice(acts)(self.draw.choice(self.units))
                    self.books.session.commit()

    def bill(self, unit):
        step = self.month[unit.id]
        self.month[unit.id] += 1
        fen = self.draw.randrange(1, 500_00)
        debtor = None if self.draw.random() < 0.1 else self.owner[unit.id]
        due = self.day + timedelta(days=self.draw.randrange(-400, 40))
        row = self.books.bill(
            unit,
            str(from_fen(fen)),
            month=date(2010 + step // 12, step % 12 + 1, 1),
            due_on=due,
            posted_on=self.day,
            customer_id=debtor,
        )
        self.bills[row.id] = [unit.id, debtor, due, self.day, None, fen]

    def sell(self, unit):
        self.owner[unit.id] = self.draw.choice(self.people).id

    def rest(self, bill_id, day=date.max):
        return self.bills[bill_id][5] - sum(
            fen for key, on, fen in self.paid if key == bill_id and on <= day
        )

    def purse(self, unit_id, who, day=date.max):
        return sum(
            fen
            for unit, owner, on, fen in self.moved
            if (unit, owner) == (unit_id, who) and on <= day
        )

    def open(self, unit_id, day=date.max):
        """Bills of the unit that are owed, the oldest due first."""
        found = [
            key
            for key, (unit, _, _, posted, voided, _) in self.bills.items()
            if unit == unit_id
            and posted <= day
            and (voided is None or voided > day)
            and self.rest(key, day) > 0
        ]
        return sorted(found, key=lambda key: (self.bills[key][2], key))

    def take(self, unit, who, tender, fen, *, keep, lines=None):
        self.keys += 1
        with audit.acting(self.books.collector):
            return receive(
                self.books.session,
                unit_id=unit.id,
                payer="",
                payer_id=who,
                key=f"k{self.keys}",
                tenders=[Given(tender, from_fen(fen))],
                keep_surplus=keep,
                lines=lines,
            )

    def settle(self, unit, fen):
        """The plain rule: the oldest due first; what was taken, bill by bill, and what is over."""
        taken = {}
        # What a payment pays is ordered by due day and then by period, which rises with the key.
        for key in self.open(unit.id):
            part = min(fen, self.rest(key))
            if part:
                taken[key] = part
                fen -= part
        return taken, fen

    def pay(self, unit):
        who = self.draw.choice(self.people).id
        owed = sum(self.rest(key) for key in self.open(unit.id))
        purse = min(self.purse(unit.id, who), owed)
        if purse and self.draw.random() < 0.5:
            tender, fen, keep = TenderKind.PREPAYMENT, self.draw.randrange(1, purse + 1), False
            self.moved.append((unit.id, who, self.day, -fen))
        else:
            tender, fen, keep = TenderKind.WECHAT, self.draw.randrange(1, 900_00), True
        taken, over = self.settle(unit, fen)
        payment = self.take(unit, who, tender, fen, keep=keep)
        self.paid += [(key, self.day, part) for key, part in taken.items()]
        if over:
            self.moved.append((unit.id, who, self.day, over))
        self.last = (payment.id, unit.id, who, taken, over - (fen if keep is False else 0))

    def prepay(self, unit):
        fen, who = self.draw.randrange(1, 700_00), self.draw.choice(self.people).id
        self.take(unit, who, TenderKind.CASH, fen, keep=True, lines=[])
        self.moved.append((unit.id, who, self.day, fen))

    def void(self, unit):
        """A payment taken back on its day, as far as its purse still holds what it put in."""
        self.pay(unit)
        key, unit_id, who, taken, into = self.last
        fine = self.purse(unit_id, who) >= into
        try:
            with audit.acting(self.books.supervisor):
                void_payment(self.books.session, key, "收错了")
        except DomainError:
            self.books.session.rollback()
            assert not fine
            return
        assert fine
        self.paid += [(bill, self.day, -part) for bill, part in taken.items()]
        if into:
            self.moved.append((unit_id, who, self.day, -into))

    def unknown(self, unit):
        """Money of which nobody knows whose it is, as it was left by before; some is assigned."""
        fen = self.draw.randrange(2, 300_00)
        payment = self.take(unit, self.people[0].id, TenderKind.CASH, fen, keep=True, lines=[])
        payment.entries[0].customer_id = None
        self.books.session.flush()
        self.moved.append((unit.id, None, self.day, fen))
        if self.draw.random() < 0.6:
            held, who = self.purse(unit.id, None), self.draw.choice(self.people).id
            part = self.draw.randrange(1, held + 1)
            with audit.acting(self.books.supervisor):
                assign(
                    self.books.session,
                    unit_id=unit.id,
                    customer_id=who,
                    amount=from_fen(part),
                    shown=from_fen(held),
                    reason="收据存根上有签名",
                )
            self.moved += [(unit.id, None, self.day, -part), (unit.id, who, self.day, part)]

    def cancel(self, unit):
        free = [key for key in self.open(unit.id) if self.rest(key) == self.bills[key][5]]
        if free:
            key = self.draw.choice(free)
            void_bill(self.books.session, key, "面积有误")
            self.bills[key][4] = self.day

    def arrears(self, day):
        """(unit, debtor) → gross, purse, not due, what is left by bucket, bills, oldest due."""
        found = defaultdict(lambda: [0, 0, 0, [0] * len(BUCKETS), 0, None])
        for unit in self.units:
            left = {who.id: max(self.purse(unit.id, who.id, day), 0) for who in self.people}
            held = dict(left)
            for key in self.open(unit.id, day):
                debtor, due, rest = self.bills[key][1], self.bills[key][2], self.rest(key, day)
                row = found[unit.id, debtor]
                row[1] = held.get(debtor, 0)
                used = min(rest, left.get(debtor, 0))
                if debtor is not None:
                    left[debtor] -= used
                if due >= day:
                    row[2] += rest
                    continue
                row[0] += rest
                if rest > used:
                    age = sum((day - due).days > limit for limit in LIMITS)
                    row[3][age] += rest - used
                    row[4] += 1
                    row[5] = row[5] or due
        return found


@pytest.mark.parametrize("seed", [1, 2])
def test_every_figure_agrees_with_a_plain_calculation(books, seed):
    history = History(books, seed)
    history.live()
    assert len(history.paid) > 20
    assert len(history.moved) > 20
    every_day_agrees_with_the_plain_calculation(history)
    the_report_adds_up_to_the_list_and_the_ledger(history)
    the_unit_page_says_of_today_what_the_list_says(history)


def every_day_agrees_with_the_plain_calculation(history):
    session, draw = history.books.session, random.Random(7)
    assert ledger_problems(session) == []
    last = FIRST + timedelta(days=DAYS)
    some = [FIRST + timedelta(days=draw.randrange(DAYS)) for _ in range(12)]
    dues = [due for _, _, due, posted, *_ in history.bills.values() if posted <= due < last]
    for day in [last, *some, *draw.sample(dues, 3)]:
        wanted = {
            key: (
                from_fen(gross),
                from_fen(held),
                from_fen(not_due),
                tuple(from_fen(fen) for fen in buckets),
                bills,
                oldest,
            )
            for key, (gross, held, not_due, buckets, bills, oldest) in history.arrears(day).items()
        }
        rows = owing(session, as_of=day)
        stored = {
            row.key: (row.gross, row.prepaid, row.not_due, row.buckets, row.bills, row.oldest_due)
            for row in rows
        }
        assert stored == wanted, day
        keys = [unit.id for unit in history.units]
        owed = balances.owed(session, keys, day)
        assert sum(row.gross + row.not_due for row in rows) == sum(owed.values())
        assert sum(row.total + row.covered for row in rows) == sum(row.gross for row in rows)
        purses = {
            (unit.id, who): from_fen(history.purse(unit.id, who, day))
            for unit in history.units
            for who in (None, *(p.id for p in history.people))
        }
        assert balances.purses(session, keys, day) == {
            key: fen for key, fen in purses.items() if fen
        }


def the_report_adds_up_to_the_list_and_the_ledger(history):
    session, day = history.books.session, FIRST + timedelta(days=DAYS // 2)
    rows = owing(session, as_of=day)
    whole = ageing(rows)
    asked = {"community": None, "building": None, "day": day}
    (place,) = by_building(session, **asked)
    assert (place.gross, place.total, place.covered, place.not_due, place.units) == (
        whole.gross,
        whole.total,
        whole.covered,
        whole.not_due,
        whole.units,
    )
    listed = list(by_unit(session, **asked).stream(session))
    paid_ahead = list(all_covered(session, **asked).stream(session))
    assert sum((row["gross"] for row in (*listed, *paid_ahead)), Decimal(0)) == whole.gross
    assert sum((row["total"] for row in listed), Decimal(0)) == whole.total
    assert [row["total"] for row in paid_ahead] == [0] * len(paid_ahead)


def the_unit_page_says_of_today_what_the_list_says(history):
    session = history.books.session
    day = FIRST + timedelta(days=DAYS)
    with clock.fixed(datetime.combine(day, time(2))):
        for unit in history.units:
            wanted = {row.key[1]: row for row in owing(session) if row.unit_id == unit.id}
            found = {debt.bills[0].customer_id: debt for debt in debts.debts(session, unit.id)}
            assert found.keys() == wanted.keys()
            for who, debt in found.items():
                assert (debt.owed, debt.prepaid) == (
                    wanted[who].gross + wanted[who].not_due,
                    wanted[who].prepaid,
                )
                assert debt.to_pay == max(debt.owed - debt.prepaid, 0)
