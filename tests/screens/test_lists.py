"""Lists: each request has its own question, and nobody sees more than his communities."""

from __future__ import annotations


def test_a_list_shows_the_records_with_their_relations(login, world):
    page = login("supervisor").get("/vehicles/").text
    assert "京A12345" in page
    assert "1-1-101" in page
    assert "张三" in page
