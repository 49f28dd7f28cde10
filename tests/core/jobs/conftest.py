"""Long work on both databases, and tasks that live for one test."""

from __future__ import annotations

import pytest

from app.core.jobs import tasks
from tests.house import build, build_on_postgres


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def house(request, tmp_path_factory):
    """The application on both databases."""
    folder = tmp_path_factory.mktemp("work")
    if request.param == "sqlite":
        return build(folder), folder
    return build_on_postgres(folder, request.getfixturevalue("postgres_server")), folder


@pytest.fixture
def task():
    """`task(function, right=…)` registers a task for this test and gives its kind."""
    added = []

    def register(function, right=None):
        kind = f"test.{len(added)}"
        tasks.task(kind, right=right)(function)
        added.append(kind)
        return kind

    yield register
    for kind in added:
        del tasks.TASKS[kind]
