"""A sheet that changes rows is held to the rules of the form in the preview already."""

from __future__ import annotations

import pytest

from app.core.values import clock
from tests.registers.conftest import NOON
from tests.registers.rows.test_rules import CATALOGUE, LEAVE, enter, sheet
from tests.registers.shipped.walking import Walk


@pytest.fixture
def walk(session, login, place):
    with clock.fixed(NOON):
        yield Walk(session, login, place)


@pytest.mark.parametrize(
    ("name", "form", "header", "cells", "label"),
    [
        (CATALOGUE, {"charging": "free", "price": ""}, "收费方式", "有偿", "价格"),
        (LEAVE, {}, "结束时间", "2026-01-01 08:00", "结束时间"),
        ("key_loan", {}, "已核对业主身份", "否", "已核对业主身份"),
    ],
)
def test_a_change_that_the_form_would_refuse_is_named_in_the_preview(
    walk, tmp_path, name, form, header, cells, label
):
    assert enter(walk, name, **form).status_code == 302
    (row,) = walk.rows(name)
    numbered = bool(row.definition.head.number)
    key, before = (row.number if numbered else row.id), walk.stored(name, row.id)
    preview = sheet(
        walk, name, tmp_path, f"{'编号' if numbered else '记录号'},{header}", f"{key},{cells}"
    )
    assert [(number, said) for number, said, *_ in preview.wrong] == [(2, label)]
    assert walk.stored(name, before["id"]) == before
