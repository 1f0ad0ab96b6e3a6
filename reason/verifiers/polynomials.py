"""Polynomials that a policy wrote: factored completely, or multiplied out.

Nothing is computed before its size is known: exponents, degrees, terms and digits have caps.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from reason.verdict import Status, Verdict
from reason.verifiers.spelling import plain

__all__ = ["MAX_POLYNOMIAL_CHARS", "Polynomial", "check_expanded", "check_factored"]

Polynomial = dict[tuple[int, ...], Fraction]
"""Coefficients by the exponents of the variables; no coefficient is 0."""

MAX_POLYNOMIAL_CHARS = 4_000
MAX_DEPTH = 30
MAX_DEGREE = 200
MAX_TERMS = 1_500
MAX_DIGITS = 100
MAX_BITS = 10_000
"""Bits of a coefficient."""
MAX_PRODUCTS = 40_000
"""Products of two terms that one answer may take."""

_SUPERSCRIPTS = str.maketrans("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079", "0123456789")
_SUPERSCRIPT = re.compile("[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+")
_COMMANDS = re.compile(r"\\(left|right|times|cdot|,|;|!|:)(?![A-Za-z])")
_POWER = re.compile(r"(?:\^|\*\*)\s*(?:\{\s*([0-9]{1,6})\s*\}|\(\s*([0-9]{1,6})\s*\)|([0-9]{1,6}))")
_TOKEN = re.compile(r"\s*+(?:(\^[0-9]+)|([0-9]++)|([A-Za-z])|([-+*/()]))")


@dataclass(frozen=True, kw_only=True)
class _Node:
    """A number, a variable, a power, a group in parentheses, a product or a sum."""

    kind: str
    value: Fraction = Fraction(0)
    index: int = 0
    """The variable's place, or the exponent."""
    parts: tuple[_Node, ...] = ()


class _RefusedError(Exception):
    """What is wrong with a polynomial."""


def check_factored(
    answer: str, polynomial: Mapping[tuple[int, ...], int], names: str, *, num_factors: int
) -> Verdict:
    """Judge a factorisation into irreducible polynomials with whole coefficients.

    Factorisation is unique, so a product of the right value with as many factors that are no constants as
    there are irreducible ones consists of irreducible ones.

    Args:
        answer: Hostile text.
        polynomial: What is factored, with whole coefficients.
        names: The variables, one letter each.
        num_factors: How many irreducible factors it has, with their multiplicity, constants left out.
    """
    try:
        reader = _Reader(answer, names)
        found, product = 0, {(0,) * len(names): Fraction(1)}
        for factor, exponent in reader.factors():
            value = reader.value(factor)
            if any(coefficient.denominator > 1 for coefficient in value.values()):
                return Verdict.wrong("a coefficient is no whole number")
            if any(map(any, value)):
                found += exponent
                if gcd(*(coefficient.numerator for coefficient in value.values())) > 1:
                    return Verdict.wrong("a factor has a common divisor that can be taken out")
            product = reader.multiply(product, reader.power(value, exponent))
    except _RefusedError as problem:
        return Verdict.wrong(str(problem), status=Status.PARSE_ERROR)
    if product != {key: Fraction(value) for key, value in polynomial.items()}:
        return Verdict.wrong("the product is another polynomial")
    if found != num_factors:
        return Verdict.wrong("a factor can be factored further")
    return Verdict.right()


def check_expanded(answer: str, polynomial: Mapping[tuple[int, ...], int], names: str) -> Verdict:
    """Judge a polynomial that must be multiplied out, with like terms put together.

    Args:
        answer: Hostile text.
        polynomial: The right one, with whole coefficients.
        names: The variables, one letter each.
    """
    try:
        reader = _Reader(answer, names)
        tree = reader.tree
        while tree.kind == "group":
            tree = tree.parts[0]
        terms = tree.parts if tree.kind == "sum" else (tree,)
        seen: set[tuple[int, ...]] = set()
        for term in terms:
            if _has_group(term):
                return Verdict.wrong("there are parentheses left")
            value = reader.value(term)
            if not value and polynomial:
                return Verdict.wrong("a term is zero")
            for monomial in value:
                if monomial in seen:
                    return Verdict.wrong("like terms are not put together")
                seen.add(monomial)
        value = reader.value(tree)
    except _RefusedError as problem:
        return Verdict.wrong(str(problem), status=Status.PARSE_ERROR)
    if value != {key: Fraction(number) for key, number in polynomial.items()}:
        return Verdict.wrong("another polynomial")
    return Verdict.right()


class _Reader:
    """Parser and evaluator of one answer, with one budget of work."""

    def __init__(self, answer: str, names: Sequence[str]) -> None:
        if len(answer) > MAX_POLYNOMIAL_CHARS:
            raise _RefusedError(f"a polynomial has at most {MAX_POLYNOMIAL_CHARS} characters")
        self._names = names
        self._tokens = _tokens(answer)
        self._place = 0
        self._depth = 0
        self._products = 0
        self.tree = self._sum()
        if self._place < len(self._tokens):
            raise _RefusedError(f"{self._tokens[self._place]!r} stands where nothing can")

    def factors(self) -> list[tuple[_Node, int]]:
        """Return the factors of the outermost product with their exponents."""
        found: list[tuple[_Node, int]] = []

        def collect(node: _Node, exponent: int) -> None:
            if len(found) > MAX_TERMS:
                raise _RefusedError("there are too many factors")
            if node.kind == "group" or (node.kind == "sum" and len(node.parts) == 1):
                collect(node.parts[0], exponent)
            elif node.kind == "product":
                for part in node.parts:
                    collect(part, exponent)
            elif node.kind == "power":
                collect(node.parts[0], min(exponent * node.index, MAX_DEGREE + 1))
            else:
                found.append((node, exponent))

        collect(self.tree, 1)
        return found

    def value(self, node: _Node) -> Polynomial:
        """Compute what a node comes to."""
        if node.kind == "number":
            return {(0,) * len(self._names): node.value} if node.value else {}
        if node.kind == "name":
            return {tuple(int(at == node.index) for at in range(len(self._names))): Fraction(1)}
        if node.kind == "power":
            return self.power(self.value(node.parts[0]), node.index)
        if node.kind == "group":
            return self.value(node.parts[0])
        result: Polynomial = {(0,) * len(self._names): Fraction(1)} if node.kind == "product" else {}
        for part in node.parts:
            value = self.value(part)
            result = self.multiply(result, value) if node.kind == "product" else _add(result, value)
        return result

    def power(self, base: Polynomial, exponent: int) -> Polynomial:
        """Multiply a polynomial by itself."""
        if exponent > MAX_DEGREE or max((sum(key) for key in base), default=0) * exponent > MAX_DEGREE:
            raise _RefusedError(f"a degree is above {MAX_DEGREE}")
        result: Polynomial = {(0,) * len(self._names): Fraction(1)}
        for _ in range(exponent):
            result = self.multiply(result, base)
        return result

    def multiply(self, one: Polynomial, other: Polynomial) -> Polynomial:
        """Multiply two polynomials, if the budget allows."""
        self._products += len(one) * len(other)
        if self._products > MAX_PRODUCTS:
            raise _RefusedError("it takes too long to multiply out")
        result: Polynomial = {}
        for left, a in one.items():
            for right, b in other.items():
                key = tuple(x + y for x, y in zip(left, right, strict=True))
                if sum(key) > MAX_DEGREE:
                    raise _RefusedError(f"a degree is above {MAX_DEGREE}")
                result[key] = result.get(key, Fraction(0)) + a * b
        for value in result.values():
            if value.numerator.bit_length() + value.denominator.bit_length() > MAX_BITS:
                raise _RefusedError("a coefficient becomes too large")
        return {key: value for key, value in result.items() if value}

    def _sum(self) -> _Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _RefusedError(f"parentheses stand more than {MAX_DEPTH} deep")
        parts = []
        negative = self._take("-") or (self._take("+") and False)
        while True:
            term = self._product()
            if negative:
                minus = _Node(kind="number", value=Fraction(-1))
                term = _Node(kind="product", parts=(minus, term))
            parts.append(term)
            if self._take("+"):
                negative = False
            elif self._take("-"):
                negative = True
            else:
                break
        self._depth -= 1
        return parts[0] if len(parts) == 1 else _Node(kind="sum", parts=tuple(parts))

    def _product(self) -> _Node:
        parts = [self._power()]
        while True:
            following = self._tokens[self._place] if self._place < len(self._tokens) else ""
            if self._take("*"):
                parts.append(self._power())
            elif self._take("/"):
                divisor = self._power()
                if divisor.kind != "number" or not divisor.value:
                    raise _RefusedError("only a division by a number can stand here")
                parts.append(_Node(kind="number", value=1 / divisor.value))
            elif following.isdigit() and parts[-1].kind != "group":
                raise _RefusedError(f"an operator is missing before {following}")
            elif following and following not in "+-)" and following[0] != "^":
                parts.append(self._power())
            else:
                return parts[0] if len(parts) == 1 else _Node(kind="product", parts=tuple(parts))

    def _power(self) -> _Node:
        if self._place == len(self._tokens):
            raise _RefusedError("the polynomial ends too early")
        token = self._tokens[self._place]
        self._place += 1
        if token.isdigit():
            base = _Node(kind="number", value=Fraction(int(token)))
        elif token == "(":
            base = _Node(kind="group", parts=(self._sum(),))
            if not self._take(")"):
                raise _RefusedError("a parenthesis is not closed")
        elif token in self._names:
            base = _Node(kind="name", index=self._names.index(token))
        else:
            raise _RefusedError(f"{token!r} stands where a factor should")
        if self._place < len(self._tokens) and self._tokens[self._place][0] == "^":
            self._place += 1
            exponent = int(self._tokens[self._place - 1][1:])
            return _Node(kind="power", index=exponent, parts=(base,))
        return base

    def _take(self, token: str) -> bool:
        if self._place < len(self._tokens) and self._tokens[self._place] == token:
            self._place += 1
            return True
        return False


def _tokens(answer: str) -> list[str]:
    text = _SUPERSCRIPT.sub(lambda match: "^" + match[0].translate(_SUPERSCRIPTS), answer)
    text = plain(text).replace("\u00b7", "*").replace("\u22c5", "*").replace("\u00d7", "*")
    text = _COMMANDS.sub(lambda match: "*" if match[1] in ("times", "cdot") else " ", text)
    text = _POWER.sub(lambda match: f"^{match[1] or match[2] or match[3]}", text)
    place, found = 0, []
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise _RefusedError(f"it cannot be read from {text[place : place + 20]!r} on")
        token = next(group for group in match.groups() if group)
        if len(token) > MAX_DIGITS:
            raise _RefusedError(f"a number has more than {MAX_DIGITS} digits")
        found.append(token)
        place = match.end()
    return found


def _add(one: Polynomial, other: Polynomial) -> Polynomial:
    result = dict(one)
    for key, value in other.items():
        result[key] = result.get(key, Fraction(0)) + value
    if len(result) > MAX_TERMS:
        raise _RefusedError("there are too many terms")
    return {key: value for key, value in result.items() if value}


def _has_group(node: _Node) -> bool:
    return node.kind in ("group", "sum") or any(map(_has_group, node.parts))
