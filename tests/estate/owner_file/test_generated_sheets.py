"""Owner files by chance: nothing wrong is stored, nothing is silent, nearly all good rows come in.

The seeds of the ordinary run were looked at while the reading was written; those of the slow
run were not.
"""

from __future__ import annotations

import pytest

from tests.estate.owner_file.generated_judge import judge
from tests.estate.owner_file.generated_kinds import KINDS, generated

ORDINARY = range(60)
UNSEEN = range(20_000, 20_500)


def held(seeds):
    verdicts = [(seed, judge(generated(seed))) for seed in seeds]
    faults = [
        f"{seed} {verdict.what}: {fault}"
        for seed, verdict in verdicts
        for fault in (*verdict.wrong, *verdict.silent)
    ]
    assert faults == []
    good = sum(verdict.good for _, verdict in verdicts)
    stored = sum(verdict.stored for _, verdict in verdicts)
    print(f"{len(verdicts)} files, {good} good rows, {stored} stored: {stored / good:.1%}")
    assert stored >= 0.95 * good
    return {verdict.what for _, verdict in verdicts}


def test_sixty_files_are_read_right_or_reported():
    assert len(held(ORDINARY)) == len(set(KINDS))


@pytest.mark.slow
def test_five_hundred_unseen_files_are_read_right_or_reported():
    held(UNSEEN)
