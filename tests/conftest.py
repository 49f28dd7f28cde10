"""The house for every test: one application, a fresh copy of a template database for each."""

from __future__ import annotations

import os

import pytest
from flask import has_app_context
from hypothesis import settings
from sqlalchemy import select
from xdist.scheduler import LoadScopeScheduling

from app.access import sessions
from app.access.models import Staff
from app.core.db.extensions import db
from app.core.records import data_scope
from app.roles import POSTS
from tests import clock, postgres
from tests.house import build, close, renew

# A busy machine is no failure, and the gate tries the same examples every time.
settings.register_profile(
    "house", deadline=None, derandomize=bool(os.environ.get("ANJU_TEST_STRICT"))
)
settings.load_profile("house")

try:
    clock.install()
except ValueError as wrong:
    raise pytest.UsageError(f"ANJU_TEST_NOW: {wrong}") from wrong


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Each test begins at the moment; in the browser's one site time must not run backwards."""
    if not item.nodeid.startswith("tests/browser/"):
        clock.begin()


class Scheduler(LoadScopeScheduling):
    """One test process takes all tests of the browser: they share a site that is dear to load."""

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/browser/") else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return Scheduler(config, log)


@pytest.fixture(scope="session")
def house(tmp_path_factory):
    """The application of this test process and its folder with the template database."""
    folder = tmp_path_factory.mktemp("instance")
    return build(folder), folder


@pytest.fixture(scope="session")
def postgres_server():
    """The one PostgreSQL of this test process; whoever uses it makes databases of his own."""
    with postgres.server() as address:
        yield address


@pytest.fixture
def app(house):
    """The application over a fresh copy of the template: posts with rights and a person each."""
    application, folder = house
    renew(application, folder)
    with data_scope.use(data_scope.EVERYTHING):
        yield application
    close(application)


@pytest.fixture
def session(app):
    """A session on the test's database, its scope everything."""
    with app.app_context():
        yield db.session


@pytest.fixture
def client(app):
    """A browser of a stranger."""
    return app.test_client()


@pytest.fixture
def login(app):
    """`login("clerk")` gives a client in which the person of that post is logged in."""

    def enter(post: str):
        assert post in POSTS, post
        if has_app_context():
            db.session.rollback()  # the test's own transaction would hold the write lock
        with app.app_context():
            person = db.session.scalars(select(Staff).filter_by(username=post)).one()
            values = sessions.begin(db.session, person)
            db.session.commit()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie.update(values)
        return client

    return enter
