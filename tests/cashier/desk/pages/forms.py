"""The form of the desk as its page sends it."""

from __future__ import annotations

from sqlalchemy import func, select

JSON = {"Accept": "application/json"}


def form(books, *tenders, **changes):
    """The form as the page sends it: every bill ticked, cash."""
    rows = tenders or (("cash", "751.80"),)
    return {
        "unit_id": books.keys["flat"],
        "payer": "张三",
        "payer_id": books.keys["zhang"],
        "bill": [f"{key}:250.60" for key in books.keys["bills"]],
        "tender_kind": [kind for kind, _ in rows],
        "tender_sum": [amount for _, amount in rows],
        "tender_reference": ["" for _ in rows],
        "form_key": "a-key",
        "remark": "",
        **changes,
    }


def receive(client, books, *tenders, **changes):
    return client.post("/desk/receive", data=form(books, *tenders, **changes), headers=JSON)


def rows(session, *models):
    session.expire_all()
    return [session.scalar(select(func.count()).select_from(model)) for model in models]
