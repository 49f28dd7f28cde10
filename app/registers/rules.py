"""What every row must fulfil, however it comes in: form, action or import; never commits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from app.core import audit, clock, ids, numbering
from app.core.errors import N_, DomainError
from app.core.form import MISSING
from app.estate.occupants import owners_on
from app.registers import kinds
from app.registers.definition import FieldPart, Kind
from app.registers.due import due_moment
from app.registers.kinds import by_itself
from app.registers.words import lazy

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

NOT_A_TIME = N_("“%(text)s” is no time of day; write it like 09:30.")
SPELLINGS = {Kind.PHONE: ids.phone, Kind.PLATE: ids.plate}
SAID = {
    Kind.PHONE: N_("“%(text)s” is no phone number."),
    Kind.PLATE: N_("“%(text)s” is no number plate; write it like 浙A12345."),
}


def settle(row: Any) -> None:
    """Bring a row into its one spelling and refuse what its register does not allow.

    :raises DomainError: a rule is broken; `field` says which field.
    """
    definition = row.definition
    for field in definition.fields:
        if field.kind is Kind.LINES and getattr(row, field.name) is not None:
            worked_out = kinds.work_out(field, getattr(row, field.name))
            if worked_out != getattr(row, field.name):
                setattr(row, field.name, worked_out)
        elif field.kind not in kinds.RELATIONS | kinds.UNSTORED and (
            getattr(row, field.name) is not None
        ):
            _one(row, field)
        if field.must_be is not None and getattr(row, field.name) != field.must_be:
            raise DomainError(N_("“%(label)s” must be ticked before this can be saved.")
                              if field.must_be is True else
                              N_("“%(label)s” does not permit this to be saved."),
                              field=field.name, label=lazy(field.label))  # fmt: skip
    if definition.states:
        state = definition.state(row.state)
        for name in state.required:
            need(row, definition.field(name))
        if definition.has_due:
            row.due_at = due_moment(state.due, lambda name: getattr(row, name))


def need(row: Any, field: FieldPart) -> None:
    """Refuse a row in which this field is empty."""
    if getattr(row, kinds.stored_name(field)) in (None, "", []):
        raise DomainError(MISSING, field=field.name, label=lazy(field.label))


def _one(row: Any, field: FieldPart) -> None:
    """One field that is filled."""
    value = getattr(row, field.name)
    if spell := SPELLINGS.get(field.kind):
        if (spelt := spell(value)) is None:
            raise DomainError(SAID[field.kind], field=field.name, text=value[:40])
        setattr(row, field.name, spelt)
    elif field.kind is Kind.TIME:
        found = re.fullmatch(r"([01]?\d|2[0-3])[:：]([0-5]\d)", value)
        if not found:
            raise DomainError(NOT_A_TIME, field=field.name, text=value[:40])
        setattr(row, field.name, f"{int(found[1]):02}:{found[2]}")
    elif field.kind is Kind.ID_NUMBER and ids.id_fault(value.strip().upper()):
        raise DomainError(N_("The ID number is not right: please compare it with the card."),
                          field=field.name)  # fmt: skip
    if field.pattern and not re.fullmatch(field.pattern, str(value)):
        raise DomainError(N_("“%(text)s” is not written as it should be."), field=field.name,
                          text=str(value)[:40])  # fmt: skip
    if field.not_before and (other := getattr(row, field.not_before)) is not None and value < other:
        raise DomainError(N_("“%(label)s” lies before “%(other)s”."), field=field.name,
                          label=lazy(field.label),
                          other=lazy(row.definition.field(field.not_before).label))  # fmt: skip


def begin(session: Session, row: Any) -> None:
    """Complete a new row and give it its number."""
    complete(session, row)
    if row.definition.head.number:
        row.number = take_number(session, row)


def complete(session: Session, row: Any) -> None:
    """Complete a new row: its first state, what is filled in by itself."""
    definition = row.definition
    if definition.states and row.state is None:
        row.state = definition.states[0].name
    for field in definition.fields:
        if by_itself(field, "me") and getattr(row, kinds.stored_name(field)) is None:
            setattr(row, kinds.stored_name(field), audit.actor().user_id)
        if by_itself(field, "owner") and getattr(row, kinds.stored_name(field)) is None:
            _owner(session, row, field)
        if field.required and (by_itself(field, "me") or by_itself(field, "owner")):
            need(row, field)
    settle(row)


def _owner(session: Session, row: Any, field: FieldPart) -> None:
    """The first owner of the row's unit, by key or by name."""
    unit = next((getattr(row, kinds.stored_name(one)) for one in
                 row.definition.of_kind(Kind.UNIT)), None)  # fmt: skip
    owners = owners_on(session, [unit], clock.today()).get(unit) if unit else None
    if owners:
        by_key = field.kind is Kind.CUSTOMER
        setattr(row, kinds.stored_name(field),
                owners[0].customer_id if by_key else owners[0].name)  # fmt: skip


def take_number(session: Session, row: Any) -> str:
    """The next number of the register in the row's community, without gaps."""
    pattern, today = row.definition.head.number, clock.today()
    span = "".join(f"{part:02}" for part, key in ((today.year, "{year}"), (today.month, "{month}"))
                   if key in pattern)  # fmt: skip
    taken = numbering.take(session, row.community_id, f"register_{row.register}", span)
    width = re.search(r"\{seq(?::(\d))?\}", pattern)
    number = f"{taken:0{(width and width[1]) or 1}}"
    filled = re.sub(r"\{seq(:\d)?\}", number, pattern)
    return filled.replace("{year}", str(today.year)).replace("{month}", f"{today.month:02}")
