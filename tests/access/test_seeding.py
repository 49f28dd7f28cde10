"""Default rights: new screens get them, an administrator's edits survive."""

import pytest
from flask_appbuilder.security.sqla.models import PermissionView, Role, ViewMenu
from sqlalchemy import create_engine, delete, select
from sqlalchemy.orm import Session

from app.access import cells, seeding
from app.access.seeding import restore_default, sync_rights
from app.core.db.engine import prepare
from app.core.db.models import AuditEntry
from app.core.db.types import metadata
from app.core.values.errors import DomainError
from app.roles import POSTS, TABLE, default_rights


@pytest.fixture
def empty(house):
    engine = create_engine("sqlite://")
    prepare(engine)
    metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def as_table():
    return {post: set(cells.default_cells(post)) for post in POSTS}


def test_an_empty_database_gets_exactly_the_role_table(empty):
    made = sync_rights(empty)
    assert cells.cells_of_roles(empty) == as_table()
    assert made == sum(len(verbs) for verbs in cells.known_cells().values())
    seeds = empty.scalars(select(AuditEntry).filter_by(act="rights.seed")).all()
    assert len(seeds) == 1
    assert set(seeds[0].details["screens"]) == set(default_rights())


def test_a_second_time_changes_nothing_and_edits_survive(empty):
    sync_rights(empty)
    clerk = cells.role(empty, "clerk")
    cells.write_cells(empty, clerk.id, [("desk", "read")], [("units", "write")])
    assert sync_rights(empty) == 0
    held = cells.cells_of_roles(empty)["clerk"]
    assert ("desk", "read") in held
    assert ("units", "write") not in held
    assert len(empty.scalars(select(AuditEntry)).all()) == 1


def test_a_screen_that_was_unknown_gets_its_default_and_no_other_is_touched(empty, monkeypatch):
    sync_rights(empty)
    clerk = cells.role(empty, "clerk")
    cells.write_cells(empty, clerk.id, [], [("units", "write")])
    larger = TABLE.rstrip() + "\nkeys rw rw r - rw r\n"
    monkeypatch.setattr("app.roles.TABLE", larger)
    assert sync_rights(empty) == 2
    rights = cells.cells_of_roles(empty)
    assert {("keys", "read"), ("keys", "write")} <= rights["clerk"]
    assert not any(screen == "keys" for screen, _ in rights["collector"])
    assert ("units", "write") not in rights["clerk"]


def test_a_role_of_the_office_gets_nothing_by_itself(empty):
    empty.add(Role(name="role_abc"))
    sync_rights(empty)
    assert cells.cells_of_roles(empty)["role_abc"] == set()


def test_a_lost_right_of_the_framework_is_made_again(empty):
    sync_rights(empty)
    place = empty.scalars(select(ViewMenu).filter_by(name="desk")).one()
    empty.execute(delete(PermissionView).where(PermissionView.view_menu_id == place.id))
    sync_rights(empty)
    assert cells.cells_of_roles(empty) == as_table()


def test_restoring_one_screen_of_one_post_leaves_the_rest(empty):
    sync_rights(empty)
    clerk = cells.role(empty, "clerk")
    cells.write_cells(empty, clerk.id, [("desk", "read")], [("units", "write")])
    changes = restore_default(empty, "clerk", "units")
    assert changes == {"clerk": ({("units", "write")}, set())}
    assert ("desk", "read") in cells.cells_of_roles(empty)["clerk"]
    assert restore_default(empty) == {"clerk": (set(), {("desk", "read")})}
    assert cells.cells_of_roles(empty) == as_table()


@pytest.mark.parametrize(("role", "screen"), [("role_abc", None), ("x", None), ("clerk", "x")])
def test_what_has_no_default_cannot_be_restored(empty, role, screen):
    empty.add(Role(name="role_abc"))
    sync_rights(empty)
    with pytest.raises(DomainError):
        seeding.restore_default(empty, role, screen)
