"""Bounds as statements write them: ``2*10^5``, ``n(n-1)/2``, ``min(n, 10)``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["Expression", "ExpressionError", "parse_expression"]

MAX_CHARS = 60
MAX_DIGITS = 30
MAX_EXPONENT = 64
_TOKEN = re.compile(r"\s*(?:(\d++)|(min|max)(?![A-Za-z])|([A-Za-z]\w*+)|([-+*/^(),]))")


class ExpressionError(ValueError):
    """A text is no bound, or a bound has no value."""


@dataclass(frozen=True, kw_only=True)
class Expression:
    """A whole number that may depend on numbers read before it."""

    operator: Literal["number", "name", "+", "-", "*", "/", "^", "min", "max"]
    number: int = 0
    name: str = ""
    operands: tuple[Expression, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The numbers that it depends on."""
        own = frozenset({self.name}) if self.operator == "name" else frozenset()
        return own.union(*(operand.names for operand in self.operands))

    def value(self, known: Mapping[str, int]) -> int:
        """Return its value; a division rounds down.

        Raises:
            ExpressionError: it depends on what is not known, or is too large.
        """
        if self.operator == "number":
            return self.number
        if self.operator == "name":
            if self.name not in known:
                raise ExpressionError(f"the value of {self.name} is not known")
            return known[self.name]
        values = [operand.value(known) for operand in self.operands]
        if self.operator == "^" and not (0 <= values[1] <= MAX_EXPONENT and abs(values[0]) <= 10**6):
            raise ExpressionError(f"{values[0]}^{values[1]} is too large")
        if self.operator == "/" and values[1] == 0:
            raise ExpressionError("a bound is divided by zero")
        return _OPERATIONS[self.operator](*values)


_OPERATIONS: dict[str, Callable[..., int]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left // right,
    "^": lambda left, right: int(left**right),
    "min": min,
    "max": max,
}


def parse_expression(text: str) -> Expression:
    """Read a bound.

    >>> parse_expression("2*10^5").value({}), parse_expression("n(n-1)/2").value({"n": 5})
    (200000, 10)

    Args:
        text: In plain spelling; multiplication signs may be left out.

    Raises:
        ExpressionError: it is none.
    """
    if len(text) > MAX_CHARS:
        raise ExpressionError(f"a bound has at most {MAX_CHARS} characters, got {text[:MAX_CHARS]!r}...")
    reader = _Reader(text)
    expression = reader.sum()
    if reader.tokens:
        raise ExpressionError(f"{text!r} is no bound")
    return expression


class _Reader:
    """A recursive descent over the tokens of one bound."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[str] = []
        position = 0
        text = text.rstrip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None or len(match[1] or "") > MAX_DIGITS:
                raise ExpressionError(f"{self.text!r} is no bound")
            self.tokens.append(match[0].strip())
            position = match.end()

    def sum(self) -> Expression:
        """Read a sum of products."""
        found = self.product()
        while self.tokens[:1] in (["+"], ["-"]):
            operator = self.tokens.pop(0)
            found = _make(operator, found, self.product())
        return found

    def product(self) -> Expression:
        """Read a product of powers, with or without its signs."""
        if self.tokens[:1] == ["-"]:
            self.tokens.pop(0)
            return _make("-", Expression(operator="number", number=0), self.product())
        found = self.power()
        while self.tokens and self.tokens[0] not in ("+", "-", ")", ",", "^"):
            operator = self.tokens.pop(0) if self.tokens[0] in "*/" else "*"
            found = _make(operator, found, self.power())
        return found

    def power(self) -> Expression:
        """Read a power."""
        found = self.atom()
        if self.tokens[:1] == ["^"]:
            self.tokens.pop(0)
            return _make("^", found, self.power())
        return found

    def atom(self) -> Expression:
        """Read a number, a name, a bracket or a minimum."""
        if not self.tokens:
            raise ExpressionError(f"{self.text!r} is no bound")
        token = self.tokens.pop(0)
        if token.isdigit():
            return Expression(operator="number", number=int(token))
        if token == "(":
            return self._close(self.sum())
        if token in ("min", "max"):
            self._expect("(")
            left = self.sum()
            self._expect(",")
            return self._close(_make(token, left, self.sum()))
        if token[0].isalpha():
            return Expression(operator="name", name=token)
        raise ExpressionError(f"{self.text!r} is no bound")

    def _close(self, found: Expression) -> Expression:
        self._expect(")")
        return found

    def _expect(self, token: str) -> None:
        if self.tokens[:1] != [token]:
            raise ExpressionError(f"{self.text!r} is no bound")
        self.tokens.pop(0)


def _make(operator: str, *operands: Expression) -> Expression:
    return Expression(operator=operator, operands=operands)  # type: ignore[arg-type]
