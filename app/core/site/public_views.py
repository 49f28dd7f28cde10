"""The few pages that strangers may open: the state of the server and the choice of language."""

from __future__ import annotations

from typing import Any

from flask import current_app, jsonify, redirect, request, session
from flask_appbuilder import BaseView, expose
from flask_babel import refresh
from sqlalchemy import text
from werkzeug.exceptions import NotFound

from app.core.db.extensions import db
from app.core.web.error_pages import back
from app.core.web.page import public


class HealthView(BaseView):
    """Tells a watchdog whether the server and its database answer."""

    route_base = ""
    default_view = "healthz"

    @expose("/healthz")
    @public
    def healthz(self) -> Any:
        db.session.execute(text("SELECT 1"))
        return jsonify(state="ok")


class LanguageView(BaseView):
    """Keeps the chosen language in the session and goes back to the page."""

    route_base = "/language"
    default_view = "choose"

    @expose("/<name>", methods=["POST"])
    @public
    def choose(self, name: str) -> Any:
        if name not in current_app.config["LANGUAGES"]:
            raise NotFound
        session["locale"] = name
        refresh()
        return redirect(back() if request.referrer else "/")


PUBLIC_VIEWS = (HealthView, LanguageView)
