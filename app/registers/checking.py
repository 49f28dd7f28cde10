"""What must agree inside a register file and with the house, beyond its form."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from app.core.declared.fields import UNSTORED
from app.core.declared.rules import field_faults, misplaced, name_faults, needing
from app.core.declared.screen_columns import MOVING
from app.core.extras.print_slips import slip_faults
from app.core.toml.faults import FileFault
from app.core.toml.icons import icon_faults
from app.core.toml.python_beside import checks_of, faults_beside
from app.core.toml.vocabulary import NAME, FoundFault, unknown
from app.core.values.errors import N_
from app.core.workflow.checks import KnownNames, action_faults, state_faults
from app.registers import kinds
from app.registers.definition import Definition, FieldPart
from config import ROOT

LAST_DUTY = dict(zip("ABCDEFGHIJKLMNOPQRS", (
    30, 15, 11, 6, 18, 13, 15, 14, 24, 13, 21, 12, 6, 18, 18, 10, 9, 5, 7,
), strict=True))  # fmt: skip
"""The duties of the posts: in every group they are numbered from 1 to here."""
RESERVED = frozenset({
    "id", "community", "community_id", "version", "state", "number", "due_at", "created_at",
    "created_by", "created_by_id", "origin_batch_id", "register", "definition", "steps", "columns",
    "called_by", "called_relations", "own_by", "metadata", "form_key", "again",
    "csrf_token", "step_reason",
})  # fmt: skip


def check(
    path: Path, definition: Definition, registers: Collection[str], checks: Collection[str]
) -> Iterator[FoundFault]:
    """Everything that does not agree in a file; registers, checks: what the house offers."""
    if not re.fullmatch(NAME, path.stem):
        yield (
            (),
            N_("The file's name must be small English letters, digits and _: umbrella.toml."),
            {},
        )
    yield from _head(definition)
    for table in ("fields", "states", "actions"):
        yield from name_faults(
            table, getattr(definition, table), RESERVED if table == "fields" else ()
        )
    checks = {*checks, *checks_of(path)}
    states = _names(definition.states)
    stored = {one.name for one in definition.fields if one.kind not in UNSTORED}
    fields = {field.name: field for field in definition.fields}
    for at, field in enumerate(definition.fields):
        yield from field_faults(
            ("fields", at), field, fields, states, {*MOVING, *kinds.KINDS.moving, *kinds.KINDS.late}
        )
        yield from _field(("fields", at), field, registers, checks)
        yield from _people(("fields", at), field, definition)
        if field.other == path.stem and (field.required or field.name in definition.head.called):
            yield (
                ("fields", at),
                N_(
                    "A row of this register itself can be neither required nor "
                    "part of a row's name (called): the first has none."
                ),
                {},
            )
    known = KnownNames(
        stored,
        days=_names(definition.of_kind("date", "datetime")),
        stamped=_names(definition.of_kind("date", "datetime", "time", "user")),
        users=_names(definition.of_kind("user")),
        approved=bool(definition.head.approvers),
        beside=path.with_suffix(".py").exists(),
    )
    yield from state_faults(definition.states, definition.actions, known)
    yield from action_faults(definition.actions, states, known)
    if definition.slip:
        folders = (ROOT / "app" / "templates", path.parent)
        yield from slip_faults(definition.slip, fields, states, folders)


def beside(path: Path, definition: Definition) -> list[FileFault]:
    """What is wrong with the Python file beside a register."""
    return faults_beside(path, [(one.call, one.name) for one in definition.actions if one.call])


def _names(parts: Any) -> set[str]:
    return {part.name for part in parts}


def _head(definition: Definition) -> Iterator[FoundFault]:
    head = definition.head
    for duty in head.duties:
        if not 1 <= int(duty[1:]) <= LAST_DUTY.get(duty[0], 0):
            yield ("register", "duties"), N_("There is no duty “%(value)s”."), {"value": duty}
    if not (head.keepers or head.rights):
        yield (
            ("register",),
            N_('Nobody works with this register: add keepers = ["front_desk"].'),
            {},
        )
    if head.number and (
        len(head.number) > 40
        or not re.fullmatch(
            r"[^{}]*(\{year\}[^{}]*(\{month\}[^{}]*)?)?\{seq(:[1-9])?\}[^{}]*", head.number
        )
    ):
        yield (
            ("register", "number"),
            N_("“%(value)s” is no number: write it like YS{year}{month}-{seq:4}."),
            {"value": head.number},
        )
    yield from icon_faults(("register", "icon"), head.icon)
    yield from unknown(
        ("register", "own"),
        head.own,
        _names(definition.of_kind("user")),
        N_("There is no user field “%(value)s” in this file."),
    )
    called = {one.name for one in definition.fields if one.kind not in {*UNSTORED, "lines"}}
    plain = called - _names(definition.of_kind(*kinds.RELATIONS))
    by_itself = {"number", "state", "due_at", "id"}
    order = [part.removeprefix("-") for part in head.order]
    yield from unknown(("register", "order"), order, plain | by_itself)
    yield from unknown(("register", "called"), head.called, called | by_itself)


def _field(
    path: Any, field: FieldPart, registers: Collection[str], checks: Collection[str]
) -> Iterator[FoundFault]:
    """What a register adds to a declared field: other registers, named checks."""
    yield from misplaced(path, field, "other", {"register"})
    yield from misplaced(path, field, "warn", {"unit", "customer", "plate", "register"})
    yield from misplaced(path, field, "people", {"text"})
    yield from misplaced(path, field, "phone_of", {"phone"})
    if field.kind == "register":
        yield from needing(path, field, "other")
    yield from unknown(
        (*path, "register"), field.other, registers, N_("There is no register “%(value)s”.")
    )
    for _, _, said in unknown((), field.warn, checks):
        yield (
            (*path, "warn"),
            N_("There is no check “%(value)s”. Known are: %(known)s."),
            {**said, "known": ", ".join(sorted(checks))},
        )


def _people(path: Any, field: FieldPart, definition: Definition) -> Iterator[FoundFault]:
    """Offered people: of which unit, and whose phone."""
    if field.people and not definition.of_kind("unit"):
        yield (
            (*path, "people"),
            N_(
                "People are offered of a unit: add a field of the kind unit, or take “people” away."
            ),
            {},
        )
    whose = {one.name for one in definition.fields if one.people or one.kind == "customer"}
    yield from unknown(
        (*path, "phone_of"),
        field.phone_of,
        whose,
        N_("“%(value)s” is no customer field and none with people = true."),
    )
