"""What one unit owes for one item and period: pure arithmetic with one rounding per line.

Whole numbers throughout: areas in ten-thousandths of a square metre, prices in
ten-thousandths of a yuan, amounts in fen. A `Schedule` holds what does not depend on the area
(which price for which part of the period), so that a hundred thousand units share a few of
them; `price` multiplies. The conventions are those of domain-rules 1: area × price × months, a
broken month by the days of that month. Meters, tiers and shared costs will bring other schedules
with a `price` of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import lcm

from app.charging.pricing import sentences
from app.core.values.money import LARGEST, Rounding, from_fen, rounded_fen, to_fen
from app.core.values.period import Cycle, Period, share_of_month

AREA = 10_000
"""One square metre in the whole numbers used here."""
PRICE = 10_000
"""One yuan of a unit price in the whole numbers used here."""
_LARGEST_FEN = to_fen(LARGEST)


class Basis(StrEnum):
    """What a standard multiplies its price with."""

    GROSS_AREA = "gross_area"
    NET_AREA = "net_area"
    CHARGED_AREA = "charged_area"
    UNIT = "unit"
    SPACE = "space"


class Reason(StrEnum):
    """Why a unit gets no line for an item."""

    NO_STANDARD = "no_standard"
    EXEMPT = "exempt"
    CONFLICT = "conflict"
    NO_PRICE = "no_price"
    NO_GROSS_AREA = "no_gross_area"
    NO_NET_AREA = "no_net_area"
    NO_CHARGED_AREA = "no_charged_area"
    NO_SPACE = "no_space"
    NOT_STARTED = "not_started"
    NOT_HANDED_OVER = "not_handed_over"
    OTHER_CYCLE = "other_cycle"
    TOO_LARGE = "too_large"
    ALREADY_BILLED = "already_billed"
    OVERLAP = "overlap"
    FREE = "free"
    ROUNDS_TO_ZERO = "rounds_to_zero"


_UNKNOWN = {
    Basis.GROSS_AREA: Reason.NO_GROSS_AREA,
    Basis.NET_AREA: Reason.NO_NET_AREA,
    Basis.CHARGED_AREA: Reason.NO_CHARGED_AREA,
}


@dataclass(frozen=True, slots=True)
class Skip:
    """No line, and why; `details` are the names or days that belong to the reason."""

    reason: Reason
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PriceStep:
    """A price from a day until the next step begins; `unit_price` in 1/10,000 yuan a month."""

    price_id: int
    effective_from: date
    unit_price: int


@dataclass(frozen=True, slots=True)
class Terms:
    """A standard as the arithmetic needs it; `steps` in the order of their days."""

    standard_id: int
    name: str
    basis: Basis
    cycle: Cycle
    steps: tuple[PriceStep, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the period, both days included, in which one standard applies."""

    first: date
    last: date
    terms: Terms


@dataclass(frozen=True, slots=True)
class RoundingRule:
    """How an item rounds its line: the mode and the decimals of a yuan that are kept."""

    rounding: Rounding = Rounding.HALF_UP
    places: int = 2


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch with one basis and one price: `months` whole ones and (days, length) parts."""

    basis: Basis
    step: PriceStep
    months: int
    parts: tuple[tuple[int, int], ...]

    @property
    def share(self) -> Fraction:
        """Its length in months."""
        return self.months + sum((Fraction(*part) for part in self.parts), Fraction(0))


@dataclass(frozen=True, slots=True)
class Term:
    """A segment ready to multiply: `factor` over the schedule's denominator, its wording."""

    basis: Basis
    factor: int
    rate: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """The priced time of a period for all units that are alike but for their area.

    `denominator` belongs to the factors of `terms`, in yuan per ten-thousandth of a square
    metre (or of a unit). `price_ids` are the price rows in their order. `asks` are the
    bases that the amount depends on. `first` is the first day of the period that costs
    anything.
    """

    terms: tuple[Term, ...]
    rule: RoundingRule
    denominator: int
    months: Fraction
    price_ids: tuple[int, ...]
    asks: frozenset[Basis]
    first: date


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A priced line, never of zero: whole fen, its sentence, the months it covers, the price
    rows used, and the first day that costs anything (from it the days to pay are counted)."""

    fen: int
    sentence: str
    months: Fraction
    price_ids: tuple[int, ...]
    first: date

    @property
    def price_id(self) -> int:
        """The price row that the bill names: the last one that applied in the period."""
        return self.price_ids[-1]

    @property
    def amount(self) -> Decimal:
        return from_fen(self.fen)


def schedule(
    period: Period, start: date | None, pieces: tuple[Piece, ...], rule: RoundingRule
) -> Schedule | Skip:
    """Lay the prices of `pieces` over `period`, from the unit's billing `start` (None: all).

    Pieces do not overlap. A day that is charged and has no price makes the whole line a
    skip: part of a period is never guessed. A price of 0 throughout is a skip too: what
    costs nothing makes no bill.
    """
    segments: list[Segment] = []
    costly: list[date] = []
    for piece in pieces:
        first = max(piece.first, period.first, start or piece.first)
        last = min(piece.last, period.last)
        if first > last:
            continue
        steps = piece.terms.steps
        if not steps or steps[0].effective_from > first:
            gap = min(steps[0].effective_from - timedelta(days=1), last) if steps else last
            days = (first.isoformat(), gap.isoformat())
            return Skip(Reason.NO_PRICE, (piece.terms.name, *days))
        for index, step in enumerate(steps):
            ends = last
            if steps[index + 1 :]:
                ends = min(last, steps[index + 1].effective_from - timedelta(days=1))
            begins = max(first, step.effective_from)
            if begins <= ends:
                costly += [begins] if step.unit_price else []
                _extend(segments, period, piece.terms.basis, step, (begins, ends))
    if not segments:
        return Skip(Reason.NOT_STARTED, (start.isoformat(),) if start else ())
    if not costly:
        return Skip(Reason.FREE, tuple(dict.fromkeys(piece.terms.name for piece in pieces)))
    shares = [segment.share for segment in segments]
    bottom = lcm(*(share.denominator for share in shares))
    terms = tuple(
        Term(
            segment.basis,
            segment.step.unit_price * share.numerator * (bottom // share.denominator),
            sentences.rate(segment.basis, segment.step.unit_price, segment.months, segment.parts),
        )
        for segment, share in zip(segments, shares, strict=True)
    )
    return Schedule(
        terms=terms,
        rule=rule,
        denominator=bottom * PRICE * AREA,
        months=sum(shares, Fraction(0)),
        price_ids=tuple(segment.step.price_id for segment in segments),
        asks=frozenset(term.basis for term in terms),
        first=min(costly),
    )


def _extend(
    segments: list[Segment], period: Period, basis: Basis, step: PriceStep, days: tuple[date, date]
) -> None:
    """Add `days` (first and last) at one price, joined to the segment before where alike."""
    months, parts = 0, []
    for month in period.each_month():
        share = share_of_month(month, *days)
        if share == 1:
            months += 1
        elif share:
            length = sentences.days_in_month(month)
            parts.append((int(share * length), length))
    if segments and segments[-1].basis == basis and segments[-1].step == step:
        before = segments.pop()
        months, parts = before.months + months, [*before.parts, *parts]
    segments.append(Segment(basis, step, months, tuple(parts)))


def price(
    plan: Schedule,
    gross_area: int,
    net_area: int,
    charged_area: int = 0,
    *,
    is_space: bool = False,
) -> PricedLine | Skip:
    """Price a unit by its schedule; areas in ten-thousandths of a ㎡, 0 when unknown."""
    total = 0
    products = []
    for term in plan.terms:
        if term.basis is Basis.GROSS_AREA:
            quantity, words = gross_area, sentences.gross_area(gross_area)
        elif term.basis is Basis.NET_AREA:
            quantity, words = net_area, sentences.net_area(net_area)
        elif term.basis is Basis.CHARGED_AREA:
            quantity, words = charged_area, sentences.charged_area(charged_area)
        else:
            quantity, words = AREA, ""
        if not quantity:
            return Skip(_UNKNOWN[term.basis])
        if term.basis is Basis.SPACE and not is_space:
            return Skip(Reason.NO_SPACE)
        total += quantity * term.factor
        products.append(words + term.rate)
    fen = rounded_fen(total, plan.denominator, plan.rule.rounding, plan.rule.places)
    if not fen:
        return Skip(Reason.ROUNDS_TO_ZERO)
    if fen > _LARGEST_FEN:
        return Skip(Reason.TOO_LARGE)
    note = sentences.rounding_note(plan.rule.rounding, plan.rule.places)
    text = f"{' + '.join(products)} = {sentences.yuan(fen)}{note}"
    return PricedLine(fen, text, plan.months, plan.price_ids, plan.first)
