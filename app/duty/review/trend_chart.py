"""The trend as shapes on a grid of pixels: bars of logs, a line of open problems (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.duty.review.trend import Mark, Trend

if TYPE_CHECKING:
    from datetime import date

WIDTH, HEIGHT, BASE, LEFT = 720, 150, 126, 30
STACK = (Mark.ON_TIME, Mark.LATE, Mark.MISSING)


@dataclass(frozen=True, slots=True)
class Bar:
    """One coloured piece of a day's bar."""

    x: float
    y: float
    width: float
    height: float
    mark: Mark
    day: date
    count: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the template draws; `line` is the points of the open problems."""

    width: int
    height: int
    base: int
    left: int
    bars: list[Bar]
    line: str
    labels: list[tuple[float, str]]
    most: int
    most_problems: int


def draw(trend: Trend) -> Drawing:
    """Bars stacked by mark, at the scale of the largest day; problems at a scale of their own."""
    step = (WIDTH - LEFT - 30) / max(len(trend.days), 1)
    most = max((sum(day[mark] for mark in STACK) for day in trend.per_day), default=0) or 1
    most_problems = max(trend.open_problems, default=0) or 1
    room = BASE - 14
    bars, points = [], []
    for index, day in enumerate(trend.days):
        top, x = float(BASE), LEFT + index * step
        for mark in STACK:
            count = trend.per_day[index][mark]
            if count:
                height = count * room / most
                top -= height
                bars.append(
                    Bar(
                        round(x + 2, 1),
                        round(top, 1),
                        round(step - 4, 1),
                        round(height, 1),
                        mark,
                        day,
                        count,
                    )
                )
        y = BASE - trend.open_problems[index] * room / most_problems
        points.append(f"{x + step / 2:.1f},{y:.1f}")
    labels = [
        (round(LEFT + index * step + step / 2, 1), f"{day.month}-{day.day:02}")
        for index, day in enumerate(trend.days)
        if index % 5 == len(trend.days) % 5 or index == len(trend.days) - 1
    ]
    return Drawing(WIDTH, HEIGHT, BASE, LEFT, bars, " ".join(points), labels, most, most_problems)
