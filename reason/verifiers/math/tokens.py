"""Tokens, and what neighbours make of each other: units, subscripts, bases, mixed numbers, degrees."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from reason.verifiers.math.units import read_unit

__all__ = ["END", "LexError", "Token", "reshape"]


class LexError(ValueError):
    """The text is no answer that can be read."""


@dataclass(frozen=True, slots=True)
class Token:
    """A terminal of the grammar and its text; ``spaced`` where white space stands before it."""

    kind: str
    text: str
    spaced: bool = False


END = Token("", "")
"""Stands for what follows the last token."""


def reshape(tokens: list[Token]) -> list[Token]:
    """Join what belongs together, in one pass for each kind of thing.

    Args:
        tokens: As they were cut.

    Raises:
        LexError: two numbers stand side by side.
    """
    return _joined(_numbers(_subscripts(_units(_degrees(tokens)))))


def _kinds(tokens: list[Token], position: int, count: int) -> list[str]:
    return [token.kind for token in tokens[position : position + count]]


def _degrees(tokens: list[Token]) -> list[Token]:
    r"""Read ``^\circ``, ``^\prime`` and ``(mod n)``."""
    found: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        kinds = _kinds(tokens, position, 4)
        if kinds[:2] in (["POW", "CIRC"], ["POW", "DEGREE"]):
            found.append(Token("DEGREE", ""))
            position += 2
        elif kinds in (["POW", "LBRACE", "CIRC", "RBRACE"], ["POW", "LBRACE", "DEGREE", "RBRACE"]):
            found.append(Token("DEGREE", ""))
            position += 4
        elif kinds == ["MARK", "LBRACE", "NAME", "RBRACE"]:
            found.append(tokens[position + 2])
            position += 4
        elif token.kind == "CIRC":
            found.append(Token("DEGREE", ""))
            position += 1
        elif kinds[:2] == ["POW", "PRIME"] and found and found[-1].kind == "NAME":
            found[-1] = replace(found[-1], text=found[-1].text + "'")
            position += 2
        elif token.kind == "NAME" and token.text == "U" and _joins_sets(tokens, position):
            found.append(Token("SETOP", "cup"))
            position += 1
        elif kinds[:2] == ["LP", "MOD"]:
            closing = next(
                (i for i in range(position, len(tokens)) if tokens[i].kind == "RP"), len(tokens) - 1
            )
            found += tokens[position + 1 : closing]
            position = closing + 1
        elif token.kind in ("NAME", "UNIT") and token.text in "CF" and found and found[-1].kind == "DEGREE":
            found[-1] = Token("TEXT", "Celsius" if token.text == "C" else "Fahrenheit")
            position += 1
        else:
            found.append(token)
            position += 1
    return found


def _is_factor(before: list[Token], *, spaced: bool) -> bool:
    """Tell whether a number is a factor of what stands before it: ``x 3``, ``(x+1) 3``, and not ``x3``."""
    if before[-1].kind == "RP":
        return True
    script = len(before) > 1 and before[-2].kind in ("SUB", "POW", "FRAC", "SQRT", "BINOM")
    return spaced and before[-1].kind in ("NAME", "CONST") and not script


def _joins_sets(tokens: list[Token], position: int) -> bool:
    """Tell whether a letter U stands between brackets: a union, as it is typed."""
    around = [token.kind for token in tokens[max(0, position - 1) : position + 2]]
    return len(around) == 3 and around[0] in ("RP", "RB", "RC") and around[2] in ("LP", "LB", "LC")


def _is_repeating(number: Token, mark: str) -> bool:
    return "." in number.text and mark in ("OVERLINE", "MARK")


_ARGUMENTS = {"FRAC", "BINOM", "SUB", "POW"}
"""What takes the first of two numbers side by side."""


def _numbers(tokens: list[Token]) -> list[Token]:
    """Read mixed numbers and repeating decimals; refuse numbers side by side."""
    found: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        kinds = _kinds(tokens, position, 5)
        if kinds[:4] == ["NUM", "NUM", "DIV", "NUM"] and (
            not found or found[-1].kind not in ("FRAC", "BINOM")
        ):
            if not all(tokens[position + step].text.isdigit() for step in (0, 1, 3)):
                raise LexError("numbers side by side")
            found += [
                Token("LP", "("),
                token,
                Token("PLUS", "+"),
                *tokens[position + 1 : position + 4],
                Token("RP", ")"),
            ]
            position += 4
        elif kinds[:1] + kinds[2:] == ["NUM", "LBRACE", "NUM", "RBRACE"] and _is_repeating(token, kinds[1]):
            found.append(Token("NUM", f"{token.text}({tokens[position + 3].text})", token.spaced))
            position += 5
        elif kinds[:2] == ["NUM", "DOTS"] and (
            repeated := re.search(r"\.\d*?(?:(\d)\1{2,}|(\d{2,6})\2+)$", token.text)
        ):
            block = repeated[1] or repeated[2]
            found.append(Token("NUM", f"{token.text}({block})", token.spaced))
            position += 2
        elif token.kind == "NUM" and found and _is_factor(found, spaced=token.spaced):
            found += [Token("TIMES", ""), token]
            position += 1
        elif kinds[:2] == ["NUM", "NUM"] and not _ARGUMENTS & {t.kind for t in found[-1:]}:
            raise LexError("numbers side by side")
        else:
            found.append(token)
            position += 1
    return found


def _units(tokens: list[Token]) -> list[Token]:
    """Join the parts of a compound unit: ``cm ^ 2``, ``km / h``, ``square miles per hour``."""
    found: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.kind not in ("UNIT", "UNITWORD"):
            found.append(token)
            position += 1
            continue
        stop, text = _compound(tokens, position)
        found.append(Token("UNIT" if read_unit(text) else "TEXT", text, token.spaced))
        position = stop
    return found


def _compound(tokens: list[Token], position: int) -> tuple[int, str]:
    parts: list[str] = []
    while position < len(tokens):
        kinds = _kinds(tokens, position, 4)
        token = tokens[position]
        if token.kind in ("UNIT", "UNITWORD") or (token.kind == "NAME" and parts[-1:] in (["/"], ["per"])):
            parts.append(token.text)
            position += 1
        elif kinds[:2] == ["POW", "NUM"]:
            parts[-1] += f"^{tokens[position + 1].text}"
            position += 2
        elif kinds == ["POW", "LBRACE", "NUM", "RBRACE"]:
            parts[-1] += f"^{tokens[position + 2].text}"
            position += 4
        elif _kinds(tokens, position, 5) == ["POW", "LBRACE", "MINUS", "NUM", "RBRACE"]:
            parts[-1] += f"^-{tokens[position + 3].text}"
            position += 5
        elif token.kind in ("DIV", "TIMES") and kinds[1:2] in (["UNIT"], ["NAME"]):
            if kinds[1] == "NAME" and not read_unit(tokens[position + 1].text):
                break
            parts.append("/" if token.kind == "DIV" else " ")
            position += 1
            if kinds[1] == "NAME" and parts[-1] == " ":
                break
        else:
            break
    return position, " ".join(parts).replace(" ^", "^")


def _subscripts(tokens: list[Token]) -> list[Token]:
    """Join a name and its subscript, and digits and their base."""
    found: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.kind == "SUB" and found and found[-1].kind in ("NAME", "NUM"):
            inside, stop = _script(tokens, position + 1)
            if inside is not None:
                name = found[-1]
                if name.kind == "NAME":
                    found[-1] = replace(name, text=f"{name.text}_{inside}")
                else:
                    found[-1] = Token("BASED", f"{name.text}_{inside}", name.spaced)
                position = stop
                continue
        found.append(token)
        position += 1
    return found


def _script(tokens: list[Token], position: int) -> tuple[str | None, int]:
    simple = ("NUM", "NAME", "CONST", "TEXT", "PLUS", "MINUS", "SEP")
    if position >= len(tokens):
        return None, position
    if tokens[position].kind != "LBRACE":
        return (
            (tokens[position].text, position + 1) if tokens[position].kind in simple[:4] else (None, position)
        )
    parts: list[str] = []
    for index in range(position + 1, min(position + 12, len(tokens))):
        if tokens[index].kind == "RBRACE":
            return "".join(parts), index + 1
        if tokens[index].kind not in simple:
            break
        parts.append(tokens[index].text or tokens[index].kind[0])
    return None, position


def _joined(tokens: list[Token]) -> list[Token]:
    """Make one separator of several side by side, and drop those at the ends."""
    found: list[Token] = []
    for token in tokens:
        if token.kind == "SEP" and found and found[-1].kind == "SEP":
            strongest = max(found[-1].text, token.text, key=lambda text: (len(text), text == ";"))
            found[-1] = replace(found[-1], text=strongest)
        elif token.kind != "BLACKBOARD":
            found.append(token)
    while found and (found[-1].kind == "SEP" or (found[-1].kind == "REL" and found[-1].text == "to")):
        found.pop()
    while found and (
        found[0].kind == "SEP" or (found[0].kind == "REL" and found[0].text in ("=", "~", "to"))
    ):
        found.pop(0)
    return found
