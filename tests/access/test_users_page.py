"""The page of users: people come, change their post, forget their password and leave."""

import re

from sqlalchemy import select

from app.access import accounts
from app.access.models import LoginSession, Staff, UserCommunity
from app.core.db.models import AuditEntry
from app.estate.base.models import Community
from tests.browsing import post

LISI = {
    "username": "LiSi",
    "family": "李",
    "given": "四",
    "post_title": "前台领班",
    "roles": ["front_desk", "clerk"],
    "scope": "some",
}


def once(page):
    return re.search(r'id="password-once">([^<]+)<', page.get_data(as_text=True))[1]


def found(session, name="lisi"):
    session.expire_all()
    return session.scalars(select(Staff).filter_by(username=name)).one_or_none()


def acts(session):
    return [e.act for e in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_a_new_person_logs_in_with_the_password_shown_once(app, session, login):
    place = Community(name="安居花园", short_code="AJ")
    session.add(place)
    session.commit()
    key = place.id
    answer = post(login("administrator"), "/users/new", {**LISI, "communities": [str(key)]})
    password = once(answer)
    user = found(session)
    assert (user.last_name, user.first_name, user.get_full_name()) == ("李", "四", "李四")
    assert user.email == "lisi@anju.invalid"
    assert user.must_change_password
    assert sorted(role.name for role in user.roles) == ["clerk", "front_desk"]
    assert [link.community_id for link in user.communities] == [key]
    assert acts(session) == ["rights.user_create"]
    assert password not in str([e.details for e in session.scalars(select(AuditEntry))])
    client = app.test_client()
    answer = post(client, "/login/", {"username": "lisi", "password": password})
    assert client.get("/profile/").headers["Location"] == "/profile/password"


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(session, login):
    client = login("administrator")
    for wrong in (
        {"username": "x y"},
        {"username": "clerk"},
        {"family": " "},
        {"given": ""},
        {"roles": []},
        {"roles": ["nobody"]},
        {"username": "a" * 41},
        {"communities": ["99"]},
        {"given": "三\x07"},
    ):
        answer = post(client, "/users/new", {**LISI, **wrong})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 400
        assert "前台领班" in page
        assert 'role="alert"' in page
    assert found(session) is None
    assert acts(session) == []


def test_changing_a_person_is_recorded_with_old_and_new(session, login, person):
    client, key = login("administrator"), person("clerk").id
    post(
        client,
        f"/users/{key}",
        {"family": "赵", "given": "六", "roles": "collector", "scope": "all"},
    )
    session.expire_all()
    user = person("clerk")
    assert user.get_full_name() == "赵六"
    assert [role.name for role in user.roles] == ["collector"]
    entry = session.scalars(select(AuditEntry)).one()
    assert entry.details["roles"] == {"old": ["clerk"], "new": ["collector"]}
    assert entry.details["name"] == {"old": "王clerk", "new": "赵六"}
    page = client.get("/audit/").get_data(as_text=True)
    assert "角色：文员 → 收费员" in page


def test_a_reset_password_works_once_shown_and_ends_the_logins(app, session, login, person):
    at_work = login("clerk")
    key, old = person("clerk").id, person("clerk").password
    password = once(post(login("administrator"), f"/users/{key}/password"))
    assert at_work.get("/profile/").status_code == 302
    assert "/login/" in at_work.get("/profile/").headers["Location"]
    session.expire_all()
    assert person("clerk").password != old
    assert person("clerk").must_change_password
    client = app.test_client()
    assert post(client, "/login/", {"username": "clerk", "password": password}).status_code == 302


def test_a_closed_account_is_out_and_can_be_opened_again(session, login, person):
    at_work, admin, key = login("clerk"), login("administrator"), person("clerk").id
    post(admin, f"/users/{key}/deactivate")
    assert "/login/" in at_work.get("/profile/").headers["Location"]
    assert session.scalars(select(LoginSession).filter_by(user_id=key)).all() == []
    post(admin, f"/users/{key}/activate")
    session.expire_all()
    assert person("clerk").active
    assert acts(session) == ["rights.user_deactivate", "rights.user_activate"]


def test_data_scope_reaches_every_request(session, login, person):
    places = [Community(name="安居花园", short_code="AJ"), Community(name="翠湖", short_code="CH")]
    session.add_all(places)
    session.commit()
    one, key = places[0].id, person("clerk").id
    client = login("clerk")
    post(
        login("administrator"),
        f"/users/{key}",
        {
            "family": "王",
            "given": "五",
            "roles": "clerk",
            "scope": "some",
            "communities": [str(one)],
        },
    )
    assert session.scalars(select(UserCommunity.community_id)).all() == [one]
    page = client.get("/profile/").get_data(as_text=True)
    assert "安居花园" in page
    assert "翠湖" not in page


def test_search_finds_people_and_strange_words_find_nobody(login):
    client = login("administrator")
    assert "王clerk" in client.get("/users/?q=王cl").get_data(as_text=True)
    for strange in ("%", "_", "'", "\x00", "<script>alert(1)</script>", "a" * 5000):
        page = client.get("/users/", query_string={"q": strange})
        assert page.status_code == 200
        assert "<script>alert(1)" not in page.get_data(as_text=True)
        if strange in {"%", "_", "'"}:
            assert "王clerk" not in page.get_data(as_text=True)


def test_a_locked_person_is_marked(session, login, person):
    user = person("clerk")
    user.fail_login_count = 4
    session.commit()
    client = login("administrator")
    post(client, "/login/", {"username": "clerk", "password": "x"})
    session.expire_all()
    assert accounts.is_locked(person("clerk"))


def test_there_is_no_page_of_the_framework_for_users(login):
    client = login("administrator")
    for page in (
        "/userdbmodelview/list/",
        "/roles/list/",
        "/api/v1/security/login",
        "/resetmypassword/form",
        "/registeruser/list/",
        "/users/list/",
        "/api/v1/menu/",
        "/userstatschartview/chart/",
    ):
        assert client.get(page).status_code == 404
