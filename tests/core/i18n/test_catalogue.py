"""The catalogue: one Chinese text for each source text, compiled anew when a source changes."""

from __future__ import annotations

import os

from babel.messages.extract import extract_from_file

from app.core.i18n import catalogue
from config import ROOT

MARKS = {"_": None, "_l": None, "N_": None, "gettext": None, "lazy_gettext": None}
METHODS = {".py": "python", ".html": "jinja2.ext:babel_extract"}


def write(folder, name: str, text: str) -> None:
    (folder / "zh").mkdir(exist_ok=True)
    (folder / "zh" / name).write_text(f'msgid "Unit"\nmsgstr "{text}"\n', encoding="utf-8")


def test_no_two_files_translate_a_text_differently():
    _whole, conflicts = catalogue.merge(catalogue.sources())
    assert conflicts == []


def test_the_first_of_two_translations_counts_and_the_other_is_named(tmp_path):
    write(tmp_path, "a.po", "房屋")
    write(tmp_path, "b.po", "单位")
    whole, conflicts = catalogue.merge(catalogue.sources(tmp_path))
    assert whole["Unit"].string == "房屋"
    assert [(one.text, one.second, one.file) for one in conflicts] == [("Unit", "单位", "b.po")]


def test_a_catalogue_older_than_a_source_is_compiled_anew(tmp_path):
    write(tmp_path, "a.po", "房屋")
    catalogue.refresh(tmp_path)
    made = catalogue.compiled(tmp_path)
    first = made.read_bytes()
    assert "房屋".encode() in first
    os.utime(made, (1, 1))
    write(tmp_path, "a.po", "户")
    catalogue.refresh(tmp_path)
    assert "户".encode() in made.read_bytes()
    assert "房屋".encode() not in made.read_bytes()


def test_a_fresh_catalogue_is_left_alone(tmp_path):
    write(tmp_path, "a.po", "房屋")
    assert catalogue.build(tmp_path) == 1
    made = catalogue.compiled(tmp_path)
    future = made.stat().st_mtime + 100
    os.utime(made, (future, future))
    catalogue.refresh(tmp_path)
    assert made.stat().st_mtime == future


def test_every_text_of_code_and_pages_has_its_chinese():
    whole, _conflicts = catalogue.merge(catalogue.sources())
    seen, missing = 0, set()
    for path in sorted((ROOT / "app").rglob("*")):
        if path.suffix not in METHODS:
            continue
        for _line, text, _comments, _context in extract_from_file(
            METHODS[path.suffix], str(path), keywords=MARKS
        ):
            for one in (text,) if isinstance(text, str) else text:
                seen += 1
                if one and (one not in whole or not whole[one].string):
                    missing.add(f"{path.name}: {one}")
    assert seen > 1500
    assert missing == set()
