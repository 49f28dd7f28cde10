"""What every request costs and forgets: few queries, no memory of the last user."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, select

from app.access import accounts
from app.access.models import LoginEvent
from app.core import audit, scope
from app.estate.models import Community
from app.extensions import db
from tests.access.conftest import SECRET
from tests.browsing import post


@pytest.fixture
def statements(app):
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith("SELECT"):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_user_scope_and_rights_are_three_queries_for_a_whole_page(session, hire, app, statements):
    place = Community(name="安居花园", short_code="AJ")
    session.add(place)
    session.flush()
    hire("lisi", all_communities=False, communities=[place.id])
    client = app.test_client()
    post(client, "/login/", {"username": "lisi", "password": SECRET})
    statements.clear()
    assert client.get("/users/").status_code == 403
    assert len(statements) == 3
    statements.clear()
    assert client.get("/profile/").status_code == 200
    assert sum("ab_permission_view_role" in statement for statement in statements) == 1


def test_nothing_of_a_request_is_left_behind(login):
    login("clerk").get("/profile/")
    assert scope.current() == scope.EVERYTHING  # what the test's own fixture entered
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
