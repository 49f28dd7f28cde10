"""The administrator's page lists every register and tries a file without installing it."""

from __future__ import annotations

import io

from app.registers import catalogue
from tests.registers.files.own_files import changed
from tests.registers.files.test_broken_files import GOOD
from tests.registers.rows.test_pointing_to_itself import BEFORE


def preview(client, text: str) -> str:
    answer = client.post(
        "/registers/preview",
        data={"file": (io.BytesIO(text.encode()), "umbrella.toml")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 200
    return answer.text


def test_every_register_is_listed_with_its_file(login):
    page = login("administrator").get("/registers/").text
    for name, model in catalogue.models().items():
        assert f"{name}.toml" in page
        assert model.definition.head.title.zh in page


def test_a_good_file_is_shown_and_nothing_is_installed(login):
    admin = login("administrator")
    page = preview(admin, GOOD.replace("钥匙借用登记", "雨伞借用登记"))
    assert "雨伞借用登记" in page
    assert "umbrella" not in catalogue.models()


def test_a_file_that_points_to_itself_is_shown_too(login):
    page = preview(login("administrator"), changed(more=BEFORE))
    assert "新台账" in page
    assert "原卡" in page
    assert "umbrella" not in catalogue.models()


def test_a_broken_file_is_explained_line_by_line(login):
    page = preview(login("administrator"), GOOD.replace('kind = "phone"', 'kind = "fone"'))
    assert "umbrella.toml" in page
    assert "phone" in page
    assert "1 处问题" in page


def test_only_the_administrator_tries_files(login):
    assert login("manager").post("/registers/preview").status_code == 403
