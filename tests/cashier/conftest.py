"""The books of charging, for the tests of the rooms that build on it."""

from tests.charging.conftest import (  # noqa: F401 - fixtures
    books,
    engine,
    sqlite_engine,
    sqlite_template,
)
