"""The launcher's clock: when each test begins, in this process and in all that it starts.

`ANJU_TEST_NOW=2028-02-29T20:30` (office time, or with a zone) chooses the moment; without it
the moment is fixed. Only the tests read it: in the product it would backdate receipts.
"""

from __future__ import annotations

import atexit
import os
import tempfile
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.values import clock
from tests.child.ticking import MOMENT, READINGS, Ticking, moment_of

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT = "2026-11-25T10:30"
"""An ordinary Wednesday morning."""
CHILD = Path(__file__).resolve().parent / "child"
_running: list[Ticking] = []


def install() -> Ticking:
    """Let this process and its children begin at the moment that the environment names."""
    return _start(moment_of(os.environ.get(MOMENT) or DEFAULT))


def begin() -> None:
    """A test begins: the clock shows its moment again."""
    _running[-1].begin()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Begin at another moment, for every thread and child; each reading moves it on as well.

    `app.core.values.clock.fixed` is the other way: a clock that stands, for this thread alone.
    """
    _start(moment if moment.tzinfo else moment.replace(tzinfo=clock.SHANGHAI))
    try:
        yield
    finally:
        _running.pop().end()
        _follow(_running[-1])


def path_for_children(*folders: object) -> str:
    """PYTHONPATH of a child that needs `folders`: without ours its clock is the machine's."""
    return os.pathsep.join(map(str, (CHILD, *folders)))


def _start(moment: datetime) -> Ticking:
    handle, name = tempfile.mkstemp(prefix="anju-readings-")
    os.close(handle)
    ticking = Ticking(moment, Path(name))
    atexit.register(ticking.counted.unlink, missing_ok=True)
    _running.append(ticking)
    _follow(ticking)
    return ticking


def _follow(ticking: Ticking) -> None:
    clock.follow(ticking)
    os.environ[MOMENT] = ticking.moment.isoformat()
    os.environ[READINGS] = str(ticking.counted)
    others = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = path_for_children(
        *(folder for folder in others if folder and folder != str(CHILD))
    )
