"""People of an office at their browsers: they open pages, fill the forms they see and send them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.hostile.pages import forms


class Person:
    """Somebody with a browser; every form is sent as its page gave it, token included."""

    def __init__(self, app: Any, username: str) -> None:
        self.app, self.username, self.client = app, username, app.test_client()
        self.page, self.where = "", ""

    def open(self, where: str, status: int = 200) -> str:
        """Open a page, following redirects."""
        answer = self.client.get(where, follow_redirects=True)
        assert answer.status_code == status, (where, answer.status_code)
        self.page, self.where = answer.get_data(as_text=True), answer.request.full_path
        return self.page

    def fill(self, action: str, **typed: Any) -> Any:
        """Send the form of the open page whose action ends so, with these fields changed."""
        found = [
            form
            for form in forms(self.page, self.where)
            if urlsplit(form.action).path.endswith(action)
        ]
        assert found, (action, [form.action for form in forms(self.page, self.where)])
        form = found[0]
        data = form.data() | typed
        if form.method == "GET":
            return self.open(form.action.partition("?")[0] + "?" + _query(data))
        answer = self.client.post(form.action, data=data, follow_redirects=True)
        assert answer.status_code == 200, (action, answer.status_code, _said(answer))
        self.page, self.where = answer.get_data(as_text=True), answer.request.full_path
        return self.page

    def log_in(self, old: str, new: str) -> None:
        """The first login, at which a password of one's own is chosen."""
        self.open("/login/")
        self.fill("/login/", username=self.username, password=old)
        assert self.where.startswith("/profile/password"), self.where
        self.fill("/profile/password", old=old, password=new, again=new)

    def add(self, screen: str, **typed: Any) -> int:
        """Add a record on its screen; its key."""
        self.open(f"/{screen}/add")
        self.fill(f"/{screen}/add", **typed)
        found = re.match(rf"/{screen}/show/(\d+)", self.where)
        assert found, self.where
        return int(found[1])

    def workbook(self, slug: str) -> bytes:
        """The Excel workbook of a report's page."""
        self.open(f"/reports/{slug}/")
        form = next(f for f in forms(self.page, self.where) if f.action.endswith("workbook"))
        answer = self.client.post(form.action, data=form.data())
        assert answer.mimetype.endswith("sheet"), (slug, answer.status_code)
        return answer.get_data()


def _query(data: dict[str, Any]) -> str:
    return urlencode(data, doseq=True)


def _said(answer: Any) -> str:
    page = answer.get_data(as_text=True)
    return unescape(" ".join(re.findall(r"alert[^>]*>([^<]+)", page)))[:400]
