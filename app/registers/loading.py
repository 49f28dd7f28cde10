"""From TOML files to definitions: every fault of every file at once, with line and mend."""

from __future__ import annotations

import difflib
import tomllib
import typing
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from app.core.errors import N_
from app.registers.checking import World, check
from app.registers.definition import Definition, Extension, FieldPart
from app.registers.places import line_of

SHIPPED = Path(__file__).parent
LANGUAGES = {"zh": "Chinese", "en": "English"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where it is, and a sentence (source text) that says how to mend it."""

    file: str
    line: int
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    path: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A register that was read: its definition and the files that it came from."""

    name: str
    definition: Definition
    files: tuple[Path, ...]
    shipped: bool


class BadRegisters(RuntimeError):
    """Register files cannot be used; `problems` says everything that is wrong."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(
            f"{one.file}:{one.line}: {one.path} {one.message % one.params}" for one in problems
        ))


def load(
    own: Path | None, checks: Collection[str], shipped: Path = SHIPPED
) -> tuple[dict[str, Source], list[Problem]]:
    """Every register of the two folders by name, and every fault; faulty ones are left out."""
    problems: list[Problem] = []
    raw: dict[str, tuple[dict[str, Any], tuple[Path, ...], bool]] = {}
    texts: dict[str, str] = {}
    files = [(path, True) for path in sorted(shipped.glob("*.toml"))]
    files += [(path, False) for path in sorted(own.glob("*.toml"))] if own else []
    for path, is_shipped in files:
        text = path.read_text(encoding="utf-8", errors="replace")
        try:
            content = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            problems.append(_unreadable(path, text, error))
            continue
        name = path.stem
        if base := content.get("extends"):
            if base in raw and raw[base][2]:
                found = _faults(Extension, content, path, text)
                problems += found
                if not found:
                    raw[base] = (_extended(raw[base][0], content), (*raw[base][1], path), True)
                    texts[base] = text if is_shipped else texts[base]
            else:
                problems.append(Problem(path.name, line_of(text, ("extends",)), N_(
                    "There is no shipped register “%(name)s” to extend."), {"name": base}))
        elif name in raw:
            problems.append(Problem(path.name, 1, N_(
                "There are two registers called “%(name)s”. Rename this file, or begin it with "
                "extends = \"%(name)s\" to add to the shipped one."), {"name": name}))
        else:
            raw[name], texts[name] = (content, (path,), is_shipped), text
    return _validated(raw, texts, set(checks), problems), problems


def _validated(
    raw: Mapping[str, Any], texts: Mapping[str, str], checks: set[str], problems: list[Problem]
) -> dict[str, Source]:
    sources = {}
    for name, (content, paths, is_shipped) in raw.items():
        if found := _faults(Definition, content, paths[-1], texts[name]):
            problems += found
            continue
        definition = Definition.model_validate(content)
        beside = paths[0].with_suffix(".py")
        world = World(frozenset(raw), frozenset(checks), beside.exists())
        cross = [
            Problem(paths[-1].name, line_of(texts[name], path), message, params, _shown(path))
            for path, message, params in check(name, definition, world)
        ]
        problems += cross
        if not cross:
            sources[name] = Source(name, definition, paths, is_shipped)
    return sources


def _extended(base: dict[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """The shipped register with what the office added: posts, choices, fields."""
    merged = {**base, "register": dict(base["register"]), "fields": [*base["fields"]]}
    for key, posts in more.get("register", {}).items():
        merged["register"][key] = [*merged["register"].get(key, []), *posts]
    known = {part.get("name"): at for at, part in enumerate(merged["fields"])}
    for part in more.get("fields", []):
        at = known.get(part["name"])
        if at is not None and set(part) == {"name", "choices"}:
            old = merged["fields"][at]
            merged["fields"][at] = {**old, "choices": [*old.get("choices", []), *part["choices"]]}
        else:
            merged["fields"].append(part)
    return merged


def _unreadable(path: Path, text: str, error: tomllib.TOMLDecodeError) -> Problem:
    said = str(error)
    line = said.partition("(at line ")[2].partition(",")[0]
    return Problem(
        path.name, int(line) if line.isdigit() else len(text.splitlines()) or 1,
        N_("This is no TOML: %(said)s. Look for a missing quote, bracket or equals sign."),
        {"said": said.partition(" (at ")[0]},
    )  # fmt: skip


def _faults(model: type[BaseModel], content: Any, path: Path, text: str) -> list[Problem]:
    """What pydantic finds wrong, as problems."""
    try:
        model.model_validate(content)
    except ValidationError as error:
        found = []
        for one in error.errors(include_url=False):
            place = tuple(step for step in one["loc"] if step not in {"ChoiceMore", "FieldPart"})
            message, params = _said(model, {**one, "loc": place})
            found.append(Problem(path.name, line_of(text, place), message, params, _shown(place)))
        return list({(one.line, one.path, one.message): one for one in found}.values())
    return []


def _said(model: type[BaseModel], error: Any) -> tuple[str, dict[str, object]]:  # noqa: PLR0911 - one per kind
    kind, key = error["type"], str(error["loc"][-1] if error["loc"] else "")
    value = str(error.get("input"))[:60]
    if kind == "missing" and key in LANGUAGES:
        return N_("The text is missing in one language: add %(key)s = \"…\"."), {"key": key}
    if kind == "missing":
        return N_("“%(key)s” is missing: add it."), {"key": key}
    if kind == "extra_forbidden":
        return _near(
            key, _known_keys(model, error["loc"][:-1]),
            N_("“%(value)s” is not known here; did you mean “%(near)s”? Known are: %(known)s."),
            N_("“%(value)s” is not known here. Known are: %(known)s."),
        )  # fmt: skip
    if kind in {"literal_error", "enum"}:
        expected = error["ctx"]["expected"].replace(" or ", ", ").replace("'", "")
        return _near(
            value, expected.split(", "),
            N_("“%(value)s” cannot stand here; did you mean “%(near)s”? Choose one of: %(known)s."),
            N_("“%(value)s” cannot stand here. Choose one of: %(known)s."),
        )  # fmt: skip
    if kind == "string_pattern_mismatch" and "duties" in error["loc"]:
        return N_("“%(value)s” is no duty: write it like H01."), {"value": value}
    if kind == "too_short":
        return N_("“%(key)s” needs at least one entry."), {"key": key}
    if kind == "string_pattern_mismatch":
        return N_("“%(value)s” does not fit: names are small English letters, digits and _, "
                  "beginning with a letter, at most 30."), {"value": value}
    return N_("“%(value)s” does not fit: %(said)s."), {"value": value, "said": error["msg"]}


def _near(
    value: str, known: Iterable[str], with_near: str, without: str
) -> tuple[str, dict[str, object]]:
    words = sorted(known)
    near = difflib.get_close_matches(value, words, 1)
    params = {"value": value, "known": ", ".join(words)}
    return (with_near, {**params, "near": near[0]}) if near else (without, params)


def _known_keys(model: type[BaseModel], path: Iterable[str | int]) -> list[str]:
    """The keys that may stand in the table to which `path` leads."""
    for step in path:
        if isinstance(step, int):
            continue
        fields = {part.alias or name: part for name, part in model.model_fields.items()}
        inner = fields[step].annotation
        while not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            options = [part for part in typing.get_args(inner) if part is not type(None)]
            inner = FieldPart if FieldPart in options else options[0]
        model = inner
    return [part.alias or name for name, part in model.model_fields.items()]


def _shown(path: Iterable[str | int]) -> str:
    """A path for people: fields[3].kind."""
    words = ""
    for step in path:
        words += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if words else step
    return words
