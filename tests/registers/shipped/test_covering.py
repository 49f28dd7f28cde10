"""The covering set of registers: with full requests it stands for all of them, so it must."""

from __future__ import annotations

from app.registers.screens import RegisterScreen
from tests.registers.shipped.covering import (
    FIELDS,
    ROUTES,
    brings,
    covering,
    left_out,
    registers,
    smallest,
)

NOWHERE = {"action", "action_post", "download", "post", "void"}
"""Routes that no shipped register has: no action of theirs needs these rights."""


def test_it_brings_every_mark_of_every_register_with_few_of_them(app):
    for about in ("", ROUTES, FIELDS):
        offered, chosen = brings(app, about), covering(app, about)
        everything = frozenset().union(*offered.values())
        assert everything
        assert frozenset().union(*(offered[one] for one in chosen)) == everything
        for spared in chosen:
            rest = (offered[one] for one in chosen if one != spared)
            assert frozenset().union(*rest) != everything, spared
        assert set(chosen) <= set(covering(app))
    assert len(covering(app)) < len(registers(app)) / 3
    assert left_out(app) | set(covering(app)) == set(registers(app))


def test_every_kind_of_field_line_right_and_part_is_in_it(app):
    def used(screens):
        found = set()
        for one in (registers(app)[screen].definition for screen in screens):
            found |= {str(field.kind) for field in one.fields}
            found |= {f"line {line.kind}" for field in one.fields for line in field.columns}
            found |= {f"action {action.right}" for action in one.actions}
            found |= {f"due {bool(state.due)}" for state in one.states}
            found |= {f"locked {state.locked}" for state in one.states}
            found |= {f"states {bool(one.states)}", f"number {bool(one.head.number)}"}
            found |= {f"slip {bool(one.slip)} {bool(one.slip and one.slip.template)}"}
            found |= {f"four eyes {bool(action.not_by)}" for action in one.actions}
        return found

    assert used(covering(app)) == used(registers(app))


def test_every_route_of_the_class_is_in_it(app):
    exposed = {
        name for name in dir(RegisterScreen) if hasattr(getattr(RegisterScreen, name), "_urls")
    }
    tried = frozenset().union(*(brings(app, ROUTES)[one] for one in covering(app, ROUTES)))
    assert {mark.removeprefix(ROUTES) for mark in tried} == exposed - NOWHERE


def test_the_smallest_set_is_found_where_the_greedy_one_is_larger():
    offered = {"big": {1, 2, 3, 4}, "left": {1, 2, 5}, "right": {3, 4, 6}}
    assert smallest({name: frozenset(map(str, has)) for name, has in offered.items()}) == (
        "left",
        "right",
    )
