"""The house: pages for errors, headers, language, start-up checks."""

from __future__ import annotations

import logging
import re

import pytest
from flask_appbuilder import BaseView, expose

from app import create_app
from app.core.web.page import Page, needs, public
from app.roles import Verb
from tests.house import build


class Troubles(BaseView):
    """Pages that go wrong."""

    route_base = "/troubles"

    @expose("/crash")
    @public
    def crash(self):
        raise ZeroDivisionError("secret detail")


@pytest.fixture(scope="session")
def house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shell")
    return build(folder, views=(Troubles,)), folder


def test_the_watchdog_is_answered(client):
    assert client.get("/healthz").json == {"state": "ok"}


def test_a_page_carries_the_headers_that_protect_it(client):
    answer = client.get("/login/")
    policy = answer.headers["Content-Security-Policy"]
    script = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert re.fullmatch(r"script-src 'self' 'nonce-[\w-]{16,}'", script)
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    other = client.get("/login/").headers["Content-Security-Policy"]
    assert other != policy


def test_static_files_may_be_kept(client):
    for address in ("/static/css/anju.css", "/static/appbuilder/css/bootstrap.min.css"):
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == "public, max-age=86400"
        answer.close()


@pytest.mark.parametrize(
    ("status", "method", "address", "sentence"),
    [
        (404, "get", "/nothing", "页面不存在"),
        (405, "post", "/healthz", "此地址不能直接打开"),
        (404, "post", "/language/xx", "页面不存在"),
    ],
)
def test_refusals_are_chinese_pages(client, status, method, address, sentence):
    answer = getattr(client, method)(address)
    assert answer.status_code == status
    assert sentence in answer.text
    as_data = getattr(client, method)(address, headers={"Accept": "application/json"})
    assert as_data.status_code == status
    assert as_data.json == {"error": sentence, "code": str(status)}


def test_too_large_a_body_is_refused(client):
    client.application.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = client.post("/language/en", data={"x": "y" * (21 * 1024 * 1024)})
    finally:
        client.application.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 413
    assert "文件太大" in answer.text


def test_a_crash_shows_an_error_number_that_is_in_the_log(client, caplog):
    with caplog.at_level(logging.ERROR, "anju"):
        answer = client.get("/troubles/crash")
    assert answer.status_code == 500
    number = re.search(r"<code>([0-9A-F]{8})</code>", answer.text)[1]
    assert "secret detail" not in answer.text
    assert number in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_the_log_file_keeps_the_error_number(house, client):
    _app, folder = house
    answer = client.get("/troubles/crash", headers={"Accept": "application/json"})
    assert answer.json["code"] == "500"
    log = (folder / "logs" / "anju.log").read_text(encoding="utf-8")
    assert answer.json["id"] in log
    assert "ZeroDivisionError" in log


def test_a_form_without_its_token_is_refused(client):
    client.application.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = client.post("/language/en")
        as_data = client.post("/language/en", headers={"Accept": "application/json"})
    finally:
        client.application.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 400
    assert "页面已过期" in answer.text
    assert as_data.status_code == 400


def test_english_can_be_chosen_and_stays(client):
    answer = client.post("/language/en", headers={"Referer": "http://localhost/login/?next=/x"})
    assert answer.location == "/login/?next=/x"
    assert "This page does not exist" in client.get("/nothing").text
    client.post("/language/zh")
    assert "页面不存在" in client.get("/nothing").text


@pytest.mark.parametrize(
    "referrer",
    [
        "https://evil.example/",
        "//evil.example",
        "http://localhost.evil.example/x",
        "javascript:1",
    ],
)
def test_a_foreign_referrer_leads_nowhere(client, referrer):
    answer = client.post("/language/en", headers={"Referer": referrer})
    assert answer.location == "/"


def test_a_stranger_is_sent_to_the_login_and_a_program_told_so(client):
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer.location.startswith("/login/")
    assert client.get("/", headers={"Accept": "application/json"}).status_code == 401


def test_another_host_name_is_not_answered(client):
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400


def test_a_route_that_checks_nothing_stops_the_start(tmp_path, monkeypatch):
    class Forgotten(Page):
        screen = "home"
        route_base = "/forgotten"

        @expose("/")
        def index(self):
            return ""

    monkeypatch.setenv("ANJU_INSTANCE", str(tmp_path))
    with pytest.raises(RuntimeError, match="neither needs"):
        create_app(views=(Forgotten,))


def test_a_screen_without_a_row_of_rights_stops_the_start(tmp_path, monkeypatch):
    class Unknown(Page):
        screen = "unheard_of"
        route_base = "/unknown"

        @expose("/")
        @needs(Verb.READ)
        def index(self):
            return ""

    monkeypatch.setenv("ANJU_INSTANCE", str(tmp_path))
    with pytest.raises(RuntimeError, match="no row in the role table"):
        create_app(views=(Unknown,))


def test_nothing_that_was_visited_is_kept_in_the_cookie(client):
    client.get("/login/?q=13812345678")
    with client.session_transaction() as cookie:
        assert set(cookie) <= {"locale", "csrf_token"}
