"""Faults of a file against any model: all at once, each with its place and a mend."""

from __future__ import annotations

from typing import Literal

import pytest

from app.core.toml import faults as toml_faults
from app.core.toml.faults import FileFault, faults, read, shown, told
from app.core.toml.vocabulary import Name, Part, Words


class Entry(Part):
    name: Name
    label: Words
    look: Literal["ok", "bad"] = "ok"


class File(Part):
    title: Words
    entries: tuple[Entry, ...] = ()


GOOD = """\
title = { zh = "伞", en = "Umbrella" }

[[entries]]
name = "big"
label = { zh = "大", en = "Big" }
"""


def found(text):
    """(line, place, source text) of every fault."""
    content = read("own.toml", text)
    assert isinstance(content, dict), content
    return [
        (one.line, one.path, one.message, one.params)
        for one in faults(File, content, "own.toml", text)
    ]


def test_a_good_file_has_none():
    assert found(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "near"),
    [
        ("label", "lable", 5, "entries[1].lable", "label"),
        ('name = "big"', 'name = "big"\nlook = "bda"', 5, "entries[1].look", "bad"),
        ("title", "titel", 1, "titel", "title"),
    ],
)
def test_a_slip_of_the_pen_is_told_with_what_was_meant(old, new, line, path, near):
    (fault,) = [one for one in found(GOOD.replace(old, new, 1)) if "near" in one[3]]
    assert fault[:2] == (line, path)
    assert fault[3]["near"] == near


def test_a_missing_language_asks_for_it():
    ((line, path, message, params),) = found(GOOD.replace(', en = "Big"', ""))
    assert (line, path) == (5, "entries[1].label.en")
    assert "one language" in message
    assert params["key"] == "en"


def test_every_fault_is_told_at_once_and_each_once():
    text = GOOD.replace("big", "Big!") + '[[entries]]\nname = "x"\n'
    assert [(line, path) for line, path, *_ in found(text)] == [
        (4, "entries[1].name"),
        (6, "entries[2].label"),
    ]


@pytest.mark.parametrize(("text", "line"), [
    ("title = { zh\n", 1), ('a = 1\nb = "x\n', 2), ("a = 1\na = 2\n", 2), ("[a\n", 1),
])  # fmt: skip
def test_what_is_no_toml_is_told_with_its_line(text, line):
    problem = read("own.toml", text)
    assert isinstance(problem, FileFault)
    assert problem.line == line


def test_a_fault_reads_as_file_line_place_and_sentence():
    problem = toml_faults.problem(
        "own.toml", GOOD, ("entries", 0, "name"), "“%(value)s” is odd.", {"value": "big"}
    )
    assert told([problem], str) == ["own.toml:4: entries[1].name “big” is odd."]
    assert str(toml_faults.BadFiles([problem])) == told([problem], str)[0]
    assert shown(("fields", 3, "kind")) == "fields[4].kind"


def test_what_is_said_of_a_value_is_one_line_that_can_be_shown():
    problem = FileFault("x.toml", 3, "%(value)s!", {"value": "a\x00\n" + "z" * 5000}, "title")
    (line,) = told([problem], str)
    assert line.startswith("x.toml:3: title a��zz")
    assert line.endswith("z…!")
    assert line.isprintable()
    assert len(line) < 500
