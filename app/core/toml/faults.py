"""Everything that is wrong with a TOML file, at once: each fault with its line and its mend.

The file is held against a pydantic model; what pydantic finds becomes a sentence for the person
who wrote the file (source texts, to be translated where they are shown).
"""

from __future__ import annotations

import difflib
import functools
import re
import tomllib
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from app.core.parsing.json_text import is_deeper
from app.core.toml.line_numbers import line_of
from app.core.toml.vocabulary import NAME
from app.core.values.errors import N_

LANGUAGES = {"zh", "en"}
LONGEST = 400
"""Characters that are said of a value."""
PATTERNS: Mapping[str, str] = {
    NAME: N_(
        "“%(value)s” does not fit: names are small English letters, digits and _, "
        "beginning with a letter, at most 30."
    ),
}
"""Pattern of a text → what is wrong with one that does not match."""
NEAR_KEY = N_("“%(value)s” is not known here; did you mean “%(near)s”? Known are: %(known)s.")
NO_KEY = N_("“%(value)s” is not known here. Known are: %(known)s.")
NEAR_WORD = N_("“%(value)s” cannot stand here; did you mean “%(near)s”? Choose one of: %(known)s.")
UNION = re.compile(r"[A-Z]|(bool|int|str|constrained-str)$|tuple\[")
EMPTY = N_("“%(key)s” needs at least one entry.")
TOO_DEEP = N_("This file has too many brackets inside each other.")
NO_VALUE = N_(
    "This is no TOML: a value near this line cannot be read. Look for a missing quote or "
    "bracket; days are written 2026-11-30."
)
NO_TOML = {
    **dict.fromkeys(
        (
            "Cannot overwrite",
            "Duplicate inline",
            "Cannot declare",
            "Cannot redefine",
            "Cannot mutate",
        ),
        N_("This is no TOML: this name stands here a second time. Keep one of them."),
    ),
    **dict.fromkeys(
        (
            "Unterminated string",
            "Unescaped",
            "Illegal character",
            "Invalid hex",
            "Escaped character",
        ),
        N_(
            "This is no TOML: a text does not end, or holds a strange sign. Look for a "
            "missing quote."
        ),
    ),
    **dict.fromkeys(
        ("Unclosed", "Expected ']", "Expected ']]'"),
        N_("This is no TOML: a bracket is not closed. Look for a missing bracket."),
    ),
    **dict.fromkeys(
        ("Expected", "Invalid statement", "Invalid initial", "Found invalid"),
        N_("This is no TOML: look for a missing quote, bracket or equals sign."),
    ),
}
"""How the reader's complaint begins → what to say."""
WHOLE_TABLE = N_("“%(value)s” is not enough here: write it like %(shape)s.")
NO_FIT = N_("“%(value)s” cannot stand here: look into FORMAT.md what belongs here.")
NO_WORD = N_("“%(value)s” cannot stand here. Choose one of: %(known)s.")


@dataclass(frozen=True, slots=True)
class FileFault:
    """One fault: where it is, and a sentence (source text) that says how to mend it."""

    file: str
    line: int
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    path: str = ""


class BadFiles(RuntimeError):
    """Declarations cannot be used; `problems` says everything that is wrong with their files."""

    def __init__(self, problems: list[FileFault]) -> None:
        self.problems = problems
        super().__init__("\n".join(told(problems, str)))


def told(problems: Iterable[FileFault], translated: Callable[[str], str]) -> list[str]:
    """Each fault as `file:line: place sentence`."""
    return [
        _printable(
            f"{one.file}:{one.line}: {one.path} "
            + translated(one.message) % {key: _short(value) for key, value in one.params.items()}
        )
        for one in problems
    ]


def _short(value: object) -> object:
    """A value of a file as far as one needs it to find it there."""
    return value[:LONGEST] + "…" if isinstance(value, str) and len(value) > LONGEST else value


def _printable(said: str) -> str:
    """A sentence in one line: what no screen can show is shown as a sign for it."""
    return "".join(
        one if one.isprintable() or one == "\u3000" else "\N{REPLACEMENT CHARACTER}" for one in said
    )


def problem(
    file: str, text: str, path: tuple[str | int, ...], message: str, params: Mapping[str, object]
) -> FileFault:
    """A fault at the place to which `path` leads in the file's text."""
    return FileFault(file, line_of(text, path), message, params, shown(path))


@functools.lru_cache(maxsize=256)
def read(file: str, text: str) -> dict[str, Any] | FileFault:
    """What a TOML file says, or why it cannot be read; the same text is read once, not changed."""
    try:
        content = tomllib.loads(text)
    except RecursionError:
        return FileFault(file, 1, TOO_DEEP)
    except ValueError as error:  # beside its own errors: a day that no calendar has, a huge number
        said = str(error)
        line = said.partition("(at line ")[2].partition(",")[0]
        found = next((one for begin, one in NO_TOML.items() if said.startswith(begin)), NO_VALUE)
        return FileFault(file, int(line) if line.isdigit() else len(text.splitlines()) or 1, found)
    return FileFault(file, 1, TOO_DEEP) if is_deeper(content) else content


def faults(
    model: type[BaseModel],
    content: Any,
    file: str,
    text: str,
    patterns: Mapping[str, str] = PATTERNS,
) -> list[FileFault]:
    """What in `content` (read from `text`) does not fit the model."""
    try:
        model.model_validate(content)
    except ValidationError as error:
        found = []
        for one in error.errors(include_url=False):
            # The kinds of a union stand in the path too (Words, bool): they are not in the file.
            place = tuple(step for step in one["loc"] if not UNION.match(str(step)))
            message, params = _said(model, {**one, "loc": place}, patterns)
            found.append(problem(file, text, place, message, params))
        # A list whose only entry is wrong is told once, not as empty besides.
        told_of = [one.path for one in found]
        found = [
            one
            for one in found
            if one.message != EMPTY
            or not any(other.startswith(f"{one.path}[") for other in told_of)
        ]
        return list({(one.line, one.path, one.message): one for one in found}.values())
    return []


def _said(
    model: type[BaseModel], error: Any, patterns: Mapping[str, str]
) -> tuple[str, dict[str, object]]:
    kind, key = error["type"], str(error["loc"][-1] if error["loc"] else "")
    value = str(error.get("input"))[:60]
    pattern = error.get("ctx", {}).get("pattern")
    simple = {
        "missing": N_("“%(key)s” is missing: add it.")
        if key not in LANGUAGES
        else N_('The text is missing in one language: add %(key)s = "…".'),
        "tuple_type": N_('This is a list: write it in brackets, like ["%(value)s"].'),
        "string_type": N_("“%(value)s” is no text: write it in quotes."),
        "string_too_short": N_("A text is empty here: write it."),
        "string_too_long": N_("This text is too long: at most %(max_length)s characters."),
        **dict.fromkeys(
            ("int_type", "int_parsing"),
            N_("“%(value)s” is no whole number: write it without quotes."),
        ),
        **dict.fromkeys(
            ("int_from_float", "int_parsing_size"),
            N_("“%(value)s” is no whole number: only whole numbers can stand here, such as 1."),
        ),
        "greater_than_equal": N_("“%(value)s” is too small: at least %(ge)s."),
        "less_than_equal": N_("“%(value)s” is too large: at most %(le)s."),
        "dict_type": N_("“%(value)s” is no table: write it like { name = … }."),
        "too_long": N_("There are too many entries here: at most %(max_length)s."),
        "bool_type": N_("“%(value)s” is neither true nor false."),
        "bool_parsing": N_("“%(value)s” is neither true nor false."),
        "too_short": EMPTY,
        "string_pattern_mismatch": patterns.get(
            pattern, N_("“%(value)s” does not fit the pattern %(pattern)s.")
        ),
    }
    if kind == "model_type":
        return WHOLE_TABLE, {"value": value, "shape": _shape(error["ctx"]["class_name"], model)}
    if kind == "extra_forbidden":
        return _near(key, _known_keys(model, error["loc"][:-1]), NEAR_KEY, NO_KEY)
    if kind in {"literal_error", "enum"}:
        expected = error["ctx"]["expected"].replace(" or ", ", ").replace("'", "")
        return _near(value, expected.split(", "), NEAR_WORD, NO_WORD)
    return simple.get(kind, NO_FIT), {
        **error.get("ctx", {}),
        "key": key,
        "value": value,
        "pattern": pattern,
    }


def _shape(name: str, model: type[BaseModel]) -> str:
    """The keys that a table must have: { zh = …, en = … }."""
    found: list[type[BaseModel]] = [model]
    for one in found:  # grows while it is walked
        for part in one.model_fields.values():
            found += [inner for inner in _models(part.annotation) if inner not in found]
    known = next(one for one in found if one.__name__ == name)
    parts = known.model_fields.items()
    keys = [part.alias or key for key, part in parts if part.is_required()] or [
        part.alias or key for key, part in parts
    ]
    return "{ " + ", ".join(f"{key} = …" for key in keys) + " }"


def _models(kind: Any) -> list[type[BaseModel]]:
    """The models of which a kind of value is made."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [kind]
    return [one for part in typing.get_args(kind) for one in _models(part)]


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
        inner: Any = fields[step].annotation
        while not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            options = [one for one in typing.get_args(inner) if one not in {type(None), ...}]
            # Of several tables that may stand here, the one with the most keys says most.
            inner = max(options, key=lambda one: len(getattr(one, "model_fields", ())))
        model = inner
    return [part.alias or name for name, part in model.model_fields.items()]


def shown(path: Iterable[str | int]) -> str:
    """A path for people: fields[3].kind."""
    words = ""
    for step in path:
        words += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if words else step
    return words
