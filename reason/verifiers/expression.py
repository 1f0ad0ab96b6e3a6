"""Arithmetic expressions that a policy wrote: their exact value, and the numbers that they use.

No powers, no functions, no sign but between two values: what such an expression can grow to is bounded by
its length. Nothing of it reaches Python's own parser.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from reason.verdict import Status, Verdict
from reason.verifiers.spelling import plain

__all__ = ["MAX_EXPRESSION_CHARS", "Expression", "check_expression", "read_expression"]

MAX_EXPRESSION_CHARS = 2_000
MAX_NUMBERS = 200
MAX_DIGITS = 30
"""Digits of one number."""

_SIGNS = str.maketrans(
    {"\u00d7": "*", "\u00b7": "*", "\u22c5": "*", "\u00f7": "/", "\u2215": "/", "[": "(", "]": ")"}
)
_COMMANDS = re.compile(r"\\(?:left|right|times|cdot|div)(?![A-Za-z])")
_COMMAND_SIGNS = {"\\left": "", "\\right": "", "\\times": "*", "\\cdot": "*", "\\div": "/"}
_FRACTION = re.compile(r"\\[dt]?frac\s*+\{")
_TOKEN = re.compile(r"\s*+([0-9]++|[-+*/()])")
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2}


@dataclass(frozen=True, kw_only=True)
class Expression:
    """What an expression comes to."""

    value: Fraction | None
    """None where it divides by zero."""
    numbers: tuple[int, ...]
    """The numbers in it, in their order."""


def read_expression(text: str) -> Expression | str:
    r"""Read an expression of whole numbers, ``+ - * /`` and parentheses.

    >>> read_expression("8 / (3 - 8/3)").value
    Fraction(24, 1)
    >>> read_expression("2 +")
    'the expression ends too early'

    Args:
        text: Hostile text. ``\times``, ``\cdot``, ``\div``, ``\frac{}{}``, the signs for them and square
            brackets are understood; equals associate to the left.

    Returns:
        The expression, or what is wrong with it.
    """
    if len(text) > MAX_EXPRESSION_CHARS:
        return f"an expression has at most {MAX_EXPRESSION_CHARS} characters"
    text = _without_latex(plain(text).translate(_SIGNS)).strip()
    tokens, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            return f"the expression cannot be read from {text[place : place + 20]!r} on"
        tokens.append(match[1])
        place = match.end()
    digits = [token for token in tokens if token.isdigit()]
    if len(digits) > MAX_NUMBERS or any(len(each) > MAX_DIGITS for each in digits):
        return "the expression has too many numbers, or too long ones"
    return _evaluate(tokens)


def check_expression(answer: str, numbers: Sequence[int], target: int, *, use_all: bool = True) -> Verdict:
    """Judge an expression that must make a target from given numbers.

    Args:
        answer: Hostile text; ``= target`` may follow the expression.
        numbers: The numbers, each of which may be used once.
        target: The value to make, exactly.
        use_all: Whether every number must be used.
    """
    left, equals, right = answer.partition("=")
    if equals and plain(right.strip().rstrip("$*`")) != str(target):
        return Verdict.wrong("what follows the equals sign is not the target", status=Status.PARSE_ERROR)
    found = read_expression(left.strip().strip("$*`") if equals else left)
    if isinstance(found, str):
        return Verdict.wrong(found, status=Status.PARSE_ERROR)
    used, given = Counter(found.numbers), Counter(numbers)
    if extra := used - given:
        return Verdict.wrong(f"{min(extra)} is used more often than it is given")
    if use_all and used != given:
        return Verdict.wrong(f"{min(given - used)} is not used")
    if found.value is None:
        return Verdict.wrong("it divides by zero")
    if found.value != target:
        return Verdict.wrong("its value is not the target")
    return Verdict.right(detail="it makes the target")


def _without_latex(text: str) -> str:
    r"""Write ``\frac{a}{b}`` as ``((a)/(b))`` and commands as signs, in linear time."""
    text = _COMMANDS.sub(lambda match: _COMMAND_SIGNS[match[0]], text)
    if not _FRACTION.search(text):
        return text
    parts: list[str] = []
    stack: list[str] = []  # what closes each open brace: the numerator's or the denominator's end
    place = 0
    while place < len(text):
        if match := _FRACTION.match(text, place):
            parts.append("((")
            stack.append("numerator")
            place = match.end()
            continue
        character = text[place]
        place += 1
        if character == "{" and parts and parts[-1] == ")/" and stack:
            parts.append("(")
        elif character == "}" and stack:
            if stack[-1] == "numerator":
                stack[-1] = "denominator"
                parts.append(")/")
            else:
                stack.pop()
                parts.append("))")
        elif character != " " or not (parts and parts[-1] == ")/"):
            parts.append(character)
    return "".join(parts)


def _evaluate(tokens: Sequence[str]) -> Expression | str:
    """Evaluate by operator precedence (Dijkstra's shunting yard)."""
    values: list[Fraction | None] = []
    waiting: list[str] = []
    value_next = True
    for token in tokens:
        if token.isdigit() or token == "(":
            if not value_next:
                return f"an operator is missing before {token}"
            if token == "(":
                waiting.append(token)
            else:
                values.append(Fraction(int(token)))
                value_next = False
        elif value_next:
            return f"a number is missing before {token}"
        elif token == ")":
            while waiting and waiting[-1] != "(":
                _apply(values, waiting.pop())
            if not waiting:
                return "a parenthesis closes that was not opened"
            waiting.pop()
        else:
            while waiting and waiting[-1] != "(" and _PRECEDENCE[waiting[-1]] >= _PRECEDENCE[token]:
                _apply(values, waiting.pop())
            waiting.append(token)
            value_next = True
    if value_next:
        return "the expression ends too early"
    while waiting:
        if waiting[-1] == "(":
            return "a parenthesis is not closed"
        _apply(values, waiting.pop())
    numbers = tuple(int(token) for token in tokens if token.isdigit())
    return Expression(value=values[0], numbers=numbers)


def _apply(values: list[Fraction | None], operator: str) -> None:
    right, left = values.pop(), values.pop()
    result: Fraction | None = None
    if left is not None and right is not None:
        if operator == "+":
            result = left + right
        elif operator == "-":
            result = left - right
        elif operator == "*":
            result = left * right
        elif right:
            result = left / right
    values.append(result)
