"""Builds the syntax tree while the grammar reads: one method for each rule, no arithmetic."""

# ruff: noqa: D102 (each method is named as the rule of the grammar that it builds)

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from lark import Transformer, v_args

from reason.verifiers.math.tree import (
    Based,
    Call,
    Constant,
    Expression,
    Group,
    Listing,
    Matrix,
    Number,
    PlusMinus,
    Power,
    Product,
    Quantity,
    Ratio,
    Relation,
    Root,
    SetOperation,
    Sum,
    Symbol,
    Text,
)

__all__ = ["Builder"]

MINUS_ONE = Number(Fraction(-1))
MAX_EXPONENT = 2_000
"""Largest power of ten that scientific notation may have."""

_NUMERAL = re.compile(r"([0-9]*)(?:\.([0-9]*)(?:\(([0-9]+)\))?)?(?:[eE]([-+]?[0-9]+))?")
_BASES = {
    name: base
    for base, name in enumerate(
        [
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
        ],
        2,
    )
}


def negative(node: Expression) -> Expression:
    """Negate: a number stays a number."""
    if isinstance(node, Number):
        return Number(-node.value, node.places, node.digits)
    if isinstance(node, Quantity):
        return Quantity(negative(node.value), node.unit, node.noun)
    return Product((MINUS_ONE, node))


def read_number(text: str) -> Number:
    """Read digits, decimals, a repeating block in brackets and an exponent of ten."""
    match = _NUMERAL.fullmatch(text)
    if match is None or len(text) > 4_000:
        raise ValueError(f"no number: {text[:40]!r}")
    whole, part, block, exponent = match[1] or "0", match[2], match[3], int(match[4] or 0)
    if abs(exponent) > MAX_EXPONENT:
        raise ValueError("a power of ten that is too large")
    value = Fraction(int(whole + (part or "")), 10 ** len(part or ""))
    if block:
        value += Fraction(int(block), (10 ** len(block) - 1) * 10 ** len(part or ""))
    value *= Fraction(10) ** exponent
    digits = (whole + (part or "")).lstrip("0")
    exact = block or not part or match[4] is not None
    return Number(value, None if exact else len(part or ""), 0 if exact else len(digits))


def _terms(node: Expression) -> tuple[Expression, ...]:
    return node.terms if isinstance(node, Sum) else (node,)


def _factors(node: Expression) -> tuple[Expression, ...]:
    return node.factors if isinstance(node, Product) else (node,)


def _inverse(node: Expression) -> Expression:
    return Power(node, MINUS_ONE)


def _natural(node: Expression) -> int:
    """Return a whole number above zero as it was written, or 0 for all else."""
    if isinstance(node, Number) and node.places is None and node.value.denominator == 1:
        return max(0, int(node.value))
    return 0


@v_args(inline=True)
class Builder(Transformer[Any, Expression]):
    """The actions of the grammar's rules."""

    def start(self, listing: Expression) -> Expression:
        return listing

    def listing(self, *parts: Any) -> Expression:
        items, separators = parts[::2], tuple(str(part) for part in parts[1::2])
        return Listing(items, separators) if separators else items[0]

    def dots(self, _: Any) -> Expression:
        return Text("...")

    def text(self, *words: Any) -> Expression:
        return Text(" ".join(map(str, words)))

    def relation(self, *parts: Any) -> Expression:
        if len(parts) == 1:
            return parts[0]  # type: ignore[no-any-return]
        if getattr(parts[-2], "type", "") == "MOD":
            parts = (*parts[:-2], "mod", parts[-1])
        signs = tuple("|" if getattr(part, "type", "") == "SUCHTHAT" else str(part) for part in parts[1::2])
        return Relation(parts[::2], signs)

    def set_operation(self, first: Any, *rest: Any) -> Expression:
        for name, right in zip(rest[::2], rest[1::2], strict=True):
            first = SetOperation(str(name), first, right)
        return first  # type: ignore[no-any-return]

    def ratio(self, *parts: Any) -> Expression:
        return Ratio(parts[::2]) if len(parts) > 1 else parts[0]

    def measured(self, value: Any, *units: Any) -> Expression:
        known = [str(unit) for unit in units if unit.type in ("UNIT", "CURRENCY")]
        nouns = [str(unit) for unit in units if unit.type == "TEXT"]
        return Quantity(value, known[0] if known else "", " ".join(nouns))

    def measures(self, *quantities: Any) -> Expression:
        return quantities[0] if len(quantities) == 1 else Sum(quantities)

    def money(self, currency: Any, value: Any, *rest: Any) -> Expression:
        return Quantity(value, str(currency), " ".join(map(str, rest)))

    def debt(self, _: Any, currency: Any, value: Any) -> Expression:
        return Quantity(negative(value), str(currency))

    def signed(self, sign: Any, operand: Any) -> Expression:
        if sign.type == "PM":
            return PlusMinus(operand, 1 if sign == "+" else -1)
        return negative(operand) if sign.type == "MINUS" else operand

    def add(self, left: Any, sign: Any, right: Any) -> Expression:
        return Sum((*_terms(left), self.signed(sign, right)))

    def add_dots(self, left: Any, sign: Any, _: Any) -> Expression:
        return Sum((*_terms(left), Call("dots", ())))

    def add_dots_more(self, left: Any, sign: Any, dots: Any, last_sign: Any, right: Any) -> Expression:
        return Call("dots", (left, self.signed(last_sign, right)))

    def multiply(self, left: Any, _: Any, right: Any) -> Expression:
        return Product((*_factors(left), right))

    def divide(self, left: Any, _: Any, right: Any) -> Expression:
        return Product((*_factors(left), _inverse(right)))

    def adjoin(self, left: Any, right: Any) -> Expression:
        if _natural(left) and isinstance(right, Call) and right.name == "fraction":
            above, below = map(_natural, right.arguments)
            if 0 < above < below:
                return Sum((left, right))
        if isinstance(right, Call) and right.name in ("percent", "degree"):
            mixed = self.adjoin(left, right.arguments[0])
            return Call(right.name, (mixed,)) if isinstance(mixed, Sum) else Product((*_factors(left), right))
        if isinstance(right, Number) and not (isinstance(left, Group | Call | Constant | Power)):
            raise ValueError("numbers side by side")
        return Product((*_factors(left), right))

    def adjoin_group(self, left: Any, right: Any) -> Expression:
        if isinstance(left, Number) and left.places and _natural(right):
            raise ValueError("a product, or a decimal whose digits in brackets repeat")
        if isinstance(_factors(left)[-1], Symbol) and isinstance(right, Number):
            raise ValueError("a product, or the value of a function")
        return Product((*_factors(left), right))

    def negate(self, sign: Any, operand: Any) -> Expression:
        return negative(operand) if sign.type == "MINUS" else operand

    negate_simple = negate

    def absolute(self, _: Any, content: Any, __: Any) -> Expression:
        return Call("abs", (content,))

    def floor(self, _: Any, content: Any, __: Any) -> Expression:
        return Call("floor", (content,))

    def ceiling(self, _: Any, content: Any, __: Any) -> Expression:
        return Call("ceil", (content,))

    def number(self, token: Any) -> Expression:
        return read_number(str(token))

    def name(self, token: Any) -> Expression:
        return Symbol(str(token))

    def constant(self, token: Any) -> Expression:
        return Constant(str(token))

    def based(self, token: Any) -> Expression:
        digits, _, base = str(token).rpartition("_")
        base = base.lower().removeprefix("base").strip()
        number = int(base) if base.isdigit() and len(base) < 3 else _BASES.get(base, 0)
        if not 2 <= number <= 36:
            raise ValueError(f"no base: {base[:20]!r}")
        return Based(digits, number)

    def power(self, base: Any, _: Any, exponent: Any) -> Expression:
        return Power(base, exponent)

    def factorial(self, operand: Any, _: Any) -> Expression:
        if isinstance(operand, Call) and operand.name == "factorial":
            raise ValueError("a factorial of a factorial, or a double factorial")
        return Call("factorial", (operand,))

    def percent(self, operand: Any, _: Any) -> Expression:
        return Call("percent", (operand,))

    def degree(self, operand: Any, _: Any) -> Expression:
        return Call("degree", (operand,))

    def fraction(self, _: Any, above: Any, below: Any) -> Expression:
        return Call("fraction", (above, below))

    def binomial(self, _: Any, above: Any, below: Any) -> Expression:
        return Call("binomial", (above, below))

    def choose(self, _: Any, above: Any, __: Any, below: Any, ___: Any) -> Expression:
        return Call("binomial", (above, below))

    def square_root(self, _: Any, radicand: Any) -> Expression:
        return Root(2, radicand)

    def cube_root(self, _: Any, radicand: Any) -> Expression:
        return Root(3, radicand)

    def nth_root(self, _: Any, __: Any, index: Any, ___: Any, radicand: Any) -> Expression:
        if 2 <= _natural(index) <= 100:
            return Root(_natural(index), radicand)
        return Power(radicand, _inverse(index))

    def overline(self, _: Any, content: Any) -> Expression:
        return Call("overline", (content,))

    def mark(self, _: Any, content: Any) -> Expression:
        return content  # type: ignore[no-any-return]

    def braces(self, *parts: Any) -> Expression:
        if len(parts) == 2:
            raise ValueError("empty braces")
        content = parts[1]
        return Group("{", content.items, "}") if isinstance(content, Listing) else content

    def opening(self, token: Any) -> Any:
        return token

    closing = opening

    def group(self, opening: Any, *parts: Any) -> Expression:
        left, right = str(opening), str(parts[-1])
        if len(parts) == 1:
            return Group(left, (), right)
        content = parts[0]
        if isinstance(content, Listing):
            return Group(left, content.items, right)
        if (left, right) in (("(", ")"), ("[", "]")) and not isinstance(content, Text | Group):
            return content if left == "(" else Group(left, (content,), right)
        return Group(left, (content,), right)

    def scripts(self, *scripts: Any) -> Any:
        return dict(scripts)

    def upper(self, _: Any, content: Any) -> Any:
        return ("upper", content)

    def lower(self, _: Any, content: Any) -> Any:
        return ("lower", content)

    def call_group(self, function: Any, scripts: Any, group: Any) -> Expression:
        arguments = group.items if isinstance(group, Group) else (group,)
        return self._called(str(function), scripts, arguments)

    def call_bare(self, function: Any, scripts: Any, argument: Any) -> Expression:
        return self._called(str(function), scripts, (argument,))

    def call_named(self, name: Any, group: Any) -> Expression:
        return Call(f"{name}()", group.items if isinstance(group, Group) else (group,))

    def call_core(self, call: Expression) -> Expression:
        return call

    def _called(self, name: str, scripts: Any, arguments: tuple[Expression, ...]) -> Expression:
        if "lower" in scripts:
            arguments = (*arguments, scripts["lower"])
        power = scripts.get("upper")
        if power == MINUS_ONE and name in ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh"):
            return Call(f"arc{name}", arguments)
        call = Call(name, arguments)
        return Power(call, power) if power is not None else call

    def big_operator(self, name: Any, scripts: Any, body: Any) -> Expression:
        limits = tuple(scripts[key] for key in ("lower", "upper") if key in scripts)
        return Call(str(name), (*limits, body))

    def row(self, *parts: Any) -> Any:
        return tuple(parts[::2])

    def rows(self, *parts: Any) -> Any:
        return [part for part in parts if isinstance(part, tuple)]

    def matrix(self, opening: Any, rows: Any, _: Any) -> Expression:
        if len({len(row) for row in rows}) != 1:
            raise ValueError("rows of different lengths")
        return Matrix(tuple(rows), "|" if str(opening) in ("vmatrix", "Vmatrix") else "(")

    def cases(self, _: Any, listing: Any, __: Any) -> Expression:
        return listing  # type: ignore[no-any-return]
