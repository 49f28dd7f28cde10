"""Declared reports on their pages: parameters, scope, rights, workbooks at once and as jobs."""

from __future__ import annotations

import io
import json
from datetime import date, datetime
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from app.access.models import Staff, UserCommunity
from app.core.db.models import AuditEntry, Job
from app.core.jobs import worker
from app.core.records import data_scope
from app.core.reports import views
from app.core.reports.commands import report as report_command
from app.core.reports.declaration import REPORTS, find, report
from app.core.reports.parameters import day
from app.core.tables.table import ReportColumn
from app.core.values.errors import DomainError
from app.estate.base.models import Building, Community, Unit
from app.roles import POSTS, default_rights
from tests.house import build, build_on_postgres

NOON = datetime(2026, 5, 20, 12, 0)


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def house(request, tmp_path_factory):
    """The application on both databases."""
    folder = tmp_path_factory.mktemp("work")
    if request.param == "sqlite":
        return build(folder), folder
    return build_on_postgres(folder, request.getfixturevalue("postgres_server")), folder


@pytest.fixture
def estate(session):
    """安居花园 with 60 flats in one building, and 望江苑 with a single shop."""
    for name, code, count in (("安居花园", "AJ", 60), ("望江苑", "WJ", 1)):
        community = Community(name=name, short_code=code)
        session.add(community)
        session.flush()
        building = Building(community_id=community.id, name="1")
        session.add(building)
        session.flush()
        session.add_all(
            Unit(
                community_id=community.id,
                building_id=building.id,
                code=f"1-1-{101 + number}",
                sort_key=f"{number:04d}",
                number=str(101 + number),
                gross_area=Decimal("89.5"),
                handover_date=date(2020, 1, 1),
            )
            for number in range(count)
        )
    session.commit()
    found = {row.name: row.id for row in session.execute(select(Community.name, Community.id))}
    session.rollback()
    return found


def sheets_of(data: bytes) -> dict[str, list]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_each_post_sees_the_reports_of_the_table_and_no_other(name, login, estate):
    for post in POSTS:
        allowed = bool(default_rights()[name][post])
        page = login(post).get(f"/reports/{find(name).slug}/")
        assert page.status_code == (200 if allowed else 403), (post, name)


def test_the_index_lists_what_the_post_may_read(login, estate):
    page = login("collector").get("/reports/").get_data(as_text=True)
    assert "/reports/takings/" in page
    assert "/reports/operations/" not in page
    assert login("administrator").get("/reports/").status_code == 200


def test_a_table_is_cut_into_pages_and_the_totals_are_of_all_rows(login, estate):
    desk = login("front_desk")
    first = desk.get("/reports/occupancy/").get_data(as_text=True)
    second = desk.get("/reports/occupancy/?page_roster=2").get_data(as_text=True)
    assert first.count("<td>1-1-1") == 50
    assert second.count("<td>1-1-1") == 11
    assert "5,459.50" in first
    assert "5,459.50" in second
    assert desk.get("/reports/occupancy/?page_roster=abc").status_code == 200
    assert desk.get("/reports/occupancy/?page_roster=99").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "day=abc",
        "day=2026-02-30",
        "day=9999-01-01",
        "community=99",
        "community=1'--",
        "kind=boat",
        "building=x",
        "day=%00",
        "community=1e400",
    ],
)
def test_a_wrong_parameter_is_one_sentence_and_keeps_the_form(login, estate, query):
    answer = login("front_desk").get(f"/reports/occupancy/?{query}")
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert "alert-danger" in page
    assert '<form class="toolbar report-form"' in page
    assert 'id="roster"' not in page


def test_a_community_outside_the_scope_is_refused_and_in_no_table(login, estate, session):
    user = session.scalars(select(Staff).filter_by(username="clerk")).one()
    user.all_communities = False
    session.add(UserCommunity(user_id=user.id, community_id=estate["望江苑"]))
    session.commit()
    clerk = login("clerk")
    page = clerk.get("/reports/files/").get_data(as_text=True)
    assert "负责的小区（望江苑）" in page
    assert "安居花园" not in page
    assert "全部小区" not in page
    refused = clerk.get(f"/reports/files/?community={estate['安居花园']}")
    assert refused.status_code == 400
    refused = clerk.post("/reports/files/workbook", data={"community": estate["安居花园"]})
    assert refused.status_code == 400


def test_a_small_workbook_comes_at_once_and_is_recorded(login, estate, session):
    answer = login("clerk").post("/reports/occupancy/workbook", data={"day": "2026-01-31"})
    assert answer.status_code == 200
    assert "xlsx" in answer.headers["Content-Disposition"]
    sheets = sheets_of(answer.data)
    roster = sheets["住户名册"]
    assert "2026-01-31" in roster[1][0]
    assert roster[3][1] == "1-1-101"
    assert roster[3][3] == 89.5
    assert roster[3][5] == date(2020, 1, 1)
    assert roster[-2][3] == 61 * 89.5 or roster[64][3] == 61 * 89.5
    entry = session.scalars(select(AuditEntry).filter_by(act="export")).one()
    assert entry.screen == "report_occupancy"


def test_reading_is_not_exporting(login, estate, session):
    assert login("administrator").post("/reports/occupancy/workbook").status_code == 403
    assert session.scalars(select(AuditEntry)).all() == []


def test_a_large_workbook_is_made_by_a_job_in_the_owners_scope(
    app, login, estate, session, monkeypatch
):
    monkeypatch.setattr(views, "AT_ONCE", 20)
    user = session.scalars(select(Staff).filter_by(username="clerk")).one()
    user.all_communities = False
    session.add(UserCommunity(user_id=user.id, community_id=estate["安居花园"]))
    session.commit()
    clerk = login("clerk")
    form = {"day": "2026-01-31", "form_key": "one"}
    answer = clerk.post("/reports/occupancy/workbook", data=form)
    again = clerk.post("/reports/occupancy/workbook", data=form)
    assert answer.status_code == again.status_code == 302
    assert answer.location == again.location
    with data_scope.use(data_scope.NOTHING):
        assert worker.run_pending(app) == 1
    job = session.scalars(select(Job)).one()
    assert (job.state, job.done, job.total) == ("done", 61, 61)
    session.rollback()

    page = clerk.get(answer.location)
    assert page.status_code == 200
    state = clerk.get(f"{answer.location}/state").json
    assert state["state"] == "done"
    assert state["percent"] == 100
    with clerk.get(state["file"]) as file:
        sheets = sheets_of(file.data)
    names = {row[0] for row in sheets["住户名册"][3:63]}
    assert names == {"安居花园"}


def test_a_jobs_file_is_for_its_owner_with_the_right_alone(
    app, login, estate, session, monkeypatch
):
    monkeypatch.setattr(views, "AT_ONCE", 20)
    clerk = login("clerk")
    page = clerk.post("/reports/occupancy/workbook", data={"form_key": "two"}).location
    worker.run_pending(app)
    with clerk.get(f"{page}/file") as file:
        assert file.status_code == 200
    assert login("front_desk").get(page).status_code == 404
    assert login("administrator").get(page).status_code == 200
    assert login("administrator").get(f"{page}/file").status_code == 403
    person = session.scalars(select(Staff).filter_by(username="clerk")).one()
    person.roles = session.scalars(select(Staff).filter_by(username="collector")).one().roles
    session.commit()
    assert clerk.get(f"{page}/file").status_code == 403


def test_a_waiting_job_can_be_cancelled_by_its_owner(login, estate, session, monkeypatch):
    monkeypatch.setattr(views, "AT_ONCE", 20)
    clerk = login("clerk")
    page = clerk.post("/reports/occupancy/workbook", data={"form_key": "three"}).location
    assert login("front_desk").post(f"{page}/cancel").status_code in {302, 404}
    assert session.scalars(select(Job)).one().state == "queued"
    session.rollback()
    assert clerk.post(f"{page}/cancel").status_code == 302
    assert session.scalars(select(Job)).one().state == "cancelled"


def test_the_command_lists_prints_and_writes(app, estate, tmp_path):
    runner = app.test_cli_runner()
    listed = json.loads(runner.invoke(report_command, ["--json"]).output)
    assert {"report_takings", "report_files"} <= {one["report"] for one in listed}
    answer = runner.invoke(
        report_command,
        ["occupancy", "--param", "community=安居花园", "--day", "2026-01-31", "--json"],
    )
    data = json.loads(answer.output)
    assert data["parameters"]["day"] == "2026-01-31"
    assert len(data["sheets"][1]["rows"]) == 60
    assert data["sheets"][1]["totals"]["area"] == "5370.0000"
    target = tmp_path / "roster.xlsx"
    answer = runner.invoke(report_command, ["report_occupancy", "--xlsx", str(target), "--json"])
    assert json.loads(answer.output)["rows"] == 63
    assert len(sheets_of(target.read_bytes())) == 2
    for wrong in (
        ["nothing"],
        ["occupancy", "-p", "x=1"],
        ["occupancy", "-p", "x"],
        ["operations", "-p", "month=abc"],
    ):
        assert isinstance(runner.invoke(report_command, wrong).exception, DomainError)
    assert "1-1-101" in runner.invoke(report_command, ["occupancy"]).output


def test_one_decorated_function_is_a_report(session, estate, monkeypatch):
    monkeypatch.setattr("app.core.reports.declaration.REPORTS", {})

    @report(
        "report_codes", title="Codes", columns=(ReportColumn("code", "Code"),), parameters=(day(),)
    )
    def codes(own, *, day):
        """The first units."""
        return own.execute(select(Unit.code).order_by(Unit.id).limit(2))

    (table,) = codes.tables(session, {"day": date(2026, 5, 20)})
    assert (codes.name, table.title) == ("report_codes", "Codes")
    assert [row.code for row in table.rows] == ["1-1-101", "1-1-102"]
