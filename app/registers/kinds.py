"""The kinds of field that a register has beside the plain ones: units, people, other registers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.access.models import Staff
from app.core import audit
from app.core.declared_columns import Kinds
from app.estate.models import Customer, Unit
from app.extensions import db

if TYPE_CHECKING:
    from app.registers.tables import Row

MODELS = {"unit": Unit, "customer": Customer, "user": Staff}
RELATIONS = (*MODELS, "register")
MADE: dict[str, type[Row]] = {}
"""The registers that were made; a field of the kind `register` points to one of them."""


def me() -> Staff | None:
    """Who is at work now; nobody on the command line."""
    key = audit.actor().user_id
    return db.session.get(Staff, key) if key else None


def model_of(field: Any) -> Any:
    """The model to which a field points, None for a plain one."""
    return MADE[field.other] if field.kind == "register" else MODELS.get(field.kind)


KINDS = Kinds(
    model_of, moving={("user", "me"): me},
    searched=frozenset({"text", "plate", "unit", "customer"}),
    late=frozenset({("text", "owner"), ("customer", "owner")}),
)  # fmt: skip
