"""The billing run (A05): `plan` shows what would be billed, `post` bills exactly that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from app.charging.billing import bulk_write
from app.charging.billing.read_facts import gather
from app.charging.ledger.bill_models import BillingRun, StandardPrice
from app.charging.pricing.changes import Change, between, by_marks
from app.charging.pricing.facts import Progress, Request, silent
from app.charging.pricing.planning import make
from app.charging.pricing.plans import BillingPlan, alike
from app.core.db import audit
from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import N_, DomainError
from app.core.values.money import ZERO
from app.estate.base.models import Community

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


READING = N_("Reading units and standards")


class PlanChanged(DomainError):
    """What would be posted is not what was shown; `changes` says what happened meanwhile."""

    code = "plan_changed"

    def __init__(self, changes: tuple[Change, ...]) -> None:
        super().__init__(
            N_("The facts changed after this plan was shown. Make the plan again and check it.")
        )
        self.changes = changes


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """The plan that a person looked at: its digest, its marks, and itself if still at hand."""

    digest: str
    marks: dict[str, str]
    plan: BillingPlan | None = None


@dataclass(frozen=True, slots=True)
class PostedRun:
    """What a run added: bills, for so many units; `run_id` None when nothing was missing."""

    run_id: int | None
    lines: int
    amount: Decimal
    units: int = 0


def plan(session: Session, request: Request, progress: Progress = silent) -> BillingPlan:
    """Everything that `post` would bill now, with skips and reasons; writes nothing."""
    progress(0, 0, READING)
    return make(gather(session, request), progress)


def post(
    session: Session, request: Request, shown: ShownPlan | None = None, progress: Progress = silent
) -> PostedRun:
    """Bill what the plan says, in the caller's one transaction; nothing is committed here.

    The plan is made again after the community is locked against other runs. If `shown` is
    given and its digest differs, PlanChanged: what is posted is exactly what was looked at.
    Bills that stand already are left alone, so a second run adds only what is missing, and
    a run that was killed left nothing and is simply started again.
    """
    _lock(session, request.community_id)
    made = _made_again(session, request, shown, progress)
    if shown is not None and shown.digest != made.digest:
        changes = between(shown.plan, made) if shown.plan else by_marks(shown.marks, made)
        raise PlanChanged(changes)
    total = made.total
    if not total.lines:
        return PostedRun(None, 0, ZERO)
    run = _run(made)
    session.add(run)
    session.flush()
    bulk_write.write(session, made, run.id, run.posted_on, progress)
    session.execute(
        update(StandardPrice)
        .where(StandardPrice.id.in_(made.price_ids), StandardPrice.billed.is_(False))
        .values(billed=True)
        .execution_options(synchronize_session=False)
    )
    audit.record(
        session,
        "post",
        "billing",
        run.id,
        title=str(request.period),
        community_id=run.community_id,
        details={"bills": total.lines, "amount": str(total.amount), "digest": made.digest},
    )
    session.flush()
    return PostedRun(run.id, total.lines, total.amount, run.units)


def posted_before(session: Session, request: Request, digest: str) -> PostedRun | None:
    """The run that posted exactly this plan, if there is one."""
    run = session.scalar(
        select(BillingRun)
        .where(
            BillingRun.community_id == request.community_id,
            BillingRun.period_start == request.period.first,
            BillingRun.digest == digest,
        )
        .order_by(BillingRun.id.desc())
        .limit(1)
    )
    return None if run is None else PostedRun(run.id, run.lines, run.amount, run.units)


def _made_again(
    session: Session, request: Request, shown: ShownPlan | None, progress: Progress
) -> BillingPlan:
    """The plan from the facts of this moment; the same facts make the plan that was shown."""
    progress(0, 0, READING)
    facts = gather(session, request, compare=False)
    if shown is not None and shown.plan is not None:
        before = replace(shown.plan.facts, previous=())
        if before == facts and shown.plan.digest == shown.digest:
            return shown.plan
    return make(facts, progress)


def _lock(session: Session, community_id: int) -> None:
    """Hold the community against other runs until the transaction ends.

    On SQLite the transaction already holds the only write lock; on PostgreSQL the row is
    locked in a way that payments, which only refer to the community, need not wait for.
    """
    data_scope.get(session, Community, community_id)
    session.scalar(
        select(Community.id).where(Community.id == community_id).with_for_update(key_share=True)
    )


def _run(made: BillingPlan) -> BillingRun:
    request, total = made.facts.request, made.total
    groups = [
        {
            "reason": same[0].skip.reason,
            "units": len(same[0].units),
            "expected": expected,
            "items": [made.facts.items[one.item].name for one in same if one.item is not None],
        }
        for expected, found in ((False, made.skipped), (True, made.left_out))
        for same in alike(found)
    ]
    return BillingRun(
        community_id=request.community_id,
        period_start=request.period.first,
        period_end=request.period.last,
        item_ids=list(request.item_ids),
        digest=made.digest,
        due_on=request.due_on,
        lines=total.lines,
        units=made.billed_units,
        amount=total.amount,
        skipped={"units": made.skipped_units, "groups": groups},
        user_id=audit.actor().user_id,
        posted_on=clock.today(),
    )
