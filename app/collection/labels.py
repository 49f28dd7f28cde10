"""The words for the age of arrears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from app.collection.owing import Bucket
from app.core.i18n.filters import register_labels

if TYPE_CHECKING:
    from collections.abc import Mapping

BUCKETS: Mapping[str, Any] = register_labels(
    "bucket",
    {
        Bucket.DAYS_30: _l("1–30 days"),
        Bucket.DAYS_90: _l("31–90 days"),
        Bucket.DAYS_180: _l("91–180 days"),
        Bucket.DAYS_365: _l("181–365 days"),
        Bucket.LONGER: _l("Over a year"),
    },
)
