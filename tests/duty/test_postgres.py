"""The logs on PostgreSQL, where two people really act at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.records import data_scope
from app.core.values import clock
from app.core.values.errors import Stale
from app.duty.base import counts, facts, problems
from app.duty.base.models import DailyLog, LogProblem, LogRemark
from app.duty.log import logs
from app.duty.review import board, decisions, trend
from app.home.sources import SOURCES
from app.home.viewer import Viewer
from tests import postgres
from tests.duty.base.test_facts import pay
from tests.duty.conftest import FRIDAY, MONDAY, THURSDAY, Cast, at
from tests.duty.log.test_logs import naughty
from tests.seeding import seed_posts

pytestmark = pytest.mark.postgres


@pytest.fixture
def engine(postgres_server):
    with postgres.fresh_database(postgres_server) as engine:
        yield engine


@pytest.fixture
def cast(engine):
    """The cast of the logs, alone in the house."""
    with data_scope.use(data_scope.EVERYTHING), Session(engine, expire_on_commit=False) as session:
        seed_posts(session)
        session.flush()
        yield Cast(session)


def together(engine, *acts):
    """Do the acts at one moment, each in a transaction of its own; answers or errors."""
    start = Barrier(len(acts))

    def run(act):
        with (
            data_scope.use(data_scope.EVERYTHING),
            clock.fixed(at(FRIDAY)),
            Session(engine) as session,
        ):
            start.wait()
            try:
                act(session)
                session.commit()
            except Stale as error:
                return error
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_reviewers_at_once_one_decides(engine, cast):
    log = cast.hand_in(cast.wang, FRIDAY)
    cast.session.commit()
    number, version = log.id, log.version
    answers = together(
        engine,
        lambda s: decisions.approve(s, number, cast.zhao, version=version),
        lambda s: decisions.send_back(s, number, cast.qian, "写明户数", version=version),
    )
    assert [type(answer) for answer in answers].count(Stale) == 1
    cast.session.expire_all()
    acts = cast.session.scalars(select(LogRemark.act).order_by(LogRemark.id)).all()
    state = cast.session.get(DailyLog, number).state
    assert (acts, state) in [
        (["submit", "approve"], "approved"),
        (["submit", "return"], "returned"),
    ]


def test_of_two_first_saves_at_once_one_is_told(engine, cast):
    def save(text):
        return lambda s: logs.save(
            s,
            cast.wang,
            FRIDAY,
            version=0,
            done=text,
            plan="",
            entries=[problems.ProblemEntry(text)],
        )

    answers = together(engine, save("甲"), save("乙"))
    assert [type(answer) for answer in answers].count(Stale) == 1
    assert cast.session.scalar(select(func.count()).select_from(DailyLog)) == 1
    assert cast.session.scalar(select(func.count()).select_from(LogProblem)) == 1


def test_of_two_windows_at_once_one_saves(engine, cast):
    log = cast.write(cast.wang, FRIDAY)
    cast.session.commit()
    version = log.version

    def save(text):
        return lambda s: logs.save(s, cast.wang, FRIDAY, version=version, done=text, plan="")

    answers = together(engine, save("甲"), save("乙"))
    assert [type(answer) for answer in answers].count(Stale) == 1
    cast.session.expire_all()
    stored = cast.session.get(DailyLog, log.id)
    assert stored.version == version + 1
    assert stored.done in {"甲", "乙"}


def test_the_whole_way_holds(cast):
    pay(cast.session, cast, cast.wang, FRIDAY, [("cash", "100.10"), ("wechat", "0.20")], key="1")
    cast.hand_in(cast.wang, THURSDAY, entries=[{"text": "漏水", "unit_id": cast.room}])
    log = cast.hand_in(cast.wang, FRIDAY)
    assert facts.from_json(log.facts)[0].amount == "100.30"
    with clock.fixed(at(MONDAY, 10)):
        decisions.note_day_off(cast.session, cast.zhao, [cast.li], FRIDAY, "年假")
        assert board.of_day(cast.session, cast.zhao, FRIDAY).counts["submitted"] == 1
        assert counts.review_counts(cast.session, cast.zhao, FRIDAY) == counts.ReviewCounts(
            2, 1, 1, 0
        )
        decisions.approve(cast.session, log.id, cast.zhao, version=log.version)
        assert board.next_waiting(cast.session, cast.zhao, FRIDAY)[1] == THURSDAY
        assert trend.of_days(cast.session, cast.qian, MONDAY).open_problems[-1] == 1


def test_every_count_of_the_home_page_is_answered(cast):
    for name, source in SOURCES.items():
        with clock.fixed(at(FRIDAY)):
            count = source(Viewer(cast.session, cast.zhao))
        said = (count.number, count.amount, count.percent, count.word, count.bars or None)
        assert any(value is not None for value in said), name


def test_naughty_strings_are_stored_exactly(cast):
    """Twenty at a time: what matters here is that the database keeps every character."""
    texts = naughty()
    for start in range(0, len(texts), 20):
        text = "\n".join(texts[start : start + 20])[: logs.LONGEST]
        log = cast.write(cast.wang, FRIDAY, done=text, plan=text)
        cast.session.refresh(log)
        assert (log.done, log.plan) == (text, text)
