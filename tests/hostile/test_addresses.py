"""Every address with every strange key and parameter: an answer in Chinese, never a crash."""

from __future__ import annotations

import pytest

from tests.hostile.attack import (
    address,
    fillings,
    poster,
    routes,
    variables,
)
from tests.hostile.naughty import KEYS
from tests.hostile.pages import faults

PATHS = (
    *KEYS,
    "%00",
    "\x00",
    "..",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "a" * 4000,
    "％",
    "彼岸",
    "%2e%2e",
    "null",
    " ",
)


def test_every_page_of_the_world_opens(app, clients, world):
    wrong = []
    for route in routes(app, "GET"):
        for values in fillings(app, route, world.near):
            where = address(route, **values)
            answer = clients[poster(route)].get(where)
            found = faults(answer)
            if answer.status_code not in {200, 302, 400, 404, 422} or found:
                wrong.append(f"{where}: {answer.status_code} {found}")
            answer.close()
    assert "\n".join(wrong) == ""


@pytest.mark.slow
def test_no_key_in_an_address_crashes_a_page(app, clients, world):
    wrong = []
    for method in ("GET", "POST"):
        for route in routes(app, method):
            if not variables(route):
                continue
            base = fillings(app, route, world.near)[0]
            for name in variables(route):
                for bad in PATHS:
                    where = address(route, **{**base, name: bad})
                    answer = clients[poster(route)].open(where, method=method)
                    if found := faults(answer):
                        wrong.append(f"{method} {where[:90]}: {found}")
                    answer.close()
    assert "\n".join(wrong) == ""
