"""Does the ledger tie? Every rule as one set-based query, for `anju check` (domain-rules 6).

A bill is voided by its own acts, a payment by opposite rows: whatever the history, these
sums must hold. A query returns the name of each broken record; no query changes anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from app.core.values.errors import N_

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class LedgerFault:
    """A rule that does not hold: a sentence with its places, and some of the broken records."""

    code: str
    message: str
    count: int
    examples: tuple[str, ...] = field(default=())

    @property
    def params(self) -> dict[str, Any]:
        return {"count": self.count, "examples": "、".join(self.examples)}

    def __str__(self) -> str:
        return self.message % self.params


@dataclass(frozen=True, slots=True)
class LedgerRule:
    """`query` yields one row for every record that breaks the rule; its first column names it."""

    code: str
    message: str
    query: str


RULES = (
    LedgerRule(
        "BILL_OVERPAID",
        N_("%(count)s bills are paid beyond their amount, or below nothing: %(examples)s"),
        """SELECT b.id FROM bill b JOIN (
             SELECT bill_id, SUM(amount) AS paid FROM allocation GROUP BY bill_id
           ) a ON a.bill_id = b.id WHERE a.paid > b.amount OR a.paid < 0""",
    ),
    LedgerRule(
        "VOID_BILL_PAID",
        N_("%(count)s void bills still have money on them: %(examples)s"),
        """SELECT b.id FROM bill b JOIN allocation a ON a.bill_id = b.id
           WHERE b.state = 'void' GROUP BY b.id HAVING SUM(a.amount) <> 0""",
    ),
    LedgerRule(
        "PAYMENT_UNTIED",
        N_("%(count)s payments do not equal what they paid and what was paid ahead: %(examples)s"),
        """SELECT p.id FROM payment p
           LEFT JOIN (SELECT payment_id, SUM(amount) AS amount FROM allocation
                      GROUP BY payment_id) a ON a.payment_id = p.id
           LEFT JOIN (SELECT payment_id, SUM(amount) AS amount FROM prepayment_entry
                      GROUP BY payment_id) e ON e.payment_id = p.id
           LEFT JOIN (SELECT payment_id, SUM(amount) AS amount FROM tender
                      WHERE kind = 'prepayment' GROUP BY payment_id) t ON t.payment_id = p.id
           WHERE COALESCE(a.amount, 0) + COALESCE(e.amount, 0)
              <> CASE p.state WHEN 'void' THEN 0 ELSE p.amount - COALESCE(t.amount, 0) END""",
    ),
    LedgerRule(
        "TENDERS_UNTIED",
        N_("%(count)s payments do not equal their tenders: %(examples)s"),
        """SELECT p.id FROM payment p
           LEFT JOIN (SELECT payment_id, SUM(amount) AS amount FROM tender
                      GROUP BY payment_id) t ON t.payment_id = p.id
           WHERE p.amount <> COALESCE(t.amount, 0)""",
    ),
    LedgerRule(
        "CHANGE_UNTIED",
        N_("In %(count)s tenders the sum given less the change is not the amount: %(examples)s"),
        """SELECT id FROM tender WHERE given IS NOT NULL
           AND given - COALESCE(change, 0) <> amount""",
    ),
    LedgerRule(
        "VOID_NOT_CANCELLED",
        N_("%(count)s void payments are not cancelled bill by bill: %(examples)s"),
        """SELECT DISTINCT p.id FROM payment p JOIN (
             SELECT payment_id, bill_id AS target, SUM(amount) AS amount FROM allocation
             GROUP BY payment_id, bill_id
             UNION ALL
             SELECT payment_id, 0, SUM(amount) FROM prepayment_entry GROUP BY payment_id
           ) m ON m.payment_id = p.id WHERE p.state = 'void' AND m.amount <> 0""",
    ),
    LedgerRule(
        "VOID_LATER",
        N_("%(count)s payments were voided on another day than their own: %(examples)s"),
        "SELECT id FROM payment WHERE voided_on IS NOT NULL AND voided_on <> received_on",
    ),
    LedgerRule(
        "ALLOCATION_ASTRAY",
        N_(
            "%(count)s allocations lie outside the unit, community or day of their payment:"
            " %(examples)s"
        ),
        """SELECT a.id FROM allocation a JOIN payment p ON p.id = a.payment_id
           JOIN bill b ON b.id = a.bill_id
           WHERE a.community_id <> p.community_id OR b.unit_id <> p.unit_id
              OR a.allocated_on <> p.received_on""",
    ),
    LedgerRule(
        "PREPAYMENT_ASTRAY",
        N_(
            "%(count)s prepayment entries lie outside the unit, community or day of their"
            " payment: %(examples)s"
        ),
        """SELECT e.id FROM prepayment_entry e JOIN payment p ON p.id = e.payment_id
           WHERE e.community_id <> p.community_id OR e.unit_id <> p.unit_id
              OR e.entered_on <> p.received_on""",
    ),
    LedgerRule(
        "PREPAYMENT_NEGATIVE",
        N_("In %(count)s units more prepayment was used than was there: %(examples)s"),
        """SELECT DISTINCT unit_id FROM (
             SELECT unit_id, SUM(amount) OVER (
               PARTITION BY unit_id, customer_id ORDER BY id) AS purse
             FROM prepayment_entry) w WHERE purse < 0""",
    ),
    LedgerRule(
        "PURSE_ASTRAY",
        N_("%(count)s prepayment entries belong to a customer of another community: %(examples)s"),
        """SELECT e.id FROM prepayment_entry e JOIN customer c ON c.id = e.customer_id
           WHERE c.community_id <> e.community_id""",
    ),
    LedgerRule(
        "ASSIGNMENT_UNTIED",
        N_(
            "%(count)s assignments of prepayments do not move their amount to their customer:"
            " %(examples)s"
        ),
        """SELECT s.id FROM prepayment_assignment s
           LEFT JOIN prepayment_entry e ON e.assignment_id = s.id AND e.unit_id = s.unit_id
                AND e.community_id = s.community_id AND e.entered_on = s.assigned_on
           GROUP BY s.id, s.amount
           HAVING COUNT(e.id) <> 2
              OR SUM(CASE WHEN e.customer_id IS NULL THEN e.amount ELSE 0 END) <> -s.amount
              OR SUM(CASE WHEN e.customer_id = s.customer_id THEN e.amount ELSE 0 END)
                 <> s.amount""",
    ),
    LedgerRule(
        "RECEIPT_MISSING",
        N_("%(count)s payments have no receipt: %(examples)s"),
        """SELECT p.id FROM payment p LEFT JOIN receipt r ON r.payment_id = p.id
           WHERE r.id IS NULL""",
    ),
    LedgerRule(
        "RECEIPT_GAPS",
        N_(
            "%(count)s series of receipts are not numbered without gaps up to their counter:"
            " %(examples)s"
        ),
        """SELECT r.community_id || '/' || r.year FROM (
             SELECT community_id, year, COUNT(*) AS issued, MIN(serial) AS first,
                    MAX(serial) AS last FROM receipt GROUP BY community_id, year) r
           LEFT JOIN counter c ON c.community_id = r.community_id AND c.series = 'receipt'
                AND c.span = CAST(r.year AS VARCHAR(20))
           WHERE r.first <> 1 OR r.last <> r.issued OR c.last IS NULL OR c.last <> r.last
           UNION ALL
           SELECT c.community_id || '/' || c.span FROM counter c
           WHERE c.series = 'receipt' AND c.last > 0 AND NOT EXISTS (
             SELECT 1 FROM receipt r WHERE r.community_id = c.community_id
             AND CAST(r.year AS VARCHAR(20)) = c.span)""",
    ),
    LedgerRule(
        "RECEIPT_ASTRAY",
        N_(
            "%(count)s receipts disagree with their payment in community, day or year: %(examples)s"
        ),
        """SELECT r.number FROM receipt r JOIN payment p ON p.id = r.payment_id
           WHERE r.community_id <> p.community_id OR r.issued_on <> p.received_on
              OR r.year <> CAST(SUBSTR(CAST(r.issued_on AS VARCHAR(20)), 1, 4) AS INTEGER)""",
    ),
    LedgerRule(
        "RUN_UNTIED",
        N_("%(count)s billing runs do not equal the bills that they posted: %(examples)s"),
        """SELECT r.id FROM billing_run r
           LEFT JOIN (SELECT run_id, COUNT(*) AS lines, SUM(amount) AS amount FROM bill
                      GROUP BY run_id) b ON b.run_id = r.id
           WHERE r.lines <> COALESCE(b.lines, 0) OR r.amount <> COALESCE(b.amount, 0)""",
    ),
    LedgerRule(
        "BILL_ASTRAY",
        N_("%(count)s bills lie in another community than their unit or their run: %(examples)s"),
        """SELECT b.id FROM bill b JOIN unit u ON u.id = b.unit_id
           JOIN billing_run r ON r.id = b.run_id
           WHERE b.community_id <> u.community_id OR b.community_id <> r.community_id""",
    ),
)
ORPHANS = N_("%(count)s rows refer to records that do not exist: %(examples)s")


def ledger_problems(session: Session) -> list[LedgerFault]:
    """Every rule of the ledger that does not hold; an empty list when all is well."""
    problems = []
    for rule in RULES:
        rows = session.execute(text(rule.query)).all()
        if rows:
            problems.append(_problem(rule.code, rule.message, [str(row[0]) for row in rows]))
    return problems + _orphans(session)


def _problem(code: str, message: str, names: list[str]) -> LedgerFault:
    return LedgerFault(code, message, len(names), tuple(sorted(names)[:EXAMPLES]))


def _orphans(session: Session) -> list[LedgerFault]:
    """Rows without their parent, in every table; PostgreSQL never lets one exist."""
    if session.get_bind().dialect.name != "sqlite":
        return []
    rows = session.execute(text("PRAGMA foreign_key_check")).all()
    names = [f"{table} {row} → {parent}" for table, row, parent, _ in rows]
    return [_problem("ORPHAN", ORPHANS, names)] if names else []
