"""The progress of a running job: noted in memory, written to its row whenever that is free.

On SQLite a job's own long transaction holds the single write lock, so its progress cannot
be written meanwhile without waiting for itself. The task therefore only notes figures in
memory; a second thread writes them with a connection of its own that gives up at once when
the lock is taken. The pages of the same process read the memory, pages of another process
(PostgreSQL, where nothing blocks) read the row.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import NullPool, create_engine, update
from sqlalchemy.exc import OperationalError

from app.core.db.models import Job
from app.core.values import clock

if TYPE_CHECKING:
    from types import TracebackType

    from sqlalchemy.engine import Engine

BEAT = 2.0
"""Seconds between two writes."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How far a job is."""

    done: int
    total: int
    step: str


_live: dict[int, Snapshot] = {}


def snapshot(job_id: int) -> Snapshot | None:
    """The newest progress of a job that runs (or ran last) in this process."""
    return _live.get(job_id)


def forget(job_id: int) -> None:
    """Its row says it all from now on."""
    _live.pop(job_id, None)


class Heartbeat:
    """Keeps one attempt of a job alive from `with` to its end."""

    def __init__(self, engine: Engine, job_id: int, attempt: int) -> None:
        self.job_id = job_id
        self.attempt = attempt
        arguments = {"timeout": 0.1} if engine.dialect.name == "sqlite" else {}
        self._engine = create_engine(engine.url, poolclass=NullPool, connect_args=arguments)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"pulse-{job_id}", daemon=True)

    def note(self, done: int, total: int, step: str) -> None:
        """Remember how far the work is; an empty step keeps the one before."""
        before = _live.get(self.job_id)
        _live[self.job_id] = Snapshot(done, total, step or (before.step if before else ""))

    def write(self) -> bool:
        """Write heart beat and progress; False when the database was locked."""
        now = _live[self.job_id]
        try:
            with self._engine.begin() as connection:
                connection.execute(
                    update(Job)
                    .where(Job.id == self.job_id, Job.attempts == self.attempt)
                    .values(
                        heartbeat_at=clock.real(),
                        done=now.done,
                        total=now.total,
                        step=now.step[:200],
                    )
                )
        except OperationalError:
            return False
        return True

    def _beat(self) -> None:
        while not self._over.wait(BEAT):
            self.write()

    def __enter__(self) -> Heartbeat:
        _live[self.job_id] = Snapshot(0, 0, "")
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        self._engine.dispose()
