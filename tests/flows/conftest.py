"""A new installation on either database: an empty file or server, migrated by Alembic."""

from __future__ import annotations

import pytest

from app import create_app
from app.core.db.extensions import db
from app.core.records import data_scope
from tests import postgres
from tests.house import FAST_HASH, Browser


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def bare(request, tmp_path, monkeypatch):
    """The application over an empty database, as it is before `anju init`."""
    monkeypatch.setenv("ANJU_INSTANCE", str(tmp_path))
    monkeypatch.delenv("ANJU_DATABASE_URL", raising=False)
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
        monkeypatch.setenv("ANJU_DATABASE_URL", postgres.make_database(server, bare=True))
    app = create_app(
        TESTING=True,
        FAB_PASSWORD_HASH_METHOD=FAST_HASH,
        SERVER_NAME="localhost",
        LOGIN_RATE="1000 per minute",
    )
    app.test_client_class = Browser
    with data_scope.use(data_scope.EVERYTHING), app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
