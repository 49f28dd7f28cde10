"""Every register's sheets, on both databases: template with wrong rows, export, re-import, undo."""

from __future__ import annotations

import pytest

from app.core.declared.fields import UNSTORED
from app.core.workbook import reader
from app.registers import catalogue
from app.registers.definition import RegisterKind
from app.registers.kinds import KINDS
from app.roles import Verb
from tests.registers.shipped.sheets import Desk, book_of, heading, mistakes, read_here, written
from tests.registers.shipped.test_shipped import NAMES
from tests.registers.shipped.walking import assert_stored, state_of


@pytest.fixture(autouse=True)
def near(monkeypatch):
    """Thousands of small files: they are read in this process."""
    monkeypatch.setattr(reader, "_read_apart", read_here)


def filled(walk, name, header):
    """A further row for the template: its cells by the header, and what a form would send."""
    walk.count += 1
    fields = [one for one in walk.definition(name).fields if one.form and one.kind not in UNSTORED]
    form = walk.typed(fields, walk.keeper(name))
    cells = {heading(field): written(walk, field, form) for field in fields}
    assert set(cells) <= set(header), "the template lacks columns"
    return [cells.get(label, "") for label in header], form


@pytest.mark.parametrize("name", NAMES)
def test_a_filled_template_names_its_wrong_rows_and_brings_the_good_one(everywhere, tmp_path, name):
    walk, definition = everywhere, everywhere.definition(name)
    desk = Desk(walk, name, tmp_path)
    *above, header = desk.template()
    wrong, rows = mistakes(definition)[:3], []
    assert len(wrong) == 3
    for field, nonsense in wrong:
        cells, _form = filled(walk, name, header)
        cells[header.index(heading(field))] = nonsense
        rows.append(cells)
    good, form = filled(walk, name, header)
    first = len(above) + 2
    before = [row.id for row in walk.rows(name)]
    seen = desk.upload(book_of([*above, header, *rows, good]))
    assert [(row, label, value) for row, label, value, _said in seen.wrong] == [
        (first + at, heading(field), nonsense[:60] or "—")
        for at, (field, nonsense) in enumerate(wrong)
    ]
    assert all(len(said) > 3 for *_where, said in seen.wrong)
    assert seen.sizes == {"新增": 1, "修改": 0, "无变化": 0, "错误": 3}
    assert [row.id for row in walk.rows(name)] == before
    desk.confirm(seen)
    (row,) = [row for row in walk.rows(name) if row.id not in before]
    assert_stored(row, [one for one in definition.fields if one.form], form)
    assert row.created_by_id == walk.person(walk.keeper(name, Verb.IMPORT))
    if definition.states:
        assert row.state == definition.states[0].name
    if definition.head.number:
        assert row.number
    desk.undo()
    assert [row.id for row in walk.rows(name)] == before


def changeable(definition, row):
    """A text that may be changed: its old value is found in one row of the export only."""
    bound = {
        one
        for field in definition.fields
        if field.unique_per or field.unique_in
        for one in (field.name, *field.unique_per)
    }
    fits = [
        one
        for one in definition.of_kind(RegisterKind.TEXT, RegisterKind.LONG_TEXT)
        if one.form and not one.pattern and getattr(row, one.name)
    ]
    return min(
        fits, key=lambda one: (one.unique or one.name in bound, one.kind != RegisterKind.TEXT)
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_export_comes_back_unchanged_and_then_as_a_change(everywhere, tmp_path, name):
    walk, definition = everywhere, everywhere.definition(name)
    desk = Desk(walk, name, tmp_path)
    moved = walk.create(name)
    for action in definition.actions:
        if moved.state in action.origins and action.to != moved.state:
            moved = walk.take(name, moved, action)
            break
    kept, moved_key = walk.create(name).id, moved.id
    row = walk.row(name, kept)
    field = changeable(definition, row)
    old = getattr(row, field.name)
    before = {key: walk.stored(name, key) for key in (moved_key, kept)}

    content, rows = desk.export()
    header = next(one for one in rows if heading(field) in one)
    column = header.index(heading(field))
    same = desk.upload(content)
    assert same.wrong == []
    assert same.sizes == {"新增": 0, "修改": 0, "无变化": 2, "错误": 0}
    assert same.seal is None

    (line,) = [one for one in rows if len(one) > column and one[column] == old]
    line[column] = "改过的"
    changed = desk.upload(book_of(rows))
    assert changed.wrong == []
    assert changed.sizes == {"新增": 0, "修改": 1, "无变化": 1, "错误": 0}
    desk.confirm(changed)
    assert walk.stored(name, moved_key) == before[moved_key]
    after = walk.stored(name, kept)
    assert after == before[kept] | {field.name: "改过的", "version": before[kept]["version"] + 1}
    assert len(walk.rows(name)) == 2


APPROVED = [
    name
    for name in NAMES
    if any(one.right != "write" for one in catalogue.models()[name].definition.actions)
]


@pytest.mark.parametrize("name", APPROVED)
def test_what_another_person_must_approve_does_not_come_in_approved(everywhere, tmp_path, name):
    walk, definition = everywhere, everywhere.definition(name)
    desk = Desk(walk, name, tmp_path)
    action = next(one for one in definition.actions if one.right != "write")
    approver = f"王{walk.keeper(name, Verb(action.right))}"
    stamps = [definition.field(one) for one in action.stamps]
    values = {
        heading(one): approver if one.kind is RegisterKind.USER else "2026-11-05" for one in stamps
    }
    *above, header = desk.template()
    header = [*header, *(label for label in [*values, "状态"] if label not in header)]
    cells, _form = filled(walk, name, header)
    values["状态"] = state_of(definition, action.to).label.zh
    cells = [values.get(label, cell) for label, cell in zip(header, cells, strict=True)]
    before = [row.id for row in walk.rows(name)]
    seen = desk.upload(book_of([*above, header, cells]))
    if seen.seal:
        desk.confirm(seen)
    for row in walk.rows(name):
        if row.id not in before:
            assert row.state == definition.states[0].name
            assert [getattr(row, KINDS.stored_name(one)) for one in stamps] == [None] * len(stamps)


@pytest.mark.parametrize("name", APPROVED)
def test_what_only_actions_write_is_not_changed_by_a_sheet(everywhere, tmp_path, name):
    walk, definition = everywhere, everywhere.definition(name)
    fields = [
        one
        for one in definition.of_kind(RegisterKind.USER, RegisterKind.DATE, RegisterKind.TEXT)
        if not one.form
    ]
    assert fields
    desk, key = Desk(walk, name, tmp_path), walk.create(name).id
    before = walk.stored(name, key)
    _content, rows = desk.export()
    at = next(place for place, row in enumerate(rows) if heading(fields[0]) in row)
    for field in fields:
        column = rows[at].index(heading(field))
        line = rows[at + 1]
        line.extend([""] * (column + 1 - len(line)))
        line[column] = {RegisterKind.USER: "王manager", RegisterKind.DATE: "2026-11-01"}.get(
            field.kind, "改过的"
        )
    seen = desk.upload(book_of(rows))
    if seen.seal:
        desk.confirm(seen)
    assert walk.stored(name, key) == before
