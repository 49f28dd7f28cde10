"""Whose logs a post reviews: by its right and by the page, never by the name it is stored under."""

import re

import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select

from app.access import role_changes
from app.access.cells import write_cells
from app.access.models import Staff
from app.core.db.models import AuditEntry
from app.core.records import data_scope
from app.core.values.errors import DomainError, NotFound, Stale
from app.duty.base import people
from app.duty.base.models import Reach, ReviewRule
from app.duty.review import decisions, rules
from tests.duty.conftest import FRIDAY


@pytest.fixture
def auditor(session, cast):
    """审计员: a post of the office's own that reviews logs and writes none; 周九 holds it."""
    role = role_changes.copy_role(session, "clerk", "审计员")
    write_cells(
        session,
        role.id,
        [("log_review", "read"), ("log_review", "approve")],
        [("daily_log", "read"), ("daily_log", "write")],
    )
    person = Staff(
        username="zhou",
        last_name="周",
        first_name="九",
        email="zhou@example.test",
        active=True,
        password="x",
        roles=[role],
        all_communities=True,
    )
    session.add(person)
    session.commit()
    return person


def key_of(session, name):
    return session.scalars(select(Role.id).filter_by(name=name)).one()


def state(session, name):
    post = next(post for post in rules.posts(session) if post.name == name)
    return rules.state_of(post.duty)


def change(session, name, reach, chosen=(), *, owes=True):
    ids = [key_of(session, post) for post in chosen]
    return rules.change(
        session, name, owes=owes, reach=reach, chosen=ids, seen=state(session, name)
    )


def reviewed(session, user_id):
    return {person.id for person in people.reviewed_by(session, user_id)}


def test_a_new_post_with_the_right_reviews_those_who_have_it_not(session, cast, auditor):
    assert reviewed(session, auditor.id) == {cast.wang, cast.li, cast.sun}
    log = cast.hand_in(cast.wang, FRIDAY)
    decisions.approve(session, log.id, auditor.id, version=log.version)
    assert log.state == "approved"


def test_a_right_to_see_alone_shows_the_logs(session, cast, auditor):
    write_cells(session, auditor.roles[0].id, (), [("log_review", "approve")])
    assert reviewed(session, auditor.id) == {cast.wang, cast.li, cast.sun}


def test_the_page_says_whose_logs_a_post_reviews(session, cast, auditor):
    name = auditor.roles[0].name
    assert change(session, name, "everybody")
    assert reviewed(session, auditor.id) == {cast.wang, cast.li, cast.sun, cast.zhao, cast.qian}
    assert change(session, name, "chosen", ["supervisor", "front_desk"])
    assert reviewed(session, auditor.id) == {cast.zhao, cast.li}
    assert not change(session, name, "chosen", ["front_desk", "supervisor"])
    assert change(session, "manager", "chosen", ["supervisor"], owes=False)
    assert reviewed(session, cast.qian) == {cast.zhao}


def test_who_holds_two_posts_needs_a_reviewer_of_both(session, cast, auditor):
    person = session.get(Staff, cast.li)
    person.roles.append(session.scalars(select(Role).filter_by(name="supervisor")).one())
    session.flush()
    change(session, auditor.roles[0].name, "chosen", ["front_desk"])
    assert reviewed(session, auditor.id) == set()
    assert cast.li not in reviewed(session, cast.zhao)
    assert cast.li in reviewed(session, cast.qian)


def test_nobody_reviews_the_own_log_or_beyond_the_communities(session, cast):
    change(session, "supervisor", "everybody")
    assert cast.zhao not in reviewed(session, cast.zhao)
    with data_scope.use(data_scope.Scope(frozenset({cast.garden}))):
        assert cast.sun not in reviewed(session, cast.zhao)


def test_a_copy_of_a_post_that_owes_none_can_be_let_off_too(session, cast):
    copy = role_changes.copy_role(session, "manager", "副经理")
    person = session.get(Staff, cast.zhao)
    person.roles = [copy]
    session.flush()
    assert people.writers(session)[cast.zhao].owes
    change(session, copy.name, "others", owes=False)
    assert not people.writers(session)[cast.zhao].owes


def test_a_post_that_nobody_reviews_is_named(session, cast):
    change(session, "manager", "chosen", ["supervisor"])
    change(session, "supervisor", "chosen", ["front_desk", "manager"])
    missing = {post.name for post in rules.unreviewed(rules.posts(session))}
    assert {"collector", "clerk"} <= missing
    assert "supervisor" not in missing


def test_a_change_is_refused_whole_and_recorded_by_names(session, cast):
    seen = state(session, "supervisor")
    with pytest.raises(DomainError, match="at least one post"):
        change(session, "supervisor", "chosen")
    with pytest.raises(DomainError, match="whose logs"):
        change(session, "supervisor", "all")
    with pytest.raises(NotFound):
        rules.change(session, "supervisor", owes=True, reach="chosen", chosen=[987654], seen=seen)
    assert session.scalars(select(ReviewRule)).all() == []
    change(session, "supervisor", "chosen", ["front_desk"])
    with pytest.raises(Stale):
        rules.change(session, "supervisor", owes=True, reach="others", chosen=(), seen=seen)
    entry = session.scalars(select(AuditEntry).filter_by(screen="log_reviewers")).one()
    assert entry.details == {"reviews": {"old": str(Reach.OTHERS), "new": ["前台接待"]}}


def fields(text, name):
    form = next(part for part in text.split("<form") if f'name="role" value="{name}"' in part)
    return dict(re.findall(r'name="(csrf_token|form_key|role|seen)" value="([^"]*)"', form))


def test_the_manager_sets_it_on_the_page_and_what_was_typed_stays(session, cast, enter):
    browser = enter(cast.qian)
    text = browser.get("/log-reviewers/").get_data(as_text=True)
    role = key_of(session, "front_desk")
    answer = browser.post(
        "/log-reviewers/save",
        data=fields(text, "supervisor") | {"owes": "1", "reach": "chosen", "chosen": str(role)},
    )
    assert answer.status_code == 302
    session.rollback()
    assert reviewed(session, cast.zhao) == {cast.li}
    text = browser.get("/log-reviewers/").get_data(as_text=True)
    refused = browser.post(
        "/log-reviewers/save", data=fields(text, "supervisor") | {"owes": "1", "reach": "chosen"}
    )
    assert refused.status_code == 400
    shown = refused.get_data(as_text=True)
    assert "请至少勾选一个要审核的岗位" in shown
    session.rollback()
    assert reviewed(session, cast.zhao) == {cast.li}
    session.rollback()
    assert enter(cast.zhao).get("/log-reviewers/").status_code == 200
    assert enter(cast.wang).get("/log-reviewers/").status_code == 403
