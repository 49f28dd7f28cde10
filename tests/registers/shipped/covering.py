"""A smallest set of registers in which every kind, option and route of all of them occurs.

The screens of all registers are one and the same class: what attacks it with full requests
tries the covering set alone; what each register decides by itself (its rights, its words,
its way through the states) is asked of every one.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN = {
    "Words.zh", "Words.en", "Head.title", "Head.one", "Head.hint", "Head.menu", "Head.icon",
    "Head.position", "Head.duties", "Head.keepers", "Head.readers", "Head.approvers",
    "Head.rights", "Head.order", "FieldPart.help", "FieldPart.group", "FieldPart.search",
    "FieldPart.shows", "Slip.paper", "Action.icon", "Action.look",
}  # fmt: skip
"""What says nothing of how a screen works: words, places, posts and looks."""
COUNTED = {"FieldPart.kind", "FieldPart.warn", "LineColumn.kind", "Action.right"}
"""Options of which every single word counts."""
ROUTES, FIELDS = "route ", ("FieldPart.kind=", "LineColumn.kind=")


def marks(part: BaseModel) -> Iterator[str]:
    """What a definition makes use of: `FieldPart.kind=money`, `Action.not_by`."""
    for name in part.model_fields_set:
        value, mark = getattr(part, name), f"{type(part).__name__}.{name}"
        several = value if isinstance(value, tuple) else (value,)
        for inner in several:
            if isinstance(inner, BaseModel):
                yield from marks(inner)
        if mark in COUNTED:
            yield from (f"{mark}={word}" for word in several)
        elif mark not in PLAIN and value not in (None, (), False):
            yield mark


def registers(app: Any) -> dict[str, Any]:
    """screen → view of every register."""
    views = app.extensions["anju"].views
    return {view.screen: view for view in views if hasattr(view, "definition")}


def brings(app: Any, about: str | tuple[str, ...] = "") -> dict[str, frozenset[str]]:
    """screen → the marks of its definition and its routes, of those that begin with `about`."""
    routes = app.extensions["anju"].routes
    return {
        screen: frozenset(
            mark
            for mark in (
                *marks(view.definition),
                *(
                    ROUTES + one.endpoint.partition(".")[2]
                    for one in routes
                    if one.screen == screen
                ),
            )
            if mark.startswith(about)
        )
        for screen, view in registers(app).items()
    }


@functools.cache
def covering(app: Any, about: str | tuple[str, ...] = "") -> tuple[str, ...]:
    """The screens of a smallest set of registers with all the marks that begin with `about`.

    Those of a part are among those of the whole: these have rows wherever they are tried.
    """
    offered = brings(app, about)
    whole = covering(app) if about else offered
    return smallest({screen: offered[screen] for screen in whole})


def left_out(app: Any, about: str | tuple[str, ...] = "") -> set[str]:
    """The screens of all other registers."""
    return set(registers(app)) - set(covering(app, about))


def smallest(offered: dict[str, frozenset[str]]) -> tuple[str, ...]:
    """The fewest names whose offers together are everything that is offered."""
    wanted = frozenset().union(*offered.values())
    size = 0
    while (found := _within(offered, wanted, size)) is None:
        size += 1
    return tuple(sorted(found))


def _within(
    offered: dict[str, frozenset[str]], wanted: frozenset[str], size: int
) -> list[str] | None:
    """At most `size` names that bring all that is wanted; None when there are none."""
    if not wanted:
        return []
    if not size:
        return None
    holders = {mark: [name for name, has in offered.items() if mark in has] for mark in wanted}
    rarest = min(sorted(wanted), key=lambda mark: len(holders[mark]))
    for name in holders[rarest]:
        found = _within(offered, wanted - offered[name], size - 1)
        if found is not None:
            return [name, *found]
    return None
