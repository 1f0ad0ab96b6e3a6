"""Short answers, a name or a number, compared as question answering does: exact match and token F1.

The normalisation is that of SQuAD (Rajpurkar et al., 2016: case, punctuation and articles do not count), with
what it gets wrong put right: a number keeps its sign and its decimals, and thousands separators go.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from reason.verifiers.spelling import plain

__all__ = ["MAX_ANSWER_CHARS", "exact_match", "is_refusal", "normalize", "token_f1"]

MAX_ANSWER_CHARS = 4_000
"""A longer text is no short answer."""

REFUSALS = (
    *("unanswerable", "not answerable", "cannot be answered", "unknown", "not enough information"),
    *("insufficient information", "cannot be determined", "pages do not say", "pages do not tell"),
    *("i do not know", "i don't know", "no answer"),
)
"""Ways of saying that there is no answer."""

_TOKEN = re.compile(
    r"(?<![^\W_])[-+]?[0-9]++(?:,[0-9]{3}(?![0-9]))*+(?:\.[0-9]++)?(?![^\W_])|[^\W_]+(?:['\u2019][^\W_]+)*"
)
_ARTICLES = frozenset(("a", "an", "the"))
_FRACTION_ZEROS = re.compile(r"\.0+\Z")


def normalize(text: str) -> tuple[str, ...]:
    """Return the tokens of an answer that count.

    >>> normalize("**The Silent Harbour** of Dor-Vale.")
    ('silent', 'harbour', 'of', 'dor', 'vale')
    >>> normalize("1,243"), normalize("-5"), normalize("12.5")
    (('1243',), ('-5',), ('12.5',))

    Args:
        text: Any text; what is longer than 4,000 characters has no tokens.
    """
    if len(text) > MAX_ANSWER_CHARS:
        return ()
    tokens = (_normal(token) for token in _TOKEN.findall(plain(text).casefold()))
    kept = tuple(token for token in tokens if token not in _ARTICLES)
    return kept


def exact_match(answer: str, golds: Iterable[str]) -> bool:
    """Tell whether an answer has the tokens of one of the right ones, in their order.

    >>> exact_match("the Velira Regatta.", ["Velira Regatta"]), exact_match("Velira or Tomash", ["Velira"])
    (True, False)
    """
    tokens = normalize(answer)
    return bool(tokens) and any(tokens == normalize(gold) for gold in golds)


def token_f1(answer: str, golds: Iterable[str]) -> float:
    """Return the best F1 of an answer's tokens with those of a right one, in [0, 1].

    With ``c`` tokens in common (as bags), precision ``c / len(answer)`` and recall ``c / len(gold)``, F1 is
    their harmonic mean (Rajpurkar et al., 2016).

    >>> token_f1("Velira Tomash of Dorvale", ["Velira Tomash"])
    0.6666666666666666
    """
    return max((_f1(normalize(answer), normalize(gold)) for gold in golds), default=0.0)


def is_refusal(answer: str) -> bool:
    """Tell whether an answer says that there is none.

    >>> is_refusal("The pages do not say."), is_refusal("Dorvale")
    (True, False)
    """
    return exact_match(answer, REFUSALS)


def _f1(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    shared = sum((Counter(one) & Counter(other)).values())
    return 2 * shared / (len(one) + len(other)) if shared else 0.0


def _normal(token: str) -> str:
    if token.lstrip("+-")[:1].isascii() and token.lstrip("+-")[:1].isdigit():
        return _FRACTION_ZEROS.sub("", token.replace(",", "").removeprefix("+"))
    return token.replace("\u2019", "'")
