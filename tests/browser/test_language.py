"""Every page of every post speaks one language: Chinese by default, English where it was chosen."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

import pytest
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from app.access.models import Staff
from app.access.role_changes import role_labels
from app.charging.ledger.bill_models import BillingRun, ChargeItem, Standard
from app.charging.ledger.payment_models import Payment
from app.demo.load import accounts
from app.estate.base.models import Building, Community, Customer, Tenancy
from app.roles import POSTS
from tests.browser.conftest import ROOT
from tests.browser.languages import CHINESE, OURS, PROPER, WORD, Listener
from tests.browser.pages import Page, strings
from tests.browsing import post
from tests.registers.shipped.covering import ROUTES, left_out

pytestmark = pytest.mark.browser

ONE_OF_EACH = {entry["role"]: entry["username"] for entry in reversed(accounts()["accounts"])}
EACH = 2
"""Pages opened of every kind (route): one record of it and another."""


def codes(site) -> set[str]:
    """Short codes and user names: data, no words."""
    columns = (Community.short_code, ChargeItem.code, Staff.username)
    with site.stored() as session:
        return {code for column in columns for code in session.scalars(select(column))}


def enter(site, username: str):
    """A browser without a window in which that account is logged in."""
    client = site.app.test_client()
    answer = post(client, "/login/", {"username": username, "password": site.password})
    assert answer.status_code == 302, "logged in"
    return client


def crawl(site, client):
    """(address, page) of everything that links lead to, at most EACH of every kind.

    Of registers those with every kind of route: the words of all of them have their own tests.
    """
    routes = site.app.url_map.bind("localhost")
    others = left_out(site.app, ROUTES)
    waiting, seen, kinds = ["/home/"], set(), Counter()
    while waiting:
        address = waiting.pop(0)
        path = urlsplit(address).path
        try:
            kind = routes.match(path, "GET")[0]
        except HTTPException:
            continue
        if address in seen or kinds[kind] >= EACH or path.endswith((".xlsx", "/export")):
            continue
        view = getattr(site.app.view_functions[kind], "__self__", None)
        if getattr(view, "screen", "") in others:
            continue
        seen.add(address)
        answer = client.get(address, follow_redirects=True)
        if answer.mimetype != "text/html":
            continue
        assert answer.status_code == 200, (address, answer.status_code)
        kinds[kind] += 1
        page = Page(answer.get_data(as_text=True))
        yield address, page
        waiting += [urljoin(address, link) for link in page.links if "://" not in link]


@pytest.mark.parametrize("username", ONE_OF_EACH.values(), ids=ONE_OF_EACH)
def test_no_english_word_on_any_page(site, username):
    client = enter(site, username)
    ears = Listener(WORD, PROPER | codes(site))
    pages = 0
    for address, page in crawl(site, client):
        pages += 1
        ears.listen(address, page.said())
        if address.endswith("/add"):
            refused = post(client, address, {})
            assert refused.status_code == 422, address
            ears.listen(f"{address} left empty", Page(refused.get_data(as_text=True)).said())
    for address, status in (("/nowhere", 404), ("/units/show/987654321", 404)):
        answer = client.get(address)
        assert answer.status_code == status
        ears.listen(address, Page(answer.get_data(as_text=True)).said())
    assert pages > 20
    ears.must_have_heard_nothing()


def test_no_english_word_on_printed_pages_and_at_the_desk(site):
    client = enter(site, "collector")
    ears = Listener(WORD, PROPER | codes(site))
    with site.stored() as session:
        payment = session.scalars(select(Payment).order_by(Payment.id.desc())).first()
        run = session.scalars(select(BillingRun).order_by(BillingRun.id.desc())).first()
        tenant = session.scalars(select(Tenancy).order_by(Tenancy.id.desc())).first()
    receipt = post(client, f"/desk/receipts/{payment.id}/print").get_json()
    ears.listen("receipt", Page(receipt["html"]).said())
    for address in (f"/payments/{payment.id}/print", f"/notices/{run.id}/print"):
        answer = post(client, address, {"paper": "a4", "batch": "1"})
        assert answer.status_code == 200, address
        ears.listen(address, Page(answer.get_data(as_text=True)).said())
    for unit_id in (payment.unit_id, tenant.unit_id):
        opened = client.get(f"/desk/unit/{unit_id}").get_data(as_text=True)
        ears.listen("the unit at the desk", Page(opened).said())
    for typed in ("1-1-101", "1234", "王"):
        hits = client.get("/desk/search", query_string={"q": typed}).get_json()
        ears.listen(typed, strings(hits))
    refused = post(
        client,
        "/desk/receive",
        {"unit_id": payment.unit_id},
        headers={"Accept": "application/json"},
    )
    assert refused.status_code in {400, 409, 422}
    ears.listen("refused", [refused.get_json()["error"]])
    ears.must_have_heard_nothing()


def names(site) -> list[str]:
    """What people typed in, which stays as it is in every language; the longest first."""
    columns = (
        Community.name,
        Community.company,
        Community.address,
        Community.payment_hint,
        Building.name,
        ChargeItem.name,
        Standard.name,
        Customer.name,
        Staff.first_name,
        Staff.last_name,
    )
    with site.stored() as session:
        found = {name for column in columns for name in session.scalars(select(column)) if name}
        labels = role_labels(session)
        found |= {label for role, label in labels.items() if role not in POSTS}
    return sorted(found, key=len, reverse=True)


@pytest.mark.parametrize("username", ["manager", "clerk", "admin"])
def test_no_chinese_label_once_english_is_chosen(site, username):
    client = enter(site, username)
    post(client, "/language/en")
    typed = re.compile("|".join(map(re.escape, [*names(site), "安居", "中文"])))
    ears = Listener(CHINESE, set())
    pages = 0
    for address, page in crawl(site, client):
        pages += 1
        ears.listen(address, (typed.sub("", text) for place, text in page.texts if place in OURS))
    post(client, "/language/zh")
    assert pages > 20
    ears.must_have_heard_nothing()


def test_no_script_speaks_by_itself():
    """Sentences come from the page's catalogue; a script holds none, but for the calendar."""
    said = {}
    for file in sorted((ROOT / "app/static/js").glob("*.js")):
        source = re.sub(r"/\*.*?\*/|^\s*//.*$|\s//\s.*$", "", file.read_text(), flags=re.S | re.M)
        for literal in re.findall(r'"([^"\n]*)"|`([^`]*)`', source):
            text = "".join(literal)
            if CHINESE.search(text) or re.fullmatch(r"[A-Z][a-z]+( [a-z]+)+[.?!…]?", text):
                said.setdefault(file.name, []).append(text)
    said.pop("days.js", None)
    assert said == {}
