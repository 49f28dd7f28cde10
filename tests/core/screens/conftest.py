"""An application whose screens are those of `tests.core.screens.screens`, and two communities."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.access.views import SCREENS as ACCESS
from app.core.columns.lookups import LookupPage
from app.estate.base.models import Building, Community, Customer, Unit, Vehicle
from tests.core.screens.screens import SCREENS
from tests.house import build, build_on_postgres


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def house(request, tmp_path_factory):
    """The application on both databases."""
    folder = tmp_path_factory.mktemp("screens")
    views = (LookupPage, *ACCESS, *SCREENS)
    if request.param == "sqlite":
        return build(folder, views=views), folder
    server = request.getfixturevalue("postgres_server")
    return build_on_postgres(folder, server, views=views), folder


@pytest.fixture
def world(session):
    """Two communities with a building and units each; a customer and a vehicle in the first."""
    here = Community(name="安居花园", short_code="AJ")
    there = Community(name="别处小区", short_code="BC")
    session.add_all([here, there])
    session.flush()
    made = SimpleNamespace(here=here.id, there=there.id)
    for place, name in ((here, "one"), (there, "other")):
        building = Building(community_id=place.id, name="1")
        session.add(building)
        session.flush()
        for number in ("101", "102"):
            unit = Unit(
                community_id=place.id,
                building_id=building.id,
                number=number,
                code=f"1-1-{number}",
                sort_key=f"1-1-{number}",
            )
            session.add(unit)
            session.flush()
            setattr(made, f"{name}_{number}", unit.id)
        setattr(made, f"{name}_building", building.id)
    owner = Customer(
        community_id=here.id, name="张三", initials="zs", id_number="110101199003070011"
    )
    session.add(owner)
    session.flush()
    vehicle = Vehicle(
        community_id=here.id, unit_id=made.one_101, plate="京A12345", customer_id=owner.id
    )
    far = Vehicle(community_id=there.id, unit_id=made.other_101, plate="沪B99999")
    session.add_all([vehicle, far])
    session.commit()
    made.owner, made.vehicle, made.far = owner.id, vehicle.id, far.id
    session.rollback()
    return made
