"""The pages that everybody meets: login, lists, records, and those that say no."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.estate.base.models import Ownership, Unit
from tests.browser.conftest import PHONE, TABLET
from tests.browser.hands import enter_into, follow

pytestmark = pytest.mark.browser


def test_a_stranger_sees_the_login_and_comes_where_he_wanted(site, visit, shot):
    page = visit()
    page.goto("/arrears/")
    assert "/login/" in page.url
    shot(page, "login")
    page.fill("#username", "collector")
    page.fill("#password", site.password)
    enter_into(page, "#password")
    assert "/arrears/" in page.url
    assert page.locator("tbody tr").count() > 10
    shot(page, "arrears")
    height = page.locator(".search-bar").bounding_box()["height"]
    assert height < 60, "the filters stand in one line"


def test_what_is_not_there_and_what_is_not_allowed(enter, complaints, shot):
    page = enter("collector")
    for address, status, word in (
        ("/nowhere", 404, "页面不存在"),
        ("/units/show/987654321", 404, "不存在"),
        ("/users/", 403, "权限"),
    ):
        answer = page.goto(address)
        assert answer.status == status
        assert word in page.locator("main").inner_text()
        assert f"the server responded with a status of {status}" in complaints.pop()
        shot(page, f"error-{status}")
    follow(page, "main a.btn-primary")
    assert page.url.endswith("/home/")


def test_a_list_is_searched_opened_and_edited(site, enter, shot):
    with site.stored() as session:
        unit = session.scalars(
            select(Unit)
            .join(Ownership, Ownership.unit_id == Unit.id)
            .where(Unit.code == "2-1-301")
            .order_by(Unit.community_id)
        ).first()
    page = enter("frontdesk")
    page.goto("/units/")
    shot(page, "units")
    page.fill("input[name=q]", "2栋1单元301")
    enter_into(page, "input[name=q]")
    assert "q=" in page.url
    assert page.locator("tbody tr").count() == 1
    follow(page, "tbody tr td:first-child")
    assert page.url.endswith(f"/units/show/{unit.id}")
    shot(page, "unit")
    page.goto(f"/units/edit/{unit.id}")
    shot(page, "unit-edit")
    page.fill("textarea[name=remark]", "钥匙托管在前台")
    follow(page, "main form button[type=submit]")
    assert page.locator(".alert-success").count() == 1
    with site.stored() as session:
        assert session.get(Unit, unit.id).remark == "钥匙托管在前台"
    page.goto("/units/")
    page.click("[data-more-filters]")
    page.locator(".filter-row").wait_for()
    shot(page, "units-filters")


def test_the_menu_of_a_tablet(enter, shot):
    page = enter("supervisor", size=TABLET)
    assert not page.locator("nav.side").is_visible()
    page.click("[data-menu]")
    page.locator("nav.side").wait_for(state="visible")
    shot(page, "menu-tablet")
    follow(page, "nav.side a[href*=log-review]")
    assert page.url.endswith("/log-review/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(page, "log-review-tablet")


@pytest.mark.parametrize(
    ("post", "size"),
    [
        ("manager", TABLET),
        ("manager", PHONE),
        ("admin", PHONE),
    ],
)
def test_no_page_of_the_menu_scrolls_sideways(enter, post, size):
    page = enter(post, size=size)
    links = page.locator("nav.side a").evaluate_all("all => all.map((one) => one.href)")
    too_wide = []
    for address in links:
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            too_wide.append(address)
    assert len(links) > 15
    assert too_wide == []


def test_what_is_printed_shows_no_addresses_and_cuts_no_list_off(enter):
    page = enter("manager")
    page.goto("/units/")
    page.emulate_media(media="print")
    after = "all => all.map((one) => getComputedStyle(one, '::after').content)"
    said = page.locator("main a[href]").evaluate_all(after)
    assert len(said) > 5
    assert not any("/" in one or "(" in one for one in said)
    scroll = page.locator(".table-scroll").first
    assert scroll.evaluate("one => getComputedStyle(one).maxHeight") == "none"


def test_english_is_chosen_and_kept(enter, shot):
    page = enter("manager")
    follow(page, "text=English")
    assert page.locator("h1").inner_text() == "Home page"
    page.goto("/bills/")
    assert page.locator("h1").inner_text() == "Bills"
    shot(page, "bills-english")
    follow(page, "text=中文")
    assert page.locator("h1").inner_text() == "账单"
