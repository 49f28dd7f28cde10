"""Whoever is confined to one community sees and changes nothing of another, on no route."""

from __future__ import annotations

import io
import zipfile

import pytest

from app.core.jobs import worker
from tests.hostile import world as worlds
from tests.hostile.attack import address, everybody, fillings, routes, variables
from tests.hostile.bombard import _pairs, _send, honest, relations
from tests.hostile.crawl import Offer, Recorder, offers
from tests.hostile.pages import faults
from tests.registers.shipped.covering import ROUTES
from tests.workbooks import xlsx

pytestmark = pytest.mark.slow

PEOPLE = ("users", "rights", "login_events")
"""Screens of the house as a whole: accounts and logins belong to no community."""
LEFT_OUT = {"LoginView.logout", "LanguageView.choose"}
KEYED = (
    ROUTES,
    "FieldPart.private",
    "Head.number",
    "Slip",
    "State.due",
    "Action.not_by",
    *(f"FieldPart.kind={kind}" for kind in ("unit", "customer", "user", "register", "attachment")),
)
"""What of a register may lead to a record of another community: keys, files, numbers, papers."""
CATALOGUE = {"ChargeItemScreen.show", "ChargeItemScreen.edit"}
"""The charge items are one list for all communities."""
WORDS = ("张三", "909", "沪")
"""Searches that would find somebody on either side."""


@pytest.fixture
def confined(app, session, world, clients, monkeypatch):
    """The people of all posts, who may see 安居花园 alone."""
    found = offers(app, clients, world)
    worlds.confine(session, world)
    session.rollback()
    monkeypatch.setattr(app.request_class, "parameter_storage_class", Recorder)
    return found


def text_of(answer) -> str:
    """All that an answer says: of a workbook every part, of a redirect its target."""
    body = answer.get_data()
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            return "\n".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
    return body.decode(errors="replace") + answer.headers.get("Location", "")


def leaks(answer, sent: str = "") -> list[str]:
    """Signs of the far community in an answer, other than what was sent."""
    said = text_of(answer)
    if answer.mimetype == "application/json":
        said += str(answer.get_json())
    return [sign for sign in worlds.SIGNS if sign in said and sign not in sent]


def test_no_page_shows_a_record_of_another_community(app, clients, confined, world):
    wrong = []
    for route in routes(app, "GET", KEYED):
        if route.screen in PEOPLE:
            continue
        places = fillings(app, route, world.far)
        for post in everybody(route):
            for values in places:
                where = address(route, **values)
                answer = clients[post].get(where)
                if found := [*leaks(answer), *faults(answer)]:
                    wrong.append(f"{post} {where}: {answer.status_code} {found}")
                keyed = variables(route) and values != fillings(app, route, world.near)[0]
                open_to_all = route.endpoint in {"LookupPage.find", *CATALOGUE}
                if keyed and answer.status_code == 200 and not open_to_all:
                    wrong.append(f"{post} {where}: opens")
                answer.close()
    assert "\n".join(wrong) == ""


def test_no_parameter_reaches_a_record_of_another_community(app, clients, confined, world):
    wrong = []
    for route in routes(app, "GET", KEYED):
        if route.screen in PEOPLE:
            continue
        post = everybody(route)[0]
        offer = confined.get(route.endpoint, Offer())
        base = {name: value for _, query in offer.queries for name, value in query.items()}
        for values in fillings(app, route, world.near):
            near = address(route, **values)
            Recorder.asked = set()
            clients[post].get(near).close()
            names = Recorder.asked | set(base)
            tries = [(name, str(key)) for name in names for key in keys(name, world.far)]
            tries += [
                (f"f.{name}.is", key)
                for name, key in relations(app, route.endpoint, world.far).items()
            ]
            tries += [("q", word) for word in WORDS if "q" in names]
            tries += [("community", "彼岸小区")] if "community" in names else []
            for name, value in tries:
                answer = _send(clients[post], "GET", near, list(_pairs({**base, name: [value]})))
                if found := [*leaks(answer, value), *faults(answer)]:
                    wrong.append(f"{post} {near} {name}={value}: {found}")
                answer.close()
    assert "\n".join(wrong) == ""


def keys(name: str, far) -> list[int]:
    """Keys of the far community that fit a parameter of this name."""
    table = {
        "log": "daily_log",
        "user": "ab_user",
        "collector": "ab_user",
        "item": "charge_item",
        "run": "billing_run",
    }.get(name, name)
    return [far.of[table]] if table in far.of else []


def test_no_form_changes_or_shows_a_record_of_another_community(
    app, session, clients, confined, world
):
    before, wrong = worlds.far_rows(session, world), []
    session.rollback()
    for route in routes(app, "POST", KEYED):
        if route.screen in PEOPLE or route.endpoint in LEFT_OUT:
            continue
        for post in everybody(route):
            for path, place in (
                (world.far, world.near),
                (world.near, world.far),
                (world.far, world.far),
            ):
                data = far_form(app, route, confined, place)
                if "payer_id" in data and post != everybody(route)[0]:
                    data["payer_id"] = [""]  # the unit alone must be refused, too
                where = address(route, **fillings(app, route, path)[0])
                answer = _send(clients[post], "POST", where, list(_pairs(data)))
                if found := [*leaks(answer, str(data)), *faults(answer)]:
                    wrong.append(f"{post} {where} {data}: {found}")
                answer.close()
        worker.run_pending(app)
        after = worlds.far_rows(session, world)
        session.rollback()
        if after != before:
            wrong.append(f"{route.endpoint} changed the far community")
            before = after
    assert "\n".join(wrong) == ""


def far_form(app, route, found, place) -> dict[str, list[str]]:
    """An honest form of this route in which every key names a record of `place`."""
    data = honest(app, route, found.get(route.endpoint, Offer()), place)
    data |= {
        name: [key] for name, key in relations(app, route.endpoint, place).items() if name in data
    }
    known = {
        "community": place.community,
        "unit_id": place.unit,
        "payer_id": place.customer,
        "log": place.log,
        "problem": place.problem,
        "user": place.writer,
        "id": place.of["unit_note"],
        "building": place.building,
        "problem-0-unit": place.unit,
    }
    data |= {name: [str(key)] for name, key in known.items() if data.get(name)}
    if route.endpoint == "DeskPage.receive":
        data = {
            "unit_id": [str(place.unit)],
            "payer": ["张三"],
            "payer_id": [str(place.customer)],
            "tender_kind": ["cash"],
            "tender_sum": ["100"],
            "tender_reference": [""],
            "bill": [f"{bill}:100" for bill in place.bills[2:3]],
            "form_key": [f"key{place.unit}"],
            "keep": ["1"],
        }
    if route.endpoint == "BillingPage.post":
        data = {
            "community": [str(place.community)],
            "period": ["2027-01"],
            "items": [str(place.of["charge_item"])],
            "form_key": [f"run{place.unit}"],
        }
    if route.endpoint == "DailyLogPage.save":
        data |= {
            "problem-0-text": ["漏水"],
            "problem-0-room": ["9-9-909"],
            "problem-0-known": ["9-9-909"],
            "act": ["submit"],
        }
    if route.endpoint == "LogReviewPage.approve_all":
        data |= {"chosen": [f"{place.log}:3"]}
    return data


def test_an_upload_for_another_community_is_closed_with_it(app, session, clients, world, tmp_path):
    """The clerk uploaded while the far community was his; afterwards its preview is gone."""
    path = xlsx(tmp_path / "业主.xlsx", {"业主": [["房号", "业主姓名"], ["9-9-910", "彼岸赵一"]]})
    client = clients["clerk"]
    with path.open("rb") as file:
        sent = client.post(
            "/owner-import/upload",
            data={
                "community": str(world.far.community),
                "file": (file, path.name),
            },
            content_type="multipart/form-data",
        )
    where = sent.headers["Location"]
    assert "9-9-910" in client.get(where).get_data(as_text=True)
    worlds.confine(session, world)
    session.rollback()
    before = worlds.far_rows(session, world)
    session.rollback()
    for part in ("", "columns", "problems.xlsx"):
        assert client.get(where + part).status_code == 404
    for part in ("post", "again", "discard", "columns"):
        answer = client.post(where + part, data={"rows": "good"})
        assert answer.status_code in {302, 404}
        assert not leaks(answer)
    worker.run_pending(app)
    assert worlds.far_rows(session, world) == before
