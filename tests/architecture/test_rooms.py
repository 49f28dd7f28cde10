"""Every file stands in its room, and no room imports what is not open to it."""

from __future__ import annotations

from tests.architecture import plan
from tests.architecture.reading import (
    ROOT,
    circles,
    layer_of,
    module_of,
    python_files,
    room_of,
    wrong_imports,
)


def rooms():
    return {room_of(module_of(path, ROOT)) for path in python_files()}


def test_every_room_is_in_the_plan_and_says_what_it_is():
    single = {"app", "cli", "core", "install", "roles"}
    assert rooms() - set(plan.ROOMS) == single
    assert set(plan.ROOMS) <= rooms()
    for room in rooms():
        layer_of(room)


def test_no_room_imports_what_is_not_open_to_it():
    assert list(wrong_imports()) == []


def test_no_files_import_one_another_in_a_circle():
    assert circles() == []


def test_the_plan_itself_has_no_circle():
    """Within a feature every room can be drawn below those that it imports."""
    drawn: set[str] = set()
    left = dict(plan.ROOMS)
    while left:
        ready = [
            room
            for room, others in left.items()
            if all(f"{room.split('.')[0]}.{other}" in drawn for other in others.split())
        ]
        assert ready, sorted(left)
        drawn.update(ready)
        for room in ready:
            del left[room]


def test_no_folder_is_overfull():
    full = {
        folder.relative_to(ROOT).as_posix(): count
        for top in ("app", "tests")
        for folder in (ROOT / top).rglob("*/")
        if (count := len(list(folder.glob("*.py")))) > plan.FULLEST
    }
    assert full == {}
