"""What comes with a request beside its form: host, origin, cookie, length, target, token."""

from __future__ import annotations

import pytest

from tests.browsing import token
from tests.hostile.pages import faults
from tests.seeding import PASSWORD

EVIL = (
    "//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example",
    "javascript:alert(1)", "///evil.example", "/%2f/evil.example", "http:evil.example",
    "/\tevil", "\n//evil.example", "//evil.example/home/", "/home/\r\nSet-Cookie: x=1",
    "https:///evil.example", "/login/", "@evil.example", "data:text/html,x", "/\u200b/evil.example",
)  # fmt: skip


@pytest.mark.parametrize("target", EVIL)
def test_the_login_never_leads_elsewhere(app, target):
    client = app.test_client()
    answer = client.post(
        "/login/", query_string={"next": target}, data={"username": "clerk", "password": PASSWORD}
    )
    assert answer.status_code == 302
    place = answer.headers["Location"]
    assert place.startswith("/")
    assert place[1:2] not in {"/", "\\"}
    assert "\n" not in place
    assert "Set-Cookie: x" not in str(answer.headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "localhost.evil.example"},
        {"Host": "localhost@evil"},
        {"Host": "evil.example:80"},
        {"Host": "local<script>"},
        {"Host": "127.0.0.1:99999999"},
    ],
)
def test_a_foreign_host_gets_no_page(app, clients, headers):
    for where in ("/", "/home/", "/login/", "/units/", "/static/css/anju.css", "/none"):
        answer = clients["clerk"].get(where, headers=headers)
        assert answer.status_code == 400, where
        assert "evil" not in answer.headers.get("Location", "")
        answer.close()


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-For": "1.2.3.4, <script>"},
        {"Forwarded": "host=evil.example"},
        {"X-Original-URL": "/users/"},
        {"X-HTTP-Method-Override": "DELETE"},
        {"Referer": "https://evil.example/x"},
        {"Accept-Language": "x" * 3000},
        {"Accept": "*/*;q=NaN"},
        {"Range": "bytes=0-,-1"},
        {"If-Modified-Since": "NaN"},
        {"Content-Length": "-1"},
        {"User-Agent": "<script>" * 400},
        {"Cookie": "anju=garbage"},
        {"Cookie": "anju=.eJwNyEE; anju=x"},
        {"Cookie": "anju=" + "A" * 4000},
    ],
)
def test_strange_headers_change_nothing(app, clients, headers):
    client = app.test_client() if "Cookie" in headers else clients["clerk"]
    for method, where in (("GET", "/units/"), ("POST", "/units/1/notes"), ("GET", "/none")):
        answer = client.open(where, method=method, headers=headers)
        assert faults(answer) == []
        assert "evil" not in answer.headers.get("Location", "")
        if "Cookie" in headers:
            assert answer.status_code in {302, 404}


def test_addresses_of_any_length_are_answered(clients):
    for where in (
        "/units/?q=" + "长" * 30_000,
        "/units/?" + "&".join(f"f.kind.is={n}" for n in range(5000)),
        "/" + "a" * 60_000,
        "/units/show/" + "9" * 9000,
        "/units/?" + "&" * 20_000,
        "/desk/search?q=" + "%F0%9F" * 9000,
    ):
        assert faults(clients["manager"].get(where)) == []


def test_a_body_beyond_the_limit_is_refused_with_a_sentence(app, clients):
    answer = clients["clerk"].post(
        "/owner-import/upload",
        data=b"x" * (app.config["MAX_CONTENT_LENGTH"] + 1),
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "20 MB" in answer.get_data(as_text=True)
    assert faults(answer) == []


def test_ten_thousand_fields_are_no_crash(clients, world):
    for count in (999, 10_000):
        data = {f"problem-{n}-text": "x" for n in range(count)} | {"version": "0", "done": "x"}
        assert faults(clients["clerk"].post("/daily-log/save", data=data)) == []
    parts = {f"f{n}": "x" for n in range(1200)}
    answer = clients["clerk"].post(
        "/owner-import/upload", data=parts, content_type="multipart/form-data"
    )
    assert answer.status_code == 413
    assert faults(answer) == []


def test_only_the_sessions_own_token_opens_a_form(app, clients, world, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    mine, theirs = clients["front_desk"], clients["clerk"]
    where = f"/units/{world.near.unit}/notes"
    good = token(mine)
    with theirs.session_transaction() as cookie:
        cookie["csrf_token"] = "1" * 40
    for wrong in ("", "x", good[:-2], good + "x", "." * 50, "é"):
        answer = mine.post(where, data={"csrf_token": wrong, "text": "x"})
        assert answer.status_code == 400
        assert faults(answer) == []
    assert theirs.post(where, data={"csrf_token": good, "text": "x"}).status_code == 400
    assert mine.get(where).status_code == 405
