"""Computed fields: arithmetic over the fields of a row by a safe evaluator, exact (pure)."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation
from typing import Any

from simpleeval import InvalidExpression, SimpleEval


def _total(rows: Any, column: str) -> Decimal:
    return sum((Decimal(str(row.get(column) or 0)) for row in rows or ()), Decimal(0))


def _count(rows: Any) -> int:
    return len(rows or ())


def _average(rows: Any, column: str) -> Decimal | None:
    """The mean of the lines that have a value; None where none has."""
    held = [Decimal(str(row[column])) for row in rows or () if row.get(column) not in (None, "")]
    return sum(held, Decimal(0)) / len(held) if held else None


def _days(later: date, earlier: date) -> int:
    """Days between two dates or moments."""
    return (later - earlier).days


def _if_empty(value: Any, other: Any) -> Any:
    return other if value is None else value


FUNCTIONS = {"total": _total, "count": _count, "average": _average, "days": _days,
             "if_empty": _if_empty, "min": min, "max": max, "abs": abs}  # fmt: skip


class _Exact(SimpleEval):
    """simpleeval with decimals in place of binary fractions."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        super().__init__(functions=FUNCTIONS, names=dict(names))
        self.nodes[ast.Constant] = lambda node: (
            Decimal(str(node.value)) if isinstance(node.value, float) else node.value
        )


def names_in(formula: str) -> set[str] | str:
    """The fields that a formula reads; a text saying what is wrong with it."""
    try:
        tree = ast.parse(formula, mode="eval")
    except SyntaxError as error:
        return str(error.msg)
    called = {node.func.id for node in ast.walk(tree)
              if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    if unknown := called - set(FUNCTIONS):
        return f"{min(unknown)}()"
    if any(isinstance(node, (ast.Attribute, ast.Subscript, ast.Lambda)) for node in ast.walk(tree)):
        return formula
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - called


def compute(formula: str, values: Mapping[str, Any], places: int = 2) -> Any:
    """The result, rounded half up; None where a value is missing or it cannot be computed."""
    try:
        found = _Exact(values).eval(formula)
    except (InvalidExpression, TypeError, DivisionByZero, InvalidOperation, ZeroDivisionError):
        return None
    if isinstance(found, (bool, str, date, datetime)) or found is None:
        return found
    return Decimal(found).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
