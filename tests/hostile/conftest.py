"""The house under attack: both communities stand in its template database."""

from __future__ import annotations

import shutil

import pytest
from sqlalchemy import event, select

from app.access import sessions
from app.access.models import Staff
from app.core.db.extensions import db
from app.core.records import data_scope
from app.roles import POSTS
from tests.hostile import world as worlds
from tests.house import build, build_on_postgres, close, renew


@pytest.fixture(scope="session")
def furnished(tmp_path_factory):
    """The application on SQLite, its folder, and the world in its template."""
    folder = tmp_path_factory.mktemp("hostile")
    app = build(folder)
    with app.app_context():
        # Thousands of small requests: nothing here must survive a power cut.
        event.listen(db.engine, "connect", _in_a_hurry)
        made = worlds.build(db.session)
        cookies = log_in(db.session)
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
    close(app)
    shutil.copy(folder / "anju.db", folder / "template.db")
    return app, folder, made, cookies


def log_in(session):
    """post → the cookie of its person, good for every test."""
    people = session.scalars(select(Staff).where(Staff.username.in_(POSTS)))
    cookies = {person.username: sessions.begin(session, person) for person in people}
    session.commit()
    return cookies


def browser(app, cookie):
    """A client with this cookie."""
    client = app.test_client()
    with client.session_transaction() as values:
        values.update(cookie)
    return client


def _in_a_hurry(raw, _record):
    raw.execute("PRAGMA synchronous = OFF")


@pytest.fixture(scope="session")
def house(furnished):
    """What the fixture `app` brings back to its template before each test."""
    return furnished[:2]


@pytest.fixture
def world(furnished):
    """The keys of both communities."""
    return furnished[2]


@pytest.fixture
def clients(app, furnished):
    """post → a browser of its person."""
    return {post: browser(app, cookie) for post, cookie in furnished[3].items()}


@pytest.fixture
def again(app, furnished):
    """Brings the database back to its template in the middle of a test."""

    def back():
        renew(app, furnished[1])

    return back


@pytest.fixture(scope="session")
def postgres_house(tmp_path_factory, postgres_server):
    """The same on PostgreSQL, built once: its tests leave their traces."""
    app = build_on_postgres(tmp_path_factory.mktemp("hostile-postgres"), postgres_server)
    with app.app_context():
        made = worlds.build(db.session)
        cookies = log_in(db.session)
        db.session.remove()
    with data_scope.use(data_scope.EVERYTHING):
        yield app, made, {post: browser(app, cookie) for post, cookie in cookies.items()}
    close(app)
