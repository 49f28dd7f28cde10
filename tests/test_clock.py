"""The suite's own clock: where it begins, how it moves on, whom it reaches, who never reads it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.core.i18n import filters
from app.core.parsing import form_text
from app.core.values import clock
from tests import clock as suite
from tests import days
from tests.child.ticking import MOMENT, moment_of

ROOT = Path(__file__).resolve().parent.parent
CODE = "from app.core.values import clock; print(clock.now().isoformat())"
WRITTEN = {".py", ".html", ".js", ".toml"}
PRODUCT = [
    ROOT / "config.py",
    *(path for path in (ROOT / "app").rglob("*") if path.suffix in WRITTEN),
]


def child(**environment) -> datetime:
    """What the clock of another Python shows first."""
    shown = subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    return datetime.fromisoformat(shown.stdout.strip())


def read_in_a_thread() -> datetime:
    """What the clock shows to another thread."""
    seen = []
    reader = threading.Thread(target=lambda: seen.append(clock.now()))
    reader.start()
    reader.join()
    return seen[0]


def beginning() -> datetime:
    return moment_of(os.environ[MOMENT]).astimezone(UTC).replace(tzinfo=None)


@pytest.mark.parametrize("_turn", [1, 2])
def test_each_test_begins_at_the_moment_and_each_reading_is_a_millisecond_later(_turn):
    assert [clock.now() - beginning() for _ in range(3)] == [
        timedelta(milliseconds=number) for number in range(3)
    ]


def test_a_moment_without_a_zone_is_office_time():
    assert moment_of("2028-02-29T20:30") == datetime(2028, 2, 29, 12, 30, tzinfo=UTC)
    assert moment_of("2027-01-31T23:59+00:00") == datetime(2027, 1, 31, 23, 59, tzinfo=UTC)
    with suite.at(datetime(2028, 2, 29, 20, 30)):
        assert timedelta(0) <= clock.now() - datetime(2028, 2, 29, 12, 30) < timedelta(seconds=1)
        assert (clock.today().isoformat(), clock.time_now()) == ("2028-02-29", "20:30")


def test_what_is_typed_is_shown_again_and_a_day_is_followed_by_the_next():
    """Summer time of 1986 to 1991 included."""
    for typed in ("1988-07-01 09:30", "2026-11-25 00:00", "2028-02-29 23:59"):
        assert filters.moment(form_text.moment(typed)) == typed
    for day in (date(1988, 4, 17), date(1988, 9, 11), date(2028, 2, 29), date(2026, 12, 31)):
        assert clock.span_of(day)[1] == clock.span_of(day + timedelta(days=1))[0]


def test_threads_and_children_share_one_order_of_time():
    seen = [clock.now(), read_in_a_thread(), child(), read_in_a_thread(), clock.now()]
    assert seen == sorted(set(seen))
    assert seen[-1] - seen[0] < timedelta(seconds=1)
    with suite.at(datetime(2027, 1, 1, 0, 5)):
        # A worker of another test may have read the clock in between.
        assert timedelta(0) <= child() - datetime(2026, 12, 31, 16, 5) < timedelta(seconds=1)


def test_a_clock_that_stands_is_for_one_thread_alone():
    with clock.fixed(datetime(2027, 1, 1)):
        assert read_in_a_thread() - beginning() < timedelta(minutes=1)
        assert clock.now() == clock.now() == datetime(2026, 12, 31, 16)


def test_heart_beats_and_cookies_keep_real_time():
    begun = datetime.now(UTC).replace(tzinfo=None)
    with suite.at(datetime(1999, 12, 31)), clock.fixed(datetime(2090, 1, 1)):
        assert timedelta(0) <= clock.real() - begun < timedelta(hours=1)


def test_the_program_itself_never_reads_the_moment_of_the_tests():
    """In an office it would backdate receipts."""
    begun = datetime.now(UTC).replace(tzinfo=None)
    shown = child(ANJU_TEST_NOW="1999-12-31T23:59", PYTHONPATH=str(ROOT))
    assert timedelta(0) <= shown - begun < timedelta(hours=1)
    assert len(PRODUCT) > 300
    assert [path for path in PRODUCT if "ANJU_TEST" in path.read_text("utf-8")] == []


READERS = re.compile(
    r"\b(?:datetime|date)\.(?:now|today|utcnow)\(|\btime\.(?:time|localtime|gmtime|ctime)\("
    r"|\bfunc\.(?:now|current_\w+|localtime\w*|sysdate)\b|\bCURRENT_(?:DATE|TIME|TIMESTAMP)\b"
    r"|\bnew Date\(\)|\bDate\.now\(|(?i:\b(?:date|datetime|strftime)\([^)]*'now')"
)
CLOCKS = {"app/core/values/clock.py", "app/static/js/days.js"}
"""The one clock of the program; and the calendar sheet, which opens at the office's day."""


def test_nothing_reads_the_time_but_the_clock():
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in PRODUCT
        if "versions" not in path.parts and READERS.search(path.read_text("utf-8"))
    }
    assert readers == CLOCKS


def test_each_commit_tries_another_day(monkeypatch):
    assert len(days.DAYS) == 10
    shown = [moment_of(moment).astimezone(clock.SHANGHAI) for moment in days.DAYS]
    utc = [moment.astimezone(UTC) for moment in shown]
    assert len({moment.date() for moment in shown}) == 10
    assert any(moment.weekday() == 6 for moment in shown)
    assert any(here.date() != there.date() for here, there in zip(shown, utc, strict=True))
    chosen = set()
    for count in range(120, 130):
        monkeypatch.setattr(
            days,
            "git",
            lambda *words, said=count: {"rev-list": str(said), "rev-parse": "false"}[words[0]],
        )
        chosen.add(days.turn()[0] % 10)
    assert chosen == set(range(10))


def test_without_history_the_commit_decides_and_without_git_the_first_day(monkeypatch):
    shallow = {"rev-list": "1", "--is-shallow-repository": "true", "HEAD": "c0ffee"}
    monkeypatch.setattr(days, "git", lambda *words: shallow.get(words[1], "1"))
    assert days.turn() == (0xC0FFEE, "commit c0ffee")
    monkeypatch.setattr(days, "git", lambda *words: "")
    assert days.turn() == (0, "no git here")


def test_the_days_are_tried_by_the_fast_part_and_the_red_ones_named(monkeypatch, capsys):
    asked = []

    def run(moment, *more):
        asked.append((moment, more))
        return moment != "2028-02-29T20:30"

    monkeypatch.setattr(days, "run", run)
    with pytest.raises(SystemExit, match=r"ANJU_TEST_NOW=2028-02-29T20:30$"):
        days.main(["all", "--tb=no"])
    assert asked == [(moment, ("--tb=no",)) for moment in days.DAYS]
    monkeypatch.setattr(days, "turn", lambda: (13, "13 commits"))
    days.main([])
    assert asked[10:] == [("2027-02-28T20:30", ())]
    assert "2027-02-28T20:30: 28 February" in capsys.readouterr().out


IN_UTC = re.compile(
    r"\bfunc\.(?:date|strftime|to_char|date_trunc|extract|date_part)\b|\bextract\("
    r"|(?<!\w)(?:\w+\.)*(?:at|\w+_at|created_on|changed_on|last_login)(?:\.date\(\)|\.strftime|:%)"
)
SHOWN = re.compile(r"\{\{[^{}]*?\b(?:\w+\.)?(?:at|\w+_at|last_login)\s*(?:\}\}|\.|~)")
WITH_A_ZONE = {
    "app/core/parsing/cell_dates.py": "a cell of Excel has no zone",
    "app/demo/registers.py": "moments of the office",
    "app/estate/owner_import/commands.py": "a day typed after the command",
}


def test_no_day_and_no_month_is_read_off_a_stored_moment():
    """It is in UTC, eight hours behind: first `clock.local` or `clock.span_of`, then the day."""
    found = set()
    for path in PRODUCT:
        name = path.relative_to(ROOT).as_posix()
        if "versions" in path.parts:
            continue
        text = path.read_text("utf-8")
        if path.suffix == ".html":
            found |= {(name, one[0]) for one in SHOWN.finditer(text)}
            continue
        found |= {(name, one[0]) for one in IN_UTC.finditer(text)}
        for line in text.splitlines():
            if ".date()" in re.sub(r"clock\.local\((?:[^()]|\([^()]*\))*\)\.date\(\)", "", line):
                found |= {(name, line.strip())} if name not in WITH_A_ZONE else set()
    # Here the clock itself speaks.
    assert {name for name, _text in found} <= {"app/core/values/clock.py"}, found
