"""What one can ask a report for: a day, a month, a choice; read from text and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.values import clock
from app.core.values.errors import N_, DomainError
from app.core.values.period import Cycle, Period

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Option = tuple[Any, Any]
"""A value (number or word) and its label."""
OptionsOf = Callable[["Session", Mapping[str, Any]], Sequence[Option]]
"""The choices inside the user's scope; it sees the values of the parameters before it."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One question of a report's form, `kind` day, month or choice.

    A choice that is left open is None and means all, unless `required`: then the first
    option is the default. What is not among the options is refused, which is how another
    office's community is refused. `default` gets the values of the parameters before it.
    """

    name: str
    label: Any
    kind: str
    default: Callable[[Mapping[str, Any]], Any] | None = None
    options: OptionsOf | None = None
    required: bool = False
    everything: Any = None

    def choices(self, session: Session, values: Mapping[str, Any]) -> list[Option]:
        """What can be chosen, given the values of the parameters before it."""
        return list(self.options(session, values)) if self.options else []

    def read(self, session: Session, text: str | None, values: Mapping[str, Any]) -> Any:
        """The value of what was typed or chosen; DomainError when it is none."""
        text = (text or "").strip()
        if self.kind == "day":
            return self._day(text, values)
        if self.kind == "month":
            return self._month(text, values)
        return self._choice(session, text, values)

    def _day(self, text: str, values: Mapping[str, Any]) -> date:
        if not text:
            return self.default(values) if self.default else clock.today()
        try:
            day = date.fromisoformat(text.replace("/", "-"))
        except ValueError:
            day = None
        if day is None or not 1990 <= day.year <= 2100:
            raise DomainError(
                N_("“%(text)s” is no day: write it as 2026-11-30."), field=self.name, text=text[:40]
            )
        if day > clock.today():
            raise DomainError(
                N_("%(day)s is still to come: choose today or an earlier day."),
                field=self.name,
                day=day.isoformat(),
            )
        return day

    def _month(self, text: str, values: Mapping[str, Any]) -> Period:
        if not text:
            return self.default(values) if self.default else Period.containing(clock.today())
        try:
            period = Period.parse(text)
        except DomainError as error:
            raise DomainError(error.message, field=self.name, **error.params) from error
        if period.cycle != Cycle.MONTH:
            raise DomainError(N_("Choose one month, such as 2026-11."), field=self.name)
        return period

    def _choice(self, session: Session, text: str, values: Mapping[str, Any]) -> Any:
        found = self.choices(session, values)
        if not text:
            return found[0][0] if self.required and found else None
        for value, label in found:
            if text in {str(value), str(label)}:
                return value
        raise DomainError(
            N_("This choice of “%(label)s” does not exist, or it lies outside your communities."),
            field=self.name,
            label=self.label,
        )

    def left_open(self, options: Sequence[Option]) -> str:
        """What it means that none of these options is chosen."""
        if callable(self.everything):
            return str(self.everything([str(label) for _value, label in options]))
        return str(self.everything or _("All"))

    def shown(self, session: Session, values: Mapping[str, Any]) -> str:
        """The value in words, for the head of the table."""
        value = values.get(self.name)
        if self.kind == "choice":
            options = self.choices(session, values)
            return str(dict(options).get(value) or self.left_open(options))
        return value.isoformat() if isinstance(value, date) else str(value)


def day(
    name: str = "day", label: Any = None, default: Callable[[Mapping[str, Any]], date] | None = None
) -> Parameter:
    """A day that has come; today unless another default is given."""
    return Parameter(name, label or _l("As of"), "day", default)


def month(
    name: str = "month",
    label: Any = None,
    default: Callable[[Mapping[str, Any]], Period] | None = None,
) -> Parameter:
    """A calendar month; the present one unless another default is given."""
    return Parameter(name, label or _l("Month"), "month", default)


def choice(
    name: str,
    label: Any,
    options: OptionsOf,
    *,
    required: bool = False,
    everything: Any = None,
) -> Parameter:
    """One of `options`; left open it means `everything`, unless required.

    `everything` is a label, or makes it from the labels of all options.
    """
    return Parameter(
        name, label, "choice", options=options, required=required, everything=everything
    )


def read_all(
    parameters: Sequence[Parameter], session: Session, typed: Mapping[str, str]
) -> dict[str, Any]:
    """The values of all parameters in order; DomainError at the first that is wrong."""
    values: dict[str, Any] = {}
    for parameter in parameters:
        values[parameter.name] = parameter.read(session, typed.get(parameter.name), values)
    if "first" in values and "last" in values and values["first"] > values["last"]:
        raise DomainError(N_("The first day lies after the last day."), field="first")
    return values
