"""Private numbers in jobs, on the command line, in the record of who took them; their right."""

from __future__ import annotations

import pytest
from flask_appbuilder.security.sqla.models import (
    PermissionView,
    Role,
    assoc_permissionview_role,
)
from sqlalchemy import delete, select

from app.access.cells import cells_of_roles, pair_ids, write_cells
from app.access.seeding import sync_rights
from app.core.db.models import AuditEntry
from app.core.jobs import worker
from app.core.reports import views
from app.core.reports.commands import report as report_command
from app.core.values import clock
from app.core.values.secret import Secret
from app.roles import POSTS
from tests.planted import NOON, WHY, found, plant, text_of


@pytest.fixture
def planted(app, session):
    """A flat with an owner, a tenant, a family, and a row of every register with secrets."""
    with clock.fixed(NOON):
        yield plant(app, session)


@pytest.mark.parametrize("when", ["before", "after", "never"])
def test_a_job_shows_what_its_owner_may_see_when_it_runs_and_when_he_fetches_it(
    app, session, login, planted, monkeypatch, when
):
    monkeypatch.setattr(views, "AT_ONCE", 0)
    client = login("collector")
    page = client.post("/reports/arrears/workbook", data=WHY | {"form_key": "one"}).location

    def take_away():
        write_cells(
            session,
            session.scalar(select(Role.id).filter_by(name="collector")),
            [],
            [("phones", "read")],
        )
        session.commit()

    if when == "before":
        take_away()
    assert worker.run_pending(app) == 1
    if when == "after":
        take_away()
        assert client.get(f"{page}/file").status_code == 403
        return
    with client.get(f"{page}/file") as file:
        assert found(text_of(file)) == ({Secret.PHONES} if when == "never" else set())


def test_the_command_line_masks_unless_it_is_told_why(app, session, planted):
    def run(*words):
        session.rollback()
        return app.test_cli_runner().invoke(report_command, ["arrears", *words])

    assert not found(run("--json").stdout)
    unsaid = run("--json", "--full")
    assert unsaid.exit_code != 0
    assert not found(unsaid.output)
    assert session.scalars(select(AuditEntry)).all() == []
    assert found(run("--json", "--full", "--reason", "年度核对").stdout) == {Secret.PHONES}
    (entry,) = session.scalars(select(AuditEntry))
    assert (entry.act, entry.details["reason"]) == ("export", "年度核对")


def test_the_record_says_who_took_which_numbers_of_whom_and_why(login, session, planted):
    login("collector").post("/arrears/export?least=1", data=WHY)
    login("collector").post("/reports/arrears/workbook", data=WHY)
    login("collector").post("/customers/reveal/1/phone_lines")
    text = login("manager").get("/audit/").text
    assert "催缴电话核对" in text
    assert "完整显示：电话" in text
    assert "phone_lines" not in text
    for word in ("phones", "private", "full", "filter"):
        assert f">{word}" not in text


def test_a_right_split_off_is_kept_by_the_offices_own_roles(session):
    for name, cells in (("housekeeper", [("customers", "see_private")]), ("guard", [])):
        role = Role(name=name)
        session.add(role)
        session.flush()
        write_cells(session, role.id, cells, [])
    key = pair_ids(session)["phones", "read"]
    held = assoc_permissionview_role.c.permission_view_id
    session.execute(delete(assoc_permissionview_role).where(held == key))
    session.execute(delete(PermissionView).where(PermissionView.id == key))
    sync_rights(session)
    cells = cells_of_roles(session)
    having = {name for name, rights in cells.items() if ("phones", "read") in rights}
    assert having == {"housekeeper", *POSTS} - {"administrator"}
