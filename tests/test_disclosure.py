"""No page and no file holds a full phone or ID number without the right, no file without a reason.

Known numbers are planted wherever the program stores one; then every list, page, export,
archive, slip and report is asked for as every post. Free text is exempt: what somebody wrote
into a remark stands there as it was written.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.core.db.models import AuditEntry
from app.core.records import queries
from app.core.reports.declaration import REPORTS
from app.core.values import clock
from app.core.values.secret import Secret
from app.roles import POSTS, Verb
from tests.planted import NOON, WHY, found, held, may, plant, screens, secrets_of, text_of


@pytest.fixture
def planted(app, session):
    """A flat with an owner, a tenant, a family, and a row of every register with secrets."""
    with clock.fixed(NOON):
        yield plant(app, session)


@pytest.mark.parametrize("post", POSTS)
def test_no_list_page_or_form_holds_a_full_number(app, session, login, planted, post):
    client = login(post)
    wrong, seen = [], 0
    for view in screens(app):
        if not may(post, view.screen, Verb.READ) or not secrets_of(view):
            continue
        keys = session.scalars(select(queries.key_attribute(view.model))).all()
        assert keys, view.screen
        pages = ["", *(f"show/{key}" for key in keys), "months"]
        pages += [f"edit/{key}" for key in keys] if may(post, view.screen, Verb.WRITE) else []
        session.rollback()
        for page in pages:
            text = client.get(f"{view.route_base}/{page}").text
            seen += "****" in text
            if found(text):
                wrong.append(f"{view.route_base}/{page}")
    others = ("/arrears/", "/desk/?unit=1", "/units/show/1", "/lookups/customers?q=甲", "/home/")
    wrong += [one for one in others if found(client.get(one).text)]
    assert wrong == []
    assert seen > (5 if post != "administrator" else 2)


@pytest.mark.parametrize("post", POSTS)
def test_no_export_holds_more_than_right_and_reason_allow(app, session, login, planted, post):
    client = login(post)
    wrong, tried = [], 0
    for view in screens(app):
        if not may(post, view.screen, Verb.EXPORT):
            continue
        exported = {one.secret for one in view.columns if one.export and one.secret}
        address = f"{view.route_base}/export"
        if found(text_of(client.get(address))) or found(text_of(client.post(address))):
            wrong.append(f"{address}: full without a reason")
        unsaid = client.post(address, data={"full": "1", "reason": " "})
        allowed = held(post, view.screen) & exported
        if unsaid.status_code != (422 if allowed else 403) or found(text_of(unsaid)):
            wrong.append(f"{address}: {unsaid.status_code} without a reason")
        full = client.post(address, data=WHY)
        if found(text_of(full)) != allowed or full.status_code != (200 if allowed else 403):
            wrong.append(f"{address}: {found(text_of(full))}, not {allowed}")
        tried += bool(exported)
    assert wrong == []
    assert tried >= (15 if post in {"manager", "supervisor"} else 0)


@pytest.mark.parametrize("post", POSTS)
def test_no_report_holds_more_than_right_and_reason_allow(app, session, login, planted, post):
    client = login(post)
    wrong = []
    for name, report in REPORTS.items():
        if not may(post, name, Verb.EXPORT):
            continue
        page, address = f"/reports/{report.slug}/", f"/reports/{report.slug}/workbook"
        if found(client.get(page).text) or found(text_of(client.post(address))):
            wrong.append(f"{address}: full without a reason")
        allowed = held(post, report.private or name) & report.secrets
        unsaid = client.post(address, data={"full": "1", "reason": ""})
        if unsaid.status_code != (422 if allowed else 403) or found(text_of(unsaid)):
            wrong.append(f"{address}: {unsaid.status_code} without a reason")
        got = found(text_of(client.post(address, data=WHY)))
        if not got <= allowed or (Secret.PHONES in report.secrets and not got):
            wrong.append(f"{address}: {got}, not {allowed}")
    if may(post, "arrears", Verb.EXPORT):
        assert not found(text_of(client.get("/arrears/export")))
        assert client.post("/arrears/export", data={"full": "1"}).status_code == 422
        assert found(text_of(client.post("/arrears/export", data=WHY))) == {Secret.PHONES}
    assert wrong == []


@pytest.mark.parametrize("post", POSTS)
def test_archives_are_masked_and_slips_print_by_the_rights(app, session, login, planted, post):
    client = login(post)
    wrong, tried = [], 0
    for view in screens(app):
        if not hasattr(view, "definition") or not secrets_of(view):
            continue
        if may(post, view.screen, Verb.EXPORT):
            tried += 1
            if found(text_of(client.get(f"{view.route_base}/archive?month=2026-11"))):
                wrong.append(f"{view.screen}: archive")
        if view.slip_of is not None and may(post, view.screen, Verb.PRINT):
            key = session.scalar(select(view.model.id))
            session.rollback()
            slip = client.get(f"{view.route_base}/slip/{key}").text
            if not found(slip) <= held(post, view.screen):
                wrong.append(f"{view.screen}: slip")
    assert wrong == []
    assert tried >= (15 if post in {"manager", "supervisor"} else 0)


@pytest.mark.parametrize("post", POSTS)
def test_every_look_asks_for_its_right_and_is_recorded(app, session, login, planted, post):
    client = login(post)
    wrong, shown = [], 0
    for view in screens(app):
        for column in view.columns:
            if column.secret is None:
                continue
            key = session.scalar(select(queries.key_attribute(view.model)))
            session.rollback()
            where = f"{view.route_base}/reveal/{key}/{column.name}"
            answer = client.post(where)
            reads = may(post, view.screen, Verb.READ)
            allowed = reads and column.secret in held(post, view.screen)
            if answer.status_code != (200 if allowed else 403):
                wrong.append(f"{where}: {answer.status_code}")
            if allowed:
                shown += 1
                assert found(answer.json["value"]) == {column.secret}, where
    people = client.post("/units/1/people")
    assert people.status_code == (200 if post != "administrator" else 403)
    assert wrong == []
    looks = session.scalars(select(AuditEntry).filter_by(act="reveal")).all()
    assert len(looks) == shown + (post != "administrator")
    assert {one.user_name for one in looks} <= {f"{post}王", f"王{post}", f"{post} 王"}
