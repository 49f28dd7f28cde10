"""The screens of duty, in menu order."""

from __future__ import annotations

from app.duty.log_views import DailyLogPage
from app.duty.review_views import LogReviewPage

SCREENS = (DailyLogPage, LogReviewPage)
