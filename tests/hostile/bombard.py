"""Sends every route what no honest page sends; the same choice of values at every run."""

from __future__ import annotations

from random import Random
from typing import Any
from urllib.parse import urlencode

from app.core.columns.column import FieldKind
from app.core.db import one_time_keys
from tests.hostile.attack import address, fillings, poster, routes
from tests.hostile.crawl import Offer, Recorder
from tests.hostile.naughty import HOSTILE
from tests.hostile.pages import faults

VALID = {
    "plate": "浙A00001", "number": "102", "unit_price": "1.5", "effective_from": "2026-01-01",
    "name": "甲", "text": "乙", "code": "X1", "short_code": "JJ", "reason": "写错了",
    "payer": "张三", "label": "新岗位", "username": "newcomer", "family": "周", "given": "九",
    "places": "2",
}  # fmt: skip
"""What makes a form acceptable where its page leaves a field empty."""
LEFT_OUT = {"LoginView.logout", "LanguageView.choose"}
BODIES = (
    ("application/json", b'{"q": "\\ud800", "id": [1, {"a": 2}]}'),
    ("application/json", b"{broken"),
    ("application/json", b"[]"),
    ("text/plain", b"\xff\xfe\x00"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n"),
    ("application/x-www-form-urlencoded", b"name=%ed%a0%80&text=%ff%fe&reason=%00&id=%00&q=%"),
    ("application/x-www-form-urlencoded", b"name=" + b"A" * 1_000_000),
    ("application/x-www-form-urlencoded; charset=utf-7", b"name=+ADw-script+AD4-"),
)
"""Bodies that are no form of ours: wrong types, broken text, a field of a megabyte."""


def columns_of(app: Any, endpoint: str) -> tuple[Any, ...]:
    """The columns of the screen that answers this endpoint; none where it is a page."""
    owner = getattr(app.view_functions[endpoint], "__self__", None)
    found = getattr(owner, "columns", ())
    return found if isinstance(found, tuple) else ()


def relations(app: Any, endpoint: str, place: Any) -> dict[str, str]:
    """Keys of the place's records for the relation columns of a screen's form."""
    owner = getattr(app.view_functions[endpoint], "__self__", None)
    found = {}
    for column in columns_of(app, endpoint):
        if column.kind is FieldKind.RELATION:
            other = getattr(owner.model, column.name).property.mapper.class_.__tablename__
            found[column.name] = str(place.of[other])
    return found


def honest(app: Any, route: Any, offer: Offer, place: Any) -> dict[str, list[str]]:
    """What an honest page would send to this route."""
    data = dict(offer.forms[0].data()) if offer.forms else {}
    for name, values in data.items():
        if not any(values) and name in VALID:
            data[name] = [VALID[name]]
    for name, key in relations(app, route.endpoint, place).items():
        if name in data and not data[name][0]:
            data[name] = [key]
    if "unit_kind" in data and data.get("unit_kind") == [""]:
        data |= {"unit_kind": ["flat"], "unit": [""], "building": [""]}
    return data


def columns(app: Any, endpoint: str) -> set[str]:
    """Filters by every column of a list, private and computed ones too, with every operator."""
    operators = ("is", "has", "from", "to", "not", "empty", "starts", "wrong")
    names = [column.name for column in columns_of(app, endpoint)]
    return {f"f.{name}.{operators[place % 8]}" for place, name in enumerate(names)}


def mutated(
    random: Random, base: dict[str, list[str]], names: list[str], values: tuple[str, ...]
) -> list[tuple[str, str]]:
    """A mixture of honest, hostile, missing and doubled values."""
    pairs = []
    for name in names:
        honest_values, way = base.get(name, []), random.random()
        hostile = random.choice(values)
        if way < 0.5:
            pairs += [(name, value) for value in honest_values]
        elif way < 0.9:
            pairs.append((name, hostile))
        elif way < 0.95:
            pairs += [(name, value) for value in [*honest_values, hostile, hostile]]
    return pairs


def encoded(pairs: list[tuple[str, str]]) -> str:
    """Form data; halves of characters go out as the bytes that they would be."""
    raw = [(n.encode(), v.encode("utf-8", "surrogatepass")) for n, v in pairs]
    return urlencode(raw)


def bombard(
    app: Any,
    clients: dict[str, Any],
    world: Any,
    found: dict[str, Offer],
    method: str,
    *,
    rounds: int,
    after: Any = None,
    values: tuple[str, ...] = HOSTILE,
    bodies: bool = True,
) -> list[str]:
    """Attack all routes of a method; the answer lists what should never have been answered."""
    wrong = []
    for route in routes(app, method):
        if route.endpoint in LEFT_OUT:
            continue
        random = Random(f"{method} {route.rule}")
        client, offer = clients[poster(route)], found.get(route.endpoint, Offer())
        places = fillings(app, route, world.near)
        base = _base(app, route, offer, world, method)
        Recorder.asked = set()
        _send(client, method, address(route, **places[0]), list(_pairs(base))).close()
        names = sorted(set(base) | Recorder.asked - {"csrf_token"})
        if method == "GET" and route.endpoint.endswith((".list", ".export")):
            names += sorted(columns(app, route.endpoint))
        if not names and method == "GET":
            continue
        for _ in range(rounds):
            where = address(route, **random.choice(places))
            pairs = mutated(random, base, names, values)
            if "form_key" in base and random.random() < 0.8:
                pairs = [p for p in pairs if p[0] != "form_key"] + [
                    ("form_key", one_time_keys.fresh())
                ]
            answer = _send(client, method, where, pairs)
            if bad := faults(answer):
                wrong.append(f"{method} {where} {_short(pairs)}: {bad}")
            answer.close()
        if method == "POST" and bodies:
            wrong += _bodies(client, address(route, **places[0]), random.sample(BODIES, 3))
        if after:
            after()
    return wrong


def _base(app: Any, route: Any, offer: Offer, world: Any, method: str) -> dict[str, list[str]]:
    if method == "POST":
        return honest(app, route, offer, world.near)
    merged: dict[str, list[str]] = {}
    for _path, query in offer.queries:
        merged |= query
    return merged


def _pairs(data: dict[str, list[str]]) -> Any:
    return ((name, value) for name, values in data.items() for value in values)


def _send(client: Any, method: str, where: str, pairs: list[tuple[str, str]]) -> Any:
    body = encoded(pairs)
    if method == "GET":
        return client.get(f"{where}?{body}")
    kind = "application/x-www-form-urlencoded"
    return client.post(where, data=body.encode(), content_type=kind)


def _bodies(client: Any, where: str, bodies: list[tuple[str, bytes]]) -> list[str]:
    wrong = []
    for kind, body in bodies:
        answer = client.post(where, data=body, content_type=kind)
        if bad := faults(answer):
            wrong.append(f"POST {where} {kind} {body[:40]!r}: {bad}")
        answer.close()
    return wrong


def _short(pairs: list[tuple[str, str]]) -> str:
    return str([(name, value[:24]) for name, value in pairs])[:600]
