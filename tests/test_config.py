"""The settings: read from the environment, documented, and kept where they matter."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import config


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://a@b/c", "postgresql+psycopg://a@b/c"),
        ("postgresql://a@b/c", "postgresql+psycopg://a@b/c"),
        ("postgresql+psycopg://a@b/c", "postgresql+psycopg://a@b/c"),
        ("sqlite:///x.db", "sqlite:///x.db"),
    ],
)
def test_a_database_is_named_as_its_own_tools_name_it(monkeypatch, tmp_path, given, used):
    monkeypatch.setenv("ANJU_DATABASE_URL", given)
    assert config.database_url(tmp_path) == used


def test_the_pages_answer_under_the_names_that_are_set(monkeypatch):
    monkeypatch.setenv("ANJU_TRUSTED_HOSTS", " 192.168.1.20, anju.lan ,")
    expected = ["127.0.0.1", "localhost", "0.0.0.0", "192.168.1.20", "anju.lan"]
    assert config.trusted_hosts("0.0.0.0") == expected


def test_a_foreign_name_is_told_what_to_set(app, client):
    app.config["TRUSTED_HOSTS"] = ["localhost"]
    try:
        answer = client.get("/login/", headers={"Host": "192.168.1.20"})
    finally:
        app.config["TRUSTED_HOSTS"] = None
    assert answer.status_code == 400
    assert "ANJU_TRUSTED_HOSTS" in answer.text


def test_every_variable_of_the_environment_is_documented():
    source = Path(config.__file__).read_text(encoding="utf-8")
    used = set(re.findall(r'environ(?:\.get\(|\[)"(\w+)"', source))
    assert used
    assert {name for name in used if name not in config.__doc__} == set()


def test_an_error_of_the_database_tells_no_phone(session):
    with pytest.raises(OperationalError) as caught:
        session.execute(text("SELECT * FROM nowhere WHERE phone = :it"), {"it": "13800001234"})
    assert "13800001234" not in str(caught.value)
