"""How people pay: on time, by the quarter, late, in part, ahead or never (the demo's own rule)."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.core.values.period import add_months


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


@dataclass(frozen=True, slots=True)
class Habit:
    """Out of a hundred households `weight` come every `every` months, `later` months late.

    `first` is the index of the first such month, `days` the days of the month between which
    they come, `between` what they come for in the months in between, if they come at all.
    """

    weight: int
    every: int
    first: int
    days: tuple[int, int]
    wish: Wish
    later: int = 0
    between: Wish | None = None


HABITS = (
    Habit(3, 1, 0, (2, 26), Wish.ALL),
    Habit(32, 3, 2, (4, 27), Wish.ALL),
    Habit(38, 6, 4, (3, 27), Wish.ALL),
    Habit(10, 4, 1, (0, 40), Wish.ALL, later=2),
    Habit(5, 6, 0, (3, 20), Wish.AHEAD, between=Wish.PURSE),
    Habit(6, 3, 0, (10, 27), Wish.PART),
)
NEVER = 6
"""Households of a hundred that never pay."""


def visits(unit_ids: Iterable[int], months: list[date], today: date, seed: int) -> list[Visit]:
    """The visits of all units over `months` (first days), none after `today`, by day."""
    draw = random.Random(seed)  # noqa: S311 - the demo is the same every time
    habits = [*HABITS, None]
    weights = [*(habit.weight for habit in HABITS), NEVER]
    found: list[Visit] = []
    for unit_id in unit_ids:
        habit = draw.choices(habits, weights)[0]
        if habit is None:
            continue
        for index, month in enumerate(months):
            wish = habit.wish if index % habit.every == habit.first else habit.between
            if wish is not None:
                day = add_months(month, habit.later) + timedelta(days=draw.randrange(*habit.days))
                found.append(Visit(weekday(day), unit_id, wish))
    return sorted(one for one in found if one.day <= today)


def weekday(day: date) -> date:
    """The desk is closed on Sundays: then the next day."""
    return day + timedelta(days=1) if day.weekday() == 6 else day
