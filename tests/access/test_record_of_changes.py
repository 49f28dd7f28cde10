"""The record of changes tells of every screen in words, also of pages without records."""

from __future__ import annotations

from app.core.models import AuditEntry


def test_every_screen_with_details_is_listed_and_exported(app, session, login):
    for screen in ("owner_import", "billing", "desk", "payments", "rights", "units"):
        session.add(
            AuditEntry(
                user_name="王五", act="import", screen=screen, title=f"{screen} 1",
                details={"rows": 12, "remark": {"old": "", "new": "新"}},
            )
        )
    session.commit()
    client = login("administrator")
    page = client.get("/audit/")
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert text.count("王五") >= 6
    assert "12" in text
    assert client.get("/audit/export").status_code == 200
