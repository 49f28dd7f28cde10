"""Times of day and patterns in one spelling; phones, plates and cards are tried in test_ids."""

from __future__ import annotations

import pytest

from app.core.parsing import normal_forms
from app.core.values.errors import DomainError


@pytest.mark.parametrize(("typed", "kept"), [
    ("9:30", "09:30"), ("09:30", "09:30"), (" 23:59 ", "23:59"), ("0：05", "00:05"),
])  # fmt: skip
def test_a_time_of_day_is_kept_with_four_digits(typed, kept):
    assert normal_forms.time_of_day(typed) == kept


@pytest.mark.parametrize("typed", ["24:00", "9", "9:5", "9:60", "09:30:00", "下午三点", "٩:٣٠"])
def test_what_is_no_time_of_day_is_refused(typed):
    with pytest.raises(DomainError) as refused:
        normal_forms.time_of_day(typed)
    assert refused.value.params["text"] == typed


@pytest.mark.parametrize(
    ("spell", "typed", "kept"),
    [
        (normal_forms.phone, "138 0000 0001", "13800000001"),
        (normal_forms.plate, "浙a12345", "浙A12345"),
        (normal_forms.id_number, " 11010519491231002x ", "11010519491231002X"),
    ],
)
def test_what_people_write_is_brought_to_one_form(spell, typed, kept):
    assert spell(typed) == kept


@pytest.mark.parametrize(
    ("spell", "typed"),
    [
        (normal_forms.phone, "12"),
        (normal_forms.plate, "没有车牌"),
        (normal_forms.id_number, "110105194912310021"),
    ],
)
def test_what_is_none_is_refused(spell, typed):
    with pytest.raises(DomainError):
        spell(typed)


def test_a_pattern_is_held_against_the_whole_of_what_was_spelt():
    spell = normal_forms.like(r"浙[A-Z].{5}", normal_forms.plate)
    assert spell("浙a12345") == "浙A12345"
    with pytest.raises(DomainError):
        spell("京A12345")
    with pytest.raises(DomainError):
        normal_forms.like("[0-9]{4}")("12345")
