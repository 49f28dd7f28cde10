"""The 515 naughty strings through every text field of every record screen."""

from __future__ import annotations

import pytest

from app.core.columns.column import FieldKind
from app.core.columns.field_text import read
from app.core.i18n.sentences import sentence
from app.core.values.errors import DomainError
from tests.hostile.forms import FREE, TYPED, desk, kept, screens, writer_of
from tests.hostile.naughty import packs, strings, unfit
from tests.hostile.pages import CHINESE, faults

pytestmark = pytest.mark.slow


def wanted(column, text: str) -> str:
    """What a free column must store: the text without the spaces around it."""
    return (text.replace("\r\n", "\n") if column.kind is FieldKind.LONG_TEXT else text).strip()


def test_every_field_reads_every_string_exactly_or_refuses_it_in_chinese(app, session):
    with app.test_request_context():
        for screen in screens(app, TYPED):
            for column in screen.formed(adding=True):
                if column.kind in {
                    FieldKind.TEXT,
                    FieldKind.LONG_TEXT,
                    FieldKind.PHONE,
                    FieldKind.ID_NUMBER,
                }:
                    for text in strings():
                        fits = len(wanted(column, text)) <= column.max_length
                        strict = column.spell and wanted(column, text)
                        if fits and not unfit(text) and not strict:
                            assert (read(column, text) or "") == wanted(column, text)
                        else:
                            with pytest.raises(DomainError) as refused:
                                read(column, text)
                            assert CHINESE.search(sentence(refused.value))


def test_every_screen_stores_every_string_exactly_or_refuses_it(app, session, clients, world):
    wrong = []
    for screen in screens(app, FREE):
        place = desk(app, screen, clients[writer_of(screen)], world.near)
        if not place.free:
            continue
        stacks = {c.name: packs(strings(), c.max_length) for c in place.free}
        record, stored_rows = None, 0
        for number in range(max(map(len, stacks.values()))):
            typed = {name: stack[number % len(stack)] for name, stack in stacks.items()}
            hard = {name for name, text in typed.items() if unfit(text)}
            if hard:
                typed = {name: typed[name] for name in hard}
            old = number % 2 and record is not None
            answer = place.edit(record, **typed) if old else place.add(**typed)
            wrong += [f"{screen.screen} {typed}: {one}" for one in faults(answer)]
            if answer.status_code == 302:
                record, stored_rows = place.stored(record if old else None), stored_rows + 1
                for column in place.free:
                    if column.name in typed:
                        stored = getattr(record, column.name) or ""
                        if stored != wanted(column, typed[column.name]):
                            wrong.append(f"{screen.screen}.{column.name}: {stored!r}")
            else:
                page = answer.get_data(as_text=True)
                wrong += [
                    f"{screen.screen} lost {text!r}"
                    for text in typed.values()
                    if not kept(page, text)
                ]
                if not refusable(place, typed, page):
                    wrong.append(f"{screen.screen} refused {typed}")
        assert stored_rows > 10, screen.screen
        wrong += shown(place)
    assert "\n".join(wrong) == ""


def refusable(place, typed, page) -> bool:
    """Is there a reason: unfit signs, too long, nothing where something must be, twice the same?"""
    for column in place.free:
        text = typed.get(column.name)
        if text is None:
            continue
        empty = column.required and not text.strip()
        if unfit(text) or empty or len(wanted(column, text)) > column.max_length:
            return True
    return "重复" in page


def shown(place) -> list[str]:
    """Lists, pages, forms and the export with all of it: shown as text, never as markup."""
    wrong = []
    for page in (1, 2):
        answer = place.client.get(f"{place.screen.url('list')}?size=200&page={page}")
        wrong += [f"{place.screen.screen} list: {one}" for one in faults(answer)]
    newest = place.stored().id
    for key in range(max(1, newest - 5), newest + 1):
        for route in ("show", "edit"):
            answer = place.client.get(place.screen.url(route, pk=key))
            wrong += [f"{place.screen.screen} {route}: {one}" for one in faults(answer)]
    return wrong


def test_strict_fields_refuse_what_is_none_of_theirs_and_keep_the_form(
    app, session, clients, world
):
    wrong, tried = [], set()
    for screen in screens(app, TYPED):
        place = desk(app, screen, clients[writer_of(screen)], world.near)
        for column in place.strict:
            if hasattr(screen, "definition"):
                field = screen.definition.field(column.name)
                alike = (field.kind, field.max_length, field.pattern)
                if alike in tried:
                    continue
                tried.add(alike)
            fitting = [text for text in strings() if 0 < len(text.strip()) <= column.max_length]
            for text in fitting[::4]:
                answer = place.add(**{column.name: text})
                wrong += [
                    f"{screen.screen}.{column.name} {text!r}: {one}" for one in faults(answer)
                ]
                if answer.status_code != 302 and not kept(answer.get_data(as_text=True), text):
                    wrong.append(f"{screen.screen}.{column.name} lost {text!r}")
    assert "\n".join(wrong) == ""
    assert len(tried) > 4


@pytest.mark.postgres
def test_texts_of_the_greatest_length_fit_on_postgres(postgres_house):
    """What is derived from a text (initials, codes, titles) must fit its own column, too."""
    app, world, clients = postgres_house
    wrong = []
    with app.app_context():
        for screen in screens(app, TYPED):
            place = desk(app, screen, clients[writer_of(screen)], world.near)
            for column in (*place.free, *place.strict):
                for sign in ("长", "1", "İ", "ﷺ", "a1", "😀", "-", "A"):
                    text = (sign * column.max_length)[: column.max_length]
                    answer = place.add(**{column.name: text})
                    wrong += [
                        f"{screen.screen}.{column.name} {sign}: {one}" for one in faults(answer)
                    ]
    assert "\n".join(wrong) == ""
