"""The receipt numbers of a collector as the runs that they truly are: 1–3, 5, 7–9 (C02).

A run goes on only while the numbers follow each other: what another collector issued in
between ends it. A void receipt is part of its run, for its paper is handed over as well, and
is named behind.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from sqlalchemy import select

from app.charging.ledger.payment_models import Payment, PaymentState, Receipt

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

WIDTH = 6
"""Figures of a serial as receipts show it; a longer one shows all of its own."""

Collector = tuple[int | None, str]


@dataclass(frozen=True, slots=True)
class Issued:
    """One receipt: `series` is what stands before its serial, "AJ-2026-"."""

    series: str
    serial: int
    void: bool


def runs(serials: Iterable[int]) -> list[tuple[int, int]]:
    """The first and last number of each unbroken run, in order."""
    ordered = sorted(set(serials))
    if not ordered:
        return []
    breaks = [(a, b) for a, b in pairwise(ordered) if b != a + 1]
    firsts = [ordered[0], *(b for _a, b in breaks)]
    lasts = [*(a for a, _b in breaks), ordered[-1]]
    return list(zip(firsts, lasts, strict=True))


def written(receipts: Sequence[Issued]) -> str:
    """All runs of some receipts in one line, series by series, the void ones named."""
    series: dict[str, list[Issued]] = defaultdict(list)
    for receipt in receipts:
        series[receipt.series].append(receipt)
    return "；".join(_series(name, series[name]) for name in sorted(series))


def _series(name: str, receipts: list[Issued]) -> str:
    line = name + _ranges(receipt.serial for receipt in receipts)
    if void := [receipt.serial for receipt in receipts if receipt.void]:
        line += _(" (void: %(numbers)s)", numbers=_ranges(void))
    return line


def _ranges(serials: Iterable[int]) -> str:
    return "、".join(
        f"{first:0{WIDTH}d}" if first == last else f"{first:0{WIDTH}d}–{last:0{WIDTH}d}"
        for first, last in runs(serials)
    )


def by_collector(session: Session, *conditions: ColumnElement[bool]) -> dict[Collector, str]:
    """The runs of each collector over the payments that meet the conditions."""
    rows = session.execute(
        select(
            Payment.collector_id,
            Payment.collector_name,
            Receipt.number,
            Receipt.serial,
            Payment.state,
        )
        .join(Receipt, Receipt.payment_id == Payment.id)
        .where(*conditions)
    )
    issued: dict[Collector, list[Issued]] = defaultdict(list)
    for collector_id, name, number, serial, state in rows:
        series = number.rpartition("-")[0] + "-"
        issued[collector_id, name].append(Issued(series, serial, state == PaymentState.VOID))
    return {collector: written(receipts) for collector, receipts in issued.items()}
