"""The page of long work: it leads on to what the work has made."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.access.models import Staff
from app.core.db.models import Job


@pytest.fixture
def job(session):
    """Work of the supervisor that waits."""
    person = session.scalars(select(Staff).filter_by(username="supervisor")).one()
    made = Job(kind="test.page", title="试算", user_id=person.id, arguments={})
    session.add(made)
    session.commit()
    return made


@pytest.mark.parametrize(
    ("state", "result", "lands"),
    [
        ("done", {"url": "/home/"}, "/home/"),
        ("done", {"sentence": "好了"}, None),
        ("queued", None, None),
        ("failed", None, None),
    ],
)
def test_work_done_before_its_page_was_there_leads_on_at_once(
    login, session, job, state, result, lands
):
    job.state, job.result = state, result
    session.commit()
    address = f"/jobs/{job.id}"
    client = login("supervisor")
    answer = client.get(f"{address}?go=1")
    assert answer.location == lands
    assert answer.status_code == (302 if lands else 200)
    assert client.get(address).status_code == 200, "found again under long work, it stays in sight"
