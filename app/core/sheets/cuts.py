"""Finds between which columns one list ends and the next begins, where titles repeat (pure)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.core.sheets.labels import label_key
from app.core.sheets.layout import Header, Layout
from app.core.workbook.reader import SheetData

LEFT, RIGHT = "left", "right"
_ORDER = frozenset(("序号", "序", "no", "№"))
Span = tuple[int, int]
_ROWS = 2_000  # that are compared where lists of different length stand side by side


@dataclass(frozen=True, slots=True)
class Borders:
    """The first columns of the lists to the right of the first one.

    `unsure` are the columns between two lists that either may own.
    """

    starts: tuple[int, ...]
    unsure: tuple[int, ...] = ()


class Cuts:
    """The places where lists may end, narrowed down by what the sheet shows.

    `anchors` are one column of each list. A list never has one title twice; a blank column, a
    title above, equal lists and different lengths are further signs.
    """

    def __init__(
        self,
        sheet: SheetData,
        header: Header,
        meanings: Mapping[int, str],
        layout: Layout,
        anchors: Sequence[int],
    ) -> None:
        self.sheet, self.header, self.meanings, self.layout = sheet, header, meanings, layout
        self.labels = [label_key(label) for label in header.labels]
        self.several = {column.name for column in layout.columns if column.several}
        self.gaps = list(pairwise(anchors))
        self.filled = self._filled()
        self.loose = False
        self.cuts = self._all()

    def borders(self, said: Mapping[int, str]) -> Borders:
        """The first columns of the lists, and the columns that nobody can tell."""
        self._prune()
        if not all(self.cuts):  # lists with two columns 电话 each
            self.loose, self.cuts = True, self._all()
            self._prune()
        self._narrow(lambda place: self._named(*self.gaps[place]))
        self._narrow(lambda place: [at for at in self.cuts[place] if self._counts(at)])
        self._say(said)
        self._equal()
        self._narrow(lambda place: self._by_length(self.cuts[place], *self.gaps[place]))
        starts: list[int] = []
        unsure: list[int] = []
        for possible, (anchor, following) in zip(self.cuts, self.gaps, strict=True):
            if not possible:
                unsure += range(anchor + 1, following)
            elif len(possible) > 1:
                unsure += self._owned(range(min(possible), max(possible)))
            starts.append(max(possible, default=following))
        return Borders(tuple(starts), tuple(unsure))

    def _all(self) -> list[list[int]]:
        return [self._candidates(*gap) for gap in self.gaps]

    def _candidates(self, anchor: int, following: int) -> list[int]:
        blank = [
            at for at in range(anchor + 1, following) if not self.labels[at] and not self.filled[at]
        ]
        return [blank[-1] + 1] if blank else list(range(anchor + 1, following + 1))

    def _prune(self) -> None:
        """Keep the cuts that are part of a division in which no list has a title twice."""
        reached = [{0}]
        for possible in self.cuts:
            before = reached[-1]
            reached.append(
                {cut for cut in possible if any(self._fits(left, cut) for left in before)}
            )
        open_ends = {len(self.labels)}
        for place in range(len(self.cuts) - 1, -1, -1):
            open_ends = {
                cut
                for cut in reached[place + 1]
                if any(self._fits(cut, right) for right in open_ends)
            }
            self.cuts[place] = sorted(open_ends)

    def _fits(self, left: int, right: int) -> bool:
        """Whether no title stands twice between two columns."""
        seen: set[str] = set()
        for at in range(left, right):
            name = self.meanings.get(at)
            free = self.loose and name in self.several
            marks = {self.labels[at]} if self.labels[at] and not free else set()
            if name in self.layout.keys or name == self.layout.person:
                marks.add(f"={name}")
            if marks & seen:
                return False
            seen |= marks
        return True

    def _narrow(self, chosen: Callable[[int], list[int]]) -> None:
        """Take a further sign into account wherever more than one cut is left."""
        for place, possible in enumerate(self.cuts):
            if len(possible) > 1:
                self.cuts[place] = [cut for cut in possible if cut in chosen(place)] or possible
        self._prune()

    def _say(self, said: Mapping[int, str]) -> None:
        """Take over what people said of the columns between two lists."""
        for at, side in said.items():
            for place, possible in enumerate(self.cuts):
                if possible and min(possible) <= at < max(possible):
                    keep = [cut for cut in possible if (cut > at) == (side == LEFT)]
                    self.cuts[place] = keep or possible
        self._prune()

    def _named(self, anchor: int, following: int) -> list[int]:
        """Where titles above the header begin: one of each list, merged over its columns."""
        found: list[int] = []
        for row in range(max(self.header.top, self.header.first - 3), self.header.first):
            starts = [at for at, cell in enumerate(self.sheet.rows[row]) if cell != ""]
            inside = [at for at in starts if anchor < at <= following]
            if len(inside) == 1 and starts[0] <= anchor:
                found.append(inside[0])
        return found

    def _counts(self, at: int) -> bool:
        """Whether a column only numbers the rows, with which a list begins and never ends."""
        return at < len(self.labels) and self.labels[at] in _ORDER

    def _equal(self) -> None:
        """Choose the division into lists alike, if there is just one: in order or in any order.

        Alike are titles that mean the same; in any order they must be the same words.
        """
        named = [self.meanings.get(at, label) for at, label in enumerate(self.labels)]
        for alike in (
            lambda first, other: named[slice(*first)] == named[slice(*other)],
            lambda first, other: self._sorted(first) == self._sorted(other),
        ):
            found = [starts for width in self.cuts[0] if (starts := self._even(width, alike))]
            if len(found) == 1:
                self.cuts = [[start] for start in found[0]]
                return

    def _even(self, width: int, alike: Callable[[Span, Span], bool]) -> list[int]:
        """The starts of lists that are `width` columns wide and alike; empty if they are not."""
        starts = [width * (place + 1) for place in range(len(self.cuts))]
        if not all(start in cuts for start, cuts in zip(starts, self.cuts, strict=True)):
            return []
        spans = [(start, start + width) for start in (0, *starts)]
        return starts if all(alike(spans[0], span) for span in spans) else []

    def _sorted(self, span: Span) -> list[str]:
        return sorted(self.labels[slice(*span)])

    def _by_length(self, possible: list[int], anchor: int, following: int) -> list[int]:
        """Lists end at different rows: a value below the end of one list is the other's."""
        low, high = min(possible), max(possible)
        for at in range(low, high):
            only_left = self.filled[at] & self.filled[anchor] & ~self.filled[following]
            only_right = self.filled[at] & self.filled[following] & ~self.filled[anchor]
            if only_left and not only_right:
                low = max(low, at + 1)
            elif only_right and not only_left:
                high = min(high, at)
        left = [cut for cut in possible if low <= cut <= high]
        # What has no meaning harms nobody, wherever it is.
        if len(left) > 1 and not self._owned(range(min(left), max(left))):
            return [max(left)]
        return left

    def _owned(self, columns: range) -> list[int]:
        """Those of the columns that mean something to a list."""
        return [
            at for at in columns if at in self.meanings or (not self.labels[at] and self.filled[at])
        ]

    def _filled(self) -> list[int]:
        """For each column the rows that it is filled in, as bits."""
        found = [0] * len(self.labels)
        first = self.header.last + 1
        for place, row in enumerate(
            self.sheet.rows.between(first, min(self.header.until, first + _ROWS))
        ):
            for at, cell in enumerate(row[: len(self.labels)]):
                if cell != "":
                    found[at] |= 1 << place
        return found
