"""Every page of the menu opens after every command of the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.slow
@pytest.mark.parametrize("what", ["office", "demo"])
def test_every_page_of_the_menu_opens_after_every_command(tmp_path, what):
    done = subprocess.run(
        [sys.executable, "-m", "tests.after_commands", str(tmp_path), what],
        cwd=ROOT,
        text=True,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
        timeout=1200,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == []
