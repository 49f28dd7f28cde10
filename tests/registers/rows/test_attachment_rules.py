"""Files that are sent twice are kept once; a locked row takes none, unless its state says so."""

from __future__ import annotations

import pytest

from app.core.db.models import Attachment
from app.core.db.one_time_keys import fresh
from app.core.extras import attachments
from app.core.values.errors import DomainError
from tests.registers.rows.test_attachments import attach, photo

PAPER = ("a.pdf", b"%PDF-")


def field_of(walk, name):
    return next(one.name for one in walk.definition(name).of_kind("attachment"))


def sent(walk, name, row, *files, **options):
    """Files sent by a keeper; the names of those that the row has then."""
    answer = attach(
        walk.login(walk.keeper(name)),
        row,
        *files,
        register=name,
        field=field_of(walk, name),
        **options,
    )
    return kept(walk, name, row), answer.text


def kept(walk, name, row):
    """The names of the files of a row, the oldest first."""
    walk.session.rollback()
    return [one.name for one in attachments.of_record(walk.session, f"register_{name}", row)]


def test_what_is_sent_twice_is_kept_once(everywhere):
    walk, key = everywhere, fresh()
    row = walk.create("construction_leftover").id
    for text in ("已添加 2 个附件", "没有重复处理"):
        names, page = sent(walk, "construction_leftover", row, PAPER, ("b.jpg", photo()), key=key)
        assert names == ["a.pdf", "b.jpg"]
        assert text in page
    assert len(sent(walk, "construction_leftover", row, PAPER)[0]) == 3, "another form: once more"


def test_a_refused_file_can_be_sent_again_with_the_same_form(everywhere):
    walk, key = everywhere, fresh()
    row = walk.create("construction_leftover").id
    assert sent(walk, "construction_leftover", row, ("a.exe", b"MZ"), key=key)[0] == []
    assert sent(walk, "construction_leftover", row, PAPER, key=key)[0] == ["a.pdf"]


def test_a_form_without_a_key_keeps_nothing(everywhere):
    row = everywhere.create("construction_leftover").id
    assert sent(everywhere, "construction_leftover", row, PAPER, key="")[0] == []


@pytest.mark.parametrize(("name", "state", "taken"), [
    ("incident", "happening", True), ("incident", "to_close", False), ("incident", "closed", False),
    ("community_event", "approved", True), ("community_event", "closed", False),
    ("stock_taking", "confirmed", False),
])  # fmt: skip
def test_a_locked_row_takes_files_only_where_its_state_says_so(everywhere, name, state, taken):
    walk = everywhere
    row = walk.bring_to(name, state).id
    names, page = sent(walk, name, row, PAPER)
    assert names == (["a.pdf"] if taken else [])
    assert ("已锁定，不能再添加附件" in page) != taken
    form = f'action="/registers/{name}/files/{row}/'
    shown = walk.login(walk.keeper(name)).get(f"/registers/{name}/show/{row}").text
    assert (form in shown) == taken


def test_the_files_of_a_locked_row_stay_until_it_is_opened_again(everywhere):
    walk, name = everywhere, "stock_taking"
    row = walk.create(name).id
    sent(walk, name, row, PAPER)
    definition = walk.definition(name)
    confirm, reopen = (
        next(one for one in definition.actions if start in one.origins)
        for start in ("entered", "confirmed")
    )
    walk.take(name, walk.row(name, row), confirm)
    (file,) = attachments.of_record(walk.session, f"register_{name}", row)
    address, keeper = f"/registers/{name}/file/{row}/{file.id}", walk.login(walk.keeper(name))
    assert f"{address}/remove" not in keeper.get(f"/registers/{name}/show/{row}").text
    answer = keeper.post(f"{address}/remove", follow_redirects=True)
    assert "已锁定，附件不能移除" in answer.text
    assert kept(walk, name, row) == ["a.pdf"]
    walk.take(name, walk.row(name, row), reopen)
    keeper.post(f"{address}/remove")
    assert kept(walk, name, row) == []


def test_the_model_itself_refuses_whoever_asks(everywhere):
    walk = everywhere
    row = walk.bring_to("incident", "closed")
    with pytest.raises(DomainError, match="Reopen it"):
        attachments.add(walk.session, "register_incident", row, "photos", None)
    with pytest.raises(DomainError, match="Reopen it"):
        attachments.remove(walk.session, row, Attachment(name="a.pdf"))


def test_who_only_reads_adds_nothing(everywhere):
    walk, name = everywhere, "incident"
    row = walk.create(name).id
    for post in walk.without(name, "write"):
        client = walk.login(post)
        shown = client.get(f"/registers/{name}/show/{row}").text
        assert f"/registers/{name}/files/" not in shown
        assert attach(client, row, PAPER, register=name).status_code == 403
    assert kept(walk, name, row) == []
