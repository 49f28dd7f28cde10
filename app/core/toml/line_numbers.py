"""Where in a TOML file something stands: from a path of keys to the number of its line (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence

Path = Sequence[str | int]


def line_of(text: str, path: Path) -> int:
    """The line (from 1) of the deepest part of `path` that can be found, else the first."""
    lines = text.splitlines() or [""]
    begin, end, rest = _table(lines, path)
    found = begin
    for step in rest:
        if isinstance(step, int):
            items = [
                at for at in range(found, end) if re.match(r"\s*(\w+\s*=\s*\[\s*)?\{", lines[at])
            ]
            found = items[step] if step < len(items) else found
            continue
        key = re.compile(rf"(^|[\s{{,]){re.escape(step)}\s*=")
        after = [at for at in range(found, end) if key.search(_outside_texts(lines[at]))]
        found = after[0] if after else found
        rest_of = _outside_texts(lines[found])
        if all(rest_of.count(one) == rest_of.count(other) for one, other in ("{}", "[]")):
            end = found + 1  # the value ends on this line: nothing of it stands further down
    return found + 1


def _table(lines: list[str], path: Path) -> tuple[int, int, Path]:
    """The lines of the table to which `path` leads, and what is left of the path."""
    if not path or not isinstance(path[0], str):
        return 0, len(lines), ()
    single = len(path) < 2 or not isinstance(path[1], int)
    header = f"[{path[0]}]" if single else f"[[{path[0]}]]"
    heads = [
        at
        for at, line in enumerate(lines)
        if line.strip().startswith("[") and re.match(r"\s*\[\[?[\w.]+\]\]?\s*(#.*)?$", line)
    ]
    ours = [at for at in heads if lines[at].partition("#")[0].strip() == header]
    number = 0 if single else int(path[1])
    if number >= len(ours):
        return 0, len(lines), path
    begin = ours[number]
    inner = (f"[{path[0]}.", f"[[{path[0]}.")
    later = [at for at in heads if at > begin and not lines[at].strip().startswith(inner)]
    return begin, later[0] if later else len(lines), path[1 if single else 2 :]


def _outside_texts(line: str) -> str:
    """The line without what stands between quotes: a label may hold an equals sign."""
    return re.sub(r"\"[^\"]*\"|'[^']*'", '""', line.partition("#")[0])
