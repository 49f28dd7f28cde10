"""Each post's home page: its own lines, links that open, few queries."""

import re

import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select

from app.home import home_page
from app.roles import POSTS
from tests.statements import statements


def lines(app, post) -> list[str]:
    """The lines that are declared for a post."""
    return [duty.zh for duty, _ in app.extensions[home_page.KEY] if post in duty.posts]


@pytest.mark.parametrize("post", POSTS)
def test_each_post_finds_its_own_lines_and_no_others(app, login, post):
    text = login(post).get("/home/").get_data(as_text=True)
    text = text[text.index('id="content"') :]
    mine = lines(app, post)
    assert mine
    for words in mine:
        assert words in text
    for other in POSTS:
        for words in set(lines(app, other)) - set(mine):
            assert f">{words}<" not in text, words


@pytest.mark.parametrize("post", POSTS)
def test_every_link_of_the_page_opens(login, post):
    client = login(post)
    text = client.get("/home/").get_data(as_text=True)
    content = text[text.index('id="content"') :]
    links = set(re.findall(r'<a[^>]* href="(/[^"]*)"', content))
    assert links
    for link in links:
        assert client.get(link.replace("&amp;", "&")).status_code == 200, link


@pytest.mark.parametrize("post", POSTS)
def test_the_page_takes_few_queries(app, login, post):
    client = login(post)
    client.get("/home/")
    with statements(app) as asked:
        assert client.get("/home/").status_code == 200
    assert len(asked) <= 16, "\n".join(asked)


def test_the_root_leads_home_and_a_stranger_to_the_login(login, client):
    assert login("clerk").get("/").location.endswith("/home/")
    assert "/login" in client.get("/home/").location


def test_a_line_goes_with_the_right(app, session, login):
    role = session.scalars(select(Role).filter_by(name="clerk")).one()
    role.permissions = [p for p in role.permissions if p.view_menu.name != "owner_import"]
    session.commit()
    text = login("clerk").get("/home/").get_data(as_text=True)
    assert "本月导入的业主资料" not in text
    assert "业主档案不完整" in text


def test_english_can_be_chosen(login):
    client = login("supervisor")
    with client.session_transaction() as cookie:
        cookie["locale"] = "en"
    text = client.get("/home/").get_data(as_text=True)
    assert "Logs to review" in text
    assert "待审核的日志" not in text
