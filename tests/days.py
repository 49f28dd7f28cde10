"""Ten awkward days, and the fast part of the suite on one or on all of them.

`python -m tests.days` runs it on the day that the number of commits chooses, so that each
commit tries another; `python -m tests.days all` runs it on all ten, one after the other.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.child.ticking import MOMENT

ROOT = Path(__file__).resolve().parent.parent
FAST = "not postgres and not browser and not slow"
DAYS = {
    "2027-01-01T00:05": "1 January: in UTC it is still the old year",
    "2027-01-31T23:59": "31 January, the last minute in Shanghai",
    "2027-01-31T23:59+00:00": "31 January, the last minute in UTC: in Shanghai it is February",
    "2027-02-28T20:30": "28 February, the last day of its month",
    "2027-04-01T09:00": "the first of a quarter",
    "2027-06-13T10:30": "a Sunday",
    "2027-10-31T17:00+00:00": "the last evening of a month in UTC: in Shanghai it is a first",
    "2027-12-31T23:59": "31 December, the last minute of the year in Shanghai",
    "2028-02-28T20:30": "28 February, with a day to follow",
    "2028-02-29T20:30": "29 February, which no other year has",
}


def git(*words: str) -> str:
    """What git says of this copy; nothing where there is no git or no history."""
    try:
        said = subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return said.stdout.strip() if said.returncode == 0 else ""


def turn() -> tuple[int, str]:
    """Whose turn it is, and why: the number of commits where the whole history is here.

    A shallow copy would count the same few each time, so there the name of the commit
    decides; a copy without git always takes the first day.
    """
    count = git("rev-list", "--count", "HEAD")
    if count and git("rev-parse", "--is-shallow-repository") == "false":
        return int(count), f"{count} commits"
    name = git("rev-parse", "HEAD")
    return (int(name, 16), f"commit {name[:12]}") if name else (0, "no git here")


def run(moment: str, *more: str) -> bool:
    """The fast part of the suite at that moment: did it pass?"""
    words = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", "-m", FAST, *more]
    done = subprocess.run(words, cwd=ROOT, env={**os.environ, MOMENT: moment}, check=False)
    return done.returncode == 0


def main(words: list[str]) -> None:
    """Run on one day or on all, and name the days that failed."""
    everything = words[:1] == ["all"]
    number, why = turn()
    chosen = list(DAYS) if everything else [list(DAYS)[number % len(DAYS)]]
    failed = []
    for moment in chosen:
        print(f"{moment}: {DAYS[moment]}{'' if everything else f' ({why})'}", flush=True)
        if not run(moment, *words[everything:]):
            failed.append(moment)
    if failed:
        sys.exit(f"To see it again: ANJU_TEST_NOW={' or '.join(failed)}")


if __name__ == "__main__":
    main(sys.argv[1:])
