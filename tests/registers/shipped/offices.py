"""An office with every register on one database: built once, everybody logged in for good."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import delete, select

from app.access import sessions
from app.access.models import Staff, UserCommunity
from app.core.db.extensions import db
from app.core.records import data_scope
from app.core.values import clock
from app.roles import POSTS
from tests.house import close
from tests.registers.shipped.walking import Walk

MORNING = datetime(2026, 11, 5, 9, 30)


class Office:
    """One application. Each test works in a community of its own, which alone its people see."""

    def __init__(self, app):
        self.app, self.numbers, self.clients = app, itertools.count(1), {}
        with app.app_context():
            people = db.session.scalars(select(Staff).where(Staff.username.in_(POSTS))).all()
            self.people = [person.id for person in people]
            for person in people:
                person.all_communities = False
                client = self.clients[person.username] = app.test_client()
                with client.session_transaction() as cookie:
                    cookie.update(sessions.begin(db.session, person))
            db.session.commit()
            db.session.remove()

    @contextmanager
    def walk(self, furnish):
        """A walk through a new community; what earlier tests stored is out of everybody's sight."""
        number = next(self.numbers)
        with data_scope.use(data_scope.EVERYTHING), self.app.app_context(), clock.fixed(MORNING):
            place = furnish(db.session, name=f"安居花园{number}期", short_code=f"AJ{number}")
            db.session.execute(delete(UserCommunity))
            db.session.add_all(
                UserCommunity(user_id=key, community_id=place.community) for key in self.people
            )
            db.session.commit()
            yield Walk(db.session, self.clients.__getitem__, place)
            db.session.remove()

    def close(self):
        close(self.app)
