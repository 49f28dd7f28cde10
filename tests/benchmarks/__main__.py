"""Run the measurements and print one table of ratios: `python -m tests.benchmarks [NAME…]`."""

from __future__ import annotations

import importlib
import sys

from tests.benchmarks.table import show

NAMES = ("billing", "importing", "reports", "listing", "desk", "registers")


def main(names: tuple[str, ...]) -> None:
    rows = []
    for name in names:
        print(f"… {name}", flush=True)
        rows += importlib.import_module(f"tests.benchmarks.{name}").run()
    print(show(rows))


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or NAMES)
