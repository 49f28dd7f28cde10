"""Python starts with this in every child of the tests: the product's clock there is the test's."""

from __future__ import annotations

import os
import sys
from importlib import util
from pathlib import Path

CLOCK = "app.core.values.clock"
BESIDE = Path(__file__).with_name("ticking.py")
"""Found by its place: a worker of the tests has its parent's path of modules, not this one."""


class _Winder:
    """Lets the product's clock follow the test's as soon as the child has loaded it."""

    def find_spec(self, name, path=None, target=None):
        if name != CLOCK:
            return None
        sys.meta_path.remove(self)
        spec = util.find_spec(name)
        load = spec.loader.exec_module

        def load_and_wind(module):
            load(module)
            beside = util.spec_from_file_location("ticking", BESIDE)
            ticking = util.module_from_spec(beside)
            beside.loader.exec_module(ticking)
            module.follow(ticking.of_parent())

        spec.loader.exec_module = load_and_wind
        return spec


if os.environ.get("ANJU_TEST_READINGS"):
    sys.meta_path.insert(0, _Winder())
