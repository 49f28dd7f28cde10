"""The page "who reviews whose logs": each post with what it owes and whom it looks after."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.db import one_time_keys
from app.core.db.extensions import db
from app.core.i18n.sentences import sentence
from app.core.values.errors import DomainError
from app.core.web.menu import MenuEntry
from app.core.web.page import Page, expose, needs
from app.duty.base.models import Reach
from app.duty.log.form import whole
from app.duty.review import rules
from app.roles import Verb

MOST_POSTS = 500
"""Ticks that the form may carry."""


class LogReviewersPage(Page):
    """Which posts owe logs, and whose logs a post with the right to review looks after (O04)."""

    screen = "log_reviewers"
    route_base = "/log-reviewers"
    menu = MenuEntry("duty", 30, _l("Who reviews whose logs"), icon="fa-sitemap")

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        return self._page()

    def _page(self, **typed: Any) -> str:
        posts = rules.posts(db.session)
        return self.render(
            "duty/reviewers.html",
            posts=posts,
            state_of=rules.state_of,
            unreviewed=rules.unreviewed(posts),
            reaches=list(Reach),
            **typed,
        )

    @expose("/save", methods=["POST"])
    @needs(Verb.WRITE)
    def save(self) -> Any:
        form = request.form
        chosen = [whole(key) or 0 for key in form.getlist("chosen")[:MOST_POSTS]]
        try:
            one_time_keys.use(db.session, form.get("form_key", ""))
            changed = rules.change(
                db.session,
                form.get("role", ""),
                owes=form.get("owes") == "1",
                reach=form.get("reach", ""),
                chosen=chosen,
                seen=form.get("seen", ""),
            )
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            return self._page(problem=sentence(error), typed=form, chosen=chosen), 400
        saved = _("Saved.") if changed else _("Nothing is different; nothing was saved.")
        flash(saved, "success" if changed else "info")
        return redirect(url_for("LogReviewersPage.index"))
