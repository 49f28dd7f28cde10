"""Plans that were shown lately, kept in memory: paging needs no new plan, and a refusal can
say exactly what changed. Losing one costs only time and detail, never a right answer."""

from __future__ import annotations

import threading
from collections import OrderedDict

from app.charging.pricing.plans import BillingPlan

KEPT = 4
"""A plan of 100,000 units weighs some twenty megabytes."""


class RecentPlans:
    """The last few plans by digest; safe between the threads of a server."""

    def __init__(self) -> None:
        self._plans: OrderedDict[tuple[int, str], BillingPlan] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, plan: BillingPlan) -> None:
        """Keep a plan, and let the oldest go."""
        key = (plan.facts.request.community_id, plan.digest)
        with self._lock:
            self._plans[key] = plan
            self._plans.move_to_end(key)
            while len(self._plans) > KEPT:
                self._plans.popitem(last=False)

    def take(self, community_id: int, digest: str) -> BillingPlan | None:
        """The plan with this digest, if it is still here."""
        with self._lock:
            return self._plans.get((community_id, digest))


RECENT_PLANS = RecentPlans()
