"""The chart of a table as inline SVG: bars of amounts, lines of rates, nothing to load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from markupsafe import Markup, escape

from app.core.tables.table import Chart, ColumnKind, ReportColumn

WIDTH, HEIGHT = 960, 280
LEFT, RIGHT, TOP, BOTTOM = 84, 56, 34, 34
INSIDE_X, INSIDE_Y = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
STEPS = 4


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """One column of figures as the chart draws it."""

    label: str
    values: list[Decimal | None]
    colour: int


def nice_top(largest: Decimal) -> Decimal:
    """A round number at or above the largest value: the top of the scale."""
    if largest <= 0:
        return Decimal(1)
    power = Decimal(10) ** (largest.adjusted())
    for step in (1, 2, 4, 5, 8, 10):
        if largest <= power * step:
            return power * step
    return power * 10


def draw(chart: Chart, columns: Sequence[ReportColumn], rows: Sequence[Sequence[Any]]) -> Markup:
    """The chart of `rows` (lists of values as `columns` give them); empty without rows."""
    if not rows:
        return Markup("")
    places = {column.key: index for index, column in enumerate(columns)}

    def series(keys: Sequence[str], first_colour: int) -> list[ChartSeries]:
        return [
            ChartSeries(
                str(columns[places[key]].label),
                [row[places[key]] for row in rows],
                first_colour + index,
            )
            for index, key in enumerate(keys)
        ]

    bars, lines = series(chart.bars, 0), series(chart.lines, len(chart.bars))
    names = [str(row[places[chart.categories]]) for row in rows]
    money = any(columns[places[key]].kind == ColumnKind.MONEY for key in chart.bars)
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(chart.title)}">'
    ]
    parts += _scale(bars, lines, money=money)
    parts += _bars(bars)
    parts += _lines(lines)
    parts += _names(names)
    parts += _legend(bars, lines)
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704 - every text in it was escaped above


def _top(series: Sequence[ChartSeries]) -> Decimal:
    return nice_top(max((Decimal(v) for s in series for v in s.values if v), default=Decimal(1)))


def _short(value: Decimal, *, money: bool) -> str:
    """A figure for the scale: 40万 rather than 400,000.00."""
    if money and value >= 10_000:
        return f"{(value / 10_000).normalize():f}万"
    return f"{value.normalize():f}"


def _scale(bars: Sequence[ChartSeries], lines: Sequence[ChartSeries], *, money: bool) -> list[str]:
    parts = []
    top, rate_top = _top(bars), _rate_top(lines)
    for step in range(STEPS + 1):
        y = TOP + INSIDE_Y - INSIDE_Y * step / STEPS
        parts.append(
            f'<line class="chart-grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        )
        if bars:
            text = escape(_short(top * step / STEPS, money=money))
            parts.append(
                f'<text class="chart-text" text-anchor="end" x="{LEFT - 8}" y="{y + 4:.1f}">'
                f"{text}</text>"
            )
        if lines:
            text = f"{(rate_top * 100 * step / STEPS).normalize():f}%"
            parts.append(
                f'<text class="chart-text" x="{WIDTH - RIGHT + 8}" y="{y + 4:.1f}">{text}</text>'
            )
    return parts


def _rate_top(lines: Sequence[ChartSeries]) -> Decimal:
    """100 % unless something is above it."""
    return max(_top(lines), Decimal(1)) if lines else Decimal(1)


def _bars(bars: Sequence[ChartSeries]) -> list[str]:
    if not bars:
        return []
    top = _top(bars)
    slot = INSIDE_X / len(bars[0].values)
    width = min(slot * 0.72 / len(bars), 34)
    parts = []
    for number, one in enumerate(bars):
        for index, value in enumerate(one.values):
            height = float(Decimal(max(value or 0, 0)) / top) * INSIDE_Y
            x = LEFT + slot * (index + 0.5) + width * (number - len(bars) / 2)
            y = TOP + INSIDE_Y - height
            parts.append(
                f'<rect class="chart-{one.colour}" x="{x:.1f}" y="{y:.1f}" '
                f'width="{width - 2:.1f}" height="{height:.1f}">'
                f"<title>{escape(one.label)} {Decimal(value or 0):,}</title></rect>"
            )
    return parts


def _lines(lines: Sequence[ChartSeries]) -> list[str]:
    parts = []
    top = _rate_top(lines)
    for one in lines:
        slot = INSIDE_X / len(one.values)
        dots = [
            (LEFT + slot * (i + 0.5), TOP + INSIDE_Y * (1 - float(Decimal(value) / top)), value)
            for i, value in enumerate(one.values)
            if value is not None
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _value in dots)
        parts.append(f'<polyline class="chart-line chart-{one.colour}" points="{path}"/>')
        parts += [
            f'<circle class="chart-{one.colour}" cx="{x:.1f}" cy="{y:.1f}" r="3.5">'
            f"<title>{escape(one.label)} {value:.2%}</title></circle>"
            for x, y, value in dots
        ]
    return parts


def _names(names: Sequence[str]) -> list[str]:
    slot = INSIDE_X / len(names)
    every = max(1, -(-len(names) // 14))
    return [
        f'<text class="chart-text" text-anchor="middle" x="{LEFT + slot * (index + 0.5):.1f}" '
        f'y="{HEIGHT - BOTTOM + 20}">{escape(name)}</text>'
        for index, name in enumerate(names)
        if index % every == 0
    ]


def _legend(bars: Sequence[ChartSeries], lines: Sequence[ChartSeries]) -> list[str]:
    parts, x = [], LEFT
    for one in (*bars, *lines):
        parts.append(
            f'<rect class="chart-{one.colour}" x="{x}" y="8" width="12" height="12"/>'
            f'<text class="chart-text" x="{x + 18}" y="18">{escape(one.label)}</text>'
        )
        x += 44 + 15 * len(one.label)
    return parts
