"""Bring an installation up to date: tables, rights, the first administrator, backups."""

from __future__ import annotations

import secrets
from pathlib import Path

from alembic.command import upgrade
from alembic.config import Config
from flask import current_app
from sqlalchemy import text

from app.access.accounts import create_user
from app.access.seeding import sync_rights
from app.core.errors import N_, DomainError
from app.extensions import db

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def alembic_config() -> Config:
    """Alembic's configuration without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def bring_up_to_date() -> None:
    """Migrate the database and give new screens their default rights; safe to repeat."""
    upgrade(alembic_config(), "head")
    sync_rights(db.session)
    db.session.commit()


def first_administrator() -> str | None:
    """Create the account `admin` where nobody is there yet; answers its password, once."""
    if db.session.scalar(text("SELECT count(*) FROM ab_user")):
        return None
    password = secrets.token_urlsafe(12)
    create_user(
        db.session,
        username="admin",
        family="系统",
        given="管理员",
        roles=["administrator"],
        password=password,
        all_communities=True,
        must_change_password=True,
    )
    db.session.commit()
    return password


def back_up(target: Path) -> None:
    """Copy the SQLite database as one consistent file while people work (S03)."""
    if db.engine.dialect.name != "sqlite":
        raise DomainError(N_("This database is backed up with its own tool, pg_dump."))
    if target.exists():
        raise DomainError(N_("“%(file)s” exists already: choose another name."), file=target)
    db.session.rollback()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(target),))
    current_app.logger.info("backup written to %s", target)
