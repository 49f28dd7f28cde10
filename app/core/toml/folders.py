"""Declarations from folders of TOML files: shipped ones, and an office's own that may extend them.

The name of a file is the name of what it declares. A file with `extends = "name"` adds to a
shipped one and can take nothing away: further entries of lists, further words of a choice.
"""

from __future__ import annotations

import graphlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from app.core.toml import faults
from app.core.toml.faults import FileFault, problem
from app.core.toml.listing import overlooked, text_of, toml_files
from app.core.values.errors import N_


@dataclass(slots=True)
class Draft:
    """A declaration on its way: what its files say, and the text in which faults are looked up."""

    content: dict[str, Any]
    text: str
    files: tuple[Path, ...]
    shipped: bool
    fields: list[tuple[str, str, int]]

    def fault(self, path: Any, message: str, params: Mapping[str, object]) -> FileFault:
        """A fault of the declaration, told of the file in which that field stands."""
        if len(path) > 1 and path[0] == "fields":
            file, text, at = self.fields[path[1]]
            return problem(file, text, ("fields", at, *path[2:]), message, params)
        return problem(self.files[-1].name, self.text, path, message, params)


def drafts_of(
    shipped: Path,
    own: Path | None,
    extension: type[BaseModel],
    head: str,
    patterns: Mapping[str, str],
) -> tuple[dict[str, Draft], list[FileFault]]:
    """name → draft, and everything that is wrong with a file as a file.

    `extension`: the model of a file that extends; `head`: the table whose lists it lengthens.
    """
    drafts: dict[str, Draft] = {}
    problems: list[FileFault] = []
    folders = [(shipped, True), *([(own, False)] if own else [])]
    problems += overlooked(own, head) if own else []
    for path, is_shipped in (
        (path, first) for folder, first in folders for path in toml_files(folder)
    ):
        name, text = path.stem, text_of(path)
        if isinstance(text, FileFault):
            problems.append(text)
            continue
        content = faults.read(path.name, text)
        if isinstance(content, FileFault):
            problems.append(content)
        elif "extends" in content:
            base = drafts.get(str(content["extends"]))
            if base is None or not base.shipped:
                problems.append(
                    problem(
                        path.name,
                        text,
                        ("extends",),
                        N_("There is no shipped file “%(name)s” to extend."),
                        {"name": content["extends"]},
                    )
                )
            elif found := faults.faults(extension, content, path.name, text, patterns):
                problems += found
            else:
                old = len(base.content["fields"])
                base.content = extended(base.content, content, head)
                base.files, base.text = (*base.files, path), base.text if is_shipped else text
                added = base.content["fields"][old:]
                base.fields += [(path.name, text, content["fields"].index(one)) for one in added]
        elif name in drafts:
            problems.append(
                problem(
                    path.name,
                    text,
                    (),
                    N_(
                        "There are two files called “%(name)s”. Rename this file, or begin it with "
                        'extends = "%(name)s" to add to the shipped one.'
                    ),
                    {"name": name},
                )
            )
        else:
            fields = content.get("fields")
            fields = fields if isinstance(fields, list) else ()
            drafts[name] = Draft(
                content,
                text,
                (path,),
                is_shipped,
                [(path.name, text, at) for at in range(len(fields))],
            )
    return drafts, problems


def extended(base: dict[str, Any], more: Mapping[str, Any], head: str) -> dict[str, Any]:
    """The shipped declaration with what the office added: lists of its head, words, fields."""
    merged = {**base, head: dict(base[head]), "fields": [*base["fields"]]}
    for key, further in more.get(head, {}).items():
        merged[head][key] = [*merged[head].get(key, []), *further]
    known = {part.get("name"): at for at, part in enumerate(merged["fields"])}
    for part in more.get("fields", []):
        at = known.get(part["name"])
        if at is not None and set(part) == {"name", "choices"}:
            old = merged["fields"][at]
            merged["fields"][at] = {**old, "choices": [*old.get("choices", []), *part["choices"]]}
        else:
            merged["fields"].append(part)
    return merged


def circle(links: Mapping[str, Sequence[str | None]]) -> list[str]:
    """Declarations that point to each other in a circle, the way round; empty without one."""
    try:
        graphlib.TopologicalSorter(
            {name: [one for one in others if one] for name, others in links.items()}
        ).prepare()
    except graphlib.CycleError as error:
        return [*reversed(error.args[1])]
    return []


def without_end(links: Mapping[str, Sequence[str | None]], lost: Collection[str]) -> set[str]:
    """The declarations that are lost, or point, by way of others, to one that is not there."""
    gone = set(lost)
    while further := {
        name
        for name, others in links.items()
        if name not in gone and any(one and (one not in links or one in gone) for one in others)
    }:
        gone |= further
    return gone
