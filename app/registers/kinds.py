"""The kinds of field that a register has beside the plain ones: units, people, other registers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from app.access.current import person_at_work
from app.access.models import Staff
from app.core.declared.columns import Kinds
from app.estate.base.models import Customer, Unit

if TYPE_CHECKING:
    from app.core.declared.tables import Record

MODELS = {"unit": Unit, "customer": Customer, "user": Staff}
RELATIONS = (*MODELS, "register")
MADE: dict[str, type[Record]] = {}
"""The registers that were made; a field of the kind `register` points to one of them."""


def model_of(field: Any) -> Any:
    """The model to which a field points, None for a plain one."""
    return MADE[field.other] if field.kind == "register" else MODELS.get(field.kind)


KINDS = Kinds(
    model_of,
    moving={("user", "me"): person_at_work},
    searched=frozenset({"text", "plate", "unit", "customer", "register"}),
    late=dict.fromkeys([("text", "owner"), ("customer", "owner")], _l("Left empty: the owner.")),
)
