"""The only door: login, lock, rate limit, logout, forced change and idle end."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.access import accounts
from app.access.login_views import local_target
from app.access.models import LoginEvent, LoginSession, Staff
from app.core.db.models import AuditEntry
from app.core.values import clock
from tests.access.conftest import SECRET
from tests.browsing import post

NEW = "Osmanthus-wine-3"


@pytest.fixture
def lisi(hire):
    return hire("lisi")


def enter(client, username="lisi", password=SECRET, **options):
    return post(
        client,
        options.pop("where", "/login/"),
        {"username": username, "password": password},
        **options,
    )


def outcomes(session):
    session.expire_all()
    return list(session.scalars(select(LoginEvent.outcome).order_by(LoginEvent.id)))


def inside(client) -> bool:
    return client.get("/profile/").status_code == 200


def test_login_and_logout_are_written_down(client, session, lisi):
    assert enter(client).headers["Location"] == "/"
    assert inside(client)
    post(client, "/logout/")
    assert not inside(client)
    assert outcomes(session) == ["success", "logout"]
    events = session.scalars(select(LoginEvent)).all()
    assert {event.address for event in events} == {"127.0.0.1"}
    assert {event.user_id for event in events} == {lisi.id}
    assert session.get(Staff, lisi.id).last_login is not None


def test_user_names_have_no_case_and_no_spaces(client, session, lisi):
    enter(client, "  LiSi ")
    assert inside(client)


def refusal(client, username, password):
    answer = enter(client, username, password)
    assert answer.status_code == 401
    return answer.get_data(as_text=True).replace(f'value="{username}"', 'value=""')


def strip(page):
    return [line for line in page.splitlines() if "csrf" not in line and "nonce" not in line]


def test_every_refusal_reads_the_same(app, session, lisi, hire):
    closed = hire("closed")
    accounts.deactivate(session, closed)
    locked = hire("locked")
    locked.locked_until = clock.now() + timedelta(minutes=5)
    session.commit()
    pages = [
        strip(refusal(app.test_client(), name, password))
        for name, password in (
            ("lisi", "wrong"),
            ("nobody", "wrong"),
            ("closed", SECRET),
            ("locked", SECRET),
        )
    ]
    assert all(page == pages[0] for page in pages)
    assert outcomes(session) == ["failure"] * 4


def test_five_wrong_passwords_lock_the_account_for_a_while(client, session, lisi):
    with clock.fixed(datetime(2026, 11, 22, 9, 0)):
        for _ in range(5):
            enter(client, password="wrong")
        assert outcomes(session) == ["failure"] * 4 + ["locked"]
        enter(client)
        assert not inside(client)
    with clock.fixed(datetime(2026, 11, 22, 9, 14)):
        enter(client)
        assert not inside(client)
    with clock.fixed(datetime(2026, 11, 22, 9, 16)):
        enter(client)
        assert inside(client)
    assert outcomes(session)[5:] == ["failure", "failure", "success"]


def test_a_success_forgets_earlier_failures(client, session, lisi):
    for _ in range(2):
        for _ in range(4):
            enter(client, password="wrong")
        enter(client)
        assert inside(client)
        post(client, "/logout/")
    assert "locked" not in outcomes(session)


def test_the_lock_is_taken_away_by_an_administrator(client, session, lisi, login):
    for _ in range(5):
        enter(client, password="wrong")
    post(login("administrator"), f"/users/{lisi.id}/unlock")
    enter(client)
    assert inside(client)


def test_too_many_attempts_from_one_address_get_429_in_chinese(app, client, lisi):
    app.config["LOGIN_RATE"] = "7 per minute"
    try:
        codes = [enter(client, f"user{number}", "x").status_code for number in range(9)]
        answer = enter(client)
    finally:
        app.config["LOGIN_RATE"] = "30 per minute"
    assert codes == [401] * 7 + [429] * 2
    assert answer.status_code == 429
    assert not inside(client)
    assert client.get("/login/").status_code == 200


def test_a_copied_cookie_is_worth_nothing_after_logout(app, client, lisi):
    enter(client)
    thief = app.test_client()
    copied = client.get_cookie("anju").value
    thief.set_cookie("anju", copied)
    assert inside(thief)
    post(client, "/logout/")
    thief.set_cookie("anju", copied)
    assert not inside(thief)


def test_logout_by_a_link_from_elsewhere_does_nothing(client, lisi):
    enter(client)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").status_code == 400
    assert inside(client)


def test_the_session_is_new_after_login(client, lisi):
    with client.session_transaction() as cookie:
        cookie["planted"] = "by a stranger"
        cookie["login"] = "known-to-a-stranger"
        cookie["locale"] = "en"
    enter(client)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie["login"] != "known-to-a-stranger"
        assert cookie["locale"] == "en"
        assert cookie.permanent


def test_only_the_digest_of_the_token_is_stored(client, session, lisi):
    enter(client)
    with client.session_transaction() as cookie:
        token = cookie["login"]
    stored = session.scalars(select(LoginSession.digest)).one()
    assert token not in stored
    assert len(stored) == 64


def test_the_cookie_of_one_user_does_not_open_the_account_of_another(app, client, lisi, person):
    enter(client)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = str(person("administrator").id)
    assert not inside(client)
    for strange in ("", "x", "-1", "９", "9" * 40):
        with client.session_transaction() as cookie:
            cookie["_user_id"] = strange
        assert not inside(client)


def test_a_login_ends_after_a_day_however_busy(client, session, lisi):
    enter(client)
    row = session.scalars(select(LoginSession)).one()
    row.begun_at -= timedelta(hours=25)
    session.commit()
    assert not inside(client)


def test_an_idle_login_ends(app, client, lisi, monkeypatch):
    enter(client)
    assert app.permanent_session_lifetime == timedelta(minutes=60)
    monkeypatch.setitem(app.config, "PERMANENT_SESSION_LIFETIME", timedelta(seconds=-1))
    assert not inside(client)


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "evil",
        "javascript:alert(1)",
        "/\tevil",
        "http:evil.example",
        "///evil.example",
        "",
        None,
        "/logout/",
        "/login/?next=/x",
        "/a\r\nSet-Cookie: x=1",
    ],
)
def test_login_leads_only_to_pages_of_ours(client, lisi, target):
    assert local_target(target) == "/"
    answer = enter(client, where="/login/", query_string={"next": target} if target else None)
    assert answer.headers["Location"] == "/"


def test_login_leads_to_the_page_that_was_asked_for(client, lisi):
    asked = client.get("/profile/?a=1&b=二")
    assert "/login/" in asked.headers["Location"]
    answer = enter(client, where=asked.headers["Location"])
    assert answer.headers["Location"].startswith("/profile/?a=1")


def test_the_first_password_must_be_changed_before_anything_else(client, session, hire):
    user = hire("newone", must_change_password=True)
    enter(client, "newone")
    for page in ("/profile/", "/", "/lookups/units", "/nothing"):
        assert client.get(page).headers["Location"] == "/profile/password"
    assert post(client, "/language/en").headers["Location"] == "/profile/password"
    with client.get("/static/js/access.js") as file:
        assert file.status_code == 200
    answer = post(client, "/profile/password", {"old": SECRET, "password": NEW, "again": NEW})
    assert answer.headers["Location"] == "/"
    assert inside(client)
    session.expire_all()
    assert session.get(Staff, user.id).must_change_password is False


def change(client, old=SECRET, new=NEW, again=None):
    form = {"old": old, "password": new, "again": new if again is None else again}
    return post(client, "/profile/password", form)


def test_a_new_password_ends_all_other_logins_and_works(app, client, session, lisi):
    other = app.test_client()
    enter(client), enter(other)
    change(client)
    assert inside(client)
    assert not inside(other)
    enter(other)
    assert not inside(other)
    enter(other, password=NEW)
    assert inside(other)
    act = session.scalars(select(AuditEntry).filter_by(act="rights.password_change")).one()
    assert act.record_id == str(lisi.id)
    assert NEW not in str(act.details)


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong", NEW, None),
        (SECRET, NEW, "other"),
        (SECRET, "short", None),
        (SECRET, SECRET, None),
        (SECRET, "1234567890123", None),
        (SECRET, "hello-lisi-hello", None),
        ("", "", ""),
    ],
)
def test_a_refused_new_password_changes_nothing(client, session, lisi, old, new, again):
    enter(client)
    before = lisi.password
    assert change(client, old, new, again).status_code == 400
    session.expire_all()
    assert session.get(Staff, lisi.id).password == before


def test_guessing_the_password_at_an_open_screen_ends_the_login(client, session, lisi):
    enter(client)
    for _ in range(5):
        change(client, old="wrong")
    assert not inside(client)
    assert outcomes(session)[-1] == "locked"


def test_a_closed_account_is_out_at_the_next_page(client, session, lisi):
    enter(client)
    session.get(Staff, lisi.id).active = False
    session.commit()
    assert not inside(client)


def test_strange_user_names_are_only_refused(client, session):
    for strange in ("'; DROP TABLE ab_user; --", "\x00", "a" * 5000, "李四", "<script>", "%", "_"):
        assert enter(client, strange, strange).status_code == 401
    assert outcomes(session) == ["failure"] * 7
