"""Repetition: whether a text goes round in circles."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from reason.rewards._columns import require

__all__ = ["repetition"]


def repetition(units: Sequence[Hashable], *, size: int = 30, times: int = 10, longest: int = 120) -> bool:
    """Return whether some run of ``size`` units comes ``times`` times, or a single word is too long.

    Time and memory are linear in the text, whatever it is: each run is known by a rolling number.

    Source: AutoThink (2505.10832), code: a 30-gram that comes 10 times, or a word of 120 characters and more.

    >>> repetition("so it is, " * 40), repetition("abc def".split()), repetition(["a" * 120])
    (True, False, True)

    Args:
        units: Words or token ids; of a plain string its characters.
        size: Units of a run.
        times: How often it must come, overlapping or not.
        longest: Characters from which a word counts as repetition (a word that never ends); of strings only.

    Raises:
        ValueError: a number is not from 1 (``times``: from 2).
    """
    require(size >= 1, "size", "from 1", size)
    require(times >= 2, "times", "from 2", times)
    require(longest >= 1, "longest", "from 1", longest)
    if any(isinstance(unit, str) and len(unit) >= longest for unit in units):
        return True
    ids: dict[Hashable, int] = {}
    numbers = [ids.setdefault(unit, len(ids) + 1) for unit in units]
    # A polynomial modulo a Mersenne prime: two different runs collide once in 2**61 / length.
    base, prime = 1_000_003, (1 << 61) - 1
    top = pow(base, size - 1, prime)
    seen: dict[int, int] = {}
    value = 0
    for place, number in enumerate(numbers):
        if place >= size:
            value -= numbers[place - size] * top
        value = (value * base + number) % prime
        if place + 1 >= size:
            seen[value] = seen.get(value, 0) + 1
            if seen[value] >= times:
                return True
    return False
