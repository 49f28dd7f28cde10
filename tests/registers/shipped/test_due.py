"""Every due rule of every register, on both databases: not a minute early, and seen everywhere."""

from __future__ import annotations

import html
import re
from datetime import datetime, time, timedelta

import pytest

from app.core.values import clock
from app.core.values.period import add_months
from app.registers import catalogue
from app.roles import Verb
from tests.registers.shipped.walking import state_of

RULES = sorted(
    (name, state.name)
    for name, model in catalogue.models().items()
    for state in model.definition.states
    if state.due
)
RULE = re.compile(r"(\w+)(?: ([+-]) (\d+) (hour|day|month)s?)?")
MINUTE = timedelta(minutes=1)


def due_by(rule, row):
    """The office's clock when a row becomes overdue, worked out from the file's rule."""
    begins, sign, number, measure = RULE.fullmatch(rule).groups()
    value = getattr(row, begins)
    value = clock.local(value).replace(tzinfo=None) if isinstance(value, datetime) else value
    count = int(number or 0) * (-1 if sign == "-" else 1)
    if measure == "hour":
        return value + timedelta(hours=count)
    day = value.date() if isinstance(value, datetime) else value
    day = add_months(day, count) if measure == "month" else day + timedelta(days=count)
    return datetime.combine(day, time(18))


def tabs(page):
    """The quick tabs above a list: label → count ("" without one)."""
    found = re.search(r'<nav class="state-tabs".*?</nav>', page, re.DOTALL)
    return dict(
        re.findall(r'<a [^>]*>([^<]*?)(?: <span class="tag[^>]*>([\d+]+)</span>)?</a>', found[0])
    )


def coloured(page, name):
    """The keys of the rows that the list shows as overdue."""
    return re.findall(rf'<tr data-href="/registers/{name}/show/(\d+)" class="row-bad">', page)


def at_home(page, title):
    """The address and count of the overdue rows of a register on the home page, None without."""
    lines = re.findall(
        r'<a href="([^"]+)" class="tone-bad">\s*<span class="home-line">([^<]*) <small>逾期</small>'
        r'</span>\s*<b class="home-count">(\d+)</b>',
        page,
    )
    return next(
        (
            (html.unescape(url), int(count))
            for url, said, count in lines
            if html.unescape(said) == title
        ),
        None,
    )


@pytest.mark.parametrize(("name", "state"), RULES)
def test_a_row_is_overdue_from_its_due_moment_on_until_it_leaves_the_state(everywhere, name, state):
    walk, definition = everywhere, everywhere.definition(name)
    title, label = definition.head.title.zh, state_of(definition, state).label.zh
    row = walk.bring_to(name, state)
    key, due = str(row.id), due_by(state_of(definition, state).due, row)
    assert clock.local(row.due_at).replace(tzinfo=None) == due
    others = len([one for one in walk.rows(name) if one.state == state]) - 1
    assert others == 0, "a row alone in its community"
    client = walk.login(walk.keeper(name, Verb.WRITE))
    with clock.fixed(due - MINUTE):
        page = client.get(f"/registers/{name}/").text
        assert f"/registers/{name}/show/{key}" in page
        assert coloured(page, name) == []
        assert tabs(page)["逾期"] == ""
        assert tabs(page)[label] == "1"
        assert at_home(client.get("/home/").text, title) is None
    with clock.fixed(due + MINUTE):
        page = client.get(f"/registers/{name}/").text
        assert coloured(page, name) == [key]
        assert tabs(page)["逾期"] == "1"
        url, count = at_home(client.get("/home/").text, title)
        assert count == 1
        assert coloured(client.get(url).text, name) == [key]

    action = next(one for one in definition.actions if state in one.origins and one.to != state)
    row = walk.take(name, walk.row(name, int(key)), action)
    rule = state_of(definition, action.to).due
    wanted = due_by(rule, row) if rule else None
    assert (row.due_at and clock.local(row.due_at).replace(tzinfo=None)) == wanted, action.name
