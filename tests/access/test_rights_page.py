"""The page of rights as the administrator works with it, and as others try to abuse it."""

import re

import pytest
from sqlalchemy import select

from app.access import cells
from app.access.guards import roles_of
from app.access.models import RoleLabel
from app.core.db.models import AuditEntry
from app.core.values import clock
from app.roles import POSTS, default_rights
from tests.browsing import post

BASE = {"home:read", "profile:read", "profile:write", "jobs:read", "lookups:read"}


def held(session, role):
    session.expire_all()
    return cells.cells_of_roles(session)[role]


def boxes(client, role):
    """The form as the page shows it: ticked cells and the word for what was seen."""
    page = client.get(f"/rights/?role={role}").get_data(as_text=True)
    ticked = re.findall(r'name="cell" value="([\w:]+)"\s+checked', page)
    return {"role": role, "seen": re.search(r'name="seen" value="(\w+)"', page)[1], "cell": ticked}


def texts(cells_):
    return {f"{screen}:{verb}" for screen, verb in cells_}


def test_the_page_shows_exactly_what_is_stored(session, login):
    client = login("administrator")
    for role in POSTS:
        assert set(boxes(client, role)["cell"]) == texts(held(session, role))


def test_review_stores_nothing_and_save_stores_exactly_what_was_shown(session, login):
    client = login("administrator")
    form = boxes(client, "clerk")
    form["cell"] = [c for c in form["cell"] if c != "units:write"] + ["desk:read", "bills:print"]
    before = held(session, "clerk")
    page = post(client, "/rights/review", form).get_data(as_text=True)
    assert held(session, "clerk") == before
    shown = {
        "role": "clerk",
        "seen": form["seen"],
        "cell": re.findall(r'name="cell" value="([\w:]+)"', page),
    }
    assert "王clerk" in page
    post(client, "/rights/save", shown)
    assert held(session, "clerk") == (before - {("units", "write")}) | {
        ("desk", "read"),
        ("bills", "print"),
    }
    assert client.get("/audit/").status_code == 200


def test_a_change_counts_from_the_next_request(session, login):
    admin, clerk = login("administrator"), login("clerk")
    assert clerk.get("/audit/").status_code == 403
    form = boxes(admin, "clerk")
    post(admin, "/rights/save", {**form, "cell": [*form["cell"], "audit:read"]})
    assert clerk.get("/audit/").status_code == 200
    form = boxes(admin, "clerk")
    post(admin, "/rights/save", {**form, "cell": sorted(BASE)})
    assert clerk.get("/audit/").status_code == 403
    assert clerk.get("/profile/").status_code == 200


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(session, login):
    client = login("administrator")
    old = boxes(client, "clerk")
    post(client, "/rights/save", {**old, "cell": [*old["cell"], "desk:read"]})
    answer = post(client, "/rights/save", {**old, "cell": sorted(BASE)})
    assert answer.status_code in {302, 409}
    assert ("desk", "read") in held(session, "clerk")
    assert ("units", "write") in held(session, "clerk")


@pytest.mark.parametrize("wrong", ["units:fly", "nothing:read", "units", "", ":", "units:void"])
def test_a_right_that_does_not_exist_is_refused(session, login, wrong):
    client = login("administrator")
    form = boxes(client, "clerk")
    answer = post(client, "/rights/save", {**form, "cell": [*form["cell"], wrong]})
    assert answer.status_code in {302, 400}
    assert held(session, "clerk") == cells.default_cells("clerk")


def test_copy_rename_compare_and_delete(session, login):
    client = login("administrator")
    answer = post(client, "/rights/copy", {"role": "clerk", "label": "管家"})
    name = answer.headers["Location"].rpartition("=")[2]
    assert held(session, name) == held(session, "clerk")
    post(client, "/rights/rename", {"role": name, "label": "楼栋<b>管家"})
    assert session.scalars(select(RoleLabel.label)).all() == ["楼栋<b>管家"]
    page = client.get(f"/rights/compare?left=clerk&right={name}").get_data(as_text=True)
    assert "楼栋&lt;b&gt;管家" in page
    assert "权限完全相同" in page or "same rights" in page
    page = client.get("/rights/compare?left=clerk&right=collector").get_data(as_text=True)
    assert page.count('class="differs"') == sum(
        posts["clerk"] != posts["collector"] for posts in default_rights().values()
    )
    post(client, "/rights/delete", {"role": name})
    session.expire_all()
    assert name not in cells.cells_of_roles(session)


def test_a_post_keeps_its_name_in_the_table_when_it_is_renamed(session, login):
    post(login("administrator"), "/rights/rename", {"role": "clerk", "label": "资料员"})
    assert held(session, "clerk") == cells.default_cells("clerk")
    assert session.scalars(select(RoleLabel.label)).all() == ["资料员"]


def test_restoring_shows_first_and_stores_then(session, login):
    client = login("administrator")
    form = boxes(client, "clerk")
    post(client, "/rights/save", {**form, "cell": sorted(BASE)})
    page = client.get("/rights/restore?role=clerk")
    assert page.status_code == 200
    assert held(session, "clerk") != cells.default_cells("clerk")
    post(client, "/rights/restore", {"role": "clerk"})
    assert held(session, "clerk") == cells.default_cells("clerk")


def test_no_role_takes_the_name_that_another_one_has_on_the_page(session, login):
    client = login("administrator")
    post(client, "/rights/copy", {"role": "clerk", "label": " 系统管理员 "})
    post(client, "/rights/rename", {"role": "clerk", "label": "收费员"})
    post(client, "/rights/rename", {"role": "clerk", "label": "  "})
    assert session.scalars(select(RoleLabel)).all() == []
    assert set(cells.cells_of_roles(session)) == set(POSTS)


FORMS = (
    ("/rights/save", {"role": "clerk", "cell": ["audit:read", "users:write"], "seen": "x"}),
    ("/rights/copy", {"role": "administrator", "label": "影子"}),
    ("/rights/rename", {"role": "administrator", "label": "影子"}),
    ("/rights/delete", {"role": "clerk"}),
    ("/rights/restore", {"role": "clerk"}),
    ("/users/new", {"username": "shadow", "family": "影", "given": "子", "roles": "administrator",
                    "scope": "all"}),
    ("/users/1", {"family": "影", "given": "子", "roles": "administrator", "scope": "all"}),
    ("/users/1/password", {}),
    ("/users/1/deactivate", {}),
)  # fmt: skip


def everything(session):
    session.expire_all()
    rights = {name: frozenset(held_) for name, held_ in cells.cells_of_roles(session).items()}
    people = {
        tuple(row)
        for row in session.connection().exec_driver_sql(
            "SELECT id, username, password, active, all_communities, last_name FROM ab_user"
        )
    }
    links = {
        tuple(row)
        for row in session.connection().exec_driver_sql("SELECT user_id, role_id FROM ab_user_role")
    }
    return rights, people, links


@pytest.mark.parametrize("post_", [post_ for post_ in POSTS if post_ != "administrator"])
def test_no_post_but_the_administrator_changes_a_right_by_crafted_forms(session, login, post_):
    client = login(post_)
    before = everything(session)
    answers = [post(client, address, form).status_code for address, form in FORMS]
    assert answers == [403] * len(FORMS)
    assert everything(session) == before


def test_the_administrator_cannot_raise_or_harm_himself_by_crafted_forms(session, login, person):
    client, own = login("administrator"), person("administrator").id
    before = everything(session)
    form = boxes(client, "administrator")
    for address, data in (
        ("/rights/save", {**form, "cell": [*form["cell"], "desk:post"]}),
        ("/rights/review", {**form, "cell": [*form["cell"], "desk:post"]}),
        ("/rights/restore", {"role": "administrator"}),
        ("/rights/delete", {"role": "administrator"}),
        (
            f"/users/{own}",
            {"family": "王", "given": "五", "roles": ["administrator", "manager"], "scope": "all"},
        ),
        (f"/users/{own}/deactivate", {}),
        (f"/users/{own}/password", {}),
    ):
        post(client, address, data)
    assert everything(session) == before
    assert roles_of(session, own) == {"administrator"}


def test_a_deputy_with_both_pages_still_cannot_climb(session, login, person):
    """Users and rights given to the supervisor: every way up that we know of."""
    admin = login("administrator")
    form = boxes(admin, "supervisor")
    more = ["users:read", "users:write", "users:delete", "rights:read", "rights:write"]
    post(admin, "/rights/save", {**form, "cell": [*form["cell"], *more]})
    client, before = login("supervisor"), everything(session)
    clerk = person("clerk").id
    collector = boxes(client, "collector")
    attempts = (
        *FORMS,
        ("/rights/save", {**boxes(client, "supervisor"), "cell": ["audit:export"]}),
        ("/rights/save", {**collector, "cell": [*collector["cell"], "report_operations:read"]}),
        ("/rights/copy", {"role": "manager", "label": "影子"}),
        (
            "/users/new",
            {
                "username": "shadow",
                "family": "影",
                "given": "子",
                "roles": "manager",
                "scope": "all",
            },
        ),
        (
            f"/users/{clerk}",
            {"family": "影", "given": "子", "roles": ["clerk", "manager"], "scope": "all"},
        ),
        (f"/users/{person('manager').id}/password", {}),
        (f"/users/{person('administrator').id}/password", {}),
        (
            f"/users/{person('supervisor').id}",
            {"family": "影", "given": "子", "roles": "administrator", "scope": "all"},
        ),
    )
    codes = []
    for address, data in attempts:
        if (address, data.get("role")) != ("/rights/restore", "clerk"):
            codes.append(post(client, address, data).status_code)
    assert 500 not in codes
    assert 200 not in codes
    assert everything(session) == before


def test_the_question_why_names_role_time_person_and_scope(session, login, person):
    client = login("administrator")
    form = boxes(client, "clerk")
    post(client, "/rights/save", {**form, "cell": [*form["cell"], "desk:read"]})
    clerk = person("clerk").id
    page = client.get(f"/rights/why?user={clerk}&screen=desk").get_data(as_text=True)
    entry = session.scalars(select(AuditEntry).filter_by(act="rights.change")).one()
    assert entry.user_name == "王administrator"
    month = f"{clock.local(entry.at):%Y-%m}"
    for part in ("王clerk", "王administrator", "文员", "收费台", "全部小区", month):
        assert part in page
    page = client.get(f"/rights/why?user={clerk}&screen=users").get_data(as_text=True)
    assert "没有" in page


@pytest.mark.parametrize(
    "query",
    [
        "user=1&screen=nothing",
        "user=1&screen=units&verb=fly",
        "user=999999&screen=units",
        "user=abc&screen=units",
        "user=&screen=",
        "role=x",
        "user=99999999999999999999&screen=units",
    ],
)
def test_strange_questions_are_no_crash(login, query):
    client = login("administrator")
    for page in ("/rights/why", "/rights/", "/rights/compare", "/users/"):
        assert client.get(f"{page}?{query}").status_code in {200, 404}


def test_the_manager_sees_the_matrix_but_has_no_button(login):
    page = login("manager").get("/rights/?role=clerk").get_data(as_text=True)
    assert 'action="/rights/save"' not in page
    assert 'action="/rights/copy"' not in page
    assert "checked disabled" in re.sub(r"\s+", " ", page)


def test_a_page_that_answered_a_form_leads_back_to_one_that_opens(login):
    client = login("administrator")
    for came_from in ("http://localhost/rights/review", "http://localhost/users/new"):
        answer = post(client, "/language/zh", headers={"Referer": came_from})
        place = answer.headers["Location"]
        assert place == ("/" if "review" in came_from else "/users/new")
        assert client.get(place).status_code in {200, 302}
