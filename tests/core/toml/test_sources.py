"""Declarations of a format: the shipped ones are checked once, an office's file beside them."""

from __future__ import annotations

import pytest

from app.core.toml.faults import FileFault, read
from app.core.toml.sources import Format, load
from app.core.toml.vocabulary import Name, Part, Words

GOOD = """[shelf]
title = { zh = "架", en = "Shelf" }
[[fields]]
name = "%s"
beside = "%s"
"""


class Head(Part):
    title: Words | None = None


class Field(Part):
    name: Name
    beside: str = ""


class Shelf(Part):
    shelf: Head
    fields: tuple[Field, ...]


class More(Part):
    extends: Name
    fields: tuple[Field, ...] = ()


@pytest.fixture
def checked():
    """The names of the files that were checked."""
    return []


@pytest.fixture
def form(checked):
    def check(path, shelf, _names):
        checked.append(path.stem)
        if any(one.name == "dust" for one in shelf.fields):
            yield ("fields", 0), "dusty", {}

    return Format(Shelf, More, "shelf", {}, check, ("beside", "beside"), "in a circle: %(way)s")


@pytest.fixture
def folders(tmp_path):
    """The shipped folder with two shelves, and an empty one of the office."""
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    for one in (shipped, own):
        one.mkdir()
    for name in ("left", "right"):
        (shipped / f"{name}.toml").write_text(GOOD % ("book", ""), "utf-8")
    return shipped, own


def test_what_nobody_adds_to_is_not_checked_again(form, folders, checked):
    shipped, own = folders
    known, problems = load(form, shipped, None, {})
    assert (sorted(known), problems, checked) == (["left", "right"], [], ["left", "right"])
    checked.clear()
    (own / "more.toml").write_text('extends = "left"\n[[fields]]\nname = "lamp"\n', "utf-8")
    (own / "mine.toml").write_text(GOOD % ("cup", "right"), "utf-8")
    found, problems = load(form, shipped, own, known)
    assert problems == []
    assert checked == ["left", "mine"]
    assert found["right"] is known["right"]
    assert [one.name for one in found["left"].definition.fields] == ["book", "lamp"]
    assert {name: one.own for name, one in found.items()} == {
        "left": True,
        "right": False,
        "mine": True,
    }
    assert [one.name for one in known["left"].definition.fields] == ["book"], "it stays as it was"


def test_a_fault_leaves_out_what_points_to_it_too(form, folders):
    shipped, own = folders
    (own / "dusty.toml").write_text(GOOD % ("dust", ""), "utf-8")
    (own / "beside.toml").write_text(GOOD % ("cup", "dusty"), "utf-8")
    found, problems = load(form, shipped, own, {})
    assert sorted(found) == ["left", "right"]
    assert [(one.file, one.line, one.message) for one in problems] == [("dusty.toml", 3, "dusty")]


def test_a_circle_is_told_of_one_of_its_files(form, folders):
    shipped, own = folders
    for name, other in (("one", "two"), ("two", "one")):
        (own / f"{name}.toml").write_text(GOOD % ("cup", other), "utf-8")
    found, (fault,) = load(form, shipped, own, {})
    assert sorted(found) == ["left", "right"]
    assert (fault.line, fault.message) == (5, "in a circle: %(way)s")


def test_the_same_text_is_read_once():
    read.cache_clear()
    assert read("a.toml", "x = 1") is read("a.toml", "x = 1")
    assert isinstance(read("a.toml", "x ="), FileFault)
