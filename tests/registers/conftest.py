"""A community with a unit whose owner is known, for every register, on both databases."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from app.core.values import clock
from app.estate.base.models import Building, Community, Customer, Ownership, Unit
from tests.house import build, build_on_postgres
from tests.registers.shipped.offices import Office

NOON = clock.datetime(2026, 11, 20, 12, 0)


@pytest.fixture
def place(session):
    """The keys of a community with one unit and its owner."""
    return furnish(session)


@pytest.fixture(
    scope="session",
    params=[
        pytest.param("sqlite", marks=pytest.mark.xdist_group("registers on SQLite")),
        pytest.param(
            "postgres",
            marks=[
                pytest.mark.postgres,
                pytest.mark.xdist_group("registers on PostgreSQL"),
            ],
        ),
    ],
)
def office(request, tmp_path_factory):
    """The office on each database, built once: its tests leave their traces."""
    folder = tmp_path_factory.mktemp(f"registers-{request.param}")
    if request.param == "sqlite":
        made = Office(build(folder))
        yield made
        made.close()
        return
    server = request.getfixturevalue("postgres_server")
    made = Office(build_on_postgres(folder, server))
    yield made
    made.close()


@pytest.fixture
def everywhere(office):
    """A walk through the registers on each database."""
    with office.walk(furnish) as walk:
        yield walk


def furnish(session, name="安居花园", short_code="AJ"):
    """安居花园 with 1-1-101, which 张三 owns; the keys of all of them."""
    community = Community(name=name, short_code=short_code)
    session.add(community)
    session.flush()
    building = Building(community_id=community.id, name="1", sort_key="00001")
    session.add(building)
    session.flush()
    unit = Unit(
        community_id=community.id,
        building_id=building.id,
        entrance="1",
        number="101",
        code="1-1-101",
        sort_key="1-1-101",
        kind="flat",
        occupancy="owner",
    )
    owner = Customer(community_id=community.id, name="张三", initials="zs")
    session.add_all([unit, owner])
    session.flush()
    session.add(
        Ownership(
            community_id=community.id,
            unit_id=unit.id,
            customer_id=owner.id,
            starts_on=date(2020, 1, 1),
        )
    )
    session.commit()
    return SimpleNamespace(community=community.id, unit=unit.id, owner=owner.id)
