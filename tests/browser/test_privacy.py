"""The collector phones a debtor: the number by a click, the list with numbers after saying why."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from app.core.db.models import AuditEntry

pytestmark = pytest.mark.browser
FULL = re.compile(r"^(1\d{10}|0\d{2,3}-?\d{7,8})$")
DIALOG = "dialog.download"


def phones_in(download) -> list[str]:
    """The column of phones of the workbook that was downloaded."""
    rows = CalamineWorkbook.from_path(download.path()).get_sheet_by_index(0).to_python()
    head = next(number for number, row in enumerate(rows) if "电话" in row)
    place = rows[head].index("电话")
    return [str(row[place]) for row in rows[head + 1 :] if row[place]]


def test_the_collector_sees_a_phone_and_takes_the_list_after_saying_why(site, enter, shot):
    page = enter("collector")
    page.goto("/arrears/")
    line = page.locator("td.who").first
    assert "****" in line.inner_text()
    line.locator("[data-reveal]").click()
    expect(line.locator(".revealed")).to_have_text(FULL)

    page.click("[data-dialog=download]")
    with page.expect_download() as masked:
        page.click(f"{DIALOG} [type=submit]")
    assert all("****" in number for number in phones_in(masked.value))
    expect(page.locator(DIALOG)).to_be_hidden()

    page.click("[data-dialog=download]")
    page.check(f"{DIALOG} [name=full][value='1']")
    page.click(f"{DIALOG} [type=submit]")
    expect(page.locator(DIALOG)).to_be_visible()  # the browser asks for the reason
    page.fill(f"{DIALOG} [name=reason]", "上门前电话核对")
    shot(page, "download-in-full")
    with page.expect_download() as full:
        page.click(f"{DIALOG} [type=submit]")
    numbers = phones_in(full.value)
    assert numbers
    assert all(FULL.match(number) for number in numbers)
    with site.stored() as session:
        said = session.scalars(
            select(AuditEntry).filter_by(screen="arrears", act="export").order_by(AuditEntry.id)
        ).all()
        assert [one.details.get("reason") for one in said] == [None, "上门前电话核对"]
        assert session.scalars(select(AuditEntry).filter_by(act="reveal", screen="customers")).all()


def test_the_administrator_is_offered_no_number(enter):
    page = enter("admin")
    page.goto("/customers/")
    expect(page.locator("main table")).to_be_visible()
    assert page.locator("[data-reveal]").count() == 0
    page.goto("/units/show/1")
    assert page.locator("#reveal-people").count() == 0
