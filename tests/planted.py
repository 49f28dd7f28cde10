"""Known phone and ID numbers, planted wherever the program stores one, and found again in texts."""

from __future__ import annotations

import io
from decimal import Decimal

from python_calamine import CalamineWorkbook

from app.core.columns import example_record
from app.core.columns.column import FieldKind
from app.core.screens.screen import Screen
from app.core.values import clock
from app.core.values.secret import Secret
from app.estate.base.models import Ownership, Resident, Tenancy, Vehicle
from app.roles import Verb, default_rights
from tests.charging.books import Books

PHONES = ("13912345678", "13887654321", "13700001111", "1391234")
IDS = ("110101199003070011", "110101199003070022", "护照E7654321", "11010119900307")
"""What is planted, with a phone and a card that cannot be right: a report shows those too."""
WHY = {"full": "1", "reason": "催缴电话核对"}
NOON = clock.datetime(2026, 11, 20, 12, 0)


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
    session.add_all(
        [
            Ownership(**place, customer_id=people[0].id, share=Decimal("0.5")),
            Ownership(**place, customer_id=people[2].id, share=Decimal("0.5"), position=1),
            Tenancy(**place, customer_id=people[1].id),
            Resident(**place, name="丁", phone=PHONES[2], id_number=IDS[1]),
            Vehicle(**place, customer_id=people[0].id, plate="浙A12345"),
        ]
    )
    books.bill(unit, customer_id=people[0].id)
    for view in app.extensions["anju"].views:
        if hasattr(view, "definition") and secrets_of(view):
            session.add(row_of(view, books.community, unit, people[0]))
    session.commit()


def row_of(view, home, unit, owner):
    """A row of a register with a planted number in every private column."""
    row = view.model()
    example_record.fill(row, view.columns)
    for column in view.columns:
        if column.secret is Secret.PHONES:
            setattr(row, column.name, PHONES[0])
        elif column.secret:
            setattr(row, column.name, IDS[0] if column.kind is FieldKind.ID_NUMBER else IDS[2])
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
    cells = [
        str(cell)
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
        for cell in row
    ]
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
