"""duties.toml is checked when the house starts, and says clearly what is wrong."""

import pytest

from app.home import duties
from app.home.duties import BadDeclaration, Rhythm, Show
from app.home.sources import SOURCES
from app.roles import POSTS, default_rights

GOOD = """
[[duty]]
name = "own_log"
posts = ["clerk"]
zh = "日志"
en = "Log"
rhythm = "daily"
source = "own_log"
screen = "daily_log"
duty = "O05"
"""


def test_the_declaration_of_the_house_is_in_order():
    declared = duties.read(duties.FILE.read_text(encoding="utf-8"), SOURCES)
    assert {post for duty in declared for post in duty.posts} == set(POSTS)
    rights = default_rights()
    for duty in declared:
        for post in duty.posts:
            assert duty.verb in rights[duty.screen][post], f"{post} may not {duty.name}"


def test_every_source_is_used_and_every_line_has_both_languages():
    declared = duties.read(duties.FILE.read_text(encoding="utf-8"), SOURCES)
    assert {duty.source for duty in declared if duty.source} == set(SOURCES)
    for duty in declared:
        assert duty.text("zh") != duty.text("en")


def test_an_entry_is_read_with_its_defaults():
    (duty,) = duties.read(GOOD, SOURCES)
    assert (duty.rhythm, duty.show, duty.verb) == (Rhythm.DAILY, Show.TODO, "read")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('"clerk"', '"cleaner"'), "unknown post"),
        (('source = "own_log"', 'source = "moon"'), "unknown source 'moon'"),
        (('"daily_log"', '"moon"'), "the screen 'moon' has no row"),
        (('"daily"', '"hourly"'), "hourly"),
        (('en = "Log"\n', ""), "is missing"),
        (('en = "Log"', 'en = "Log"\ncolour = "red"'), "unknown key"),
        (('en = "Log"', 'en = "Log"\nverb = "fly"'), "fly"),
        (('source = "own_log"', 'show = "figure"'), "needs a source"),
        (("[[duty]]", "[[duty"), "cannot be read"),
    ],
)
def test_a_wrong_entry_is_refused_by_name(change, says):
    with pytest.raises(BadDeclaration, match=says):
        duties.read(GOOD.replace(*change), SOURCES)


def test_a_name_may_be_there_once():
    with pytest.raises(BadDeclaration, match="twice"):
        duties.read(GOOD + GOOD, SOURCES)


class View:
    """A view as the house knows it."""

    screen, endpoint, default_view = "daily_log", "LogPage", "index"

    def index(self):
        """The page."""


def test_a_line_leads_to_the_page_of_its_screen():
    declared = duties.read(GOOD, SOURCES)
    assert duties.endpoints(declared, [View()]) == {"own_log": "LogPage.index"}


def test_a_line_without_a_page_stops_the_house():
    declared = duties.read(GOOD, SOURCES)
    with pytest.raises(BadDeclaration, match="no page"):
        duties.endpoints(declared, [])
    assert duties.endpoints(declared, [], whole=False) == {}
    other = duties.read(GOOD.replace('duty = "O05"', 'duty = "O05"\npage = "moon"'), SOURCES)
    with pytest.raises(BadDeclaration, match="'moon'"):
        duties.endpoints(other, [View()], whole=False)


def test_a_role_of_the_office_sees_every_line_that_its_rights_permit():
    declared = duties.read(GOOD, SOURCES)
    assert duties.of_posts(declared, {"butler"}) == list(declared)
    assert duties.of_posts(declared, {"collector"}) == []
    assert duties.of_posts(declared, {"collector", "clerk"}) == list(declared)
