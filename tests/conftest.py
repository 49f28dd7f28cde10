"""The house for every test: one application, a fresh copy of a template database for each."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from app import create_app
from app.access import sessions
from app.access.models import Staff
from app.core import scope
from app.core.fields import metadata
from app.extensions import db
from app.roles import POSTS
from tests.seeding import seed_posts

FAST_HASH = "pbkdf2:sha256:1"


@pytest.fixture(scope="session")
def house(tmp_path_factory):
    """The application of this test process and its folder with the template database."""
    folder = tmp_path_factory.mktemp("instance")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANJU_INSTANCE", str(folder))
        patch.delenv("ANJU_DATABASE_URL", raising=False)
        app = create_app(TESTING=True, FAB_PASSWORD_HASH_METHOD=FAST_HASH, SERVER_NAME="localhost")
    with app.app_context():
        metadata.create_all(db.engine)
        seed_posts(db.session)
        db.session.commit()
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        db.engine.dispose()
    shutil.copy(folder / "anju.db", folder / "template.db")
    return app, folder


@pytest.fixture
def app(house):
    """The application over a fresh copy of the template: posts with rights and a person each."""
    application, folder = house
    with application.app_context():
        db.session.remove()
        db.engine.dispose()
    for rest in ("anju.db-wal", "anju.db-shm"):
        Path(folder / rest).unlink(missing_ok=True)
    shutil.copy(folder / "template.db", folder / "anju.db")
    with scope.use(scope.EVERYTHING):
        yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


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
        with app.app_context():
            person = db.session.scalars(select(Staff).filter_by(username=post)).one()
            values = sessions.begin(db.session, person)
            db.session.commit()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie.update(values)
        return client

    return enter
