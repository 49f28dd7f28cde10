"""The kinds of long work: the function that does it, the right it needs, its progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy.orm import Session

from app.core.db import audit
from app.core.db.models import Job
from app.core.jobs.heartbeat import Heartbeat
from app.core.records import data_scope
from app.roles import Verb

if TYPE_CHECKING:
    pass


Right = tuple[str, Verb]


Identity = Callable[[Session, int], tuple[data_scope.Scope, audit.Actor]]


"""Who a user is now: the communities that he may see, and his name (given by `access`)."""


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of work: its function and the right that its owner must hold while it runs."""

    kind: str
    run: Callable[..., Mapping[str, Any] | None]
    right: Right | Callable[[Mapping[str, Any]], Right] | None


@dataclass(frozen=True, slots=True)
class Running:
    """A job as its task sees it; `folder` is where its files go (made on first use)."""

    id: int
    kind: str
    title: str
    attempt: int
    user_id: int | None
    community_id: int | None
    language: str

    @property
    def folder(self) -> Path:
        path = folder_of(self.id)
        path.mkdir(parents=True, exist_ok=True)
        return path


TASKS: dict[str, Task] = {}


HEARTBEAT: ContextVar[Heartbeat | None] = ContextVar("pulse", default=None)


def task(
    kind: str, *, right: Right | Callable[[Mapping[str, Any]], Right] | None = None
) -> Callable[[Any], Any]:
    """Register the function under it as the work of `kind`.

    `right` is (screen, verb), or a function of the arguments that gives it: the owner is
    checked again when the work begins and when its file is fetched.
    """

    def register(function: Any) -> Any:
        if kind in TASKS:
            raise RuntimeError(f"two tasks are called {kind}")
        TASKS[kind] = Task(kind, function, right)
        return function

    return register


def needed_right(job: Job) -> Right | None:
    """The right that the owner of this job must have; None when its kind needs none."""
    found = TASKS.get(job.kind)
    right = found.right if found else None
    return right(job.arguments) if callable(right) else right


def progress(done: int, total: int = 0, step: str = "") -> None:
    """Tell how far the running job is; outside a job (command line, tests) nothing happens.

    It only notes the figures in memory: calling it inside a long transaction costs nothing.
    """
    if pulse := HEARTBEAT.get():
        pulse.note(done, total, step)


def folder_of(job_id: int) -> Path:
    """Where the files of a job lie."""
    return Path(current_app.config["INSTANCE"]) / "jobs" / str(job_id)
