"""Forms in the test client: every POST carries the token that a page would have given."""

from __future__ import annotations

from itsdangerous import URLSafeTimedSerializer

RAW = "0" * 40


def token(client) -> str:
    """A CSRF token for this client's session."""
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = RAW
    secret = client.application.secret_key
    return URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(RAW)


def post(client, address: str, data: dict | None = None, **options):
    """Send a form as its page would."""
    return client.post(address, data={**(data or {}), "csrf_token": token(client)}, **options)
