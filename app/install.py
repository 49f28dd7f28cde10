"""Bring an installation up to date: tables, rights, the first administrator, backups."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from alembic.command import revision, upgrade
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.access.accounts import create_user
from app.access.seeding import sync_rights
from app.core.db.engine import reading
from app.core.db.extensions import db
from app.core.declared import sync_plan
from app.core.values.errors import N_, DomainError
from app.registers.catalogue import models

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def alembic_config() -> Config:
    """Alembic's configuration without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def require_tables() -> None:
    """DomainError when the database was never made, or is older than the program or registers."""
    with reading(), db.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_heads()
    if set(present) != set(ScriptDirectory.from_config(alembic_config()).get_heads()):
        raise DomainError(N_("The database is not ready for this version: run “anju init” first."))
    _require_registers()


def _require_registers() -> None:
    """DomainError when the office's own register files say what the database does not know yet."""
    pages = [view for view in current_app.extensions["anju"].views if view.screen == "registers"]
    changed = [
        models()[name].__table__
        for page in pages
        for name, source in page.sources.items()
        if source.own
    ]
    with reading(), db.engine.connect() as connection:
        waiting = sorted({step.table for step in sync_plan.plan(connection, changed)})
    if waiting:
        raise DomainError(
            N_("Register files changed (%(names)s): run “anju registers sync” first."),
            names="、".join(waiting),
        )


def why_refused() -> DomainError | None:
    """What is wrong with the database itself after it refused something; None: nothing is."""
    try:
        require_tables()
    except DomainError as error:
        return error
    except OperationalError:
        return DomainError(
            N_("The database cannot be reached: check ANJU_DATABASE_URL and that it is running.")
        )
    return None


def bring_up_to_date() -> None:
    """Migrate the database and give new screens their default rights; safe to repeat."""
    upgrade(alembic_config(), "head")
    sync_rights(db.session)
    db.session.commit()


def write_migration(message: str) -> str:
    """Write what the models have and this up-to-date database has not; answers the file."""
    config = alembic_config()
    head = ScriptDirectory.from_config(config).get_current_head() or "0000"
    script = revision(config, message, autogenerate=True, rev_id=f"{int(head) + 1:04d}")
    return Path(script.path).name


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
    if not os.access(target.resolve().parent, os.W_OK):
        raise DomainError(
            N_("“%(file)s” cannot be written: choose another folder or close the file."),
            file=target,
        )
    db.session.rollback()
    raw = db.engine.raw_connection()
    try:
        # Below SQLAlchemy, because a copy cannot be made inside a transaction.
        raw.driver_connection.execute("VACUUM INTO ?", (str(target),))  # type: ignore[union-attr]
    finally:
        raw.close()
    current_app.logger.info("backup written to %s", target)
