r"""Tokens of an answer: one lexer for LaTeX, plain and code spellings, in linear time.

What a grammar without context cannot know is settled here: which bar opens, which comma separates
thousands, whether letters are a unit, a word, a function or a product of variables.
"""

from __future__ import annotations

import re
from dataclasses import replace

from reason.verifiers.math.lexicon import (
    CALLABLE,
    COMMANDS,
    CONSTANTS,
    FUNCTIONS,
    GREEK,
    SEPARATORS,
    STOP_WORDS,
    SYMBOLS,
)
from reason.verifiers.math.tokens import END, LexError, Token, reshape
from reason.verifiers.math.units import CURRENCIES, UNITS, read_unit

__all__ = ["LexError", "Token", "bare_names", "tokenize", "with_calls"]

MAX_TOKENS = 1_200
MAX_DEPTH = 40

_LEXEME = re.compile(
    r"(?P<space>[\s~]++|\\[,;:!> ]|\\(?:quad|qquad|(?:neg)?(?:thin|med|thick)space|hspace\{[^{}]*+\}"
    r"|phantom\{[^{}]*+\}|displaystyle|textstyle|limits|nolimits|mathopen|mathclose"
    r"|(?:[bB]igg?[lr]?|left|right|middle)(?![A-Za-z]))(?![A-Za-z])\.?+)"
    r"|(?P<words>\\words\s*+\{[^{}]*+\})"
    r"|(?P<matrix>\\(?:begin|end)\s*+\{[A-Za-z]++\*?\}(?:\s*+\{[lcr|@ ]*+\})?)"
    r"|(?P<rows>\\\\(?:\[[^\]]*+\])?|\\cr(?![A-Za-z])|\\hline(?![A-Za-z]))"
    r"|(?P<command>\\(?:[A-Za-z]++|.))"
    r"|(?P<number>(?:[0-9]++(?:(?:\{,\}|,\\!\s*+|,)[0-9]{3}(?![0-9])"
    r"|(?:\\[, ]|[ ]|\{\s\})[0-9]{3}(?![0-9/]))*+(?:\.(?!\.)[0-9]*+)?|\.[0-9]++)"
    r"(?:[eE][-+]?[0-9]++(?![A-Za-z_]))?)"
    r"|(?P<letters>[A-Za-z]++)"
    r"|(?P<dots>\.{2,}+)"
    r"|(?P<sign>\*\*|<=>|<=|>=|==|!=|=>|->|:=|=<|[^A-Za-z0-9\s])",
)
_UNIT_LETTERS = "msghLNJWVAK"
_GROUPED = re.compile(r"[0-9]{1,3}(?:(?:\{,\}|,\\!\s*+|,|\\[, ]|[ ]|\{\s\})[0-9]{3})++(?![0-9])")
_OPENING, _CLOSING = {"(": "LP", "[": "LB", "{": "LBRACE"}, {")": "RP", "]": "RB", "}": "RBRACE"}
_OPERAND_ENDS = frozenset(
    re.findall(
        r"[A-Z]+",
        "NUM NAME CONST RP RB RC RBRACE BARR FLOORR CEILR FACT PERCENT DEGREE UNIT TEXT BASED SET ENDMATRIX",
    )
)


def tokenize(text: str, *, split_commas: bool = False) -> list[Token]:
    """Cut a cleaned text into tokens.

    Args:
        text: What :func:`reason.verifiers.math.normalise.clean` returns.
        split_commas: Whether every comma between digits separates entries, none thousands.

    Raises:
        LexError: it has too many tokens, or brackets too deep.
    """
    tokens = _Lexer(text, split_commas).run()
    if len(tokens) > MAX_TOKENS:
        raise LexError("too long")
    return tokens


class _Lexer:
    def __init__(self, text: str, split_commas: bool) -> None:
        self.text = text
        self.split_commas = split_commas
        self.tokens: list[Token] = []
        self.brackets: list[str] = []
        self.matrices = 0
        self.spaced = False
        words = re.findall(r"[A-Za-z]{2,}", text)
        long_words = sum(len(word) > 3 for word in words)
        self.wordy = "\\" not in text and (
            long_words >= 2 or (len(words) > 1 and not re.search(r"[0-9=^]", text))
        )

    def run(self) -> list[Token]:
        pieces = [(match.lastgroup or "", match[0], match.start()) for match in _LEXEME.finditer(self.text)]
        if len(pieces) > 4 * MAX_TOKENS:
            raise LexError("too long")
        for position, (kind, piece, start) in enumerate(pieces):
            following = pieces[position + 1][1] if position + 1 < len(pieces) else ""
            if kind == "space":
                self.spaced = True
                continue
            getattr(self, f"_{kind}")(piece, following, start)
            self.spaced = False
            if len(self.brackets) > MAX_DEPTH:
                raise LexError("brackets too deep")
        return reshape(self.tokens)

    def add(self, kind: str, text: str = "") -> None:
        self.tokens.append(Token(kind, text, self.spaced))

    @property
    def last(self) -> str:
        return self.tokens[-1].kind if self.tokens else ""

    def _words(self, piece: str, following: str, start: int) -> None:
        content = piece[piece.index("{") + 1 : -1].replace("\\", " ").strip()
        if not content:
            return
        lowered = content.lower().strip(" .,:;")
        if lowered in SEPARATORS:
            self.add("SEP", SEPARATORS[lowered])
        elif lowered == "in" and self.last == "NUM":
            self.add("UNIT", "in")
        elif content in FUNCTIONS:
            self.add("FUNC", FUNCTIONS[content])
        elif lowered in SYMBOLS:
            self.add(*SYMBOLS[lowered])
        elif lowered in ("infinity", "pi"):
            self.add("CONST", CONSTANTS[lowered])
        elif self.last == "SUB" or (
            self.last == "LBRACE" and len(self.tokens) > 1 and self.tokens[-2].kind == "SUB"
        ):
            self.add("NAME", re.sub(r"\W", "", content))
        elif (
            self.last in _OPERAND_ENDS
            and self.last not in ("TEXT", "UNIT")
            and read_unit(content.strip("() ."))
        ):
            self.add("UNIT", content.strip("() ."))
        elif re.fullmatch(r"[A-Za-z]", content):
            self.letter(content)
        elif re.fullmatch(r"[-+]?[\d.,/ ]*\d", content):
            self.tokens += tokenize(content, split_commas=self.split_commas)
        else:
            self.add("TEXT", content)

    def _matrix(self, piece: str, following: str, start: int) -> None:
        name = re.findall(r"\{([A-Za-z]+)", piece)[0]
        if name in ("matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "array"):
            opening = piece.startswith("\\begin")
            self.matrices += 1 if opening else -1
            self.add("BEGINMATRIX" if opening else "ENDMATRIX", name)
        elif name == "cases":
            self.add("BEGINCASES" if piece.startswith("\\begin") else "ENDCASES", name)

    def _rows(self, piece: str, following: str, start: int) -> None:
        if piece.startswith("\\\\") or piece == "\\cr":
            self.add("ROW" if self.matrices > 0 else "SEP", ";")

    def _dots(self, piece: str, following: str, start: int) -> None:
        self.add("DOTS", piece)

    def _command(self, piece: str, following: str, start: int) -> None:
        name = piece[1:]
        if name in COMMANDS:
            kind, text = COMMANDS[name]
            if kind == "SQRT" and following == "[":
                kind = "ROOT"
            if kind in ("LC", "LANGLE", "FLOORL", "CEILL"):
                self.brackets.append(kind)
            elif kind in ("RC", "RANGLE", "FLOORR", "CEILR") and self.brackets:
                self.brackets.pop()
            if kind:
                self.add(kind, text)
        elif name in FUNCTIONS:
            self.add("FUNC", FUNCTIONS[name])
        elif name in CONSTANTS:
            self.add("CONST", CONSTANTS[name])
        elif name in GREEK:
            usual = name.removeprefix("var")  # the same letter, unless both forms are there
            self.letter(name if f"\\{usual}" in self.text else usual)
        elif name in ("mathbb", "mathcal", "mathds"):
            self.add("BLACKBOARD")
        elif name == "$":
            self.add("CURRENCY", "dollar")
        elif len(name) > 1 and (name in UNITS):
            self.add("UNIT", name)
        else:
            raise LexError(f"unknown command {piece[:40]}")

    def _number(self, piece: str, following: str, start: int) -> None:
        after_frac = [token.kind for token in self.tokens[-2:]]
        if after_frac and (after_frac[-1] == "FRAC" or (after_frac[0] == "FRAC" and after_frac[-1] == "NUM")):
            for digit in piece:  # \frac12
                self.add("NUM", digit)
            return
        plain_commas = "," in re.sub(r"\{,\}|,\\!", "", piece)
        whole = re.split(r"[.eE]", piece)[0]
        grouped = _GROUPED.fullmatch(whole) and not whole.startswith("0")
        inside = bool(self.brackets) and "{" not in self.brackets[-1:]
        spaced_list = plain_commas and inside and not re.search(r"[,;]\s", self.text)
        if not any(mark in whole for mark in (",", " ", "{", "\\")):
            self.add("NUM", piece)
        elif grouped and not (plain_commas and (self.split_commas or spaced_list)):
            self.add("NUM", re.sub(r"[^0-9.eE+-]", "", piece))
        elif " " in whole and "," not in whole and self.split_commas:
            raise LexError("numbers side by side")
        else:
            parts = re.split(r"\{,\}|,\\!|,|\\[, ]|[ ]|\{\s\}", piece)
            for index, part in enumerate(parts):
                if index:
                    self.add("SEP", ",")
                self.add("NUM", part)

    def _letters(self, piece: str, following: str, start: int) -> None:
        lowered = piece.lower()
        after_operand = self.last in _OPERAND_ENDS
        if lowered in SEPARATORS and len(piece) > 1:
            self.add("SEP", SEPARATORS[lowered])
        elif piece == "min" and self.last == "NUM" and following != "(":
            self.add("UNIT", piece)
        elif piece in FUNCTIONS and len(piece) > 1:
            self.add("FUNC", FUNCTIONS[piece])
        elif piece in CONSTANTS and len(piece) > 1:
            self.add("CONST", CONSTANTS[piece])
        elif lowered in SYMBOLS and (len(piece) > 2 or piece == "in"):
            unit_inch = piece == "in" and self.last in ("NUM", "RBRACE")
            self.add("UNIT", "in") if unit_inch else self.add(*SYMBOLS[lowered])
        elif (
            (after_operand and self.last not in ("TEXT", "UNIT") and len(piece) > 1 and read_unit(piece))
            or ([token.kind for token in self.tokens[-2:]] == ["UNIT", "DIV"] and read_unit(piece))
            or (
                piece == "h"
                and self.last == "NUM"
                and re.match(r"\s*\d+\s*m(?:in)?\b", self.text[start + 1 :])
            )
        ):
            self.add("UNIT", piece)
        elif lowered in ("square", "sq", "cubic", "cu", "per") and len(piece) > 1:
            self.add("UNITWORD", lowered)
        elif (
            (len(piece) == 1 and self.last in ("UNITWORD", "UNIT") and read_unit(piece))
            or (self.last == "UNITWORD" and read_unit(piece))
            or (len(piece) == 1 and piece in _UNIT_LETTERS and self.last == "NUM" and self._ends(start + 1))
        ):
            self.add("UNIT", piece)
        elif len(piece) == 1:
            self.letter(piece)
        elif match := re.fullmatch(r"(sin|cos|tan|cot|sec|csc|ln|log|sqrt)([a-z])", piece):
            self._letters(match[1], "", start)
            self.letter(match[2])
        elif re.fullmatch(r"[A-Za-z]*pi", piece) and len(piece) < 5:
            for letter in piece[:-2]:
                self.letter(letter)
            self.add("CONST", "pi")
        elif piece.isupper() and not self.wordy and len(piece) < 5:
            for letter in piece:
                self.add("NAME", letter)
        elif self.wordy or len(piece) > 3 or lowered in STOP_WORDS:
            self.add("TEXT", piece)
        else:
            for letter in piece:
                self.letter(letter)

    def _ends(self, position: int) -> bool:
        """Tell whether a letter is a unit: a number and a space before it, at most a power after it."""
        alone = self.spaced and "\\" not in self.text and len(re.findall(r"[A-Za-z]", self.text)) == 1
        return alone and bool(re.fullmatch(r"\s*(?:\^?\{?[23]\}?)?\s*", self.text[position:]))

    def letter(self, name: str) -> None:
        if name in CONSTANTS and not (name == "i" and self.last == "SUB"):
            self.add("CONST", CONSTANTS[name])
        elif self.last == "BLACKBOARD" or [t.kind for t in self.tokens[-2:]] == ["BLACKBOARD", "LBRACE"]:
            self.add("CONST", f"set {name}")
        else:
            self.add("NAME", name)

    def _sign(self, piece: str, following: str, start: int) -> None:
        if piece in _OPENING:
            self.brackets.append(piece)
            self.add(_OPENING[piece], piece)
        elif piece in _CLOSING:
            if self.brackets:
                self.brackets.pop()
            self.add(_CLOSING[piece], piece)
        elif piece == "|":
            self._bar()
        elif piece == ":" and self.brackets[-1:] == ["LC"]:
            self.add("SUCHTHAT")
        elif piece in CURRENCIES:
            self.add("CURRENCY", CURRENCIES[piece])
        elif piece == "&":
            if self.matrices > 0:
                self.add("AMP")
        elif piece in SYMBOLS:
            kind, text = SYMBOLS[piece]
            if piece == "'" and self.last == "NAME":
                self.tokens[-1] = replace(self.tokens[-1], text=self.tokens[-1].text + "'")
            elif kind:
                self.add(kind, text)
        elif piece in '"`':
            return
        else:
            raise LexError(f"unknown sign {piece!r}")

    def _bar(self) -> None:
        top = self.brackets[-1] if self.brackets else ""
        if top == "|" and self.last in _OPERAND_ENDS:
            self.brackets.pop()
            self.add("BARR")
        elif top in ("LC", "{") and self.last in _OPERAND_ENDS:
            self.add("SUCHTHAT")
        else:
            self.brackets.append("|")
            self.add("BARL")


def bare_names(tokens: list[Token]) -> set[str]:
    """Return the names that no bracket follows: they are variables, and no functions."""
    return {
        token.text
        for token, after in zip(tokens, [*tokens[1:], END], strict=False)
        if token.kind == "NAME" and after.kind != "LP"
    }


def with_calls(tokens: list[Token], bare: set[str]) -> list[Token]:
    """Mark the names that are functions of the bracket that follows.

    Args:
        tokens: From :func:`tokenize`.
        bare: Names that are variables.
    """
    return [
        replace(token, kind="CALL")
        if token.kind == "NAME"
        and token.text[0] in CALLABLE
        and after.kind == "LP"
        and token.text not in bare
        else token
        for token, after in zip(tokens, [*tokens[1:], END], strict=False)
    ]
