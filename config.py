"""Every setting of Anju, each with its meaning; the environment may override those in capitals.

| environment          | meaning                                              | default           |
|----------------------|------------------------------------------------------|-------------------|
| ANJU_INSTANCE        | folder for the database, uploads, logs and secrets   | ./instance        |
| ANJU_DATABASE_URL    | another database, e.g. postgresql+psycopg://…        | SQLite in instance|
| ANJU_SECRET_KEY      | signs sessions; made and kept in instance if absent  | instance/secret   |
| ANJU_HOST, PORT      | where `anju serve` listens                           | 127.0.0.1, 8080   |
| ANJU_TRUSTED_HOSTS   | names and addresses in the browser's address line    | this PC alone     |
|                      | that the server answers to, comma separated          | and ANJU_HOST     |
| ANJU_HTTPS           | 1: cookies only over https (behind a TLS proxy)      | 0                 |
"""

from __future__ import annotations

import os
import re
import secrets
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent


class WrongSetting(Exception):
    """A setting from the environment cannot be used; the sentence says which and why."""


def instance_folder() -> Path:
    """The folder for data, made if absent, readable by its owner alone."""
    folder = Path(os.environ.get("ANJU_INSTANCE") or ROOT / "instance").resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        reason = error.strerror
        raise WrongSetting(f"ANJU_INSTANCE：数据目录 {folder} 无法建立（{reason}）。") from error
    return folder


def listening_port() -> int:
    """The port of `anju serve`."""
    typed = os.environ.get("PORT") or "8080"
    if not (typed.isascii() and typed.isdigit() and 0 < int(typed) < 65536):
        raise WrongSetting(f"PORT：“{typed}”不是端口号，请填写 1 至 65535 的数字。")
    return int(typed)


def secret_key(folder: Path) -> str:
    """The signing key: from the environment, else kept in the instance folder."""
    if given := os.environ.get("ANJU_SECRET_KEY"):
        return given
    file = folder / "secret"
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(secrets.token_hex(32))
    return file.read_text(encoding="ascii").strip()


def database_url(folder: Path) -> str:
    """SQLite in the instance folder unless another database is named."""
    given = os.environ.get("ANJU_DATABASE_URL") or f"sqlite:///{folder / 'anju.db'}"
    # Written as PostgreSQL's own tools write it, it means the driver that is installed here.
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", given)


def trusted_hosts(host: str) -> list[str]:
    """Under which names the pages may be asked for; this PC always may."""
    named = [name.strip() for name in os.environ.get("ANJU_TRUSTED_HOSTS", "").split(",")]
    return list(dict.fromkeys(["127.0.0.1", "localhost", host, *filter(None, named)]))


def settings() -> dict[str, object]:
    """The configuration of one application, read from the environment when it is made."""
    folder = instance_folder()
    host = os.environ.get("ANJU_HOST") or "127.0.0.1"
    return {
        "INSTANCE": str(folder),
        "SECRET_KEY": secret_key(folder),
        "SQLALCHEMY_DATABASE_URI": database_url(folder),
        # The log of an error must not keep the phones and names that the statement carried.
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},
        "HOST": host,
        "PORT": listening_port(),
        # The Host header is pinned: it must not steer a redirect after login.
        "TRUSTED_HOSTS": trusted_hosts(host),
        # Uploads: 20 MB is ten times the largest owner file met in practice.
        "MAX_CONTENT_LENGTH": 20 * 1024 * 1024,
        # Login rules.
        "PERMANENT_SESSION_LIFETIME": timedelta(minutes=60),  # idle time until logout
        "LOGIN_TRIES": 5,  # failures in a row that lock an account
        "LOGIN_LOCK": timedelta(minutes=15),
        "LOGIN_RATE": "30 per minute",  # attempts from one address
        "PASSWORD_LENGTH": 10,
        # Cookies.
        "SESSION_COOKIE_NAME": "anju",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": os.environ.get("ANJU_HTTPS") == "1",
        # Language: Chinese unless English is chosen.
        "BABEL_DEFAULT_LOCALE": "zh",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        "LANGUAGES": {
            "zh": {"flag": "cn", "name": "中文"},
            "en": {"flag": "gb", "name": "English"},
        },
        # Flask-AppBuilder must not touch the database at every start; `anju init` does.
        "FAB_CREATE_DB": False,
        "FAB_UPDATE_PERMS": False,
        "FAB_ADD_SECURITY_VIEWS": True,
        "AUTH_ROLE_ADMIN": "administrator",
        "AUTH_ROLE_PUBLIC": "Public",
        "APP_NAME": "安居",
        "WTF_CSRF_TIME_LIMIT": 8 * 3600,
    }
