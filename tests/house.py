"""Builds the application of a test process and its template database."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from flask import has_app_context
from flask.testing import FlaskClient

from app import create_app
from app.core.db.extensions import db
from app.core.db.types import metadata
from tests import postgres
from tests.seeding import seed_posts

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

FAST_HASH = "pbkdf2:sha256:1"


class Browser(FlaskClient):
    """A client whose requests stand alone, even while a test holds an open session.

    The test's own transaction is ended first: it would keep SQLite's only write lock, and
    it would not see what the request stores.
    """

    def open(self, *arguments: Any, **options: Any) -> Any:
        if has_app_context():
            unsaved = (*db.session.new, *db.session.dirty, *db.session.deleted)
            assert not unsaved, f"commit before the request: {unsaved}"
            db.session.rollback()
        with self.application.app_context():
            return super().open(*arguments, **options)


def build(folder: Path, **changes: Any) -> Flask:
    """The application with its database in `folder`, a template of which is kept beside it.

    Forms need no token here; the tests of the token switch WTF_CSRF_ENABLED on.
    """
    settings = {
        "TESTING": True,
        "FAB_PASSWORD_HASH_METHOD": FAST_HASH,
        "SERVER_NAME": "localhost",
        "WTF_CSRF_ENABLED": False,
        **changes,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANJU_INSTANCE", str(folder))
        patch.delenv("ANJU_DATABASE_URL", raising=False)
        app = create_app(**settings)
    app.test_client_class = Browser
    with app.app_context():
        metadata.create_all(db.engine)
        seed_posts(db.session)
        db.session.commit()
        db.session.remove()
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
            shutil.copy(folder / "anju.db", folder / "template.db")
        db.engine.dispose()
    return app


def build_on_postgres(folder: Path, server: str, **changes: Any) -> Flask:
    """The same application on a database of the PostgreSQL server."""
    uri = postgres.make_database(server)
    return build(folder, SQLALCHEMY_DATABASE_URI=uri, **changes)


def renew(app: Flask, folder: Path) -> None:
    """Bring the database back to the template; attempts to log in are forgotten with it."""
    close(app)
    app.appbuilder.sm.limiter.reset()
    with app.app_context():
        on_postgres = db.engine.dialect.name == "postgresql"
    if on_postgres:
        postgres.empty(app.config["SQLALCHEMY_DATABASE_URI"])
        with app.app_context():
            seed_posts(db.session)
            db.session.commit()
        return
    for rest in ("anju.db-wal", "anju.db-shm"):
        (folder / rest).unlink(missing_ok=True)
    shutil.copy(folder / "template.db", folder / "anju.db")


def close(app: Flask) -> None:
    """Let go of every connection."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
