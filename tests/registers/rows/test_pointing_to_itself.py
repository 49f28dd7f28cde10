"""A register that points to itself: the renewed card knows the one before it; on both databases."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError

from app.core.db.extensions import db
from app.core.db.one_time_keys import fresh
from app.core.values import clock
from app.registers import catalogue, loading
from tests.house import build, build_on_postgres
from tests.registers.conftest import furnish
from tests.registers.files.own_files import BEGUN, changed, umbrellas
from tests.registers.files.test_broken_files import faults
from tests.registers.shipped.offices import Office
from tests.registers.shipped.sheets import Desk, book_of

BEFORE = """
[[fields]]
name = "before"
kind = "register"
register = "umbrella"
label = { zh = "原卡", en = "The one before" }
unique = true
search = true
list = true
"""
OWN = changed(more=BEFORE)
AT = "/registers/umbrella"


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def own_office(request, tmp_path_factory):
    """An office with this register among the shipped ones; afterwards it was never there."""
    folder = tmp_path_factory.mktemp(f"itself-{request.param}")
    (folder / "registers").mkdir()
    (folder / "registers" / "umbrella.toml").write_text(OWN, "utf-8")
    made = Office(
        build(folder)
        if request.param == "sqlite"
        else build_on_postgres(folder, request.getfixturevalue("postgres_server"))
    )
    yield made
    made.close()
    catalogue.build(loading.load(None, catalogue.CHECKS)[0])


@pytest.fixture
def walk(own_office):
    with own_office.walk(furnish) as found:
        yield found


def enter(walk, before=None, **more):
    """The answer of the form, and the row that is the newest then."""
    form = {
        "form_key": fresh(),
        "community": walk.place.community,
        "subject": "门禁卡",
        "day": "2026-11-05",
        "before": before or "",
        **more,
    }
    answer = walk.login("clerk").post(f"{AT}/add", data=form)
    rows = walk.rows("umbrella")
    return answer, rows[-1] if rows else None


def listed(client, question):
    """The keys of the rows of the list, in its order."""
    page = client.get(f"{AT}/{question}").text
    return [int(key) for key in re.findall(rf'<tr data-href="{AT}/show/(\d+)"', page)]


def test_a_renewed_card_knows_the_one_before_it_and_is_found_by_it(walk, tmp_path):
    first = enter(walk, subject="旧卡")[1]
    number, key = first.number, first.id
    second = enter(walk, key, subject="新卡")[1]
    assert second.before_id == key
    renewed, clerk = second.id, walk.login("clerk")
    page = clerk.get(f"{AT}/show/{renewed}").text
    assert number in page
    assert f"{AT}/show/{key}" in page
    for sort in ("before", "-before"):
        assert sorted(listed(clerk, f"?sort={sort}")) == [key, renewed]
    assert listed(clerk, f"?q={number}") == [renewed, key]
    assert listed(clerk, f"?f.before.is={key}") == [renewed]
    found = clerk.get(f"/lookups/register_umbrella?q={number}").json["results"]
    assert [one["id"] for one in found] == [key]
    desk = Desk(walk, "umbrella", tmp_path)
    _content, rows = desk.export()
    at = next(at for at, cells in enumerate(rows) if "原卡" in cells)
    header, cells = rows[at], next(one for one in rows[at + 1 :] if "新卡" in one)
    assert cells[header.index("原卡")] == number
    third = [*cells]
    third[header.index("原卡")], third[header.index("事项")] = cells[header.index("编号")], "再换"
    third[header.index("编号")] = ""
    desk.confirm(desk.upload(book_of([header, third])))
    assert walk.rows("umbrella")[-1].before_id == renewed


def test_no_card_comes_before_itself_or_twice(walk):
    first = enter(walk)[1].id
    row = walk.row("umbrella", first)
    form = {"subject": "门禁卡", "day": "2026-11-05", "before": first, "version": row.version}
    answer = walk.login("clerk").post(f"{AT}/edit/{first}", data=form)
    assert answer.status_code == 422
    assert "不能选这条记录自己" in answer.text
    assert walk.row("umbrella", first).before_id is None
    assert enter(walk, first)[0].status_code == 302
    assert enter(walk, first)[0].status_code == 422, "it was renewed already"


def test_a_card_that_was_renewed_is_not_deleted(walk):
    first = enter(walk)[1].id
    enter(walk, first)
    answer = walk.login("supervisor").post(f"{AT}/delete/{first}", follow_redirects=True)
    assert "不能删除" in answer.text
    assert len(walk.rows("umbrella")) == 2


def test_a_card_of_another_community_cannot_be_chosen(own_office):
    with own_office.walk(furnish) as there:
        other = enter(there)[1].id
    with own_office.walk(furnish) as here:
        assert enter(here, other)[0].status_code == 422
        assert here.rows("umbrella") == []


def test_sync_adds_the_column_and_keeps_it_when_the_table_is_made_anew(
    everywhere, tmp_path, monkeypatch
):
    with umbrellas(tmp_path, monkeypatch) as book:
        book.bring(BEGUN)
        row = {
            "created_at": clock.datetime(2026, 11, 2, 4),
            "subject": "a",
            "state": "open",
            "day": clock.date(2026, 11, 2),
            "version": 1,
        }
        book.put(everywhere.place.community, row | {"number": "1"})
        book.bring(OWN)
        (first,) = db.session.scalars(select(book.table.c.id)).all()
        book.put(everywhere.place.community, row | {"number": "2", "before_id": first})
        further = (
            '[[actions]]\nname = "finish"',
            '[[states]]\nname = "lost"\nlook = "bad"\n'
            'label = { zh = "遗失", en = "Lost" }\n\n[[actions]]\nname = "lose"\n'
            'label = { zh = "遗失", en = "Lose" }\nfrom = "open"\nto = "lost"\n\n'
            '[[actions]]\nname = "finish"',
        )
        assert book.bring(changed(further, more=BEFORE)), "the words of its states change"
        assert book.rows("number", "before_id") == [("1", None), ("2", first)]
        (key,) = [
            one
            for one in inspect(db.engine).get_foreign_keys("register_umbrella")
            if one["constrained_columns"] == ["before_id"]
        ]
        assert key["referred_table"] == "register_umbrella"
        with pytest.raises(IntegrityError):
            book.put(everywhere.place.community, row | {"number": "3", "before_id": first + 999})
        db.session.rollback()
        assert book.bring(changed(further, more=BEFORE)) == []


@pytest.mark.parametrize(
    "wrong", [OWN + "required = true\n", OWN.replace("duties", 'called = ["before"]\nduties')]
)
def test_what_the_first_row_could_not_have_is_refused(tmp_path, wrong):
    _known, (fault,) = faults(tmp_path, wrong, "umbrella.toml")
    assert "the first has none" in fault.message
    assert fault.path == "fields[3]"
