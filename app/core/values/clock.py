"""What time it is: stored in UTC, business days in Asia/Shanghai; no other file asks."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHANGHAI = ZoneInfo("Asia/Shanghai")
_fixed: ContextVar[datetime | None] = ContextVar("fixed_clock", default=None)


def _machine() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _machine


def follow(source: Callable[[], datetime]) -> None:
    """Take the time from `source` (moments with a zone) in every thread: for the tests."""
    global _source  # noqa: PLW0603 - one clock for all threads of the process
    _source = source


def now() -> datetime:
    """This moment in UTC, without a zone: the form in which every column stores time."""
    moment = _fixed.get() or _source()
    return moment.astimezone(UTC).replace(tzinfo=None)


def real() -> datetime:
    """The machine's own time, in the same form: whatever the tests or the demo say it is.

    For what asks how long ago: heart beats of work, cookies of logins, the age of files.
    """
    return _machine().replace(tzinfo=None)


def local(moment: datetime) -> datetime:
    """A stored moment as the wall clock of the office shows it."""
    return moment.replace(tzinfo=UTC).astimezone(SHANGHAI)


def stored(moment: datetime) -> datetime:
    """A moment of the office's wall clock as it is stored: the opposite of `local`."""
    return moment.replace(tzinfo=SHANGHAI).astimezone(UTC).replace(tzinfo=None)


def today() -> date:
    """The business day in the office."""
    return local(now()).date()


def time_now() -> str:
    """The office's time of day: 09:30."""
    return local(now()).strftime("%H:%M")


def span_of(day: date) -> tuple[datetime, datetime]:
    """The stored moments between which an office day lies: from, and up to but without."""
    return (
        stored(datetime.combine(day, time())),
        stored(datetime.combine(day + timedelta(days=1), time())),
    )


@contextmanager
def fixed(moment: datetime) -> Iterator[None]:
    """Let the clock stand at `moment` (naive means office time): for tests and the demo."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    token = _fixed.set(aware)
    try:
        yield
    finally:
        _fixed.reset(token)
