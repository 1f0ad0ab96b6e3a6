"""Exact arithmetic over expressions that a policy wrote: a small parser that computes as it reads."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["MAX_EXPRESSION_CHARS", "calculate"]

MAX_EXPRESSION_CHARS = 1_000
MAX_DEPTH = 50
"""Brackets, powers and functions that may stand inside each other."""
MAX_BITS = 14_000
"""Bits of the largest numerator or denominator: about 4200 digits, which Python still writes."""
MAX_DIGITS_SHOWN = 30
"""Digits after the point up to which a decimal is written exactly."""
ROOT_DIGITS = 30
"""Digits after the point of a root that is no fraction."""

_SIGNS = str.maketrans({"\u2212": "-", "\u00d7": "*", "\u00b7": "*", "\u22c5": "*", "\u00f7": "/"})
_TOKEN = re.compile(
    r"\s*+(?:(?P<number>(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+)"
    r"|(?P<name>[A-Za-z_]++)|(?P<sign>\*\*|//|[-+*/%^!(),]))"
)


class _RefusedError(Exception):
    """What is wrong with an expression."""


@dataclass(frozen=True)
class _Value:
    number: Fraction
    exact: bool = True


def calculate(expression: str) -> str:
    """Compute an expression and write its value.

    >>> calculate("(1/3 + 0.25) * 12^2"), calculate("1/8"), calculate("1/3")
    ('84', '1/8 = 0.125', '1/3 ≈ 0.333333333333333')

    Args:
        expression: Hostile text; powers associate to the right and bind closer than a sign before them,
            so that -2^2 is -4. ``//`` and ``%`` round towards minus infinity.

    Raises:
        ValueError: it is no expression, or its value does not exist or is too large to be written.
    """
    if len(expression) > MAX_EXPRESSION_CHARS:
        raise ValueError(f"expression must have at most {MAX_EXPRESSION_CHARS} characters")
    try:
        return _write(_Parser(_tokens(expression)).parse())
    except _RefusedError as problem:
        raise ValueError(str(problem)) from None


def _tokens(expression: str) -> list[tuple[str, str]]:
    text, place, found = expression.translate(_SIGNS).rstrip(), 0, []
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise _RefusedError(f"the expression cannot be read from {text[place:].strip()[:20]!r} on")
        found.append((match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return found


class _Parser:
    """Recursive descent over the tokens of one expression, computing as it reads."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    def parse(self) -> _Value:
        if not self._tokens:
            raise _RefusedError("the expression is empty")
        value = self._sum()
        if self._place < len(self._tokens):
            raise _RefusedError(f"an operator is missing before {self._tokens[self._place][1][:20]!r}")
        return value

    def _sum(self) -> _Value:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _RefusedError(f"brackets and powers stand more than {MAX_DEPTH} deep")
        value = self._product()
        while sign := self._take("+", "-"):
            other = self._product()
            number = value.number + other.number if sign == "+" else value.number - other.number
            value = _checked(number, value, other)
        self._depth -= 1
        return value

    def _product(self) -> _Value:
        value = self._signed()
        while sign := self._take("*", "/", "//", "%"):
            other = self._signed()
            if sign != "*" and not other.number:
                raise _RefusedError("there is a division by zero")
            one, two = value.number, other.number
            if sign == "*":
                number = one * two
            elif sign == "/":
                number = one / two
            else:
                number = Fraction(one // two) if sign == "//" else one % two
            value = _checked(number, value, other)
        return value

    def _signed(self) -> _Value:
        negative = False
        while sign := self._take("+", "-"):
            negative ^= sign == "-"
        value = self._power()
        return _Value(-value.number, value.exact) if negative else value

    def _power(self) -> _Value:
        base = self._atom()
        while self._take("!"):
            base = _checked(Fraction(math.factorial(_whole(base, "n!", 0, 1_500))), base)
        if not self._take("^", "**"):
            return base
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _RefusedError(f"brackets and powers stand more than {MAX_DEPTH} deep")
        exponent = self._signed()
        self._depth -= 1
        return _raise(base, exponent)

    def _atom(self) -> _Value:
        kind, text = self._next()
        if kind == "number":
            return _Value(_number(text))
        if kind == "name":
            return self._function(text.lower())
        if text != "(":
            raise _RefusedError(f"a number is missing before {text!r}")
        value = self._sum()
        self._expect(")")
        return value

    def _function(self, name: str) -> _Value:
        if name not in _FUNCTIONS:
            raise _RefusedError(f"there is no function {name[:20]!r} (there are: {', '.join(_FUNCTIONS)})")
        self._expect("(")
        arguments = [self._sum()]
        while self._take(","):
            arguments.append(self._sum())
        self._expect(")")
        least, most, function = _FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            raise _RefusedError(f"{name} takes {least} to {most} arguments, not {len(arguments)}")
        value = function(arguments)
        return _checked(value.number, value, *arguments)

    def _next(self) -> tuple[str, str]:
        if self._place == len(self._tokens):
            raise _RefusedError("the expression ends too early")
        self._place += 1
        return self._tokens[self._place - 1]

    def _take(self, *signs: str) -> str:
        if self._place < len(self._tokens) and self._tokens[self._place] in [
            ("sign", sign) for sign in signs
        ]:
            self._place += 1
            return self._tokens[self._place - 1][1]
        return ""

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise _RefusedError(f"a {sign!r} is missing")


def _checked(number: Fraction, *sources: _Value) -> _Value:
    if max(number.numerator.bit_length(), number.denominator.bit_length()) > MAX_BITS:
        raise _RefusedError("a number becomes too large")
    return _Value(number, all(source.exact for source in sources))


def _number(text: str) -> Fraction:
    mantissa, _, exponent = text.lower().partition("e")
    if len(exponent) > 5 or abs(int(exponent or 0)) > 4_000:
        raise _RefusedError("a number becomes too large")
    return _checked(Fraction(mantissa.rstrip(".")) * Fraction(10) ** int(exponent or 0)).number


def _whole(value: _Value, name: str, least: int, most: int) -> int:
    if not value.exact or value.number.denominator != 1 or not least <= value.number <= most:
        raise _RefusedError(f"{name} needs a whole number from {least} to {most}")
    return int(value.number)


def _raise(base: _Value, exponent: _Value) -> _Value:
    if exponent.number.denominator != 1:
        raise _RefusedError("an exponent must be a whole number (sqrt gives square roots)")
    power, number = int(exponent.number), base.number
    if not number and power < 0:
        raise _RefusedError("there is a division by zero")
    bits = max(number.numerator.bit_length(), number.denominator.bit_length())
    # The least that the result can have: a number of b bits is at least 2 ** (b - 1).
    if abs(number) != 1 and number and (bits - 1) * abs(power) > MAX_BITS:
        raise _RefusedError("a number becomes too large")
    if abs(number) == 1:
        power %= 2
    return _checked(number**power, base, exponent)


def _root(arguments: list[_Value]) -> _Value:
    number = arguments[0].number
    if number < 0:
        raise _RefusedError("sqrt needs a number that is not negative")
    over, under = math.isqrt(number.numerator), math.isqrt(number.denominator)
    if over**2 == number.numerator and under**2 == number.denominator:
        return _Value(Fraction(over, under))
    scale = 10**ROOT_DIGITS
    return _Value(Fraction(math.isqrt(number.numerator * scale**2 // number.denominator), scale), False)


def _round(arguments: list[_Value]) -> _Value:
    digits = _whole(arguments[1], "round", -1_000, 1_000) if len(arguments) > 1 else 0
    scale = Fraction(10) ** digits
    number = arguments[0].number * scale
    rounded = math.floor(abs(number) + Fraction(1, 2))  # halves go away from zero, as on paper
    return _Value(Fraction(rounded if number >= 0 else -rounded) / scale, arguments[0].exact)


def _binomial(arguments: list[_Value]) -> _Value:
    n, k = (_whole(value, "binomial", 0, 10_000) for value in arguments)
    return _Value(Fraction(math.comb(n, k)))


def _integers(name: str, function: Callable[..., int]) -> Callable[[list[_Value]], _Value]:
    def compute(arguments: list[_Value]) -> _Value:
        if not all(value.exact and value.number.denominator == 1 for value in arguments):
            raise _RefusedError(f"{name} needs whole numbers")
        result = 1 if name == "lcm" else 0
        for value in arguments:
            result = _checked(Fraction(function(result, int(value.number)))).number.numerator
        return _Value(Fraction(result))

    return compute


_FUNCTIONS: dict[str, tuple[int, int, Callable[[list[_Value]], _Value]]] = {
    "sqrt": (1, 1, _root),
    "abs": (1, 1, lambda values: _Value(abs(values[0].number))),
    "floor": (1, 1, lambda values: _Value(Fraction(math.floor(values[0].number)))),
    "ceil": (1, 1, lambda values: _Value(Fraction(math.ceil(values[0].number)))),
    "round": (1, 2, _round),
    "gcd": (1, 100, _integers("gcd", math.gcd)),
    "lcm": (1, 100, _integers("lcm", math.lcm)),
    "min": (1, 100, lambda values: min(values, key=lambda value: value.number)),
    "max": (1, 100, lambda values: max(values, key=lambda value: value.number)),
    "binomial": (2, 2, _binomial),
}


def _write(value: _Value) -> str:
    number = value.number
    if number.denominator == 1:
        return f"{'' if value.exact else '≈ '}{number.numerator}"
    scaled = number * 10**MAX_DIGITS_SHOWN
    if value.exact and scaled.denominator == 1:
        return f"{number} = {_decimal(number, MAX_DIGITS_SHOWN)}"
    digits = 15
    while digits < ROOT_DIGITS * 10 and abs(number) * 10**digits < 10**14:
        digits += 15  # a small number shows some digits that are not zero
    shown = _decimal(number, digits)
    return f"{number} ≈ {shown}" if value.exact else f"≈ {shown}"


def _decimal(number: Fraction, digits: int) -> str:
    """Write a number with so many digits after its point, less the zeros at the end."""
    scaled = math.floor(abs(number) * 10**digits + Fraction(1, 2))
    if scaled.bit_length() > MAX_BITS:
        return f"{'-' if number < 0 else ''}{math.floor(abs(number))}"
    whole, rest = divmod(scaled, 10**digits)
    fraction = str(rest).zfill(digits).rstrip("0")
    return f"{'-' if number < 0 else ''}{whole}{'.' if fraction else ''}{fraction}"
