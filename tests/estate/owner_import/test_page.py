"""The import as a clerk does it: upload, look, correct, confirm, undo."""

from __future__ import annotations

import io
import os
import re
import time
from datetime import timedelta

import pytest
import python_calamine

from app.access.models import Staff, UserCommunity
from app.core.db.models import HeaderMapping, ImportBatch, Job
from app.core.web import uploads
from app.estate.base.models import Community, Unit
from app.estate.owner_import import job as import_job
from tests.estate.conftest import HEADER, LI, ZHANG, stored
from tests.workbooks import xlsx


def kept(app):
    """The folders of uploads that are kept."""
    with app.app_context():
        root = import_job.folder()
    return sorted(root.iterdir()) if root.is_dir() else []


@pytest.fixture(autouse=True)
def _no_uploads(app):
    for folder in kept(app):
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()


def test_upload_preview_post_and_undo(app, session, login, write, upload, post):
    client = login("clerk")
    answer = upload(client, write(ZHANG, LI))
    assert answer.status_code == 302
    page = client.get(answer.location).get_data(as_text=True)
    assert "1-1-101" in page
    assert session.query(Unit).count() == 0
    assert post(client, answer.location, rows="all").status_code == 302
    assert stored(session).keys() == {"1-1-101", "1-1-102"}
    batch = session.query(ImportBatch).one()
    assert batch.file_name == "业主.xlsx"
    page = client.get(f"/owner-import/batches/{batch.id}").get_data(as_text=True)
    key = re.search('name="form_key" value="([^"]+)"', page)[1]
    client.post(f"/owner-import/batches/{batch.id}/undo", data={"form_key": key})
    assert stored(session) == {}
    assert kept(app) == []


def test_confirming_twice_imports_once(app, session, login, write, upload, post):
    client = login("clerk")
    address = upload(client, write(ZHANG)).location
    post(client, address, rows="all")
    post(client, address, rows="all")
    assert session.query(ImportBatch).count() == 1
    assert session.query(Job).count() == 1


def test_rows_with_errors_need_the_word_good_rows_only(session, login, write, upload, post):
    client = login("clerk")
    address = upload(client, write(ZHANG, ["", 80, "无房号", "", ""])).location
    assert post(client, address, rows="all").status_code == 422
    assert stored(session) == {}
    assert post(client, address, rows="good").status_code == 302
    assert list(stored(session)) == ["1-1-101"]


def test_what_changed_since_the_preview_is_refused(session, login, write, upload, post, bring):
    client = login("clerk")
    address = upload(client, write(ZHANG, LI)).location
    bring(write(ZHANG, name="other.xlsx"))
    post(client, address, rows="all")
    job = session.query(Job).one()
    assert job.state == "failed"
    assert list(stored(session)) == ["1-1-101"]
    assert client.post(f"{address}again").status_code == 302
    post(client, address, rows="all")
    assert list(stored(session)) == ["1-1-101", "1-1-102"]


def test_a_header_nobody_knows_is_matched_by_hand_and_remembered(
    session, login, write, upload, post
):
    header = ["甲列", "乙列", "丙列", "丁列"]
    path = write(["1-1-101", 89.5, "张三", "13800000001"], header=header)
    client = login("clerk")
    answer = upload(client, path)
    assert answer.status_code == 422
    address = re.search('href="(/owner-import/[^"]+/columns)"', answer.get_data(as_text=True))[1]
    page = client.get(address).get_data(as_text=True)
    names = re.findall('name="([0-9a-f]{32}[.][0-9]+)"', page)
    meanings = ("room", "gross_area", "owner_names", "owner_phones")
    assert client.post(address, data=dict.fromkeys(names, "")).status_code == 422
    answer = client.post(address, data=dict(zip(names, meanings, strict=True)))
    assert answer.status_code == 302
    post(client, answer.location, rows="all")
    assert stored(session) == {"1-1-101": [("张三", "13800000001")]}
    assert session.query(HeaderMapping).count() == 1
    again = write(["1-1-102", 89.5, "李四", "13800000002"], header=header, name="b.xlsx")
    assert upload(client, again).status_code == 302


def test_problem_rows_come_back_in_the_offices_own_columns(login, write, upload):
    client = login("clerk")
    address = upload(
        client, write(ZHANG, ["", 80, "无房号", "", ""], ["1-1-103", 80, "赵六", "12", ""])
    ).location
    answer = client.get(f"{address}problems.xlsx")
    rows = (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
        .get_sheet_by_name("业主")
        .to_python()
    )
    assert rows[0][:5] == HEADER
    assert [row[:3] for row in rows[1:]] == [["", 80.0, "无房号"], ["1-1-103", 80.0, "赵六"]]
    assert all(row[5] for row in rows[1:])


def test_an_upload_is_for_its_sender_alone(login, write, upload):
    address = upload(login("clerk"), write(ZHANG)).location
    other = login("supervisor")
    for path in ("", "columns", "problems.xlsx"):
        assert other.get(address + path).status_code == 404, path
    assert other.post(f"{address}post", data={"seen": "x"}).status_code in (302, 400, 404)
    assert login("manager").get(address).status_code == 403


@pytest.mark.parametrize("post_name", ["manager", "front_desk", "collector", "administrator"])
def test_only_those_with_the_right_upload(login, write, upload, post_name):
    assert upload(login(post_name), write(ZHANG)).status_code == 403


def test_tokens_that_are_none_lead_nowhere(login):
    client = login("clerk")
    for token in ("x", "a" * 22, "..%2f..%2fsecret", "%00"):
        assert client.get(f"/owner-import/{token}/").status_code == 404


def test_names_of_files_lose_paths_and_invisible_signs():
    assert uploads.clean_name("../../etc/\u202e密码\x00.xlsx") == "密码.xlsx"
    assert uploads.clean_name("C:\\Users\\王\\业主.xlsx") == "业主.xlsx"
    assert uploads.clean_name("..") == "file"


def test_a_file_that_is_no_list_gets_one_sentence_and_leaves_nothing(
    app, session, login, upload, tmp_path
):
    path = tmp_path / "照片.xlsx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    answer = upload(login("clerk"), path)
    assert answer.status_code == 422
    assert answer.get_data(as_text=True).count('role="alert"') == 1
    assert kept(app) == []
    assert session.query(Unit).count() == 0


def test_without_a_file_or_a_community_the_page_says_so(login, write, upload, community):
    client = login("clerk")
    answer = client.post("/owner-import/upload", data={"community": str(community.id)})
    assert answer.status_code == 422
    assert upload(client, write(ZHANG), community_id="new").status_code == 422
    assert upload(client, write(ZHANG), community_id=999999).status_code == 422


def test_uploads_are_kept_for_a_week(app, login, write, upload):
    client = login("clerk")
    upload(client, write(ZHANG))
    with app.app_context():
        folder = import_job.folder()
    for days in (6, 8):
        uploads.sweep(folder)
        assert len(kept(app)) == 1
        changed = time.time() - timedelta(days=days).total_seconds()
        for facts in folder.glob("*/facts.json"):
            os.utime(facts, (changed, changed))
    uploads.sweep(folder)
    assert kept(app) == []


def test_the_template_can_be_imported_as_it_is(app, session, login, upload, post, tmp_path):
    client = login("clerk")
    path = tmp_path / "模板.xlsx"
    path.write_bytes(client.get("/owner-import/template.xlsx").data)
    answer = upload(client, path)
    assert answer.status_code == 302
    post(client, answer.location, rows="all")
    assert list(stored(session)) == ["1-1-101", "1-1-102", "B1-23", "S1-03"]


def test_a_name_that_is_markup_is_shown_as_text(login, upload, tmp_path, community):
    header = [*HEADER, "<script>alert(1)</script>"]
    row = ["<img src=x>", 80, "<b>张</b>", "<i>", "", "x"]
    path = xlsx(tmp_path / "a.xlsx", {"<s>": [header, row]})
    answer = upload(login("clerk"), path, name="<script>x.xlsx")
    page = login("clerk").get(answer.location).get_data(as_text=True)
    assert "<img src=x>" not in page
    assert "<script>alert" not in page


def test_a_community_outside_the_scope_cannot_be_chosen(session, login, write, upload, community):
    other = Community(name="锦绣新城", short_code="JX")
    clerk = session.query(Staff).filter_by(username="clerk").one()
    session.add(other)
    session.flush()
    key = other.id
    clerk.all_communities = False
    session.add(UserCommunity(user_id=clerk.id, community_id=community.id))
    session.commit()
    client = login("clerk")
    assert upload(client, write(ZHANG), community_id=key).status_code == 422
    assert "锦绣新城" not in client.get("/owner-import/").get_data(as_text=True)
    assert upload(client, write(ZHANG)).status_code == 302


def test_without_any_community_the_page_says_what_comes_first(session, login):
    """No form with an empty choice: the administrator adds the first community."""
    for one in session.query(Community).all():
        session.delete(one)
    session.commit()
    page = login("clerk").get("/owner-import/").get_data(as_text=True)
    assert "请系统管理员先新增小区" in page
    assert 'id="community"' not in page


def test_the_uses_to_choose_from_are_named_as_everywhere(login, write, upload):
    client = login("clerk")
    rows = [("1-1-101", "赵晓一", 80.0, "厂房")]
    answer = upload(client, write(*rows, header=("房号", "业主", "面积", "用途")))
    page = client.get(answer.location).get_data(as_text=True)
    assert re.findall(r'<option value="parking">([^<]*)', page) == ["车位"]
