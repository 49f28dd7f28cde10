"""How people pay: on time, by the quarter, late, in part, ahead or never (the demo's own rule)."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.core.period import add_months


class Wish(StrEnum):
    """What somebody comes to the desk for."""

    ALL = "all"
    PART = "part"
    AHEAD = "ahead"
    PURSE = "purse"


@dataclass(frozen=True, slots=True, order=True)
class Visit:
    """One household at the desk on one day."""

    day: date
    unit_id: int
    wish: Wish


# Of a hundred households: how many have which habit, and in which months they come.
HABITS = (
    (6, "monthly"),
    (42, "quarterly"),
    (22, "half-yearly"),
    (12, "late"),
    (6, "ahead"),
    (6, "part"),
    (6, "never"),
)


def visits(unit_ids: Iterable[int], months: list[date], today: date, seed: int) -> list[Visit]:
    """The visits of all units over `months` (first days), none after `today`, by day."""
    draw = random.Random(seed)  # noqa: S311 - the demo is the same every time
    names = [name for _, name in HABITS]
    weights = [weight for weight, _ in HABITS]
    found: list[Visit] = []
    for unit_id in unit_ids:
        habit = draw.choices(names, weights)[0]
        for index, month in enumerate(months):
            found += visit(draw, habit, unit_id, index, month)
    return sorted(one for one in found if one.day <= today)


def visit(draw: random.Random, habit: str, unit_id: int, index: int, month: date) -> list[Visit]:
    """The visit of one household in the month with this index, if it comes."""
    if habit == "monthly":
        return [Visit(weekday(month + timedelta(days=draw.randrange(2, 26))), unit_id, Wish.ALL)]
    if habit == "quarterly" and index % 3 == 2:
        return [Visit(weekday(month + timedelta(days=draw.randrange(4, 27))), unit_id, Wish.ALL)]
    if habit == "half-yearly" and index % 6 == 4:
        return [Visit(weekday(month + timedelta(days=draw.randrange(3, 28))), unit_id, Wish.ALL)]
    if habit == "late" and index % 4 == 1:
        day = add_months(month, 2) + timedelta(days=draw.randrange(40))
        return [Visit(weekday(day), unit_id, Wish.ALL)]
    if habit == "ahead":
        wish = Wish.AHEAD if index % 6 == 0 else Wish.PURSE
        return [Visit(weekday(month + timedelta(days=draw.randrange(3, 20))), unit_id, wish)]
    if habit == "part" and index % 3 == 0:
        return [Visit(weekday(month + timedelta(days=draw.randrange(10, 27))), unit_id, Wish.PART)]
    return []


def weekday(day: date) -> date:
    """The desk is closed on Sundays: then the next day."""
    return day + timedelta(days=1) if day.weekday() == 6 else day
