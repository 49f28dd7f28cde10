"""The import on PostgreSQL: stored by COPY, compared, undone; two at once follow one another."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.db.models import ImportBatch
from app.core.imports import undo
from app.core.records import data_scope
from app.estate.base.models import Community, Customer, Ownership, Unit
from app.estate.owner_import import post
from app.estate.owner_import.owners import EVERYTHING
from tests.estate.conftest import DAY, HEADER, LI, ZHANG
from tests.postgres import fresh_database

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def engine(postgres_server):
    with fresh_database(postgres_server) as found, data_scope.use(data_scope.EVERYTHING):
        yield found


def bring(engine, path, **options):
    with Session(engine) as session:
        incoming = post.read(path, path.name)
        community = post.community_named(session, "安居花园") or post.make_community(
            session, "安居花园"
        )
        plan, batch = post.post(session, incoming, community.id, DAY, **options)
        session.commit()
        return plan.counts(), batch.id if batch else None


def count(engine, model):
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(model))


def test_a_file_comes_in_is_compared_changed_and_undone(engine, write):
    header = [*HEADER, "产权份额", "交房日期", "家庭成员", "车牌号"]
    more = ["", "2019-05-01", "王五(子)", "浙A12345"]
    path = write([*ZHANG, *more], [*LI, *more], header=header)
    counts, first = bring(engine, path)
    assert counts["new"] == 2
    assert bring(engine, path) == ({"new": 0, "changed": 0, "unchanged": 2, "conflict": 0}, None)
    changed = write(["1-1-101", 95, "王五", "13700000007", ""], name="b.xlsx")
    counts, second = bring(engine, changed, accept=EVERYTHING)
    assert counts["changed"] == 1
    with Session(engine) as session:
        owners = session.scalars(select(Ownership).order_by(Ownership.id)).all()
        assert len(owners) == 3
        with pytest.raises(undo.Blocked):
            undo.undo(session, session.get(ImportBatch, first))
        session.rollback()
        for batch in (second, first):
            undo.undo(session, session.get(ImportBatch, batch))
            session.commit()
    for model in (Unit, Customer, Ownership):
        assert count(engine, model) == 0, model


def test_keys_given_out_by_copy_do_not_meet_later_ones(engine, write):
    bring(engine, write(ZHANG, LI))
    with Session(engine) as session:
        community = session.scalars(select(Community)).one()
        session.add(Customer(community_id=community.id, name="后来的人", initials="hldr"))
        session.commit()
    assert count(engine, Customer) == 3


def test_two_at_once_bring_the_file_in_once(engine, write):
    path = write(*([f"1-1-{number}", 80, "张三", "", ""] for number in range(101, 500)))
    with Session(engine) as session:
        post.make_community(session, "安居花园")
        session.commit()
    found, start = [], threading.Barrier(2)

    def work():
        with data_scope.use(data_scope.EVERYTHING):
            start.wait(timeout=30)
            found.append(bring(engine, path)[0]["new"])

    both = [threading.Thread(target=work) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(timeout=60)
    assert sorted(found) == [0, 399]
    assert count(engine, Unit) == 399
    assert count(engine, ImportBatch) == 1
