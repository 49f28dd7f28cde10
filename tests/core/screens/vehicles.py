"""The form of a vehicle as its page sends it, and what was recorded."""

from __future__ import annotations

import re

from sqlalchemy import select

from app.core.db import one_time_keys
from app.core.db.models import AuditEntry


def vehicle_form(world, **changes):
    return {
        "form_key": one_time_keys.fresh(),
        "unit": world.one_101,
        "unit__text": "1-1-101",
        "plate": "京B00001",
        "customer": "",
        "colour": "",
        **changes,
    }


def version_of(page: str) -> str:
    return re.search(r'name="version" value="([^"]*)"', page)[1]


def entries(session, act: str, screen: str) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).filter_by(act=act, screen=screen)))
