"""The words for the codes of the logs, their looks, and the facts as sentences."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.labels import screen_label
from app.core.i18n import filters
from app.core.i18n.filters import register_labels
from app.core.i18n.sentences import word
from app.duty.base.deadlines import Standing
from app.duty.base.facts import LABELS
from app.duty.base.models import LogState, ProblemState, Reach, RemarkAct

if TYPE_CHECKING:
    from app.duty.base.facts import Fact, FactPart

LOG_STATES = register_labels(
    "log_state",
    {
        LogState.DRAFT: _l("Draft"),
        LogState.SUBMITTED: _l("Handed in"),
        LogState.RETURNED: _l("Returned"),
        LogState.APPROVED: _l("Accepted"),
    },
)
STANDINGS = register_labels(
    "standing",
    {
        Standing.SUBMITTED: _l("To review"),
        Standing.OVERDUE: _l("Log overdue"),
        Standing.MISSING: _l("Not handed in"),
        Standing.RETURNED: _l("Returned"),
        Standing.APPROVED: _l("Accepted"),
        Standing.OFF: _l("Day off"),
        Standing.FREE: _l("Not owed"),
    },
)
PROBLEM_STATES = register_labels(
    "problem_state",
    {ProblemState.OPEN: _l("Still open"), ProblemState.CLOSED: _l("Settled")},
)
REMARK_ACTS = register_labels(
    "remark_act",
    {
        RemarkAct.SUBMIT: _l("handed in"),
        RemarkAct.COMMENT: _l("commented"),
        RemarkAct.RETURN: _l("returned"),
        RemarkAct.APPROVE: _l("accepted"),
    },
)
REACHES = register_labels(
    "log_reach",
    {
        Reach.EVERYBODY: _l("Everybody"),
        Reach.OTHERS: _l("Everybody who does not review logs"),
        Reach.CHOSEN: _l("Only the posts ticked here"),
    },
)
WEEKDAYS = (_l("Mon"), _l("Tue"), _l("Wed"), _l("Thu"), _l("Fri"), _l("Sat"), _l("Sun"))
LOOKS = {
    LogState.DRAFT: "idle",
    Standing.MISSING: "idle",
    Standing.OFF: "idle",
    Standing.FREE: "idle",
    Standing.OVERDUE: "bad",
    Standing.SUBMITTED: "info",
    Standing.RETURNED: "warn",
    Standing.APPROVED: "ok",
    ProblemState.OPEN: "warn",
    ProblemState.CLOSED: "ok",
}
"""State or standing → the look of its tag."""


def look(state: str) -> str:
    """The look of the tag of a state or a standing."""
    return {str(code): name for code, name in LOOKS.items()}.get(str(state), "idle")


def part_text(fact: Fact, part: FactPart) -> str:
    """A share of a fact in words: 微信 8 笔 2,000.00 元."""
    if fact.source == "payments":
        name = filters.label(part.name, "tender")
        return _(
            "%(name)s %(count)s× ¥%(amount)s",
            name=name,
            count=part.count,
            amount=filters.money(Decimal(part.amount or 0)),
        )
    if fact.source == "billing_runs":
        return _("%(count)s bills", count=part.count)
    if fact.source in {"created", "edits", "deleted", "overdue"}:
        return _("%(name)s %(count)s×", name=word(screen_label(part.name)), count=part.count)
    if fact.source == "reviews":
        return _(
            "%(name)s %(count)s×", name=filters.label(part.name, "remark_act"), count=part.count
        )
    if part.count == 1:
        return part.name
    return _("%(name)s %(count)s×", name=part.name, count=part.count)


def fact_text(fact: Fact) -> str:
    """A fact as one line of text, for the workbook and for copying."""
    words = _(
        "%(what)s: %(count)s", what=word(LABELS.get(fact.source, fact.source)), count=fact.count
    )
    if fact.amount is not None:
        words = _("%(words)s, ¥%(amount)s", words=words, amount=filters.money(Decimal(fact.amount)))
    details = "、".join(named_lines(fact) or (part_text(fact, part) for part in fact.parts))
    return _("%(words)s (%(details)s)", words=words, details=details) if details else words


def named_lines(fact: Fact) -> list[str]:
    """The new records by name, and how many more there are."""
    found = [f"{word(screen_label(screen))} {title}".strip() for screen, title in fact.named]
    return [*found, _("%(count)s more", count=fact.unnamed)] if fact.unnamed else found


FUNCTIONS = {
    "part_text": part_text,
    "named_lines": named_lines,
    "look": look,
    "fact_labels": LABELS,
}
"""What the templates of duty call."""
