"""The cast of the logs: two communities, who works in which, and a clock that stands."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, datetime

import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import event, select

from app.access import sessions
from app.access.models import Staff, UserCommunity
from app.core.db.extensions import db
from app.core.values import clock
from app.duty.base import problems
from app.duty.base.models import DailyLog
from app.duty.log import logs
from app.estate.base.models import Building, Community, Unit

THURSDAY = date(2026, 11, 19)
FRIDAY = date(2026, 11, 20)
SATURDAY = date(2026, 11, 21)
MONDAY = date(2026, 11, 23)


def at(day: date, hour: int = 17, minute: int = 30) -> datetime:
    """Office time on a day."""
    return datetime(day.year, day.month, day.day, hour, minute)


class Cast:
    """The people and places by name; every attribute is an id."""

    def __init__(self, session) -> None:
        self.session = session
        self.garden = self._community("安居花园", "AJ")
        self.lake = self._community("翠湖苑", "CH")
        self.room = self._unit(self.garden, "1-1-101")
        self.far_room = self._unit(self.lake, "2-1-201")
        self.wang = self._person("collector", "王", "五", [self.garden])
        self.li = self._person("front_desk", "李", "四", [self.garden])
        self.sun = self._person("collector", "孙", "八", [self.lake])
        self.zhao = self._person("supervisor", "赵", "六", [self.garden])
        self.qian = self._person("manager", "钱", "七", None)
        session.commit()

    def _community(self, name: str, code: str) -> int:
        community = Community(name=name, short_code=code)
        self.session.add(community)
        self.session.flush()
        return community.id

    def _unit(self, community_id: int, code: str) -> int:
        building, entrance, number = code.split("-")
        place = Building(community_id=community_id, name=building)
        self.session.add(place)
        self.session.flush()
        unit = Unit(
            community_id=community_id,
            building_id=place.id,
            entrance=entrance,
            number=number,
            code=code,
            sort_key=code,
        )
        self.session.add(unit)
        self.session.flush()
        return unit.id

    def _person(self, post: str, family: str, given: str, communities: list[int] | None) -> int:
        role = self.session.scalars(select(Role).filter_by(name=post)).one()
        person = Staff(
            username=f"{post}.{family}{given}",
            last_name=family,
            first_name=given,
            email=f"{family}{given}@example.test",
            active=True,
            password="x",
            roles=[role],
            all_communities=communities is None,
            created_on=datetime(2026, 11, 2, 9, 0),
            communities=[UserCommunity(community_id=number) for number in communities or ()],
        )
        self.session.add(person)
        self.session.flush()
        return person.id

    def write(self, who, day, *, done="收费 12 户", plan="催缴 3 栋", **more) -> DailyLog:
        """Save a log in the afternoon of its day; the version follows what is stored."""
        before = logs.find(self.session, who, day)
        entries = [problems.ProblemEntry(**entry) for entry in more.pop("entries", ())]
        with clock.fixed(more.pop("moment", at(day))):
            return logs.save(
                self.session,
                who,
                day,
                version=before.version if before else 0,
                done=done,
                plan=plan,
                entries=entries,
            )

    def hand_in(self, who: int, day: date, **more) -> DailyLog:
        """Save a log and hand it in."""
        moment = more.get("moment", at(day))
        log = self.write(who, day, **more)
        with clock.fixed(moment):
            return logs.submit(self.session, who, day, version=log.version)


@pytest.fixture
def cast(session):
    """王五, 李四 and their supervisor 赵六 in 安居花园, 孙八 in 翠湖苑, 钱七 manages all."""
    for person in session.scalars(select(Staff)):
        person.active = False
    return Cast(session)


@pytest.fixture
def enter(app):
    """`enter(cast.wang)` gives a browser in which this person is logged in."""

    def open_browser(user_id: int):
        with app.app_context():
            values = sessions.begin(db.session, db.session.get(Staff, user_id))
            db.session.commit()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie.update(values)
        return client

    return open_browser


@pytest.fixture
def count_queries(app):
    """`with count_queries() as queries:` collects the statements of what runs inside."""

    @contextmanager
    def counting():
        statements: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            if not statement.startswith("PRAGMA"):  # of the transaction; it asks nothing
                statements.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
