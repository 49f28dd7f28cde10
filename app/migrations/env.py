"""How Alembic reaches the database: the same on SQLite and PostgreSQL."""

from __future__ import annotations

from alembic import context

from app.core.db.extensions import db
from app.core.db.types import Fixed, Money, metadata


def render_item(kind: str, item: object, _autogenerate_context: object) -> str | bool:
    """Our number types are whole numbers in the database; a migration says only that."""
    if kind == "type" and isinstance(item, (Fixed, Money)):
        return "sa.BigInteger()"
    return False


def run() -> None:
    """Run the migrations on the application's engine, in one transaction."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            render_item=render_item,
            compare_type=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
