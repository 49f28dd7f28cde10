"""void requests may be taken back by whoever asked."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NAME = "ck_void_request_state_known"


def upgrade() -> None:
    know("'open', 'granted', 'refused', 'dropped'")


def downgrade() -> None:
    # A request that was taken back was answered by nobody: it becomes one refused by its asker.
    op.execute(
        "UPDATE void_request SET state = 'refused', answer = reason WHERE state = 'dropped'"
    )
    know("'open', 'granted', 'refused'")


def know(states: str) -> None:
    with op.batch_alter_table("void_request") as batch:
        batch.drop_constraint(op.f(NAME), type_="check")
        batch.create_check_constraint(op.f(NAME), f"state IN ({states})")
