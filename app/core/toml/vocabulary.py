"""What declarations in TOML files are made of: strict tables, names, texts in both languages."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Any, Literal

from flask_babel.speaklater import LazyString
from pydantic import BaseModel, ConfigDict, StringConstraints

from app.core.i18n.filters import language
from app.core.values.errors import N_

NAME = r"^[a-z][a-z0-9_]{0,29}$"
Name = Annotated[str, StringConstraints(pattern=NAME)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
FoundFault = tuple[tuple[str | int, ...], str, dict[str, Any]]
"""Where (a path of keys), a source text, its parameters."""
NO_FIELD = N_("There is no field “%(value)s” in this file; check its spelling, or add it.")
NO_STATE = N_("There is no state “%(value)s” in this file; check its spelling, or add it.")
Look = Literal["ok", "warn", "bad", "info", "idle"]
"""The colours of a tag."""


class Part(BaseModel):
    """A table of the file: frozen, and nothing may stand in it that is not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Words(Part):
    """A text for people in both languages; `lazy` follows the language of whoever reads it."""

    zh: Text
    en: Text

    @property
    def lazy(self) -> LazyString:
        return LazyString(lambda: self.zh if language() == "zh" else self.en)

    def with_unit(self, unit: Words | None) -> LazyString:
        """The text with a unit of measure: 数量（把）."""
        if unit is None:
            return self.lazy
        return LazyString(
            lambda: f"{self.zh}（{unit.zh}）" if language() == "zh" else f"{self.en} ({unit.en})"
        )


class Choice(Part):
    """One word of a choice; `look` is the colour of its tag."""

    value: Name
    label: Words
    look: Look | None = None


def unknown(
    path: tuple[str | int, ...], given: object, known: Collection[str], said: str = NO_FIELD
) -> Iterator[FoundFault]:
    """Each name of `given` (one, several or none) that is not among the known ones."""
    names = (given,) if isinstance(given, str) else given or ()
    for one in names if isinstance(names, Collection) else ():
        if one not in known:
            yield path, said, {"value": one}
