"""The manager reads the monthly report and takes it home as a workbook with real numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from app.charging.ledger import balances
from app.charging.ledger.balances import fen
from app.charging.ledger.bill_models import Bill, ChargeItem
from app.core.values import clock
from app.core.values.money import from_fen
from app.core.values.period import Period
from tests.browser.hands import follow

pytestmark = pytest.mark.browser


def figures(page, block: str) -> dict[str, list[str]]:
    """The table of a report: the first column → the other columns."""
    rows = page.locator(f"{block} tbody tr").all()
    texts = [row.locator("td").all_inner_texts() for row in rows]
    return {cells[0]: cells[1:] for cells in texts}


def test_the_monthly_report_on_the_page_and_as_a_workbook(site, enter, shot):
    manager = enter("manager")
    manager.goto("/reports/")
    shot(manager, "reports")
    follow(manager, "main a[href*=operations]")
    shot(manager, "report-operations")
    items = figures(manager, ".report-block:nth-of-type(2)")
    month = Period.containing(clock.today())
    with site.stored() as session:
        billed = from_fen(
            session.scalar(
                select(func.sum(fen(Bill.amount)))
                .join(ChargeItem, ChargeItem.id == Bill.item_id)
                .where(
                    ChargeItem.name == "物业服务费",
                    Bill.period_start == month.first,
                    balances.standing(clock.today()),
                )
            )
        )
    assert items["物业服务费"][0] == f"{billed:,.2f}"
    assert manager.locator("svg").count() >= 1, "the trend as a chart"
    shot(manager, "report-operations-whole", whole=True)

    file = taken_away(manager)
    assert file.suggested_filename.endswith(".xlsx")
    assert "经营月报" in file.suggested_filename
    book = CalamineWorkbook.from_path(file.path())
    cells = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    line = next(row for row in cells if row and row[0] == "物业服务费")
    assert isinstance(line[1], float)
    assert Decimal(str(line[1])) == billed


def taken_away(page):
    """The workbook of the report's page; where it could hold phones, masked as it is offered."""
    asks = page.locator(".actions [data-dialog=download]")
    with page.expect_download() as waiting:
        if asks.count():
            asks.click()
            page.click("#download .btn-primary")
        else:
            page.click(".actions form button")
    return waiting.value


def rows_of(download) -> list[list[object]]:
    """The first sheet of a workbook that was downloaded."""
    book = CalamineWorkbook.from_path(download.path())
    return book.get_sheet_by_name(book.sheet_names[0]).to_python()


@pytest.mark.parametrize(
    ("username", "slug"),
    [
        ("supervisor", "progress"),
        ("frontdesk", "occupancy"),
        ("collector", "takings"),
        ("collector", "arrears"),
        ("clerk", "files"),
    ],
)
def test_each_post_has_its_reports(enter, shot, username, slug):
    page = enter(username)
    page.goto(f"/reports/{slug}/")
    assert page.locator(".report-block tbody tr").count() > 1
    shot(page, f"report-{slug}")
    assert len(rows_of(taken_away(page))) > 5


def test_a_large_report_is_made_in_a_job_with_progress(enter, shot):
    page = enter("collector")
    page.goto("/reports/charges/")
    assert page.locator(".report-block tbody tr").count() > 10
    # On the first days of a month there is little in it: the month before is asked for too.
    page.goto(f"/reports/charges/?first={Period.containing(clock.today()).previous.first}")
    shot(page, "report-charges")
    follow(page, ".actions form button")
    assert "/jobs/" in page.url
    page.locator(".job-acts a.btn-primary").wait_for()
    shot(page, "job")
    with page.expect_download() as waiting:
        page.click(".job-acts a.btn-primary")
    assert len(rows_of(waiting.value)) > 5_000


def test_a_printed_report_shows_all_its_columns_and_each_total_below_its_rows(enter):
    """Nobody scrolls on paper: nothing may be cut off, nor float over the rows."""
    page = enter("manager")
    for address in ("/reports/takings/", "/arrears/"):
        page.goto(address)
        page.emulate_media(media="print")
        assert (
            page.evaluate("""() => [...document.querySelectorAll("main *")].filter(one =>
            getComputedStyle(one).position === "sticky" || (one.scrollWidth > one.clientWidth
            && one.querySelector("table") && getComputedStyle(one).overflowX !== "visible"))
            .map(one => one.className || one.tagName)""")
            == []
        )
        page.emulate_media(media="screen")
