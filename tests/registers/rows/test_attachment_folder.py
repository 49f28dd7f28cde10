"""The folder of photos and papers holds what the database says: also when an act is refused."""

from __future__ import annotations

from sqlalchemy import select

from app.core.db.models import Attachment
from app.core.db.one_time_keys import fresh
from tests.registers.rows.test_attachments import (
    attach,
    desk,
    empty_folder,
    kept,
    on_disk,
    photo,
    row,
    walk,
)

FIXTURES = (desk, empty_folder, row, walk)


def test_of_several_files_a_bad_one_keeps_all_out(app, desk, session, row):
    attach(desk, row, ("a.jpg", photo()), ("坏.jpg", photo()[:2000]))
    assert kept(session) == []
    assert on_disk(app) == []


def test_a_row_that_cannot_be_deleted_keeps_its_files(app, walk, session):
    loan = walk.create("file_loan")
    folder = session.get(type(loan).file.property.mapper.class_, loan.file_id)
    key = folder.id
    keeper = walk.login(walk.keeper("archive_index"))
    field = next(one.name for one in folder.definition.of_kind("attachment"))
    attach(keeper, key, ("a.pdf", b"%PDF-"), register="archive_index", field=field)
    assert len(on_disk(app)) == 1
    post = walk.login(walk.keeper("archive_index", "delete"))
    post.post(f"/registers/archive_index/delete/{key}", data={"form_key": fresh()})
    assert [one.id for one in walk.rows("archive_index")] == [key]
    (one,) = session.scalars(select(Attachment))
    assert on_disk(app) == [one.token]
