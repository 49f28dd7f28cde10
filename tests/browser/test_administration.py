"""The administrator makes a new role and a new account; its owner logs in for the first time."""

from __future__ import annotations

import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.access.models import Staff
from app.core.db.models import AuditEntry
from tests.browser.hands import enter_into, follow

pytestmark = pytest.mark.browser

ROLE = "夜班收费员"
OWN_PASSWORD = "天黑请交费-2026"


def rights_of(site, name: str) -> set[tuple[str, str]]:
    """(screen, verb) of a role as stored."""
    with site.stored() as session:
        role = session.scalars(
            select(Role).where(Role.name == name).options(selectinload(Role.permissions))
        ).one()
        return {
            (right.view_menu.name, right.permission.name.removeprefix("can_"))
            for right in role.permissions
        }


def newest_role(site) -> str:
    with site.stored() as session:
        return session.scalars(select(Role.name).order_by(Role.id.desc())).first()


def test_a_new_role_a_new_account_and_its_first_login(site, enter, visit, complaints, shot):
    admin = enter("admin")
    admin.goto("/rights/?role=collector")
    admin.fill("form[action$=copy] [name=label]", ROLE)
    follow(admin, "form[action$=copy] button")
    assert admin.locator(".alert-success").count() == 1
    name = newest_role(site)
    assert rights_of(site, name) == rights_of(site, "collector")

    admin.fill("#rights-search", "账")
    assert admin.locator("tr[data-screen]:visible").count() < 10
    admin.fill("#rights-search", "")
    admin.locator("input[value='billing:post']").uncheck()
    admin.locator("input[value='bills:export']").uncheck()
    admin.locator("input[value='log_review:read']").check()
    shot(admin, "rights")
    follow(admin, "#rights-form .save-bar button")
    assert admin.url.endswith("/rights/review")
    assert admin.locator("main table tbody tr").count() == 3
    shot(admin, "rights-review")
    follow(admin, "main button[type=submit]")
    assert admin.locator(".alert-success").count() == 1
    assert rights_of(site, name) == (
        rights_of(site, "collector") - {("billing", "post"), ("bills", "export")}
    ) | {("log_review", "read")}

    admin.goto("/users/")
    shot(admin, "users")
    follow(admin, ".actions a.btn-primary")
    admin.fill("#username", "night")
    admin.fill("#family", "夜")
    admin.fill("#given", "明")
    admin.locator(f"input[name=roles][value='{name}']").check()
    admin.locator("input[name=scope][value=some]").check()
    admin.locator("label", has_text="安居花园").locator("input").check()
    shot(admin, "user-form")
    follow(admin, "main form button[type=submit]")
    password = admin.locator("#password-once").inner_text()
    shot(admin, "password-once")

    person = visit()
    person.goto("/login/")
    person.fill("#username", "night")
    person.fill("#password", "wrong")
    enter_into(person, "#password")
    assert person.locator(".alert-danger").count() == 1
    shot(person, "login-failed")
    assert "401" in complaints.pop()
    person.fill("#password", password)
    enter_into(person, "#password")
    assert person.locator("#old").count() == 1
    person.goto("/desk/")
    assert person.locator("#old").count() == 1
    shot(person, "first-password")
    person.fill("#old", password)
    person.fill("#new", "12345678")
    person.fill("[name=again]", "12345678")
    enter_into(person, "[name=again]")
    assert person.locator(".alert-danger").count() == 1
    assert "400" in complaints.pop()
    person.fill("#old", password)
    person.fill("#new", OWN_PASSWORD)
    person.fill("[name=again]", OWN_PASSWORD)
    enter_into(person, "[name=again]")
    assert person.locator(".home-todos, .home-figure, .alert-success").count() > 0
    with site.stored() as session:
        staff = session.scalars(
            select(Staff)
            .where(Staff.username == "night")
            .options(selectinload(Staff.roles), selectinload(Staff.communities))
        ).one()
        assert [role.name for role in staff.roles] == [name]
        assert (staff.must_change_password, staff.all_communities) == (False, False)
        assert len(staff.communities) == 1
        acts = session.scalars(
            select(AuditEntry.act)
            .where(AuditEntry.screen.in_(("users", "rights")))
            .order_by(AuditEntry.id.desc())
            .limit(4)
        ).all()
        assert len(acts) == 4
    menu = person.locator("nav.side a").all_inner_texts()
    assert "收费台" in menu
    assert "日志审核" in menu
    assert "用户" not in "".join(menu)
    person.goto("/units/")
    assert "锦绣新城" not in person.locator("main").inner_text(), "outside the data scope"

    admin.goto("/rights/why")
    admin.select_option("[name=user]", label="夜明（night）")
    admin.select_option("[name=screen]", value="log_review")
    follow(admin, "main form.toolbar button")
    reasons = admin.locator(".why").inner_text()
    assert ROLE in reasons
    shot(admin, "rights-why")
    admin.select_option("[name=screen]", value="users")
    follow(admin, "main form.toolbar button")
    assert ROLE not in admin.locator(".why .lead").inner_text()
