"""The pages for what went wrong: one clear sentence, in JSON where a program asked."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Response, current_app, flash, jsonify, redirect, render_template, request
from flask.globals import request_ctx
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.core.db import engine
from app.core.db.extensions import db
from app.core.i18n.sentences import sentence
from app.core.parsing.json_text import WrongText
from app.core.values.errors import DomainError, NotFound
from app.core.web.page import wants_json

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger("anju")

MOST_KEPT = 200_000
"""Characters of a form that are kept for another try."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A request that can be sent once more: where, and with which fields."""

    method: str
    address: str
    fields: tuple[tuple[str, str], ...]


PAGES: dict[int, tuple[Any, Any]] = {
    400: (
        _l("This request cannot be understood"),
        _l("Go back, check what you entered and try again."),
    ),
    401: (_l("Please log in"), _l("Log in and repeat what you did.")),
    403: (
        _l("You have no right to this page"),
        _l("If your work needs it, ask the system administrator for the right."),
    ),
    404: (
        _l("This page does not exist"),
        _l("The record may have been deleted, or it lies outside your communities."),
    ),
    405: (
        _l("This address cannot be opened directly"),
        _l("Go back to the page and use its button."),
    ),
    413: (_l("This file is too large"), _l("Split the file, or send at most 20 MB.")),
    429: (_l("Too many attempts"), _l("Wait a minute, then try again.")),
    503: (
        _l("The data is busy, please try again in a moment"),
        _l("Somebody is writing much data just now. Nothing of yours was saved."),
    ),
    500: (
        _l("Something went wrong on our side"),
        _l("Nothing was saved. Please give the error number to your administrator."),
    ),
}


def show(
    status: int,
    *,
    title: Any = None,
    hint: Any = None,
    error_id: str | None = None,
    again: Any = None,
) -> Any:
    """The error page (or JSON) with this status; `hint` says what to do next.

    `again`: the request that the button “once more” sends.
    """
    known = PAGES.get(status) or PAGES[400 if status < 500 else 500]
    title, hint = title or known[0], hint or known[1]
    if wants_json():
        body = {"error": f"{title}。{hint}" if error_id else str(title), "code": str(status)}
        if error_id:
            body["id"] = error_id
        return jsonify(body), status
    with engine.reading():  # it writes nothing, and must not wait for those who write
        page = render_template(
            "anju/error.html", status=status, title=title, hint=hint, error_id=error_id, again=again
        )
    return page, status


def back() -> str:
    """The page of ours that the user came from, else the home page."""
    referrer = urlsplit(request.referrer or "")
    ours = referrer.netloc == request.host and opens(referrer.path)
    if ours and (referrer.path != request.path or request.method == "POST"):
        return referrer.path + (f"?{referrer.query}" if referrer.query else "")
    return "/"


def opens(path: str) -> bool:
    """Can this address be opened? A page that answered a form may have no way back to it."""
    try:
        current_app.url_map.bind(request.host).match(path, method="GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True


def on_domain_error(error: DomainError) -> Any:
    """What the user did wrong: a message on the page before, or a page of its own."""
    db.session.rollback()
    status = 404 if isinstance(error, NotFound) else 409 if error.code == "stale" else 400
    if wants_json():
        told = {"error": sentence(error), "code": error.code, "field": error.field}
        return jsonify(told), status
    if request.method == "POST" and request.referrer:
        flash(sentence(error), "danger")
        return redirect(back())
    return show(status, title=sentence(error), hint=gettext("Go back and try again."))


def on_http_error(error: HTTPException) -> Any:
    """A refusal by the framework, with its headers, on a page of ours."""
    if request_ctx.url_adapter is None:
        # A host name that is not ours: no page of ours can have an address there.
        text = gettext("This address is not one of Anju's. Administrator: see ANJU_TRUSTED_HOSTS.")
        return Response(text, 400, mimetype="text/plain")
    if error.response is not None or (error.code or 500) < 400:
        return error
    db.session.rollback()
    body, status = show(error.code or 500)
    headers = [
        pair
        for pair in error.get_headers()
        if pair[0].lower() not in {"content-type", "content-length"}
    ]
    return body, status, headers


def on_csrf_error(_error: CSRFError) -> Any:
    """The page stood open too long, or the form came from elsewhere."""
    db.session.rollback()
    return show(
        400,
        title=gettext("This form has expired"),
        hint=gettext("Open the page again and repeat your entry; nothing was saved."),
    )


def on_rate_limit(_error: RateLimitExceeded) -> Any:
    """Too many attempts from one address."""
    db.session.rollback()
    return show(429)


def on_wrong_text(_error: WrongText) -> Any:
    """A text that no page of ours sends: torn, or with far too many brackets."""
    db.session.rollback()
    return show(400)


def on_refusal(error: OperationalError | ProgrammingError | PoolTimeout) -> Any:
    """Others hold the database: say so, and keep what was typed for another try."""
    if engine.is_behind(error):
        db.session.rollback()
        log.error("the database is behind at %s", request.path, exc_info=error)
        return show(
            503,
            title=gettext("The database is not up to date yet"),
            hint=gettext(
                "Administrator: run “anju init” and “anju registers sync”, then start Anju anew."
            ),
        )
    if not engine.is_busy(error):
        return on_crash(error)
    db.session.rollback()
    log.warning("the database was busy at %s %s", request.method, request.path)
    page, status = show(503, again=once_more())
    return page, status, {"Retry-After": "5"}


def once_more() -> Repeat | None:
    """This request as a form with what was typed; None where that cannot be kept."""
    if request.method not in {"GET", "POST"}:
        return None
    fields = tuple(request.form.items(multi=True))
    secret = any("password" in name for name, _ in fields)
    if secret or any(one.filename for one in request.files.values()):
        return None
    if sum(len(name) + len(value) for name, value in fields) > MOST_KEPT:
        return None
    return Repeat(request.method, request.full_path.rstrip("?"), fields)


def on_crash(error: Exception) -> Any:
    """Everything else is our mistake: logged with an id that the page shows."""
    db.session.rollback()
    error_id = secrets.token_hex(4).upper()
    log.error("error %s at %s %s", error_id, request.method, request.path, exc_info=error)
    return show(500, error_id=error_id)


def install(app: Flask) -> None:
    """Install the error pages on `app`."""
    app.register_error_handler(DomainError, on_domain_error)
    app.register_error_handler(CSRFError, on_csrf_error)
    app.register_error_handler(RateLimitExceeded, on_rate_limit)
    app.register_error_handler(WrongText, on_wrong_text)
    for refusal in (OperationalError, ProgrammingError, PoolTimeout):
        app.register_error_handler(refusal, on_refusal)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(Exception, on_crash)
