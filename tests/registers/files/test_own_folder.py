"""The folder of an office: every file in it is used or told of; none stops the others."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from app.core.parsing import json_text
from tests.registers.files.own_files import (
    BEGUN,
    CALLS,
    GOOD_PYTHON,
    assert_told,
    changed,
    own,
    sentences,
)
from tests.registers.files.test_sync import ROOT, anju

OPENED = """
from tests.after_commands import opened
print(opened("registers new"))
"""


def test_a_faulty_slip_template_is_told(tmp_path):
    own(tmp_path, changed(more='\n[slip]\ntemplate = "umbrella.html"\n'))
    own(tmp_path, "{% if row.subject %}\n{{ row.subject }\n", "umbrella.html")
    known, said = sentences(tmp_path)
    assert "umbrella" not in known
    assert_told(said, "umbrella.toml")
    own(tmp_path, "{% if row.subject %}{% trans %}x{% endtrans %}{% endif %}", "umbrella.html")
    assert sentences(tmp_path)[1] == []


@pytest.mark.parametrize("name", [
    "umbrella.toml.txt", "umbrella.TOML", "Umbrella.Toml", "umbrella.toml.bak", "umbrella.toml~",
    "umbrella.toml ", "umbrella.toml.toml.txt", ".umbrella.toml.swp", "umbrella．toml",
    "inside/umbrella.toml", "umbrella.toml.old", "~$umbrella.toml", "umbrella.tml", "umbrella.tom",
    "umbrella.t0ml", "umbrella.txt", "umbrella", "umbrella.ini", "umbrella.t\u043eml",
    "umbrella.docx", "inside/umbrella.txt",
])  # fmt: skip
def test_a_file_that_looks_like_a_register_but_is_none_is_told(tmp_path, name):
    own(tmp_path, BEGUN, name)
    known, said = sentences(tmp_path)
    assert "umbrella" not in known
    assert_told(said, name)


def test_what_is_no_register_at_all_lies_there_in_peace(tmp_path):
    for name in (
        "README.md",
        "slip.html",
        ".DS_Store",
        "__pycache__/umbrella.toml.pyc",
        ".git/x.toml",
        "photo.png",
        "register.schema.json",
        "notes.txt",
        "owners.xlsx",
    ):
        own(tmp_path, "x", name)
    assert sentences(tmp_path)[1] == []


@pytest.mark.parametrize(("encoding", "good"), [
    ("utf-8-sig", True), ("utf-16", False), ("utf-16-le", False), ("utf-16-be", False),
    ("gbk", False), ("utf-32", False),
])  # fmt: skip
def test_an_encoding_is_understood_or_told(tmp_path, encoding, good):
    own(tmp_path, BEGUN, encoding=encoding)
    known, said = sentences(tmp_path)
    assert ("umbrella" in known) is good
    if not good:
        assert_told(said, "umbrella.toml", 1)


def test_a_folder_or_an_endless_file_in_place_of_a_register_is_told(tmp_path):
    (tmp_path / "rain.toml").mkdir()
    (tmp_path / "gone.toml").symlink_to(tmp_path / "nowhere")
    own(tmp_path, "#" * 2_000_000, "long.toml")
    _known, said = sentences(tmp_path)
    for file in ("rain.toml", "gone.toml", "long.toml"):
        assert_told(said, file, 1)


WRONG = {
    "min of money": ('kind = "date"', 'kind = "money"\nmin = 0.01'),
    "a day that is none": ('default = "today"', "default = 2026-13-45"),
    "a moment": ('default = "today"', "default = 2026-11-05T10:00:00"),
    "a broken number": ("required = true\ndefault", "required = true\nmax_length = 0\ndefault"),
    "too large": ("required = true\ndefault", "required = true\nmax_length = 90000\ndefault"),
    "not finite": ('default = "today"', "default = nan"),
    "a huge number": ('default = "today"', f"min = {'9' * 400}"),
    "an endless number": ('default = "today"', f"min = {'9' * 5000}"),
    "a list for a text": ('label = { zh = "日期", en = "Day" }', 'label = ["日期"]'),
    "a long text": ('zh = "日期"', f'zh = "{"日" * 300}"'),
    "an empty text": ('zh = "日期"', 'zh = " "'),
    "a table for a list": ('duties  = ["N01"]', 'duties = { a = "N01" }'),
    "a table for a word": ('kind = "date"', "kind = { a = 1 }"),
    "rights of nobody": ('keepers = ["clerk"]', 'keepers = ["clerk"]\nrights = { boss = "rw" }'),
    "rights that are none": ('keepers = ["clerk"]', 'keepers = ["clerk"]\nrights = 5'),
    "letters that are none": (
        'keepers = ["clerk"]',
        'keepers = ["clerk"]\nrights = { clerk = "qqq" }',
    ),
    "fields that are none": (BEGUN[BEGUN.index("[[fields]]") :], "fields = 5\n"),
    "fields that are texts": (BEGUN[BEGUN.index("[[fields]]") :], '[fields]\na = "b"\n'),
    "states that are a text": (BEGUN[BEGUN.index("[[states]]") :], 'states = "open"\n'),
    "no title": ('title   = { zh = "新台账", en = "New register" }', "title = 0.5"),
    "a place of half": ('menu    = "office"', 'menu = "office"\nposition = 1.5'),
    "a place of words": ('menu    = "office"', 'menu = "office"\nposition = "first"'),
    "yes in words": ("required = true\n\n", 'required = "maybe"\n\n'),
    "required if of days": ("required = true\n\n", "required_if = { day = 2026-11-05 }\n\n"),
    "a pattern without end": ('kind = "text"', 'kind = "text"\npattern = "[a"'),
    "a pattern too deep": ('kind = "text"', f'kind = "text"\npattern = "{"(" * 5000}"'),
    "a pattern too often": ('kind = "text"', 'kind = "text"\npattern = "a{99999999999}"'),
    "brackets": ('default = "today"', f"default = {'[' * 100_000}"),
    "brackets that are closed": ('default = "today"', f"default = {'[' * 200}{']' * 200}"),
    "dotted keys": ("[[states]]\n", f"[x]\n{'.'.join('a' * 5000)} = 1\n[[states]]\n"),
    "tables without end": ("[[states]]\n", f"[{'.'.join('a' * 5000)}]\n[[states]]\n"),
    "a formula too deep": (
        'kind = "date"',
        f'kind = "computed"\nformula = "{"(" * 240}1{")" * 240}"',
    ),
    "a quote without end": ('kind = "date"', 'kind = "date'),
    "twice": ('kind = "date"', 'kind = "date"\nkind = "date"'),
    "a sign that is none": ('kind = "date"', 'kind = "da\x07te"'),
    "no value": ('kind = "date"', "kind ="),
    "a table twice": ("[[states]]\n", "[register]\n[[states]]\n"),
}


@pytest.mark.parametrize("name", WRONG)
def test_whatever_is_wrong_in_a_file_is_one_sentence_in_chinese(tmp_path, name):
    old, new = WRONG[name]
    assert old in BEGUN
    own(tmp_path, BEGUN.replace(old, new, 1))
    known, said = sentences(tmp_path)
    assert "umbrella" not in known
    assert_told(said, "umbrella.toml")
    words = ("should", "Input", "must be", "Expected", "Invalid", "Error", "valid", "at position")
    assert not [one for one in said if any(word in one for word in words)], said


def test_nothing_deeper_than_we_write_is_read():
    assert not json_text.is_deeper([[1]], 2)
    assert json_text.is_deeper([[[1]]], 2)
    assert json_text.is_deeper({"a": [{"b": 1}]}, 2)
    for text in (
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 50_000,
        "nan",
        "NaN",
        '"\\ud800"',
        "1" * 5000,
        "",
        "[1",
        "\x00",
        '{"a": Infinity}',
        '{"a": -1e999}',
        '{"a": 1, "a": 2}',
    ):
        with pytest.raises(json_text.WrongText):
            json_text.from_json(text)
    with pytest.raises(json_text.WrongText):
        json_text.from_json(b"\xff\xfe")
    assert json_text.from_json('{"a": ["中", null, 1.5]}') == {"a": ["中", None, 1.5]}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("umbrella.py", "import umbrellas_of_others\n"),
        ("umbrella.toml", "[register\n"),
        ("rain.toml.txt", BEGUN),
    ],
)
def test_a_faulty_file_of_the_office_stops_no_command_but_sync(tmp_path, name, text):
    own(tmp_path / "registers", CALLS)
    own(tmp_path / "registers", GOOD_PYTHON, "umbrella.py")
    own(tmp_path / "registers", text, name)
    # `init` does all its work and tells with its exit code that something is to be mended.
    for words, expected in (
        (("init",), 1),
        (("check",), 0),
        (("users", "list"), 0),
        (("roles", "list"), 0),
        (("backup", str(tmp_path / "copy.db")), 0),
    ):
        done = anju(tmp_path, *words)
        assert done.returncode == expected, (words, done.stderr)
        assert name in done.stderr
        assert "Traceback" not in done.stderr
    for words in (("registers", "sync"), ("registers", "check")):
        done = anju(tmp_path, *words)
        assert done.returncode == 1
        assert name in done.stdout + done.stderr
    assert json.loads(anju(tmp_path, "registers", "check", "--json").stdout)["ok"] is False


@pytest.mark.slow
def test_a_register_whose_table_was_not_made_yet_is_in_nobodys_way(tmp_path):
    for words in (("init",), ("registers", "new", "umbrella")):
        assert anju(tmp_path, *words).returncode == 0
    done = subprocess.run(
        [sys.executable, "-c", OPENED],
        cwd=ROOT,
        text=True,
        check=False,
        capture_output=True,
        timeout=120,
        env={**os.environ, "ANJU_INSTANCE": str(tmp_path)},
    )
    assert done.stdout == "[]\n", done.stderr


@pytest.mark.slow
def test_a_second_new_register_begins_with_a_title_and_numbers_of_its_own(tmp_path):
    for name in ("umbrella", "rain", "rain_coat"):
        assert anju(tmp_path, "registers", "new", name).returncode == 0
    checked = anju(tmp_path, "registers", "check")
    assert checked.returncode == 0, checked.stdout
