"""The words for how a day of somebody's log stands in the trend."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.i18n.filters import register_labels
from app.duty.review.trend import Mark

MARKS = register_labels(
    "log_mark",
    {
        Mark.ON_TIME: _l("On time"),
        Mark.LATE: _l("Handed in late"),
        Mark.MISSING: _l("No log"),
        Mark.PENDING: _l("Not due yet"),
        Mark.OFF: _l("Day off"),
        Mark.FREE: _l("Not owed"),
    },
)
