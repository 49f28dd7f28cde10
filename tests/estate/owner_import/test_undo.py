"""An import is taken back whole, or says what stands in the way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import UniqueConstraint

from app.charging.ledger.payment_models import Payment
from app.core.db.types import metadata
from app.core.imports import undo as undoing
from app.core.imports.undo import Blocked, Obstacle
from app.core.values.errors import DomainError
from app.estate.base.models import Building, Customer, CustomerPhone, Ownership, Unit, UnitNote
from app.estate.owner_import.owners import EVERYTHING
from tests.estate.conftest import LI, ZHANG, stored


def undo(session, batch):
    removed = undoing.undo(session, batch)
    session.commit()
    return removed


def standing(session, batch):
    with pytest.raises(Blocked) as refusal:
        undoing.undo(session, batch)
    session.rollback()
    return refusal.value.obstacles


def test_everything_that_a_batch_brought_is_gone(session, write, bring):
    _, batch = bring(write(ZHANG, LI))
    removed = undo(session, batch)
    assert removed["unit"] == 2
    for model in (Unit, Building, Customer, CustomerPhone, Ownership):
        assert session.query(model).count() == 0, model
    assert batch.state == "undone"


def test_a_batch_is_undone_once(session, write, bring):
    _, batch = bring(write(ZHANG))
    undo(session, batch)
    with pytest.raises(DomainError):
        undoing.undo(session, batch)


def test_what_a_batch_changed_becomes_what_it_was(session, unit, write, bring):
    _, batch = bring(write(["1-1-101", 90, "王五", "13700000007", ""], LI), accept=EVERYTHING)
    undo(session, batch)
    session.expire_all()
    assert session.get(Unit, unit.id).gross_area == Decimal("89.500")
    assert stored(session) == {"1-1-101": [("张三", "13800000001")]}
    assert session.query(Ownership).one().ends_on is None


def test_a_unit_with_a_payment_stands_in_the_way(session, write, bring, community):
    _, batch = bring(write(ZHANG))
    unit = session.query(Unit).one()
    session.add(
        Payment(
            community_id=community.id,
            unit_id=unit.id,
            payer_name="张三",
            amount=Decimal(10),
            received_on=date(2026, 11, 22),
            key="one",
        )
    )
    session.commit()
    assert standing(session, batch) == [Obstacle("payment", 1, "built")]
    assert session.query(Unit).count() == 1


def test_a_note_on_a_unit_stands_in_the_way(session, write, bring, community):
    _, batch = bring(write(ZHANG))
    session.add(
        UnitNote(community_id=community.id, unit_id=session.query(Unit).one().id, text="漏水")
    )
    session.commit()
    assert standing(session, batch) == [Obstacle("unit_note", 1, "built")]


def test_a_later_edit_stands_in_the_way(session, write, bring):
    _, batch = bring(write(ZHANG, LI))
    session.query(Unit).filter_by(code="1-1-101").one().remark = "靠路"
    session.commit()
    assert standing(session, batch) == [Obstacle("unit", 1, "edited")]


def test_an_edit_of_what_a_batch_changed_stands_in_the_way(session, unit, write, bring):
    _, batch = bring(write(["1-1-101", 90, "张三", "", ""]))
    session.expire_all()
    session.get(Unit, unit.id).remark = "靠路"
    session.commit()
    assert standing(session, batch) == [Obstacle("unit", 1, "edited")]


def test_a_later_import_must_be_undone_first_and_then_the_first_can_be(session, write, bring):
    _, first = bring(write(ZHANG))
    _, second = bring(write(["1-1-101", 95, "张三", "13900000009", ""]))
    found = standing(session, first)
    assert {(one.why, one.batch_id) for one in found} == {("batch", second.id)}
    undo(session, second)
    assert stored(session) == {"1-1-101": [("张三", "13800000001")]}
    undo(session, first)
    assert session.query(Unit).count() == 0


def test_a_second_building_does_not_hinder_the_first_ones_undo(session, write, bring):
    _, first = bring(write(ZHANG))
    bring(write(["2-1-101", 89.5, "赵六", "13800000006", ""]))
    undo(session, first)
    assert list(stored(session)) == ["2-1-101"]


def test_whatever_refers_to_an_imported_record_is_found_by_an_index():
    """Deleting a record asks every table that may refer to it: without an index, row by row."""
    imported = {
        "building",
        "unit",
        "customer",
        "customer_phone",
        "ownership",
        "tenancy",
        "resident",
        "vehicle",
    }
    slow = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if any(key.column.table.name in imported for key in column.foreign_keys)
        and not column.primary_key
        and not any(next(iter(index.columns)) is column for index in table.indexes)
        and not any(
            next(iter(rule.columns)) is column
            for rule in table.constraints
            if isinstance(rule, UniqueConstraint)
        )
    ]
    assert slow == []
