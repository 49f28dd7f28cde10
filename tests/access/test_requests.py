"""What every request costs and forgets: few queries, no memory of the last user."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app.access import accounts
from app.access.models import LoginEvent
from app.core.db import audit
from app.core.records import data_scope
from app.estate.base.models import Community
from tests.access.conftest import SECRET
from tests.browsing import post
from tests.statements import statements


@pytest.fixture
def seen(app):
    """The questions of the whole test."""
    with statements(app, "SELECT") as asked:
        yield asked


def test_user_scope_and_rights_are_three_queries_for_a_whole_page(session, hire, app, seen):
    place = Community(name="安居花园", short_code="AJ")
    session.add(place)
    session.flush()
    hire("lisi", all_communities=False, communities=[place.id])
    client = app.test_client()
    post(client, "/login/", {"username": "lisi", "password": SECRET})
    seen.clear()
    assert client.get("/users/").status_code == 403
    assert len(seen) == 3
    seen.clear()
    assert client.get("/profile/").status_code == 200
    assert sum("ab_permission_view_role" in statement for statement in seen) == 1


def test_nothing_of_a_request_is_left_behind(login):
    login("clerk").get("/profile/")
    assert data_scope.current() == data_scope.EVERYTHING  # what the test's own fixture entered
    assert audit.actor() == audit.COMMAND_LINE


def test_attempts_at_the_same_moment_count_each_other(app, session, hire, person):
    hire("lisi")
    app.config["LOGIN_RATE"] = "1000 per minute"

    def wrong(number):
        return post(app.test_client(), "/login/", {"username": "lisi", "password": f"x{number}"})

    try:
        with ThreadPoolExecutor(6) as pool:
            codes = [answer.status_code for answer in pool.map(wrong, range(18))]
    finally:
        app.config["LOGIN_RATE"] = "30 per minute"
    assert codes == [401] * 18
    session.expire_all()
    assert accounts.is_locked(person("lisi"))
    outcomes = list(session.scalars(select(LoginEvent.outcome)))
    assert outcomes.count("locked") == 1
    assert outcomes.count("failure") == 17
