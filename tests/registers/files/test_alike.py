"""Registers that could be taken for each other, by title or number, are told."""

from __future__ import annotations

import pytest

from app.core.values.number_formats import meet
from app.registers.catalogue import CHECKS
from app.registers.loading import SHIPPED, load
from tests.registers.files.own_files import BEGUN, own, sentences


def test_two_registers_with_one_title_or_one_kind_of_number_are_told(tmp_path):
    own(tmp_path, BEGUN)
    own(tmp_path, BEGUN.replace("TZ{", "tz-{").replace("-{seq:4}", "{seq:3}"), "rain.toml")
    known, said = sentences(tmp_path)
    # Both go on working as they did before anybody looked: it is told.
    assert {"umbrella", "rain"} <= set(known)
    for file in ("umbrella.toml", "rain.toml"):
        assert len([one for one in said if one.startswith(file) and "名称" in one]) == 1, said
        assert len([one for one in said if one.startswith(file) and "编号" in one]) == 1, said


@pytest.mark.parametrize("shipped", ["key_loan", "incident", "office_equipment"])
def test_a_copy_of_a_shipped_register_is_told(tmp_path, shipped):
    own(tmp_path, (SHIPPED / f"{shipped}.toml").read_text("utf-8"), "copy_of_it.toml")
    said = sentences(tmp_path)[1]
    assert len([one for one in said if "名称" in one or "编号" in one]) == 2, said


@pytest.mark.parametrize(("one", "other", "both"), [
    ("A{year}-{seq:3}", "A{year}-{seq:4}", True),
    ("A{year}{month}{seq:2}", "A{year}{seq:4}", True),
    ("A{seq}", "A1{seq}", True),
    ("a{seq}", "A{seq:3}", True),
    ("{seq}", "2026{seq:2}", True),
    ("A{year}{month}-{seq:4}", "A{year}-{seq:3}", False),
    ("A{seq}", "B{seq}", False),
    ("A{seq}-x", "A{seq}-y", False),
])  # fmt: skip
def test_formats_that_can_give_one_number_twice(one, other, both):
    assert meet(one, other) is meet(other, one) is both


def test_no_two_shipped_registers_are_alike():
    known, problems = load(None, CHECKS)
    assert problems == []
    heads = [one.definition.head for one in known.values()]
    assert len({head.title.zh for head in heads}) == len(heads)
    numbers = [head.number for head in heads if head.number]
    assert not [(a, b) for a in numbers for b in numbers if a is not b and meet(a, b)]
