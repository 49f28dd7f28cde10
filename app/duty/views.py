"""The screens of duty, in menu order."""

from __future__ import annotations

from app.duty.log_views import DailyLogPage
from app.duty.review_views import LogReviewPage
from app.duty.reviewer_views import LogReviewersPage

SCREENS = (DailyLogPage, LogReviewPage, LogReviewersPage)
