"""Where the counts of the home page come from: the whole list, one short query each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.home import file_sources as files
from app.home import money_sources as money
from app.home import work_sources as work

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.home.viewer import Count, Viewer

SOURCES: dict[str, Callable[[Viewer], Count]] = {
    source.__name__: source
    for source in (
        work.own_log,
        work.own_problems,
        money.takings_today,
        money.takings_all,
        money.void_requests,
        money.own_void_requests,
        money.bills_due,
        money.bill_runs,
        money.purses_unassigned,
        work.logs_to_review,
        work.logs_absent,
        work.problems_open,
        money.month_receivable,
        money.month_received,
        money.month_rate,
        money.takings_trend,
        files.vacant_units,
        files.undelivered_units,
        files.arrivals,
        files.open_notes,
        files.files_incomplete,
        files.imports_month,
        work.locked_accounts,
        work.first_passwords,
        work.failed_jobs,
        work.refused_logins,
        work.people_today,
    )
}
"""The name in duties.toml → the function that counts."""
