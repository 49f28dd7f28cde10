"""Formats of numbers such as YS{year}{month}-{seq:4}: which can give one number twice (pure)."""

from __future__ import annotations

import itertools
import re

PLACE = re.compile(r"\{(year|month|seq)(?::([1-9]))?\}")
YEARS = ("2026", "2027")
MONTHS = ("01", "06", "10", "12")
NUMBERS = tuple(f * 10**n for n in range(7) for f in (1, 5, 9))


def prefix(form: str) -> str:
    """What stands before the first figure that is counted, as people tell numbers apart."""
    return form.partition("{")[0].strip(" -_/").casefold()


def shape(form: str) -> re.Pattern[str]:
    """Every number that a format can give."""

    def place(found: re.Match[str]) -> str:
        if found[1] == "year":
            return r"(?:19|20)\d\d"
        if found[1] == "month":
            return r"(?:0[1-9]|1[0-2])"
        width = int(found[2] or 1)
        return rf"(?:\d{{{width}}}|[1-9]\d{{{width},}})"

    parts, end = [], 0
    for found in PLACE.finditer(form):
        parts += [re.escape(form[end : found.start()]), place(found)]
        end = found.end()
    return re.compile("".join(parts) + re.escape(form[end:]), re.ASCII | re.IGNORECASE)


def samples(form: str) -> list[str]:
    """Some numbers of a format: short and long ones, in several months."""

    def values(found: tuple[str, str]) -> tuple[str, ...]:
        if found[0] == "year":
            return YEARS
        if found[0] == "month":
            return MONTHS
        return tuple(f"{one:0{found[1] or 1}d}" for one in NUMBERS)

    places = PLACE.findall(form)
    empty = PLACE.sub("\0", form).split("\0")
    return [
        "".join(itertools.chain.from_iterable(zip(empty, (*chosen, ""), strict=True)))
        for chosen in itertools.product(*map(values, places))
    ]


def meet(one: str, other: str) -> bool:
    """Can both formats give the same number?"""
    first, second = shape(one), shape(other)
    return any(second.fullmatch(text) for text in samples(one)) or any(
        first.fullmatch(text) for text in samples(other)
    )
