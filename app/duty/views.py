"""The screens of duty, in menu order."""

from __future__ import annotations

from app.duty.log.views import DailyLogPage
from app.duty.review.reviewer_views import LogReviewersPage
from app.duty.review.views import LogReviewPage

SCREENS = (DailyLogPage, LogReviewPage, LogReviewersPage)
