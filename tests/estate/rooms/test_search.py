"""People are found by name and phone, and the search tells nothing that a mask hides."""

from __future__ import annotations

import pytest
from sqlalchemy import or_, select

from app.estate.base.models import Customer
from app.estate.rooms.search import customer_conditions


@pytest.fixture
def found(session, unit):
    """`found(typed)`: the names of the customers that are meant."""

    def run(typed: str) -> list[str]:
        conditions = customer_conditions(typed)
        return list(session.scalars(select(Customer.name).where(or_(False, *conditions))))

    return run


@pytest.mark.parametrize("typed", ["张", "张三", "zs", "0001", "000001", "13800000001"])
def test_a_customer_is_found_by_name_initials_tail_and_whole_phone(found, typed):
    assert found(typed) == ["张三"]


@pytest.mark.parametrize("typed", ["0002", "1380000", "13800000002", "1-1-0001", "李"])
def test_nobody_else_is_found(found, typed):
    assert found(typed) == []


def test_the_hidden_digits_of_a_phone_cannot_be_tried_one_by_one(found):
    """138****0001: a right guess of the fifth digit from the end looks like a wrong one."""
    assert {tuple(found(f"{digit}0001")) for digit in range(10)} == {("张三",)}
    assert {tuple(found(f"138{digit}")) for digit in range(10)} == {()}
