"""Registers speak one language: the words of every file, the pages of the covering set."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from pydantic import BaseModel
from sqlalchemy import select

from app.access.models import Staff
from app.core.toml.vocabulary import Words
from app.registers import catalogue
from app.roles import POSTS, Verb
from tests.browser.languages import CHINESE, OURS, PROPER, WORD, Listener
from tests.browser.pages import Page
from tests.hostile.registers import Keeper
from tests.registers.shipped.covering import covering, registers

NAMES = {word for post in POSTS for word in post.split("_")}
"""The people of the template are called by their posts."""
FORMS = ("add", "import/", "months")


def words(part):
    """Every text for people in a definition."""
    if isinstance(part, Words):
        yield part
    elif isinstance(part, BaseModel):
        for name in part.model_fields_set:
            yield from words(getattr(part, name))
    elif isinstance(part, tuple):
        for inner in part:
            yield from words(inner)


@pytest.mark.parametrize("name", sorted(catalogue.models()))
def test_every_word_of_a_file_is_there_in_both_languages(name):
    said = list(words(catalogue.models()[name].definition))
    assert len(said) > 5
    foreign = [one.zh for one in said if set(WORD.findall(one.zh)) - PROPER]
    foreign += [one.zh for one in said if not CHINESE.search(one.zh) and one.zh != one.en]
    foreign += [one.en for one in said if CHINESE.search(one.en)]
    assert foreign == []


@pytest.fixture
def rows(app, session, place):
    """A row of every register of the set: screen → key."""
    person = session.scalars(select(Staff.id).filter_by(username="clerk")).one()
    keeper = Keeper(
        session,
        SimpleNamespace(
            community=place.community,
            unit=place.unit,
            customer=place.owner,
            of={"ab_user": person},
        ),
        near=True,
    )
    keeper.furnish()
    session.rollback()
    return {screen: keeper.keys[screen] for screen in covering(app)}


def pages(view, key):
    """The addresses of a register's pages: list, forms, row, slip, steps."""
    yield from (view.url("list"), *(view.url("list") + one for one in FORMS))
    yield from (view.url("show", pk=key), view.url("edit", pk=key))
    slip, first = view.definition.slip, view.definition.states[:1]
    if slip and (not slip.states or first[0].name in slip.states):
        yield view.url("slip", pk=key)
    for one in view.definition.actions:
        if one.right == Verb.WRITE and first[0].name in one.origins:
            yield view.url("step", pk=key, name=one.name)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_of_a_register_speaks_the_other_language(app, login, rows, language):
    wrong, allowed = (WORD, PROPER | NAMES) if language == "zh" else (CHINESE, set())
    ears, opened = Listener(wrong, allowed), set()
    typed = re.compile("安居花园|中文|王")
    for screen, key in rows.items():
        view = registers(app)[screen]
        rights = catalogue.rights_of(view.definition)
        client = login(next(post for post in POSTS if Verb.WRITE in rights[post]))
        client.post(f"/language/{language}")
        answers = [(address, client.get(address)) for address in pages(view, key)]
        answers.append((f"{view.url('add')} left empty", client.post(view.url("add"), data={})))
        for address, answer in answers:
            assert answer.status_code == (422 if address.endswith("empty") else 200), address
            page = Page(answer.text)
            ears.listen(
                address,
                page.said()
                if language == "zh"
                else (typed.sub("", text) for place, text in page.texts if place in OURS),
            )
            opened.add(address)
    assert len(opened) > 8 * len(rows)
    ears.must_have_heard_nothing()
