"""Libraries, pages, the database and texts from outside are met at their doors only."""

from __future__ import annotations

import re

import pytest

from tests.architecture import plan
from tests.architecture.reading import (
    at_run_time,
    calls_itself_pure,
    libraries,
    name_of,
    python_files,
    through_the_wall,
    wrongly_pure,
)

FEATURES = ("access", "estate", "charging", "cashier", "collection", "duty")


@pytest.mark.parametrize("library", sorted(plan.DOORS))
def test_each_library_is_used_at_its_door(library):
    assert {name_of(path) for path in python_files() if library in libraries(path)}


def test_no_library_is_met_elsewhere():
    assert list(through_the_wall()) == []


def test_pure_files_know_neither_page_nor_database():
    assert sum(map(calls_itself_pure, python_files())) > 40
    assert list(wrongly_pure()) == []


def acts():
    """Every file of a feature that is no end of a request."""
    ends = re.compile(plan.ENDS_OF_A_REQUEST)
    return [
        path
        for path in python_files()
        if name_of(path).split("/")[1] in FEATURES and not ends.search(path.name)
    ]


def test_business_acts_never_commit_and_never_see_flask():
    assert len(acts()) > 60
    wrong = []
    for path in acts():
        name = name_of(path)
        if name not in plan.OF_A_REQUEST and at_run_time(path) & {"flask", "flask_login"}:
            wrong.append(f"{name} knows the request")
        if ".commit()" in path.read_text(encoding="utf-8"):
            wrong.append(f"{name} commits")
    assert wrong == []


def test_json_from_outside_has_one_door():
    """`from_json` knows how deep and how long a text may be; nothing else reads one."""
    reads = re.compile(r"\bjson\.loads?\(|\bget_json\(|\brequest\.json\b")
    readers = {
        name_of(path) for path in python_files() if reads.search(path.read_text(encoding="utf-8"))
    }
    assert readers == plan.OWN_TEXTS
