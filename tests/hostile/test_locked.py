"""While others write, every page answers: reading never waits, what is given away is recorded."""

from __future__ import annotations

import pytest

from tests.hostile.attack import address, everybody, fillings, routes
from tests.hostile.locks import held, impatient, never_still
from tests.hostile.pages import faults


def addresses(app, world):
    """Every GET route with the records of the world, as a post that may, once each."""
    return [
        (everybody(route)[0], address(route, **values))
        for route in routes(app, "GET") for values in fillings(app, route, world.near)
    ]


def opened(app, clients, world):
    """What is wrong when everything is opened."""
    wrong = []
    for post, where in addresses(app, world):
        answer = clients[post].get(where)
        found = faults(answer)
        if answer.status_code not in {200, 302, 400, 404, 422} or found:
            wrong.append(f"{where}: {answer.status_code} {found}")
        answer.close()
    return "\n".join(wrong)


def test_every_page_opens_while_the_write_lock_is_held(app, furnished, clients, world, monkeypatch):
    impatient(monkeypatch)
    with held(furnished[1]):
        assert opened(app, clients, world) == ""


def test_every_page_opens_while_another_writes_all_the_time(app, furnished, clients, world):
    with never_still(furnished[1]) as written:
        assert opened(app, clients, world) == ""
    assert written[0] > 100
