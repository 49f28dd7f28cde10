"""While others write, every page answers: reading never waits, what is given away is recorded."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import InternalError, OperationalError

from app.core.db import engine, witness
from app.core.db.extensions import db
from app.core.db.models import AuditEntry
from app.roles import POSTS
from tests.hostile.attack import address, everybody, fillings, poster, routes, variables
from tests.hostile.locks import held, impatient, never_still
from tests.hostile.pages import CHINESE, faults, forms

BUSY = "数据正忙，请稍候再试"
GIVING = (".slip", ".archive", ".export")
"""The ends of routes that give something away, and record it."""
GOOD = {200, 302, 400, 404, 422}


def addresses(app, world):
    """Every GET route with the records of the world, with the first who may open it.

    The registers share their routes: records stand in those that have every kind between them,
    of the others everything is opened that needs no record.
    """
    furnished = {route.endpoint for route in routes(app, "GET")}
    return [
        (everybody(route)[0], address(route, **values), route)
        for route in app.extensions["anju"].routes
        if "GET" in route.methods
        and "static" not in route.endpoint
        and (route.endpoint in furnished or not variables(route))
        for values in fillings(app, route, world.near)
    ]


def opened(app, clients, world):
    """What is wrong when everything is opened, and how much was given away."""
    wrong, given = [], 0
    for post, where, route in addresses(app, world):
        answer = clients[post].get(where)
        found = faults(answer)
        if answer.status_code not in GOOD or found:
            wrong.append(f"{where}: {answer.status_code} {found}")
        given += route.endpoint.endswith(GIVING) and answer.status_code == 200
        answer.close()
    return "\n".join(wrong), given


def entries(app):
    """How many acts of giving away are recorded; none waits any more."""
    with app.app_context():
        witness.bring_in()
    with app.app_context(), engine.reading():
        acts = AuditEntry.act.in_(["print", "export"])
        return db.session.scalar(select(func.count()).select_from(AuditEntry).where(acts))


def test_every_page_opens_while_the_write_lock_is_held(app, furnished, clients, world, monkeypatch):
    impatient(monkeypatch)
    before = entries(app)
    with held(furnished[1]):
        wrong, given = opened(app, clients, world)
        assert wrong == ""
        assert given > 60
        with app.app_context():
            assert witness.bring_in() == 0
            assert len(list(witness.folder().glob("*.json"))) == given
    with app.app_context():
        assert witness.bring_in() == given
        assert witness.bring_in() == 0
        assert list(witness.folder().iterdir()) == []
    assert entries(app) == before + given


def test_every_page_opens_while_another_writes_all_the_time(app, furnished, clients, world):
    before = entries(app)
    with never_still(furnished[1]) as written:
        wrong, given = opened(app, clients, world)
    assert wrong == ""
    assert written[0] > 100
    assert entries(app) == before + given


@pytest.mark.parametrize("post", POSTS)
def test_the_home_page_of_every_post_opens_while_the_lock_is_held(
    app, furnished, clients, post, monkeypatch
):
    impatient(monkeypatch)
    with held(furnished[1]):
        assert clients[post].get("/home/").status_code == 200


def test_an_entry_that_was_stored_before_a_power_cut_is_stored_once(app, monkeypatch):
    with app.app_context():
        witness._lay_down(
            {
                "at": "2026-11-05T01:02:03.000004",
                "act": "print",
                "screen": "units",
                "record_id": 5,
                "title": "1-1-101",
                "community_id": None,
                "details": {"a": [1]},
                "who": [None, "王五"],
            }
        )
        (file,) = witness.folder().glob("*.json")
        text = file.read_text("utf-8")
        assert witness.bring_in() == 1
        file.write_text(text, "utf-8")
        assert witness.bring_in() == 0
        entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.user_name, entry.record_id, entry.title) == ("王五", "5", "1-1-101")
        assert (str(entry.at), entry.details) == ("2026-11-05 01:02:03.000004", {"a": [1]})
        (witness.folder() / "torn.json").write_text("{", "utf-8")
        assert witness.bring_in() == 0
        assert [one.name for one in witness.folder().iterdir()] == ["torn.unreadable"]
        (witness.folder() / "torn.unreadable").unlink()


def test_a_transaction_that_began_by_reading_cannot_write(app):
    with app.app_context():
        with engine.reading():
            db.session.add(AuditEntry(act="print", screen="units"))
            with pytest.raises(OperationalError, match="readonly"):
                db.session.commit()
            db.session.rollback()
        db.session.add(AuditEntry(act="print", screen="units"))
        db.session.commit()


def test_no_form_crashes_while_the_lock_is_held(app, furnished, clients, world, monkeypatch):
    impatient(monkeypatch)
    wrong, busy = [], 0
    with held(furnished[1]):
        for route in routes(app, "POST"):
            for values in fillings(app, route, world.near)[:1]:
                where = address(route, **values)
                answer = clients[poster(route)].post(where, data={"text": "<b>伞</b>"})
                busy += answer.status_code == 503
                text = answer.get_data(as_text=True)
                if answer.status_code >= 500 and (answer.status_code != 503 or BUSY not in text):
                    wrong.append(f"{where}: {answer.status_code}")
                if "<b>伞" in text or not CHINESE.search(text or "好"):
                    wrong.append(f"{where}: {text[:100]}")
    assert wrong == []
    assert busy > 100


@pytest.mark.parametrize(("token", "where", "data", "status"), [
    (True, "/units/add", {}, 400), (True, "/login/", {}, 400),
    (False, "/nowhere", {}, 404), (False, "/registers/nowhere/add", {}, 404),
    (False, "/audit/", {}, 405), (True, "/nowhere", {}, 404), (True, "/audit/", {}, 405),
])  # fmt: skip
def test_what_is_refused_anyhow_is_refused_without_waiting_for_the_lock(
    app, furnished, clients, monkeypatch, token, where, data, status
):
    impatient(monkeypatch)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", token)
    for client in (clients["supervisor"], app.test_client()):
        before = client.post(where, data=data).status_code
        with held(furnished[1]):
            answer = client.post(where, data=data)
        assert answer.status_code == before, where
        assert CHINESE.search(answer.text) or before == 302, where
        assert before in {status, 302}, where
        assert not engine.is_reading(), "a refusal leaves nothing behind for what comes next"


def test_what_was_typed_is_kept_and_sent_once_more(app, furnished, clients, world, monkeypatch):
    impatient(monkeypatch)
    desk, unit = clients["front_desk"], world.near.of["unit"]
    typed, lines = "水管“漏水” <b>急</b>", "一\r\n\r\n二 & 三"
    (form,) = [
        one
        for one in forms(desk.get(f"/units/show/{unit}").text, "")
        if one.action.endswith("/notes")
    ]
    data = {**form.data(), "text": [typed], "more": [lines, ""]}
    with held(furnished[1]):
        answer = desk.post(form.action, data=data)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert BUSY in answer.text
        assert faults(answer) == ["status 503"]
    (again,) = forms(answer.text, "")
    assert (again.action, again.method) == (form.action, "POST")
    assert again.data() == data
    assert desk.post(again.action, data=again.data()).status_code == 302
    assert "漏水" in desk.get(f"/units/show/{unit}").text


def test_a_password_is_never_put_into_a_page(app, furnished, monkeypatch):
    impatient(monkeypatch)
    with held(furnished[1]):
        answer = app.test_client().post(
            "/login/", data={"username": "clerk", "password": "Plum-blossom-8"}
        )
    assert answer.status_code == 503
    assert BUSY in answer.text
    assert "Plum" not in answer.text


def test_a_program_is_answered_in_json(furnished, clients, world, monkeypatch):
    impatient(monkeypatch)
    with held(furnished[1]):
        answer = clients["supervisor"].post(
            f"/units/{world.near.of['unit']}/people", headers={"Accept": "application/json"}
        )
    assert answer.status_code == 503
    assert answer.get_json() == {"error": BUSY, "code": "503"}


@pytest.mark.postgres
def test_on_postgres_a_lock_is_waited_for_no_longer(postgres_house, monkeypatch):
    impatient(monkeypatch)
    app, world, clients = postgres_house
    slips = [
        (where, post)
        for post, where, route in addresses(app, world)
        if route.endpoint.endswith(GIVING)
    ]
    with app.app_context():
        db.engine.dispose()  # connections that are opened from now on are impatient
        before = entries(app)
        with db.engine.connect() as other:
            other.exec_driver_sql("LOCK TABLE audit_entry IN EXCLUSIVE MODE")
            answers = [clients[post].get(where) for where, post in slips]
            given = sum(one.status_code == 200 for one in answers)
            assert {one.status_code for one in answers} <= GOOD
            assert len(list(witness.folder().glob("*.json"))) == given > 60
            refused = clients["supervisor"].post(f"/units/{world.near.of['unit']}/people")
            assert refused.status_code == 503
            assert BUSY in refused.text
            other.rollback()
        assert entries(app) == before + given
        with engine.reading():
            db.session.add(AuditEntry(act="print", screen="units"))
            with pytest.raises(InternalError, match="read-only"):
                db.session.commit()
        db.session.rollback()
        db.engine.dispose()
