"""No page and no file holds a full phone or ID number without the right, no file without a reason.

Known numbers are planted wherever the program stores one; then every list, page, export,
archive, slip and report is asked for as every post. Free text is exempt: what somebody wrote
into a remark stands there as it was written.
"""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from flask_appbuilder.security.sqla.models import (
    PermissionView,
    Role,
    assoc_permissionview_role,
)
from python_calamine import CalamineWorkbook
from sqlalchemy import delete, select

from app.access.cells import cells_of_roles, pair_ids, write_cells
from app.access.seeding import sync_rights
from app.core import clock, jobs, records, report_view, sample
from app.core.columns import Kind
from app.core.models import AuditEntry
from app.core.report import REPORTS
from app.core.report_commands import report as report_command
from app.core.screen import Screen
from app.core.secret import Secret
from app.estate.models import Ownership, Resident, Tenancy, Vehicle
from app.roles import POSTS, Verb, default_rights
from tests.charging.books import Books

PHONES = ("13912345678", "13887654321", "13700001111", "1391234")
IDS = ("110101199003070011", "110101199003070022", "护照E7654321", "11010119900307")
"""What is planted, with a phone and a card that cannot be right: a report shows those too."""
WHY = {"full": "1", "reason": "催缴电话核对"}
NOON = clock.datetime(2026, 11, 20, 12, 0)


@pytest.fixture
def planted(app, session):
    """A flat with an owner, a tenant, a family, and a row of every register with secrets."""
    with clock.fixed(NOON):
        yield plant(app, session)


def plant(app, session):
    books = Books(session)
    unit = books.unit()
    people = [
        books.customer(unit, name, phone=number)
        for name, number in zip("甲乙丙", (PHONES[0], PHONES[1], PHONES[3]), strict=True)
    ]
    for one, card in zip(people, (IDS[0], IDS[1], IDS[3]), strict=True):
        one.id_number = card
    place = {"community_id": unit.community_id, "unit_id": unit.id}
    session.add_all([
        Ownership(**place, customer_id=people[0].id, share=Decimal("0.5")),
        Ownership(**place, customer_id=people[2].id, share=Decimal("0.5"), position=1),
        Tenancy(**place, customer_id=people[1].id),
        Resident(**place, name="丁", phone=PHONES[2], id_number=IDS[1]),
        Vehicle(**place, customer_id=people[0].id, plate="浙A12345"),
    ])  # fmt: skip
    books.bill(unit, customer_id=people[0].id)
    for view in app.extensions["anju"].views:
        if hasattr(view, "definition") and secrets_of(view):
            session.add(row_of(view, books.community, unit, people[0]))
    session.commit()


def row_of(view, home, unit, owner):
    """A row of a register with a planted number in every private column."""
    row = view.model()
    sample.fill(row, view.columns)
    for column in view.columns:
        if column.secret is Secret.PHONES:
            setattr(row, column.name, PHONES[0])
        elif column.secret:
            setattr(row, column.name, IDS[0] if column.kind is Kind.ID_NUMBER else IDS[2])
    keys = {"community": home.id, "unit": unit.id, "customer": owner.id, "ab_user": 1}
    for key in row.__table__.foreign_keys:
        if (known := keys.get(key.column.table.name)) is not None:
            setattr(row, key.parent.name, known)
    return row


def secrets_of(view) -> set[Secret]:
    return {column.secret for column in view.columns if column.secret}


def screens(app):
    """Every record screen, with whether it has anything private in its file."""
    return [view for view in app.extensions["anju"].views if isinstance(view, Screen)]


def text_of(answer) -> str:
    """Everything in a workbook: names of sheets and every cell, or the page as it is."""
    data = answer.get_data()
    if not data.startswith(b"PK"):
        return data.decode()
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    cells = [str(cell) for name in book.sheet_names
             for row in book.get_sheet_by_name(name).to_python() for cell in row]  # fmt: skip
    return "\n".join([*book.sheet_names, *cells, answer.headers.get("Content-Disposition", "")])


def found(text: str) -> set[Secret]:
    """The sorts of planted numbers that stand in a text."""
    held = set()
    if any(number in text for number in PHONES[:3]) or "1391234\n" in text:
        held.add(Secret.PHONES)
    if any(number in text for number in IDS[:3]):
        held.add(Secret.PRIVATE)
    return held


def held(post: str, screen: str) -> set[Secret]:
    """What the role table lets this post see whole on a screen."""
    rights = default_rights()
    seen = {Secret.PHONES} if Verb.READ in rights["phones"][post] else set()
    if Verb.SEE_PRIVATE in rights[screen][post]:
        seen.add(Secret.PRIVATE)
    return seen


def may(post: str, screen: str, verb: Verb) -> bool:
    return verb in default_rights()[screen][post]


@pytest.mark.parametrize("post", POSTS)
def test_no_list_page_or_form_holds_a_full_number(app, session, login, planted, post):
    client = login(post)
    wrong, seen = [], 0
    for view in screens(app):
        if not may(post, view.screen, Verb.READ) or not secrets_of(view):
            continue
        keys = session.scalars(select(records.key_attribute(view.model))).all()
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
            key = session.scalar(select(records.key_attribute(view.model)))
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


@pytest.mark.parametrize("when", ["before", "after", "never"])
def test_a_job_shows_what_its_owner_may_see_when_it_runs_and_when_he_fetches_it(
    app, session, login, planted, monkeypatch, when
):
    monkeypatch.setattr(report_view, "AT_ONCE", 0)
    client = login("collector")
    page = client.post("/reports/arrears/workbook", data=WHY | {"form_key": "one"}).location

    def take_away():
        write_cells(session, session.scalar(select(Role.id).filter_by(name="collector")), [],
                    [("phones", "read")])  # fmt: skip
        session.commit()

    if when == "before":
        take_away()
    assert jobs.run_pending(app) == 1
    if when == "after":
        take_away()
        assert client.get(f"{page}/file").status_code == 403
        return
    with client.get(f"{page}/file") as file:
        assert found(text_of(file)) == ({Secret.PHONES} if when == "never" else set())


def test_the_command_line_masks_unless_it_is_told_why(app, session, planted):
    def run(*words):
        session.rollback()
        return app.test_cli_runner().invoke(report_command, ["arrears", *words])

    assert not found(run("--json").stdout)
    unsaid = run("--json", "--full")
    assert unsaid.exit_code != 0
    assert not found(unsaid.output)
    assert session.scalars(select(AuditEntry)).all() == []
    assert found(run("--json", "--full", "--reason", "年度核对").stdout) == {Secret.PHONES}
    (entry,) = session.scalars(select(AuditEntry))
    assert (entry.act, entry.details["reason"]) == ("export", "年度核对")


def test_the_record_says_who_took_which_numbers_of_whom_and_why(login, session, planted):
    login("collector").post("/arrears/export?least=1", data=WHY)
    login("collector").post("/reports/arrears/workbook", data=WHY)
    login("collector").post("/customers/reveal/1/phone_lines")
    text = login("manager").get("/audit/").text
    assert "催缴电话核对" in text
    assert "完整显示：电话" in text
    assert "phone_lines" not in text
    for word in ("phones", "private", "full", "filter"):
        assert f">{word}" not in text


def test_a_right_split_off_is_kept_by_the_offices_own_roles(session):
    for name, cells in (("housekeeper", [("customers", "see_private")]), ("guard", [])):
        role = Role(name=name)
        session.add(role)
        session.flush()
        write_cells(session, role.id, cells, [])
    key = pair_ids(session)["phones", "read"]
    held = assoc_permissionview_role.c.permission_view_id
    session.execute(delete(assoc_permissionview_role).where(held == key))
    session.execute(delete(PermissionView).where(PermissionView.id == key))
    sync_rights(session)
    cells = cells_of_roles(session)
    having = {name for name, rights in cells.items() if ("phones", "read") in rights}
    assert having == {"housekeeper", *POSTS} - {"administrator"}
