"""Every strange workbook of the corpus through the upload page: one sentence, in time, no row."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.estate.base.models import Building, Customer, Unit
from tests.corpus import corpus

PARTS = 12


def files() -> list[Path]:
    return sorted(
        path for path in corpus().rglob("*") if path.is_file() and "blns" not in path.parts
    )


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_no_file_gives_a_crash_a_hang_or_a_row(session, community, login, upload, part):
    paths = files()
    client = login("clerk")
    wrong = []
    for path in paths[part::PARTS]:
        answer = upload(client, path)
        page = answer.get_data(as_text=True)
        refused = answer.status_code == 422 and page.count('role="alert"') == 1
        if answer.status_code == 302:
            refused = client.get(answer.location).status_code == 200
        if not refused:
            wrong.append((path.name, answer.status_code))
    assert wrong == []
    for model in (Unit, Building, Customer):
        assert session.query(model).count() == 0
