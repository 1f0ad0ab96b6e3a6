"""Prime factorisations that a policy wrote: the product is right and every factor is prime."""

from __future__ import annotations

import re
from collections import Counter

from reason.verdict import Status, Verdict
from reason.verifiers.spelling import plain

__all__ = ["MAX_FACTORIZATION_CHARS", "check_factorization", "read_factors"]

MAX_FACTORIZATION_CHARS = 2_000
MAX_DIGITS = 200
MAX_EXPONENT = 2_000
SUPERSCRIPTS = str.maketrans("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079", "0123456789")
_SUPERSCRIPT = re.compile("[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+")
_PRODUCT = re.compile(r"\\(?:times|cdot)(?![A-Za-z])|[\u00d7\u00b7\u22c5]")
_FACTOR = re.compile(r"\(?([0-9]++)\)?(?:(?:\^|\*\*)(?:\{([0-9]++)\}|\(([0-9]++)\)|([0-9]++)))?")


def read_factors(text: str) -> Counter[int] | str:
    r"""Read a product of powers of whole numbers.

    >>> read_factors("2^3 * 5 \\cdot 7")
    Counter({2: 3, 5: 1, 7: 1})

    Args:
        text: Hostile text; a list of factors with commas is read as their product.

    Returns:
        The bases with their exponents, or what is wrong with the text.
    """
    if len(text) > MAX_FACTORIZATION_CHARS:
        return f"a factorisation has at most {MAX_FACTORIZATION_CHARS} characters"
    text = _SUPERSCRIPT.sub(lambda match: "^" + match[0].translate(SUPERSCRIPTS), text)
    text = _PRODUCT.sub(" * ", plain(text))
    text = text.strip("[] ").replace("**", "^").replace(",", "*")
    found: Counter[int] = Counter()
    for part in text.split("*"):
        match = _FACTOR.fullmatch(part.strip())
        if match is None:
            return f"{part.strip()[:30]!r} is no power of a whole number"
        base, exponent = match[1], match[2] or match[3] or match[4] or "1"
        if len(base) > MAX_DIGITS or len(exponent) > 4 or int(exponent) > MAX_EXPONENT:
            return "a factor is too large"
        found[int(base)] += int(exponent)
    return found


def check_factorization(answer: str, factors: dict[int, int]) -> Verdict:
    """Judge a prime factorisation, whatever its order and whether powers are gathered.

    Args:
        answer: Hostile text; ``n =`` may stand before the product.
        factors: The primes with their exponents; as factorisation is unique, there is no other.
    """
    _, _, product = answer.rpartition("=")
    found = read_factors(product)
    if isinstance(found, str):
        return Verdict.wrong(found, status=Status.PARSE_ERROR)
    found.pop(1, None)
    if "=" in answer:
        number = 1
        for prime, exponent in factors.items():
            number *= prime**exponent
        if plain(answer.partition("=")[0]).lstrip("$ ") not in (str(number), f"{number:,}", "n"):
            return Verdict.wrong("what stands before the equals sign is another number")
    if dict(found) == factors:
        return Verdict.right()
    if missing := [prime for prime in factors if prime not in found]:
        return Verdict.wrong(f"{len(missing)} of {len(factors)} primes are missing")
    return Verdict.wrong("an exponent is wrong, or a factor is none")
