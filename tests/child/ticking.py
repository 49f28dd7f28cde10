"""The clock of the tests: it begins at a moment, and each reading moves it on by a millisecond."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

MOMENT, READINGS = "ANJU_TEST_NOW", "ANJU_TEST_READINGS"
"""What the environment tells a child: when the test began, and where readings are counted."""


def moment_of(text: str) -> datetime:
    """`2028-02-29T20:30` as the office's clock shows it, or with a zone of its own."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("Asia/Shanghai"))


class Ticking:
    """A reading is a byte more in a file, so all processes of a test share one order of time."""

    def __init__(self, moment: datetime, counted: Path) -> None:
        self.moment, self.counted = moment, counted
        self._file = os.open(counted, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._one_at_a_time = threading.Lock()

    def __call__(self) -> datetime:
        with self._one_at_a_time:
            os.write(self._file, b".")
            readings = os.lseek(self._file, 0, os.SEEK_CUR)
        return self.moment.astimezone(UTC) + timedelta(milliseconds=readings - 1)

    def begin(self) -> None:
        """Wind the clock back to its moment."""
        os.ftruncate(self._file, 0)

    def end(self) -> None:
        os.close(self._file)
        self.counted.unlink(missing_ok=True)


def of_parent() -> Ticking:
    """The clock of the test that started this process."""
    return Ticking(moment_of(os.environ[MOMENT]), Path(os.environ[READINGS]))
