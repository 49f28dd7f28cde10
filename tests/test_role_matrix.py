"""The role table is the truth: every route × every person × every method, over the whole map.

What a person may do is read from the role table, what a route lets through is tried with
real requests. A route of which somebody removed the check, or which somebody made public,
fails here. The registers share one class of screens: all of them are asked what their own
check decides, real requests go to those in which every kind of route occurs.
"""

from __future__ import annotations

from contextlib import contextmanager

import flask
import pytest
from werkzeug.exceptions import Forbidden, MethodNotAllowed
from werkzeug.routing import RequestRedirect

from app.roles import POSTS, Verb, default_rights
from tests.browsing import RAW, token
from tests.registers.shipped.covering import ROUTES, left_out, registers

STRANGER = "stranger"
PUBLIC = {
    "static",
    "appbuilder.static",
    "LoginView.login",
    "LoginView.logout",
    "HealthView.healthz",
    "LanguageView.choose",
}
"""All that somebody may call who has not logged in."""

DOOR = "StartView.start"
"""`/` asks nothing and tells nothing: strangers go on to the login, others to their home page."""

OWN_THINGS = {"JobsPage.cancel"}
"""Routes that take a form although the right to see is enough: one's own, or nothing is stored."""

LOOKS = (".reveal", ".reveal_people")
"""Routes that show one private value and record the look: the column says what right it needs
(`phones`, or "see private"); tests/test_disclosure.py tries each on every screen."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NOWHERE = {"IntegerConverter": 987654321, "UnicodeConverter": "nobody", "PathConverter": "none"}


def routes(app):
    """rule → what the house says of it; both lists must be the same."""
    known = {(route.rule, route.endpoint): route for route in app.extensions["anju"].routes}
    rules = {(rule.rule, rule.endpoint): rule for rule in app.url_map.iter_rules()}
    assert set(known) == set(rules)
    return [(rule, known[key]) for key, rule in rules.items()]


def requested(app):
    """The routes to which real requests go: all but those of registers like others."""
    others = left_out(app, ROUTES)
    return [(rule, route) for rule, route in routes(app) if route.screen not in others]


def of_registers(app):
    """The routes of every register."""
    kept = registers(app)
    assert kept
    return [(rule, route) for rule, route in routes(app) if route.screen in kept]


def address(app, rule) -> str:
    """An address of this rule that names no record."""
    values = {
        name: NOWHERE[type(converter).__name__] for name, converter in rule._converters.items()
    }
    return app.url_map.bind("localhost").build(rule.endpoint, values, method=None)


def outcome(answer) -> str:
    """What became of a request: login, forbidden, method, crash or through."""
    place = answer.headers.get("Location", "")
    if answer.status_code in {301, 302, 303, 308} and "/login/" in place:
        return "login"
    return {401: "login", 403: "forbidden", 405: "method", 500: "crash"}.get(
        answer.status_code, "through"
    )


class Behind(Exception):
    """The check of a route let somebody through to what stands behind it."""


@pytest.fixture
def nothing_behind(app, monkeypatch):
    """The checks of the registers' routes stay, what they guard is taken away."""

    def stop(*_, **__):
        raise Behind

    for _, route in of_registers(app):
        checked = app.view_functions[route.endpoint].__func__
        guarded = checked.__closure__[checked.__code__.co_freevars.index("method")]
        monkeypatch.setattr(guarded, "cell_contents", stop)


@contextmanager
def at_the_door(app, client):
    """A request with this client's cookie, come as far as the checks of the routes."""
    with client.session_transaction() as cookie:
        values = dict(cookie)
    with app.test_request_context("/home/"):
        flask.session.update(values)
        assert app.preprocess_request() is None
        yield


def decision(app, where: str, method: str) -> str:
    """What the route decides to which this request leads, as `outcome` says it."""
    endpoint, values = app.url_map.bind("localhost").match(where, method=method)
    try:
        return outcome(app.make_response(app.view_functions[endpoint](**values)))
    except Forbidden:
        return "forbidden"
    except Behind:
        return "through"


def expected(route, person: str) -> str:
    """What the role table says."""
    if route.endpoint in PUBLIC:
        return "through"
    if person == STRANGER:
        return "login"
    if route.endpoint == DOOR:
        return "through"
    return "through" if route.verb in default_rights()[route.screen][person] else "forbidden"


@pytest.fixture(autouse=True)
def tokens_are_asked_for(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)


@pytest.fixture
def as_person(app, login):
    """A function that gives a fresh browser of this person with a token for forms."""

    def enter(person: str):
        client = app.test_client() if person == STRANGER else login(person)
        with client.session_transaction() as cookie:
            cookie["csrf_token"] = RAW
        return client

    return enter


@pytest.mark.parametrize("person", [STRANGER, *POSTS])
def test_every_route_lets_through_whom_the_table_says(app, as_person, person):
    client = as_person(person)
    csrf = token(client)
    wrong = []
    for rule, route in requested(app):
        if route.endpoint == "LoginView.logout":
            continue
        where = address(app, rule)
        for method in sorted(route.methods):
            form = {"csrf_token": csrf} if method == "POST" else None
            answer = client.open(where, method=method, data=form)
            was = outcome(answer)
            answer.close()
            if route.endpoint == "LoginView.login" and method == "POST":
                continue
            if was != expected(route, person):
                wrong.append(f"{method} {where}: {was}, not {expected(route, person)}")
    assert wrong == []


@pytest.mark.parametrize("person", [STRANGER, *POSTS])
def test_every_route_of_every_register_decides_as_the_table_says(
    app, as_person, nothing_behind, person
):
    wrong = []
    with at_the_door(app, as_person(person)):
        for rule, route in of_registers(app):
            where = address(app, rule)
            for method in sorted(route.methods):
                was = decision(app, where, method)
                if was != expected(route, person):
                    wrong.append(f"{method} {where}: {was}, not {expected(route, person)}")
    assert wrong == []


def test_no_route_of_a_register_knows_another_method_than_its_own(app):
    wrong = []
    places = app.url_map.bind("localhost")
    for rule, route in of_registers(app):
        where = address(app, rule)
        for method in METHODS:
            try:
                found = places.match(where, method=method)[0]
            except (MethodNotAllowed, RequestRedirect):
                found = None
            if (found == route.endpoint) != (method in route.methods):
                wrong.append(f"{method} {where}: {found}")
        if not rule.provide_automatic_options:
            wrong.append(f"OPTIONS {where} says something")
    assert wrong == []


@pytest.mark.parametrize("person", [STRANGER, "administrator"])
def test_no_route_answers_a_method_that_it_does_not_know(app, as_person, person):
    client = as_person(person)
    csrf = token(client)
    wrong = []
    for rule, route in requested(app):
        where = address(app, rule)
        known = set().union(
            *(other.methods for other in app.url_map.iter_rules() if other.rule == rule.rule)
        )
        for method in METHODS:
            if method in known:
                continue
            headers = {"X-CSRFToken": csrf, "Accept": "application/json"}
            answer = client.open(where, method=method, headers=headers)
            # 308: the address with a slash at its end belongs to another rule, tried itself.
            if answer.status_code not in {405, 308}:
                wrong.append(f"{method} {where}: {answer.status_code}")
        assert route.methods <= known
        asked = client.options(where)
        if asked.get_data():
            wrong.append(f"OPTIONS {where} says something")
    assert wrong == []


def test_only_login_health_and_static_files_are_open(app):
    open_to_all = {route.endpoint for _, route in routes(app) if route.verb is None}
    assert open_to_all == PUBLIC | {DOOR}


def test_every_route_has_a_screen_of_the_table_and_every_row_a_route(app):
    used = {route.screen for _, route in routes(app) if route.verb is not None}
    assert used <= set(default_rights())


def test_somebody_may_take_every_route(app):
    lonely = [
        f"{route.rule} ({route.screen}: {route.verb})"
        for _, route in routes(app)
        if route.verb and not any(route.verb in v for v in default_rights()[route.screen].values())
    ]
    assert lonely == []


def test_what_takes_a_form_asks_for_more_than_the_right_to_see(app):
    careless = [
        route.endpoint
        for _, route in routes(app)
        if "POST" in route.methods
        and route.verb is Verb.READ
        and route.endpoint not in OWN_THINGS
        and not route.endpoint.endswith(LOOKS)
    ]
    assert careless == []


def test_a_form_without_its_token_is_refused(app, as_person):
    client = as_person("administrator")
    wrong = []
    for rule, route in routes(app):
        if "POST" in route.methods:
            answer = client.post(address(app, rule))
            if answer.status_code != 400:
                wrong.append(f"{route.endpoint}: {answer.status_code}")
    assert wrong == []
