"""From the text of an answer to its syntax tree, in the light of the other answer's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from reason.verifiers.math.grammar import ParseError, parse
from reason.verifiers.math.lexing import bare_names, tokenize, with_calls
from reason.verifiers.math.tokens import END, LexError, Token
from reason.verifiers.math.tree import Expression

__all__ = ["Unreadable", "readings", "with_point"]

_DECIMAL_COMMA = re.compile(r"([^\d,.]{0,4})(?:(\d{1,9}),(\d{1,2}|\d{4,9})|(0),(\d{1,9}))([^\d,.]{0,12})")


class Unreadable(ValueError):
    """Gold or answer is not in the grammar: its words are all there is."""


def with_point(text: str) -> str | None:
    """Return a number that is written with a decimal comma with a point, or None for all else.

    >>> with_point("3,25"), with_point("0,125"), with_point("3,250")
    ('3.25', '0.125', None)
    """
    decimal = _DECIMAL_COMMA.fullmatch(text)
    return decimal.expand(r"\1\2\4.\3\5\6") if decimal else None


def readings(text: str, other: str) -> Iterator[Expression]:
    """Yield the ways to read a cleaned text, the natural one first.

    The others are: every comma separates entries; a comma is a decimal point, where it can be nothing else.

    Args:
        text: What is read.
        other: What it is compared with: its variables are no functions here, its logarithms tell the base.

    Raises:
        Unreadable: there is no natural reading.
    """
    try:
        theirs = list(_tokens(other, False))
    except LexError:
        theirs = []
    natural = _read(text, theirs, split_commas=False)
    yield natural
    if "," in text:
        for variant, split in ((text, True), (with_point(text), False)):
            if variant is not None:
                try:
                    tree = _read(variant, theirs, split_commas=split)
                except Unreadable:
                    continue
                if tree != natural:
                    yield tree


def _read(text: str, theirs: list[Token], *, split_commas: bool) -> Expression:
    try:
        tokens = list(_tokens(text, split_commas))
        tokens = with_calls(tokens, bare_names(tokens) | bare_names(theirs))
        return _parsed(tuple(_aligned(tokens, theirs)))
    except (LexError, ParseError) as error:
        raise Unreadable(str(error)) from None


# A group of answers is judged against one gold: it is read once.


@lru_cache(maxsize=256)
def _tokens(text: str, split_commas: bool) -> tuple[Token, ...]:
    return tuple(tokenize(text, split_commas=split_commas))


@lru_cache(maxsize=256)
def _parsed(tokens: tuple[Token, ...]) -> Expression:
    return parse(list(tokens))


def _aligned(tokens: list[Token], theirs: list[Token]) -> list[Token]:
    """Read ``log`` as natural, ``I`` as the imaginary unit and ``E`` as e, where the other has only those."""
    functions = {token.text for token in theirs if token.kind == "FUNC"}
    own_functions = {token.text for token in tokens if token.kind == "FUNC"}
    names = {token.text for token in theirs if token.kind == "NAME"}
    constants = {token.text for token in theirs if token.kind == "CONST"}
    natural = "ln" in functions and "log" not in functions and "ln" not in own_functions
    aligned = []
    for before, token, after in zip([END, *tokens], tokens, [*tokens[1:], END], strict=False):
        if natural and token.kind == "FUNC" and token.text == "log" and after.kind != "SUB":
            token = replace(token, text="ln")
        elif (
            token.kind == "NAME" and token.text in ("I", "j") and "i" in constants and token.text not in names
        ):
            token = replace(token, kind="CONST", text="i")
        elif (
            (token.kind, token.text) == ("NAME", "E")
            and (after.kind in ("POW", "TIMES") or before.kind == "TIMES")
            and "e" in constants
            and "E" not in names
        ):
            token = replace(token, kind="CONST", text="e")
        aligned.append(token)
    return aligned
