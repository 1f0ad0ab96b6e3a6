r"""Wrappers around an answer, taken off in linear time: boxes, ``$…$``, prose before it, signs."""

# ruff: noqa: RUF001 (look-alikes are the subject)

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from reason.verifiers.markers import boxes
from reason.verifiers.spelling import plain

__all__ = ["MAX_CHARS", "clean", "marked", "squeeze"]

MAX_CHARS = 4_000
"""A longer answer is compared as it is spelt and not read."""

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ", "0123456789+-()n")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ]++")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋ₙₖₘ", "0123456789+-nkm")
_LOWERED = re.compile("[₀₁₂₃₄₅₆₇₈₉₊₋ₙₖₘ]++")
_VULGAR = dict(
    zip(
        "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⅐⅑⅒",
        [
            "1/2",
            "1/3",
            "2/3",
            "1/4",
            "3/4",
            "1/5",
            "2/5",
            "3/5",
            "4/5",
            "1/6",
            "5/6",
            "1/8",
            "3/8",
            "5/8",
            "7/8",
            "1/7",
            "1/9",
            "1/10",
        ],
        strict=True,
    )
)
_SIGNS = {
    "×": r"\times ",
    "·": r"\cdot ",
    "⋅": r"\cdot ",
    "∙": r"\cdot ",
    "•": r"\cdot ",
    "∗": "*",
    "÷": "/",
    "∕": "/",
    "⁄": "/",
    "≤": r"\le ",
    "⩽": r"\le ",
    "≥": r"\ge ",
    "⩾": r"\ge ",
    "≠": r"\ne ",
    "≈": r"\approx ",
    "≡": r"\equiv ",
    "±": r"\pm ",
    "∓": r"\mp ",
    "∞": r"\infty ",
    "∪": r"\cup ",
    "∩": r"\cap ",
    "∖": r"\setminus ",
    "∈": r"\in ",
    "∉": r"\notin ",
    "∅": r"\emptyset ",
    "ℝ": r"\mathbb{R}",
    "ℤ": r"\mathbb{Z}",
    "ℕ": r"\mathbb{N}",
    "ℚ": r"\mathbb{Q}",
    "ℂ": r"\mathbb{C}",
    "√": r"\sqrt ",
    "∛": r"\sqrt[3]",
    "∜": r"\sqrt[4]",
    "°": r"^\circ ",
    "º": r"^\circ ",
    "∘": r"\circ ",
    "′": "'",
    "’": "'",
    "…": r"\ldots ",
    "⋯": r"\ldots ",
    "→": r"\to ",
    "⇒": r"\Rightarrow ",
    "∨": r"\lor ",
    "∧": r"\land ",
    "∣": "|",
    "⟨": r"\langle ",
    "⟩": r"\rangle ",
    "⌊": r"\lfloor ",
    "⌋": r"\rfloor ",
    "⌈": r"\lceil ",
    "⌉": r"\rceil ",
    "∠": r"\angle ",
    "ℯ": "e",
    "ⅇ": "e",
    "ⅈ": "i",
    "∑": r"\sum ",
    "∫": r"\int ",
    "“": '"',
    "”": '"',
    "、": ",",
}
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩϕϵµ",
        re.findall(
            r"\S+",
            """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau
    upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega phi epsilon mu
""",
        ),
        strict=True,
    )
)


@cache
def _table() -> dict[int, str]:
    table = {ord(sign): spelling for sign, spelling in _SIGNS.items()}
    table |= {ord(sign): rf" ({value})" for sign, value in _VULGAR.items()}
    return table | {ord(letter): f"\\{name} " for letter, name in _GREEK.items()}


_MIXED = re.compile(rf"(?<![\d.])(\d{{1,9}})\s?([{''.join(_VULGAR)}])")
_STYLE = re.compile(
    r"\\(?:text(?:rm|bf|it|tt|sf|normal|up)?|mathrm|mathbf|mathit|mathsf|mbox|operatorname\*?)(?=\s*\{)"
)
_BOLD = re.compile(r"(?<![\w)\]}*])\*\*(?![\s*])([^*]++)\*\*(?![\w(\[{\\*])")
_SPAN = re.compile(
    r"(?<!\\)\$\$?([^$]*+)(?<!\\)\$\$?|\\\(((?:[^\\]|\\[^)])*+)\\\)|\\\[((?:[^\\]|\\[^\]])*+)\\\]"
)
_DELIMITER = re.compile(r"\\words\s*\{|\\[()\[\]]|[{}$\\]|quad")
_BROKEN = re.compile(r"(?<![$\\])\$(?!\$)[ \t]*\n|\\\([ \t]*\n")
_DOUBLED = re.compile(r"\\\\(?=[A-Za-z]{2})")
_LINKING = re.compile(r"(?:[\s,;.:]|\band\b|\bor\b)*+")
_LEAD = re.compile(
    r"(?:so|thus|hence|therefore)?,?\s*(?:the|our|my)?\s*(?:final|correct|right)?\s*"
    r"(?:answer|result|solution|value|total|sum)s?(?:\s+is|\s+are|\s*:|\s*=)(?:\s+equal to)?\s*:?\s*",
    re.IGNORECASE,
)
_VERB = re.compile(r"\b(?:is|are|was|were|will|because|since|which|as|for|in total|altogether)\b")
_TELLING = frozenset(
    re.findall(
        r"\S+",
        """
    or not and either neither nor maybe perhaps possibly than least most about approximately around
    roughly between under over below above minus negative half twice double triple nearly almost
    never except without excluding wrong incorrect isn no if unless when less more greater smaller
    positive plus times inverse square cube root
""",
    )
)
_WORD = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}")


def clean(text: str) -> str:
    r"""Take off what is around an answer, and spell signs in LaTeX.

    ``\text{…}`` and its kin become ``\words{…}``: words mean something to the reader of units and names.

    >>> clean(r"The answer is $\boxed{\text{x} = ½}$.")
    '\\words{x} =  (1/2)'

    Args:
        text: Any string of at most ``MAX_CHARS`` characters.
    """
    text = text.replace("\x0crac", "\\frac")  # a backslash that a programming language took for its own
    if "\\\\" in text and "\\begin" not in text:
        text = _DOUBLED.sub(r"\\", text)  # escaped once too often
    text = _STYLE.sub(r"\\words", text)
    broken = "\n" in text and _BROKEN.search(text) is not None  # no inline formula: a completion's lines
    text = text.replace("\\quad", "\\quad ").replace("\\qquad", "\\qquad ") if "quad" in text else text
    text = _BOLD.sub(r"\1", text)
    text = _unboxed(plain(text))
    text = plain(text if broken else _undollared(text))
    if lead := _LEAD.match(text):
        text = text[lead.end() :] or text
    if not text.isascii():
        text = _MIXED.sub(r"(\1+\2)", text)
        text = _RAISED.sub(lambda run: f"^{{{run[0].translate(_SUPERSCRIPTS)}}}", text)
        text = _LOWERED.sub(lambda run: f"_{{{run[0].translate(_SUBSCRIPTS)}}}", text)
        text = text.translate(_table())
    if "{" in text and _UNION.search(text):
        text = _BARE_SET.sub(r"\1\\{\2\\}", text)
    return text.strip()


# Beside a union braces hold a set, with or without a backslash.
_UNION = re.compile(r"\\cup(?![A-Za-z])|(?<=[\])}\s])U(?=[\[({\s])")
_BARE_SET = re.compile(r"(^\s*+|U\s*+|\\cup\s*+)\{([^{}\\]*+)\}(?=\s*+(?:$|U(?![A-Za-z])|\\cup(?![A-Za-z])))")


def marked(text: str) -> str:
    r"""Return what a long text marks as its answer: its last box, or Minerva's closing formula.

    >>> marked(r"We add. Final Answer: The final answer is $5$. I hope it is correct.")
    '$5$'

    Args:
        text: Any string; the time is linear in its length.
    """
    if "box" in text:
        if len(text) <= MAX_CHARS:
            return text
        found = boxes(text)
        if found:
            return (
                _unboxed(_STYLE.sub(r"\\words", text)) if len(found) < MAX_BOXES else found[-1].content(text)
            )
    closings = {closing[1].strip() for closing in _CLOSING.finditer(text)}
    return closings.pop() if len(closings) == 1 else text


MAX_BOXES = 50
_CLOSING = re.compile(r"final answer is:?\s([^\n]{1,300}?)\.\s*+I hope it is correct")


def squeeze(text: str) -> str:
    r"""Return a spelling for comparison by characters: without white space, wrappers and LaTeX's spacing.

    >>> squeeze(r"\left( 1,\, 2 \right)")
    '(1, 2)'

    Args:
        text: A cleaned text.
    """
    text = _SPACING.sub("", _WORDS.sub(r"\1", text))
    text = _FRACTIONS.sub(r"\\frac", text)
    return _GAP.sub("", " ".join(text.split()))


_WORDS = re.compile(r"\\words\s*\{([^{}]*+)\}")
_SPACING = re.compile(r"\\(?:left|right|displaystyle|[,;:! ]|quad|qquad)(?![A-Za-z])|~")
_GAP = re.compile(r"(?<![A-Za-z0-9.,]) | (?![A-Za-z0-9.])")
_FRACTIONS = re.compile(r"\\[dtc]frac(?![A-Za-z])")


def _unboxed(text: str) -> str:
    """Put the content of the boxes in the place of all else; several that are only linked are a list."""
    if "box" not in text:
        return text
    found = boxes(text)
    if not found:
        return text
    contents = [box.content(text) for box in found]
    between = [text[one.stop : other.start] for one, other in pairwise(found)]
    if len(found) > 1 and all(_LINKING.fullmatch(_DELIMITER.sub("", gap)) for gap in between):
        return ", ".join(contents) if len(set(contents)) > 1 else contents[0]
    return contents[-1]


def _undollared(text: str) -> str:
    """Take math out of its delimiters; prose around one formula goes, prose between two stays."""
    if "$" not in text and "\\(" not in text and "\\[" not in text:
        return text
    spans = [span for span in _SPAN.finditer(text) if not _is_money(text, span)]
    if not spans:
        return text
    stops = [0, *(span.end() for span in spans)]
    starts = [*(span.start() for span in spans), len(text)]
    outside = [text[stop:start] for stop, start in zip(stops, starts, strict=True)]
    contents = [next(group for group in span.groups() if group is not None) for span in spans]
    before, *between, after = outside
    if all(_LINKING.fullmatch(gap) for gap in between) or len(spans) == 1:
        joined = contents[0]
        for gap, content in zip(between, contents[1:], strict=True):
            joined += (gap if gap.strip() else ", ") + content
        if _LINKING.fullmatch(before) or _prose(before):
            return joined if _prose(after) and _VERB.search(after) else joined + after
    parts = [outside[0]]
    for content, gap in zip(contents, outside[1:], strict=True):
        parts += [content, gap]
    return "".join(parts)


def _prose(text: str) -> bool:
    """Tell whether a text is a piece of a sentence that says nothing about the value beside it."""
    words = [word.lower() for word in _WORD.findall(text)]
    if any(character in text for character in "0123456789=<>\\^_$%-") or not words:
        return False
    return max(map(len, words)) > 3 and _TELLING.isdisjoint(words)


def _is_money(text: str, span: re.Match[str]) -> bool:
    """Tell whether dollar signs stand for money: ``$5 and $6``, ``$100$`` is not."""
    return text[span.start()] == "$" and text[span.end() : span.end() + 1].isdigit()
