"""Takes lists that stand side by side in one sheet apart (pure).

Offices save paper: entrance 1 in the columns on the left, entrance 2 beside it under the same
header once more. Read as one list, an owner would be given the neighbour's phone, so a column
that may belong to either neighbour keeps both out until somebody says whose it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from app.core.sheets.cuts import Borders, Cuts
from app.core.sheets.labels import label_key, titled
from app.core.sheets.layout import Header, Layout
from app.core.workbook.reader import SheetData


def borders(sheet: SheetData, header: Header, layout: Layout, said: Mapping[int, str]) -> Borders:
    """Where lists side by side begin; `said` are the answers for columns of nobody."""
    meanings = {index: name for index, name, _ in titled(header.labels, header.captions, layout)}
    anchors = _anchors(header, meanings, layout)
    if len(anchors) < 2:
        return Borders(())
    return Cuts(sheet, header, meanings, layout, anchors).borders(said)


def _anchors(header: Header, meanings: Mapping[int, str], layout: Layout) -> list[int]:
    """One column of each list: the key, or the first title that stands there again."""
    labels = [label_key(label) for label in header.labels]
    keys = [index for index, name in meanings.items() if name in layout.keys]
    again = [index for index in keys if labels.count(labels[index]) > 1]
    if again:
        first = labels[again[0]]
        same = [index for index in keys if labels[index] == first]
        others = [index for index in keys if labels[index] != first]
        return sorted(same + [index for index in others if _alone(index, same, meanings, layout)])
    if len(keys) > 1:
        besides = [index for index, name in meanings.items() if name == layout.person]
        if len(besides) >= len(keys) and len({labels[index] for index in keys}) > 1:
            between = [
                any(left < person < right for person in besides) for left, right in pairwise(keys)
            ]
            if all(between) and (besides[0] < keys[0] or besides[-1] > keys[-1]):
                return keys
        return keys[:1]
    repeated = [label for label in labels if label and labels.count(label) > 1]
    if len(set(repeated)) > 1 and not keys:
        return [index for index, label in enumerate(labels) if label == repeated[0]]
    return keys


def _alone(index: int, same: Sequence[int], meanings: Mapping[int, str], layout: Layout) -> bool:
    """Whether another word for the key, such as 房间号 beside two 房号, has a list of its own."""
    around = [-1, *same, 1 << 30]
    left, right = next((a, b) for a, b in pairwise(around) if a < index < b)
    people = [at for at, name in meanings.items() if name == layout.person and left < at < right]
    return len(people) > 1
