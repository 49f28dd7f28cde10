"""Every route with every parameter and field that it reads: no crash, and a refusal in Chinese."""

from __future__ import annotations

import pytest

from tests.hostile.bombard import bombard
from tests.hostile.crawl import Recorder, offers

SHARP = (
    "a\x00b",
    "\x00",
    "\ud800",
    str(2**31),
    str(2**63),
    "9" * 18,
    str(10**30),
    "NaN",
    "Ω" * 5000,
)
"""What PostgreSQL refuses and SQLite takes: NUL, long numbers, text beyond its length."""


@pytest.fixture
def recorded(app, monkeypatch):
    monkeypatch.setattr(app.request_class, "parameter_storage_class", Recorder)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_parameter_and_no_field_crashes_a_route(app, clients, world, again, recorded, method):
    found = offers(app, clients, world)
    again()
    wrong = bombard(
        app, clients, world, found, method, rounds=5, after=again if method == "POST" else None
    )
    assert "\n".join(wrong) == ""


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_parameter_and_no_field_crashes_a_route_on_postgres(postgres_house, monkeypatch, method):
    app, world, clients = postgres_house
    found = offers(app, clients, world)
    monkeypatch.setattr(app.request_class, "parameter_storage_class", Recorder)
    wrong = bombard(app, clients, world, found, method, rounds=3, values=SHARP, bodies=False)
    assert "\n".join(wrong) == ""
