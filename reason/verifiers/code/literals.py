"""Python literals as a policy writes them: read as data, never run."""

from __future__ import annotations

import ast
import json
import warnings
from typing import Any

from reason.sandbox.compare import same_value
from reason.verdict import Status, Verdict
from reason.verifiers.code.syntax import PARSER
from reason.verifiers.spelling import plain

__all__ = ["check_literal", "read_literal"]

MAX_CHARS = 4_000
MAX_DIGITS = 1_000
_PLAIN = (str, int, float, bool, type(None))


def read_literal(text: str) -> Any:
    """Read one Python literal: numbers, strings, True, False, None, lists, tuples, dictionaries.

    >>> read_literal(" [1, 'a', {'b': None}] ")
    [1, 'a', {'b': None}]

    Args:
        text: Hostile text.

    Raises:
        ValueError: it is none, or too long; the message says why.
    """
    if len(text) > MAX_CHARS:
        raise ValueError(f"an answer has at most {MAX_CHARS} characters")
    spelt = plain(text)
    digits = 0
    for character in spelt:
        digits = digits + 1 if character.isdigit() else 0
        if digits > MAX_DIGITS:
            raise ValueError(f"a number has at most {MAX_DIGITS} digits")
    try:
        with PARSER, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = ast.literal_eval(spelt)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise ValueError(f"{spelt[:60]!r} is no Python literal") from None
    if not _is_plain(value):
        raise ValueError("only numbers, strings, True, False, None, lists, tuples and dictionaries are read")
    return value


def check_literal(answer: str, expected: Any) -> Verdict:
    """Judge a literal by the value it stands for.

    Tuples and lists differ, and so do 1, 1.0 and True; the order of a dictionary's keys does not count.

    Args:
        answer: Hostile text.
        expected: JSON data, so that a list is a list.
    """
    try:
        value = read_literal(answer)
    except ValueError as error:
        return Verdict.wrong(str(error), status=Status.PARSE_ERROR)
    if same_value(expected, value) and _kinds(expected) == _kinds(value):
        return Verdict.right()
    return Verdict.wrong("the value is another one")


def _kinds(value: Any) -> str:
    """Write a value so that equal texts have equal types all through."""
    if isinstance(value, dict):
        return json.dumps(sorted((str(key), _kinds(item)) for key, item in value.items()))
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}{[_kinds(item) for item in value]}"
    return type(value).__name__


def _is_plain(value: Any) -> bool:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, list | tuple):
            stack.extend(item)
        elif isinstance(item, dict):
            stack.extend(item.values())
            stack.extend(item)
        elif not isinstance(item, _PLAIN):
            return False
    return True
