"""Rights and accounts on PostgreSQL, where two people really act at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import accounts, cells, logins, sessions
from app.access.guards import Forbidden
from app.access.models import LoginEvent, Staff
from app.access.seeding import restore_default, sync_rights
from app.core.db import audit
from app.core.records import data_scope
from app.roles import POSTS
from tests import postgres
from tests.access.conftest import QUICK, SECRET

pytestmark = pytest.mark.postgres


@pytest.fixture
def engine(postgres_server):
    with postgres.fresh_database(postgres_server) as engine:
        yield engine


def person(session, username, role):
    return accounts.create_user(
        session,
        username=username,
        family="王",
        given="五",
        roles=[role],
        password=SECRET,
        all_communities=True,
        policy=QUICK,
    )


def test_rights_are_seeded_changed_and_restored(engine):
    with Session(engine) as session:
        sync_rights(session)
        assert {post: frozenset(held) for post, held in cells.cells_of_roles(session).items()} == {
            post: cells.default_cells(post) for post in POSTS
        }
        clerk = cells.role(session, "clerk")
        cells.write_cells(session, clerk.id, [("desk", "read")], [("units", "write")])
        assert sync_rights(session) == 0
        assert restore_default(session) == {"clerk": ({("units", "write")}, {("desk", "read")})}


def test_a_login_is_opened_owned_and_ended(engine):
    with Session(engine) as session:
        sync_rights(session)
        user = person(session, "lisi", "clerk")
        token = sessions.begin(session, user)[sessions.COOKIE_KEY]
        session.commit()
        assert sessions.owner(session, token, user.id) is user
        sessions.end(session, token)
        assert sessions.owner(session, token, user.id) is None


def test_wrong_passwords_at_the_same_moment_lock_once(engine):
    with Session(engine) as session:
        sync_rights(session)
        person(session, "lisi", "clerk")
        session.commit()

    def wrong(_number):
        with Session(engine) as session:
            assert logins.attempt(session, "lisi", "x", "10.0.0.1", QUICK) is None
            session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(wrong, range(16)))
    with Session(engine) as session:
        outcomes = list(session.scalars(select(LoginEvent.outcome)))
        assert outcomes.count("locked") == 1
        assert len(outcomes) == 16
        assert logins.attempt(session, "lisi", SECRET, "10.0.0.1", QUICK) is None


def test_two_administrators_cannot_close_each_other_at_once(engine):
    with Session(engine) as session:
        sync_rights(session)
        keys = [person(session, name, "administrator").id for name in ("one", "two")]
        session.commit()
    start = Barrier(2)

    def close(pair):
        own, other = pair
        with (
            Session(engine) as session,
            audit.acting(audit.Actor(own, "王五")),
            data_scope.use(data_scope.EVERYTHING),
        ):
            user = accounts.find(session, other)
            start.wait(timeout=10)
            try:
                accounts.deactivate(session, user)
                session.commit()
            except Forbidden:
                return "refused"
            return "closed"

    with ThreadPoolExecutor(2) as pool:
        done = sorted(pool.map(close, [keys, keys[::-1]]))
    assert done == ["closed", "refused"]
    with Session(engine) as session:
        assert len(session.scalars(select(Staff).where(Staff.active.is_(True))).all()) == 1
