"""The unit of a problem is found in any spelling, and only inside the communities."""

import pytest

from app.core.records import data_scope
from app.core.values.errors import DomainError
from app.duty.base.places import unit_of_room
from app.estate.base.models import Building, Unit


@pytest.mark.parametrize(
    "typed", ["1-1-101", "1栋1单元101", "1#1单元101室", "１－１－１０１", "101", "安居花园 1-1-101"]
)
def test_every_spelling_finds_the_one_room(session, cast, typed):
    assert unit_of_room(session, typed).id == cast.room


def test_a_room_of_another_community_is_not_found(session, cast):
    with (
        data_scope.use(data_scope.Scope(frozenset({cast.garden}))),
        pytest.raises(DomainError, match="no unit"),
    ):
        unit_of_room(session, "2-1-201")


def test_a_room_that_two_communities_have_needs_the_community(session, cast):
    building = Building(community_id=cast.lake, name="1")
    session.add(building)
    session.flush()
    twin = Unit(
        community_id=cast.lake,
        building_id=building.id,
        entrance="1",
        number="101",
        code="1-1-101",
        sort_key="x",
    )
    session.add(twin)
    session.flush()
    with pytest.raises(DomainError, match="several"):
        unit_of_room(session, "1-1-101")
    assert unit_of_room(session, "翠湖苑1-1-101").id == twin.id
    assert unit_of_room(session, "AJ 1-1-101").id == cast.room


@pytest.mark.parametrize("typed", ["", "没有这间", "9-9-909", "'; DROP TABLE unit; --"])
def test_what_is_no_room_is_refused_with_a_sentence(session, cast, typed):
    with pytest.raises(DomainError):
        unit_of_room(session, typed)
