"""Nobody raises himself, nobody touches the administrator, one administrator stays."""

import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select

from app.access import accounts, cells, role_changes
from app.access.guards import Forbidden, roles_of
from app.access.models import LoginSession
from app.access.seeding import restore_default
from app.core.db.models import AuditEntry
from app.core.values.errors import DomainError, Stale
from app.estate.base.models import Community
from tests.access.conftest import QUICK, SECRET


def as_is(session, name):
    return role_changes.fingerprint(cells.cells_of_roles(session)[name])


def held(session, name):
    return cells.cells_of_roles(session)[name]


def allow(session, role, *rights):
    cells.write_cells(session, cells.role(session, role).id, rights, ())
    session.commit()


@pytest.fixture
def deputy(session, hire):
    """A supervisor to whom the administrator gave the pages of users and rights."""
    allow(
        session,
        "supervisor",
        ("users", "read"),
        ("users", "write"),
        ("users", "delete"),
        ("rights", "read"),
        ("rights", "write"),
    )
    # Other posts keep registers that a supervisor only reads; this one may give them.
    kept = (held(session, "clerk") | held(session, "collector")) - held(session, "supervisor")
    allow(session, "supervisor", *(cell for cell in kept if cell[0].startswith("register_")))
    return hire("deputy", ["supervisor"])


def values(**changes):
    return {
        "family": "李",
        "given": "四",
        "roles": ["clerk"],
        "all_communities": True,
        "communities": [],
        **changes,
    }


def test_nobody_changes_a_role_that_he_holds(session, deputy, acting):
    more = held(session, "supervisor") | {("desk", "void")}
    with acting(deputy), pytest.raises(Forbidden):
        role_changes.change_rights(
            session, "supervisor", more & held(session, "supervisor"), as_is(session, "supervisor")
        )
    with acting(deputy), pytest.raises(Forbidden):
        restore_default(session, "supervisor")
    with acting(deputy), pytest.raises(Forbidden):
        role_changes.rename_role(session, "supervisor", "主任")


def test_the_administrators_role_is_changed_by_nobody(session, person, acting):
    wanted = held(session, "administrator") - {("users", "write")}
    with acting(person("administrator")), pytest.raises(Forbidden):
        role_changes.change_rights(
            session, "administrator", wanted, as_is(session, "administrator")
        )
    with acting(person("administrator")), pytest.raises(Forbidden):
        role_changes.rename_role(session, "administrator", "老板")
    assert held(session, "administrator") == cells.default_cells("administrator")


def test_one_who_is_no_administrator_gives_only_rights_of_his_own(session, deputy, acting):
    wanted = held(session, "collector") | {("report_operations", "read")}
    with acting(deputy), pytest.raises(Forbidden):
        role_changes.change_rights(session, "collector", wanted, as_is(session, "collector"))
    wanted = held(session, "collector") | {("unit_notes", "delete")}
    with acting(deputy):
        done = role_changes.change_rights(session, "collector", wanted, as_is(session, "collector"))
    assert done.added == (("unit_notes", "delete"),)
    assert ("unit_notes", "delete") in held(session, "collector")


def test_a_role_above_him_is_neither_copied_nor_changed_nor_given(session, deputy, acting, person):
    with acting(deputy):
        with pytest.raises(Forbidden):
            role_changes.copy_role(session, "manager", "副经理")
        with pytest.raises(Forbidden):
            role_changes.change_rights(session, "manager", set(), as_is(session, "manager"))
        with pytest.raises(Forbidden):
            accounts.change_user(session, person("clerk"), **values(roles=["manager"]))
        with pytest.raises(Forbidden):
            accounts.create_user(
                session, username="puppet", password=SECRET, **values(roles=["administrator"])
            )
    assert roles_of(session, person("clerk").id) == {"clerk"}


@pytest.mark.parametrize("victim", ["administrator", "manager"])
def test_accounts_above_him_are_out_of_his_reach(session, deputy, acting, person, victim):
    account = person(victim)
    stored = account.password
    with acting(deputy):
        for act in (
            accounts.reset_password,
            accounts.deactivate,
            accounts.unlock,
            accounts.activate,
        ):
            with pytest.raises(Forbidden):
                act(session, account)
        with pytest.raises(Forbidden):
            accounts.change_user(session, account, **values(roles=[victim]))
    assert account.password == stored
    assert account.active


def test_nobody_changes_his_own_account(session, person, acting, hire):
    for user in (person("administrator"), hire("second", ["administrator"])):
        with acting(user):
            for act in (accounts.reset_password, accounts.deactivate):
                with pytest.raises(Forbidden):
                    act(session, user)
            with pytest.raises(Forbidden):
                accounts.change_user(session, user, **values(roles=["manager", "administrator"]))
        assert roles_of(session, user.id) == {"administrator"}


def test_the_last_active_administrator_stays_even_for_the_command_line(session, person, hire):
    admin = person("administrator")
    with pytest.raises(Forbidden):
        accounts.deactivate(session, admin)
    with pytest.raises(Forbidden):
        accounts.change_user(session, admin, **values(roles=["manager"]))
    second = hire("second", ["administrator"])
    accounts.deactivate(session, second)
    with pytest.raises(Forbidden):
        accounts.deactivate(session, admin)
    accounts.activate(session, second)
    accounts.deactivate(session, admin)
    assert not admin.active


def test_an_administrator_may_close_another_ones_account(session, person, hire, acting):
    second = hire("second", ["administrator"])
    with acting(second):
        accounts.deactivate(session, person("administrator"))
    assert not person("administrator").active


@pytest.fixture
def two(session):
    places = [Community(name="安居花园", short_code="AJ"), Community(name="翠湖", short_code="CH")]
    session.add_all(places)
    session.commit()
    return places


def test_data_scope_is_given_only_as_far_as_ones_own(session, deputy, acting, person, two, hire):
    one, other = (place.id for place in two)
    deputy.all_communities = False
    deputy.communities = []
    session.flush()
    accounts.change_user(
        session, deputy, **values(roles=["supervisor"], all_communities=False, communities=[one])
    )
    session.commit()
    seen = hire("lisi", ["clerk"], all_communities=False, communities=[one])
    with acting(deputy):
        for wrong in (
            {"all_communities": True},
            {"all_communities": False, "communities": [other]},
        ):
            with pytest.raises(Forbidden):
                accounts.change_user(session, seen, **values(**wrong))
            session.rollback()
        accounts.create_user(
            session,
            username="newone",
            password=SECRET,
            policy=QUICK,
            **values(all_communities=False, communities=[one]),
        )
        with pytest.raises(Forbidden):
            accounts.reset_password(session, person("clerk"))
    assert [link.community_id for link in person("newone").communities] == [one]


def test_a_community_that_does_not_exist_is_refused(session, person):
    with pytest.raises(DomainError):
        accounts.change_user(
            session, person("clerk"), **values(all_communities=False, communities=[4711])
        )


def test_closing_and_resetting_end_every_login(session, person, login):
    for act in (accounts.deactivate, accounts.reset_password):
        login("clerk"), login("clerk")
        clerk = person("clerk")
        act(session, clerk)
        session.commit()
        left = session.scalars(select(LoginSession).filter_by(user_id=clerk.id)).all()
        assert left == []
        accounts.activate(session, clerk)
        session.commit()


def test_a_role_that_changed_meanwhile_is_not_overwritten(session):
    seen = as_is(session, "clerk")
    allow(session, "clerk", ("desk", "read"))
    with pytest.raises(Stale):
        role_changes.change_rights(session, "clerk", held(session, "collector"), seen)


def test_own_pages_cannot_be_taken_from_anybody_and_acting_includes_seeing(session):
    role_changes.change_rights(session, "clerk", {("desk", "post")}, as_is(session, "clerk"))
    assert held(session, "clerk") == cells.everybodys_cells() | {("desk", "post"), ("desk", "read")}


def test_a_role_is_copied_renamed_and_deleted_when_nobody_holds_it(session, hire):
    copy = role_changes.copy_role(session, "clerk", "管家")
    name = copy.name
    assert held(session, name) == held(session, "clerk")
    with pytest.raises(DomainError):
        role_changes.copy_role(session, "collector", "管家")
    role_changes.rename_role(session, name, "楼栋管家")
    assert role_changes.role_labels(session)[name] == "楼栋管家"
    user = hire("guanjia", [name])
    with pytest.raises(DomainError):
        role_changes.delete_role(session, name)
    accounts.change_user(session, user, **values(roles=["clerk"]))
    role_changes.delete_role(session, name)
    session.commit()
    assert session.scalar(select(Role).filter_by(name=name)) is None
    assert name not in role_changes.role_labels(session)
    with pytest.raises(DomainError):
        role_changes.delete_role(session, "clerk")


def test_every_change_of_rights_is_recorded_with_what_it_was(session, person, acting):
    with acting(person("administrator")):
        wanted = (held(session, "clerk") - {("units", "write")}) | {("desk", "read")}
        role_changes.change_rights(session, "clerk", wanted, as_is(session, "clerk"))
        accounts.change_user(session, person("clerk"), **values(roles=["clerk", "collector"]))
    change, moved = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert (change.act, change.record_id) == ("rights.change", "clerk")
    assert change.details == {"added": [["desk", "read"]], "removed": [["units", "write"]]}
    assert change.user_id == person("administrator").id
    assert moved.details["roles"] == {"old": ["clerk"], "new": ["clerk", "collector"]}
