"""Computed fields: arithmetic over the fields of a row by a safe evaluator, exact (pure)."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
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


FUNCTIONS = {
    "total": _total,
    "count": _count,
    "average": _average,
    "days": _days,
    "if_empty": _if_empty,
    "min": min,
    "max": max,
    "abs": abs,
}


ALLOWED = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.Compare,
    ast.BoolOp,
    ast.IfExp,
    ast.Call,
    ast.Name,
    ast.Load,
    ast.Constant,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.USub,
    ast.UAdd,
    ast.Not,
    ast.And,
    ast.Or,
    ast.cmpop,
)
"""What may stand in a formula: no powers, no texts with placeholders, nothing that grows."""
LONGEST = 500


class _Exact(SimpleEval):
    """simpleeval with decimals in place of binary fractions, and with the four operations only."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        super().__init__(functions=FUNCTIONS, names=dict(names))
        self.operators = {
            sign: act for sign, act in self.operators.items() if issubclass(sign, ALLOWED)
        }
        self.nodes[ast.Constant] = lambda node: (
            Decimal(str(node.value)) if isinstance(node.value, float) else node.value
        )


def _harmless(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int | float | str | None)
    return isinstance(node, ALLOWED) and not (isinstance(node, ast.Call) and node.keywords)


def columns_in(formula: str) -> list[tuple[str, str]]:
    """(lines field, column) for each sum or mean of a formula that `names_in` could read."""
    return [
        (node.args[0].id, str(node.args[1].value))
        for node in ast.walk(ast.parse(formula, mode="eval"))
        if isinstance(node, ast.Call)
        and len(node.args) == 2
        and isinstance(node.func, ast.Name)
        and node.func.id in {"total", "average"}
        and isinstance(node.args[0], ast.Name)
        and isinstance(node.args[1], ast.Constant)
    ]


def words_in(formula: str) -> set[str]:
    """The texts that a readable formula compares with."""
    return {
        node.value
        for node in ast.walk(ast.parse(formula, mode="eval"))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def names_in(formula: str) -> set[str] | str:
    """The fields that a formula reads; a text saying what is wrong with it."""
    if len(formula) > LONGEST:
        return f"> {LONGEST}"
    try:
        tree = ast.parse(formula, mode="eval")
    except (SyntaxError, ValueError) as error:
        return str(error)
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    if unknown := called - set(FUNCTIONS):
        return f"{min(unknown)}()"
    if not all(map(_harmless, ast.walk(tree))):
        return formula
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - called


@dataclass(frozen=True, slots=True)
class Computed:
    """A computed value: its name, its formula and the places to which it is rounded."""

    name: str
    formula: str
    places: int = 2


def chain_of(name: str, every: Iterable[Computed]) -> tuple[Computed, ...]:
    """What must be computed for `name`, in order, `name` last: a formula may use others' results.

    A formula that comes back to itself is left where it began: it stays empty (`check` refuses it).
    """
    known = {one.name: one for one in every}
    chain: dict[str, Computed] = {}
    ahead, entered = [name], {name}
    while ahead:
        one = ahead[-1]
        read = names_in(known[one].formula)
        names = set() if isinstance(read, str) else read
        further = sorted(names & known.keys() - entered)
        if further:
            entered.add(further[0])
            ahead.append(further[0])
        else:
            chain[one] = known[ahead.pop()]
    return tuple(chain.values())


def compute_chain(chain: Iterable[Computed], values: Mapping[str, Any]) -> Any:
    """The last result of a chain; each step reads the rounded results before it, as shown."""
    found, known = None, dict(values)
    for one in chain:
        found = known[one.name] = compute(one.formula, known, one.places)
    return found


def compute(formula: str, values: Mapping[str, Any], places: int = 2) -> Any:
    """The result, rounded half up; None where a value is missing or it cannot be computed."""
    if len(formula) > LONGEST:
        return None
    try:
        found = _Exact(values).eval(formula)
        if not isinstance(found, (int, float, Decimal)):
            return None  # a text or a day is no result that a field could show
        return Decimal(found).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    except (
        InvalidExpression,
        ArithmeticError,
        TypeError,
        ValueError,
        AttributeError,
        SyntaxError,
        RecursionError,
    ):
        return None
