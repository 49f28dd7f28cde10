"""A declared report without a page: its parameters, its chart, its one function."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from app.core.i18n import filters
from app.core.reports.declaration import REPORTS, Report, declare
from app.core.reports.parameters import choice, day, month, read_all
from app.core.tables.chart import draw, nice_top
from app.core.tables.table import Chart, ColumnKind, ReportColumn
from app.core.values import clock
from app.core.values.errors import DomainError
from app.core.values.period import Period
from app.core.values.secret import Secret
from app.roles import default_rights

NOON = datetime(2026, 5, 20, 12, 0)


def test_every_report_has_a_row_in_the_role_table_and_both_ways():
    rows = {name for name in default_rights() if name.startswith("report_")}
    assert rows == set(REPORTS)


def test_phones_are_masked_on_the_page_and_in_the_books_of_who_may_not_see_them():
    column = ReportColumn("phone", "电话", mask=lambda text: "***")
    assert column.seen({"phone": "13800000001"}) == "***"
    assert column.of({"phone": "13800000001"}) == "13800000001"
    assert column.seen({"phone": None}) is None


def test_days_and_months_are_read_and_refused_in_words():
    parameters = (month(), day(default=lambda values: values["month"].last))
    with clock.fixed(NOON):
        assert read_all(parameters, None, {"month": "2026-04"}) == {
            "month": Period.parse("2026-04"),
            "day": date(2026, 4, 30),
        }
        for wrong in ({"month": "2026-Q1"}, {"month": "x"}, {"day": "2026-05-21"}):
            with pytest.raises(DomainError) as caught:
                read_all(parameters, None, wrong)
            assert caught.value.field in wrong
        assert read_all((day(),), None, {}) == {"day": date(2026, 5, 20)}
        with pytest.raises(DomainError):
            read_all(
                (day("first"), day("last")), None, {"first": "2026-05-03", "last": "2026-05-02"}
            )


def test_a_required_choice_begins_with_its_first_option_and_labels_are_understood():
    options = [(7, "安居花园"), (8, "望江苑")]
    needed = choice("community", "小区", lambda session, values: options, required=True)
    assert needed.read(None, "", {}) == 7
    assert needed.read(None, "望江苑", {}) == 8
    assert needed.shown(None, {"community": 8}) == "望江苑"
    with pytest.raises(DomainError):
        needed.read(None, "9", {})


def test_two_reports_of_one_name_are_refused():
    with pytest.raises(RuntimeError):
        declare(Report("report_files", "x"))


def test_a_chart_draws_bars_and_lines_and_escapes_every_text():
    columns = (
        ReportColumn("month", "月"),
        ReportColumn("due", "<应收>", ColumnKind.MONEY),
        ReportColumn("rate", "率", ColumnKind.PERCENT),
    )
    rows = [["<b>", Decimal("400000.00"), Decimal("0.9")], ["5", Decimal(0), None]]
    svg = draw(Chart("图", "month", bars=("due",), lines=("rate",)), columns, rows)
    assert svg.count("<rect") == 2 + 2
    assert svg.count("<circle") == 1
    assert "<b>" not in svg
    assert "40万" in svg
    assert draw(Chart("图", "month", bars=("due",)), columns, []) == ""
    assert [nice_top(Decimal(value)) for value in (0, 1, 3, 41, 79, 950)] == [1, 1, 4, 50, 80, 1000]


def test_every_phone_in_every_report_follows_the_right_to_phones():
    """Not `see_private`: to call people is a duty of posts that see no ID numbers."""
    phones = [
        (made.name, sheet.name, column)
        for made in REPORTS.values()
        for sheet in made.sheets
        for column in sheet.columns
        if column.mask is filters.mask_phone
    ]
    assert len(phones) > 1
    for name, sheet, column in phones:
        assert column.secret is Secret.PHONES, f"{name}, {sheet}: {column.key}"
