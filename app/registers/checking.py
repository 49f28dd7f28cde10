"""What must agree inside a register file and with the house, beyond its form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.core.errors import N_
from app.registers.definition import Definition, FieldPart, Kind
from app.registers.due import DUE
from app.registers.formulas import names_in

LAST_DUTY = dict(zip(
    "ABCDEFGHIJKLMNOPQRS",
    (30, 15, 11, 6, 18, 13, 15, 14, 24, 13, 21, 12, 6, 18, 18, 10, 9, 5, 7), strict=True,
))  # fmt: skip
"""The duties of the posts: in every group they are numbered from 1 to here."""
RESERVED = frozenset({"id", "community", "community_id", "version", "state", "number", "due_at",
                      "created_at", "created_by", "created_by_id", "origin_batch_id", "register",
                      "definition", "form_key", "again", "csrf_token", "step_reason"})  # fmt: skip
STAMPS = {Kind.DATE, Kind.DATETIME, Kind.TIME, Kind.USER}
DEFAULTS = {"today": {Kind.DATE}, "now": {Kind.DATETIME, Kind.TIME}, "me": {Kind.USER},
            "owner": {Kind.CUSTOMER, Kind.TEXT}}  # fmt: skip
NUMBERS = {Kind.INTEGER, Kind.QUANTITY, Kind.MONEY}
FITS: dict[str, set[Kind]] = {
    "choices": {Kind.CHOICE}, "several": {Kind.CHOICE}, "places": {Kind.QUANTITY, Kind.COMPUTED},
    "unit": NUMBERS | {Kind.COMPUTED}, "min": NUMBERS, "max": NUMBERS,
    "max_length": {Kind.TEXT, Kind.LONG_TEXT}, "pattern": {Kind.TEXT, Kind.PLATE, Kind.PHONE},
    "not_before": {Kind.DATE, Kind.DATETIME}, "must_be": {Kind.YES_NO, Kind.CHOICE},
    "other": {Kind.REGISTER}, "formula": {Kind.COMPUTED}, "shows": {Kind.COMPUTED},
    "columns": {Kind.LINES}, "warn": {Kind.UNIT, Kind.CUSTOMER, Kind.PLATE, Kind.REGISTER},
}  # fmt: skip
NEEDS = {Kind.CHOICE: "choices", Kind.REGISTER: "other", Kind.COMPUTED: "formula",
         Kind.LINES: "columns"}  # fmt: skip
SPELT = {"other": "register"}

Found = tuple[tuple[str | int, ...], str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class World:
    """What the house offers: other registers, named checks, and whether a Python file is beside."""

    registers: frozenset[str]
    checks: frozenset[str]
    beside: bool


def check(name: str, definition: Definition, world: World) -> Iterator[Found]:
    """Everything that does not agree, with its path in the file."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,29}", name):
        yield (), N_("The file's name must be small English letters, digits and _: "
                     "key_loan.toml."), {}
    yield from _head(definition)
    yield from _names(definition)
    for at, field in enumerate(definition.fields):
        yield from _field(at, field, definition, world)
    yield from _steps(definition, world)


def _head(definition: Definition) -> Iterator[Found]:
    head = definition.head
    for duty in head.duties:
        if not 1 <= int(duty[1:]) <= LAST_DUTY.get(duty[0], 0):
            yield ("register", "duties"), N_("There is no duty “%(value)s”."), {"value": duty}
    if not (head.keepers or head.rights):
        yield ("register",), N_("Nobody works with this register: add "
                                "keepers = [\"front_desk\"]."), {}
    if head.number and not re.fullmatch(
        r"[^{}]*(\{year\}[^{}]*(\{month\}[^{}]*)?)?\{seq(:[1-9])?\}[^{}]*", head.number
    ):
        yield ("register", "number"), N_(
            "“%(value)s” is no number: write it like YS{year}{month}-{seq:4}."
        ), {"value": head.number}
    known = {field.name for field in definition.fields} | {"number", "state", "due_at", "id"}
    for part in head.order:
        if part.removeprefix("-") not in known:
            yield ("register", "order"), NO_FIELD, {"value": part.removeprefix("-")}
    for part in head.called:
        if part not in known:
            yield ("register", "called"), NO_FIELD, {"value": part}


NO_FIELD = N_("There is no field “%(value)s” in this file; check its spelling, or add it.")
NO_STATE = N_("There is no state “%(value)s” in this file; check its spelling, or add it.")


def _names(definition: Definition) -> Iterator[Found]:
    for table in ("fields", "states", "actions"):
        counts = Counter(part.name for part in getattr(definition, table))
        seen: set[str] = set()
        for at, part in enumerate(getattr(definition, table)):
            if part.name in seen and counts[part.name] > 1:
                yield (table, at, "name"), N_("“%(value)s” is there twice: rename one of "
                                              "them."), {"value": part.name}
            seen.add(part.name)


def _field(at: int, field: FieldPart, definition: Definition, world: World) -> Iterator[Found]:
    path = ("fields", at)
    if field.name in RESERVED:
        yield (*path, "name"), N_("Every register has “%(value)s” by itself: choose another "
                                  "name."), {"value": field.name}
    for option, kinds in FITS.items():
        if getattr(field, option) not in (None, (), False) and field.kind not in kinds:
            yield (*path, SPELT.get(option, option)), N_(
                "“%(option)s” does not fit the kind %(kind)s; it belongs to: %(known)s."
            ), {"option": SPELT.get(option, option), "kind": field.kind.value,
                "known": ", ".join(sorted(kinds))}
    if (need := NEEDS.get(field.kind)) and not getattr(field, need):
        need = SPELT.get(need, need)
        yield path, N_("A field of the kind %(kind)s needs “%(key)s”."), {
            "kind": field.kind.value, "key": need}
    if field.other and field.other not in world.registers:
        yield (*path, "register"), N_("There is no register “%(value)s”."), {"value": field.other}
    for one in field.warn:
        if one not in world.checks:
            yield (*path, "warn"), N_("There is no check “%(value)s”. Known are: %(known)s."), {
                "value": one, "known": ", ".join(sorted(world.checks))}
    yield from _values(path, field, definition)
    yield from _formulas(path, field, definition)


def _values(path: Any, field: FieldPart, definition: Definition) -> Iterator[Found]:
    values = {choice.value for choice in field.choices}
    fits = field.kind in DEFAULTS.get(str(field.default), set()) or (
        field.default in values if field.kind is Kind.CHOICE
        else isinstance(field.default, bool) if field.kind is Kind.YES_NO
        else type(field.default) is int if field.kind in NUMBERS
        else isinstance(field.default, str) and field.kind in {Kind.TEXT, Kind.LONG_TEXT}
    )
    if field.default is not None and not fits:
        yield (*path, "default"), N_("“%(value)s” cannot be the default of this kind."), {
            "value": field.default}
    if field.pattern is not None:
        try:
            re.compile(field.pattern)
        except re.error as error:
            yield (*path, "pattern"), N_("The pattern cannot be read: %(said)s."), {"said": error}
    if field.min is not None and field.max is not None and field.min > field.max:
        yield (*path, "min"), N_("min is larger than max: exchange them."), {}
    if isinstance(field.must_be, str) and field.must_be not in values:
        yield (*path, "must_be"), N_("“%(value)s” is none of the choices."), {
            "value": field.must_be}
    for option in ("unique_per", "not_before"):
        given = getattr(field, option) or ()
        for one in (given,) if isinstance(given, str) else given:
            if one not in {other.name for other in definition.fields}:
                yield (*path, option), NO_FIELD, {"value": one}
    for one in field.unique_in:
        if one not in {state.name for state in definition.states}:
            yield (*path, "unique_in"), NO_STATE, {"value": one}


def _formulas(path: Any, field: FieldPart, definition: Definition) -> Iterator[Found]:
    fields = {one.name for one in definition.fields}
    parts = [((*path, "formula"), field.formula, fields)]
    columns = {line.name for line in field.columns}
    parts += [((*path, "columns", at, "formula"), line.formula, columns)
              for at, line in enumerate(field.columns)]
    for place, formula, known in parts:
        if formula is None:
            continue
        names = names_in(formula)
        if isinstance(names, str):
            yield place, N_("The formula cannot be read: %(said)s."), {"said": names}
        else:
            for one in sorted(names - known):
                yield place, NO_FIELD, {"value": one}


def _steps(definition: Definition, world: World) -> Iterator[Found]:
    states = {state.name for state in definition.states}
    fields = {field.name: field for field in definition.fields}
    for at, state in enumerate(definition.states):
        if state.due is not None:
            found = DUE.fullmatch(state.due)
            kinds = {Kind.DATE, Kind.DATETIME}
            if not found:
                yield ("states", at, "due"), N_(
                    "“%(value)s” is no due rule: write it like lent_at + 3 days."
                ), {"value": state.due}
            elif found[1] != "created_at" and (
                found[1] not in fields or fields[found[1]].kind not in kinds
            ):
                yield ("states", at, "due"), N_("“%(value)s” is no date or datetime field of this "
                                                "file."), {"value": found[1]}
        for one in state.required:
            if one not in fields:
                yield ("states", at, "required"), NO_FIELD, {"value": one}
    yield from _actions(definition, fields, states, world)
    if definition.slip:
        for option, known, said in (
            ("fields", {*fields, "state"}, NO_FIELD), ("states", states, NO_STATE),
        ):  # fmt: skip
            for one in getattr(definition.slip, option):
                if one not in known:
                    yield ("slip", option), said, {"value": one}


def _actions(
    definition: Definition, fields: dict[str, FieldPart], states: set[str], world: World
) -> Iterator[Found]:
    for at, action in enumerate(definition.actions):
        for one in action.origins:
            if one not in states:
                yield ("actions", at, "from"), NO_STATE, {"value": one}
        if action.to not in states:
            yield ("actions", at, "to"), NO_STATE, {"value": action.to}
        for option in ("fill", "may_fill", "stamps", "clears"):
            for one in getattr(action, option):
                if one not in fields:
                    yield ("actions", at, option), NO_FIELD, {"value": one}
                elif option == "stamps" and fields[one].kind not in STAMPS:
                    yield ("actions", at, option), N_(
                        "“%(value)s” cannot be stamped: stamps are date, datetime, time or user "
                        "fields."), {"value": one}
        if action.not_by and action.not_by != "created_by" and (
            action.not_by not in fields or fields[action.not_by].kind is not Kind.USER
        ):
            yield ("actions", at, "not_by"), N_("“%(value)s” is neither created_by nor a user "
                                                "field."), {"value": action.not_by}
        if action.right == "approve" and not definition.head.approvers:
            yield ("actions", at, "right"), N_("Nobody may approve: add approvers = "
                                               "[\"supervisor\"] to [register]."), {}
        if action.call and not world.beside:
            yield ("actions", at, "call"), N_("There is no Python file of the same name beside "
                                              "this one for “%(value)s”."), {"value": action.call}
