"""Every list at its ends: pages that there are not, every order, every choice, its workbook."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.access.labels import ACTS, DETAILS, SCREENS
from app.core.columns.column import FieldKind
from app.core.db.extensions import db
from app.core.db.models import AuditEntry
from app.core.screens.screen import Screen
from tests.hostile.attack import ORDER
from tests.hostile.pages import faults
from tests.registers.shipped.covering import left_out

PAGES = ("0", "-1", "2", "400", "401", "999999", "99999999999999999999", "abc", "１", "1e3", "")


def screens(app):
    """Every list of records that is opened by itself, with who may and its address."""
    others = left_out(app, "")
    return [
        (one, one.route_base + "/")
        for one in app.extensions["anju"].views
        if isinstance(one, Screen) and one.screen not in others
    ]


def who_may(clients, where):
    """The first of the posts that may open this."""
    for post in ORDER:
        answer = clients[post].get(where)
        if answer.status_code != 403:
            return clients[post]
    raise AssertionError(where)


def wrong_of(client, where):
    answer = client.get(where)
    found = faults(answer)
    bad = found or answer.status_code not in {200, 404}
    answer.close()
    return [f"{where}: {answer.status_code} {found}"] if bad else []


def test_every_list_opens_at_every_page_order_and_choice(app, clients, world):
    wrong = []
    for screen, where in screens(app):
        client = who_may(clients, where)
        for page in PAGES:
            wrong += wrong_of(client, f"{where}?page={page}")
        for column in screen.columns:
            wrong += wrong_of(client, f"{where}?sort=-{column.name}&page=2")
            if column.kind is FieldKind.CHOICE and isinstance(column.choices, dict):
                for value in [*list(column.choices)[:3], "gone"]:
                    wrong += wrong_of(client, f"{where}?f.{column.name}.is={value}")
        if "export" not in screen.unused():
            wrong += wrong_of(who_may(clients, f"{where}export"), f"{where}export?page=9")
    assert wrong == []


def test_the_record_of_changes_opens_its_last_page_and_its_workbook(app, clients, world):
    """Also with acts, pages and posts that nobody knows any more, in every order."""
    with app.app_context():
        db.session.add_all(
            AuditEntry(
                user_name=f"王{at}",
                act=("gone", *ACTS)[at % (len(ACTS) + 1)],
                screen=("register_gone", *SCREENS)[at % (len(SCREENS) + 1)],
                title=f"{at}",
                details={
                    "screens": list(SCREENS),
                    "roles": ["gone", "clerk"],
                    "added": [["register_gone", "gone"]],
                    "from": "gone",
                },
            )
            for at in range(320)
        )
        db.session.commit()
    admin = clients["administrator"]
    for query in (
        "",
        "?page=13",
        "?page=14",
        "?page=999999",
        "?sort=at&page=999",
        "?size=200",
        "?f.screen.is=register_gone",
        "?f.act.is=gone",
        "?q=王7",
    ):
        assert wrong_of(admin, f"/audit/{query}") == []
        assert wrong_of(admin, f"/audit/export{query}") == []
    assert '/audit/show/1"' in admin.get("/audit/?page=999999").text


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(sorted({*DETAILS, "old", "new", "digest", "name"})), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from(sorted(DETAILS)), JSONS, max_size=4) | JSONS,
    st.sampled_from(["units", "rights", "register_gone", "payments"]),
)
def test_whatever_was_recorded_can_be_read(app, clients, world, details, screen):
    details = json.loads(json.dumps(details))
    with app.app_context():
        entry = AuditEntry(user_name="王五", act="write", screen=screen, title="x", details=details)
        db.session.add(entry)
        db.session.commit()
        key = entry.id
    assert wrong_of(clients["administrator"], f"/audit/show/{key}") == []


@pytest.mark.parametrize(
    "marks",
    [
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 50_000,
        "nonsense",
        "[1]",
        "5",
        "NaN",
        '{"a": "\\ud800"}',
        "9" * 5000,
        '{"a": "' + "x" * 20_000 + '"}',
    ],
)
def test_marks_of_a_plan_that_nobody_wrote_are_refused(app, clients, world, marks):
    data = {"community": world.near.community, "period": "2026-11", "marks": marks}
    for headers in ({}, {"Referer": "http://localhost/billing/"}):
        answer = clients["collector"].post("/billing/post", data=data, headers=headers)
        assert answer.status_code == 400
        assert faults(answer) == []
