"""The pages of login and logout: the only door, and what is done at it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, session
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_login import current_user

from app.access import logins, sessions
from app.access.current import policy
from app.access.passwords import matches
from app.core.db import engine
from app.core.db.extensions import db
from app.core.web.page import public


def local_target(target: str | None) -> str:
    """Where to go after the login: a page of ours, the home page in place of anything else."""
    text = target or ""
    parts = urlsplit(text)
    ours = (
        text.startswith("/")
        and not text.startswith("//")
        and "\\" not in text
        and text.isprintable()
        and not parts.scheme
        and not parts.netloc
        and parts.path not in {"/login", "/login/", "/logout", "/logout/"}
    )
    return text if ours else "/"


class LoginView(BaseView):
    """Login and logout; strangers may open both, everything else asks for a right."""

    route_base = ""
    default_view = "login"

    @expose("/login/", methods=["GET", "POST"])
    @public
    def login(self) -> Any:
        target = local_target(request.args.get("next"))
        if request.method == "GET":
            if current_user.is_authenticated:
                return redirect(target)
            return render_template("access/login.html", username="", failed=False)
        username = request.form.get("username", "")[:200]
        password = request.form.get("password", "")
        rules = policy()
        # The slow comparison runs between two transactions, not inside the write lock.
        db.session.rollback()
        with engine.reading():
            stored = logins.stored_password(db.session, username)
            db.session.rollback()
        right = matches(stored, password, rules)
        address = request.remote_addr or ""
        user = logins.decide(db.session, username, right, address, rules)
        if user is None:
            db.session.commit()
            page = render_template("access/login.html", username=username, failed=True)
            return page, 401
        sessions.end(db.session, session.get(sessions.COOKIE_KEY))
        values = sessions.begin(db.session, user)
        db.session.commit()
        language = session.get("locale")
        session.clear()
        session.update(values)
        if language:
            session["locale"] = language
        return redirect(target)

    @expose("/logout/", methods=["POST"])
    @public
    def logout(self) -> Any:
        if current_user.is_authenticated:
            logins.note(
                db.session, current_user, current_user.username, "logout", request.remote_addr or ""
            )
        sessions.end(db.session, session.get(sessions.COOKIE_KEY))
        db.session.commit()
        language = session.get("locale")
        session.clear()
        if language:
            session["locale"] = language
        flash(_("You have logged out."), "success")
        return redirect("/login/")
