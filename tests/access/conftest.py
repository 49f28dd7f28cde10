"""People for the tests of rights: accounts, actors, and forms in a browser."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import select

from app.access import accounts
from app.access.current import actor_of, scope_of
from app.access.models import Staff
from app.access.passwords import Policy
from app.core.db import audit
from app.core.records import data_scope

QUICK = Policy(method="pbkdf2:sha256:1")
SECRET = "Plum-blossom-8"


@pytest.fixture(autouse=True)
def as_in_the_office(app, monkeypatch):
    """Forms need their token here."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)


@pytest.fixture
def person(session):
    """`person("clerk")`: the person of that post, or any account by its user name."""
    return lambda name: session.scalars(select(Staff).filter_by(username=name)).one()


@pytest.fixture
def acting(session):
    """`with acting(user):` does what follows in the name and scope of that user."""

    @contextmanager
    def act(user):
        with audit.acting(actor_of(user)), data_scope.use(scope_of(session, user)):
            yield

    return act


@pytest.fixture
def hire(session):
    """`hire("lisi", ["clerk"])`: a new account with the password SECRET."""

    def create(username, roles=("clerk",), **options):
        values = {
            "family": "李",
            "given": "四",
            "password": SECRET,
            "all_communities": True,
            "must_change_password": False,
            "policy": QUICK,
            **options,
        }
        user = accounts.create_user(session, username=username, roles=list(roles), **values)
        session.commit()
        return user

    return create
