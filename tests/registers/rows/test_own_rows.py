"""Own rows only: another's leave is nowhere to be seen, counted or changed, whatever is asked."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from sqlalchemy import select

from app.access import cells
from app.access.models import Staff
from app.core.db import audit
from app.core.db.models import AuditEntry, ImportBatch
from app.core.db.one_time_keys import fresh
from app.core.extras import attachments
from app.core.records import counts, queries
from app.core.records.newest import newest
from app.core.values import clock
from app.registers import catalogue
from tests.registers.files.own_files import changed, definition_of
from tests.registers.files.test_broken_files import faults
from tests.registers.rows.test_attachments import attach
from tests.registers.shipped.sheets import Desk, book_of, cells_of

LEAVE, ATTENDANCE = "leave_request", "attendance"
MINE, OTHERS = "front_desk", "collector"
MARCH = datetime(2027, 3, 1, 9, 0)


def enter(walk, name, by, **values):
    """A row entered by this post."""
    walk.count += 1
    fields = [field for field in walk.definition(name).fields if field.form]
    form = walk.typed(fields, by) | {key: str(value) for key, value in values.items()}
    answer = walk.login(by).post(f"/registers/{name}/add", data=form)
    assert answer.status_code == 302, answer.text
    return walk.rows(name)[-1]


@pytest.fixture
def both(everywhere):
    """The keys of a leave of the front desk and of one of the collector."""
    return [enter(everywhere, LEAVE, by, reason=f"{by}的私事").id for by in (MINE, OTHERS)]


def shown(walk, post, where=""):
    """Whose reasons stand on a page that this post opens."""
    page = walk.login(post).get(f"/registers/{LEAVE}/{where}")
    assert page.status_code == 200
    return {by for by in (MINE, OTHERS) if f"{by}的私事" in page.text}


@pytest.mark.parametrize("where", ["", "?q=私事", "?sort=reason", "?f.state.is=requested"])
def test_a_keeper_sees_his_own_rows_in_the_list_those_who_approve_see_all(everywhere, both, where):
    assert shown(everywhere, MINE, where) == {MINE}
    assert shown(everywhere, OTHERS, where) == {OTHERS}
    for post in ("supervisor", "manager", "administrator"):
        assert shown(everywhere, post, where) == {MINE, OTHERS}


@pytest.mark.parametrize("where", ["export", "archive?month=2026-11"])
def test_a_workbook_holds_no_row_of_another(everywhere, both, where, tmp_path):
    numbers = dict(
        zip((MINE, OTHERS), (everywhere.row(LEAVE, key).number for key in both), strict=True)
    )
    for post, expected in ((MINE, {MINE}), ("supervisor", {MINE, OTHERS})):
        answer = everywhere.login(post).get(f"/registers/{LEAVE}/{where}")
        rows = cells_of(answer.data, tmp_path / "a.xlsx")
        held = {str(one) for row in rows for one in row}
        assert {by for by, number in numbers.items() if number in held} == expected


def test_a_known_key_opens_and_changes_nothing_of_another(everywhere, both):
    walk, (mine, other) = everywhere, both
    attach(walk.login(OTHERS), other, ("a.pdf", b"%PDF-"), register=LEAVE, field="papers")
    (file,) = attachments.of_record(walk.session, f"register_{LEAVE}", other)
    before, file_key = walk.stored(LEAVE, other), file.id
    thief, at = walk.login(MINE), f"/registers/{LEAVE}"
    typed = walk.typed([one for one in walk.definition(LEAVE).fields if one.form], MINE)
    for address in (
        f"show/{other}",
        f"edit/{other}",
        f"slip/{other}",
        f"file/{other}/{file_key}",
        f"step/{other}/withdraw",
        f"file/{mine}/{file_key}",
    ):
        assert thief.get(f"{at}/{address}").status_code == 404, address
    for address, form in (
        (f"edit/{other}", typed | {"version": "1", "reason": "改了"}),
        (f"step/{other}/withdraw", {"form_key": fresh(), "step_reason": "改了"}),
        (f"file/{other}/{file_key}/remove", {}),
        (f"file/{mine}/{file_key}/remove", {}),
    ):
        assert thief.post(f"{at}/{address}", data=form).status_code == 404, address
    sent = {"file": [(io.BytesIO(b"%PDF-"), "b.pdf")], "form_key": fresh()}
    assert (
        thief.post(
            f"{at}/files/{other}/papers", data=sent, content_type="multipart/form-data"
        ).status_code
        == 404
    )
    assert walk.stored(LEAVE, other) == before
    kept = attachments.of_record(walk.session, f"register_{LEAVE}", other)
    assert [one.name for one in kept] == ["a.pdf"]
    acts = walk.session.scalars(
        select(AuditEntry.user_id).where(
            AuditEntry.screen == f"register_{LEAVE}", AuditEntry.record_id == str(other)
        )
    )
    assert set(acts) == {walk.person(OTHERS)}
    assert thief.get(f"{at}/show/{mine}").status_code == 200


def test_a_ticked_row_of_another_keeps_all_ticked_ones_as_they_are(everywhere, both):
    walk = everywhere
    before = [walk.stored(LEAVE, key) for key in both]
    sent = {"id": both, "form_key": fresh(), "step_reason": "改了"}
    answer = walk.login(MINE).post(f"/registers/{LEAVE}/step/many/withdraw", data=sent)
    assert answer.status_code == 404
    assert [walk.stored(LEAVE, key) for key in both] == before
    mine = sent | {"id": both[:1], "form_key": fresh()}
    assert (
        walk.login(MINE).post(f"/registers/{LEAVE}/step/many/withdraw", data=mine).status_code
        == 302
    )
    assert [walk.row(LEAVE, key).state for key in both] == ["withdrawn", "requested"]


def test_what_is_overdue_or_entered_is_counted_of_own_rows_only(everywhere, both):
    walk = everywhere
    enter(walk, LEAVE, OTHERS)
    with clock.fixed(MARCH):
        for post, count in ((MINE, 1), (OTHERS, 2), ("supervisor", 3)):
            page = walk.login(post).get(f"/registers/{LEAVE}/").text
            assert f">{count}</span>" in page, post
            home = walk.login(post).get("/home/").text
            assert f'<b class="home-count">{count}</b>' in home, post
            assert walk.login(post).get(f"/registers/{LEAVE}/months").status_code == 200


def acting(walk, post):
    walk.session.rollback()
    person = walk.session.scalars(select(Staff).filter_by(username=post)).one()
    return audit.acting(audit.Actor(person.id, post))


def test_the_model_itself_shows_no_more_whoever_asks(everywhere, both):
    walk, model = everywhere, catalogue.models()[LEAVE]
    views = walk.login(MINE).application.extensions["anju"].views
    view = next(one for one in views if one.screen == f"register_{LEAVE}")
    here = model.community_id == walk.place.community

    def seen_now():
        query = select(model.id).where(queries.inside(model), here).order_by(model.id)
        return walk.session.scalars(query).all()

    for post, seen in ((MINE, both[:1]), (OTHERS, both[1:]), ("manager", both)):
        with acting(walk, post):
            assert seen_now() == seen
            assert counts.counts(walk.session, [("n", model, here)]) == {"n": len(seen)}
            assert {one.key for one in newest(walk.session, {view: here}, 9)} == set(seen)
    assert seen_now() == both, "the command line"


def test_the_look_up_offers_no_row_of_another(everywhere, both):
    page = everywhere.login(MINE).get(f"/lookups/register_{LEAVE}?q=QJ")
    assert [one["id"] for one in page.json["results"]] == both[:1]


def test_a_sheet_reaches_no_row_of_another_and_his_import_stays(everywhere, both, tmp_path):
    walk = everywhere
    walk.session.rollback()
    mine, other = (Desk(walk, LEAVE, tmp_path), Desk(walk, LEAVE, tmp_path))
    mine.client, other.client = walk.login(MINE), walk.login(OTHERS)
    _content, rows = other.export()
    at = next(at for at, cells in enumerate(rows) if "事由" in cells)
    header, row = rows[at], rows[at + 1]
    row[header.index("事由")] = "改了"
    stolen = mine.upload(book_of([header, row]))
    assert stolen.sizes.get("修改", 0) == 0
    assert walk.row(LEAVE, both[1]).number in stolen.wrong[0][3]
    good = other.upload(book_of([header, row]))
    other.confirm(good)
    batch = walk.session.scalars(select(ImportBatch.id).order_by(ImportBatch.id.desc())).first()
    undo = f"/registers/{LEAVE}/import/{batch}/undo"
    assert undo not in mine.client.get(f"/registers/{LEAVE}/import/").text
    assert mine.client.post(undo).status_code == 404
    assert walk.row(LEAVE, both[1]).reason == "改了"
    assert undo in walk.login("supervisor").get(f"/registers/{LEAVE}/import/").text
    other.undo()
    assert walk.row(LEAVE, both[1]).reason == f"{OTHERS}的私事"


def test_a_row_about_somebody_is_his_own_too(everywhere):
    walk = everywhere
    about = enter(walk, ATTENDANCE, "clerk", person=walk.person("collector")).id
    alone = enter(walk, ATTENDANCE, "clerk", person=walk.person("front_desk")).id
    pages = [
        walk.login("collector").get(f"/registers/{ATTENDANCE}/show/{key}").status_code
        for key in (about, alone)
    ]
    assert pages == [200, 404]
    for key in (about, alone):
        assert walk.login("clerk").get(f"/registers/{ATTENDANCE}/show/{key}").status_code == 200


def test_whom_a_row_is_about_does_not_rewrite_it(everywhere):
    walk, late = everywhere, {"remark": "迟到 20 分钟"}
    key = enter(walk, ATTENDANCE, "clerk", person=walk.person("collector"), **late).id
    before, at = walk.stored(ATTENDANCE, key), f"/registers/{ATTENDANCE}/edit/{key}"
    sent = {"form_key": fresh(), "version": before["version"], "remark": "准时"}
    collector = walk.login("collector")
    assert collector.get(at).status_code == 400
    assert "已不能修改" in collector.post(at, data=sent).text
    assert walk.stored(ATTENDANCE, key) == before
    for post in ("clerk", "supervisor"):
        assert walk.login(post).get(at).status_code == 200


def test_whom_a_row_is_about_hands_papers_in_and_takes_none_away(everywhere):
    walk = everywhere
    key = enter(walk, LEAVE, "supervisor", person=walk.person("collector")).id
    attach(walk.login("supervisor"), key, ("a.pdf", b"%PDF-"), register=LEAVE, field="papers")
    (file,) = attachments.of_record(walk.session, f"register_{LEAVE}", key)
    gone = f"/registers/{LEAVE}/file/{key}/{file.id}/remove"
    collector = walk.login("collector")
    collector.post(gone, data={"form_key": fresh()})
    assert len(attachments.of_record(walk.session, f"register_{LEAVE}", key)) == 1
    attach(collector, key, ("b.pdf", b"%PDF-"), register=LEAVE, field="papers")
    assert len(attachments.of_record(walk.session, f"register_{LEAVE}", key)) == 2
    walk.login("supervisor").post(gone, data={"form_key": fresh()})
    assert len(attachments.of_record(walk.session, f"register_{LEAVE}", key)) == 1


def test_whoever_is_given_the_right_sees_all(everywhere, both):
    walk, right = everywhere, (f"register_{LEAVE}", "see_all")
    assert ":".join(right) in walk.login("administrator").get("/rights/?role=collector").text
    walk.session.rollback()
    role = cells.role(walk.session, OTHERS).id
    cells.write_cells(walk.session, role, {right}, ())
    walk.session.commit()
    assert shown(walk, OTHERS) == {MINE, OTHERS}
    cells.write_cells(walk.session, role, (), {right})
    walk.session.commit()
    assert shown(walk, OTHERS) == {OTHERS}


@pytest.mark.parametrize(("own", "by"), [
    ("", ()), ("own = false", ()), ("own = true", ("created_by_id",)),
    ('own = "who"', ("created_by_id", "who_id")),
])  # fmt: skip
def test_the_file_says_whose_rows_they_are(tmp_path, own, by):
    keepers = 'keepers = ["clerk"]  '
    who = '[[fields]]\nname = "who"\nkind = "user"\nlabel = { zh = "人", en = "Who" }\n'
    definition = definition_of(tmp_path, changed((keepers, f"{own}\n{keepers}"), more=who))
    assert definition.head.own_by == by
    rights = catalogue.rights_of(definition)
    assert {post for post, verbs in rights.items() if "see_all" in verbs} == (
        {"manager", "supervisor", "administrator"} if by else set()
    )


def test_what_is_neither_yes_nor_a_field_is_told_at_its_place(tmp_path):
    text = changed(('keepers = ["clerk"]  ', 'own = 5\nkeepers = ["clerk"]  '))
    _known, problems = faults(tmp_path, text, "umbrella.toml")
    assert {(one.line, one.path) for one in problems} == {(7, "register.own")}


def test_a_field_that_holds_nobody_is_refused(tmp_path):
    text = changed(('keepers = ["clerk"]  ', 'own = "subject"\nkeepers = ["clerk"]  '))
    _known, (fault,) = faults(tmp_path, text, "umbrella.toml")
    assert (fault.line, fault.path) == (7, "register.own")
    assert fault.params == {"value": "subject"}
