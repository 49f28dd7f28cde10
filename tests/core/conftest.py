"""An empty database of each kind."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine

from app.core.db.engine import prepare
from tests import postgres

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
MADE = "sync_borrowing, sync_umbrella"
"""The tables that the tests make, those that point first."""


@pytest.fixture(params=BOTH)
def engine(request, tmp_path):
    """An empty database."""
    if request.param == "sqlite":
        made = create_engine(f"sqlite:///{tmp_path / 'sync.db'}")
        prepare(made)
        yield made
        made.dispose()
        return
    with postgres.fresh_database(request.getfixturevalue("postgres_server")) as made:
        prepare(made)
        yield made
        with made.begin() as connection:
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {MADE}")
