"""Security headers of every answer, and the nonce that lets our own inline scripts run."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import g, request

if TYPE_CHECKING:
    from flask import Flask, Response


def csp_nonce() -> str:
    """The nonce of this request's Content-Security-Policy."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def policy(nonce: str) -> str:
    """Only our own files; inline scripts by nonce; nobody may frame us or take our forms.

    Styles keep 'unsafe-inline': Bootstrap's widgets set style attributes.
    """
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def add_headers(response: Response) -> Response:
    """Set what a browser must be told; static files may be kept, pages never."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy(csp_nonce()))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    static = request.endpoint == "static" or (request.endpoint or "").endswith(".static")
    if static and response.status_code in {200, 304}:
        headers["Cache-Control"] = "public, max-age=86400"
    elif not static:
        headers["Cache-Control"] = "no-store"
    return response


def install(app: Flask) -> None:
    """Give every answer of `app` its headers and templates the function `csp_nonce()`."""
    app.after_request(add_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce
