"""Numbers combined by ``+ - * /`` to make a target: a quick search, and one that is a proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations
from math import gcd
from random import Random

__all__ = ["find_expression", "find_expressions", "search_integers"]

Value = tuple[int, int]
"""A numerator and a positive denominator, in lowest terms."""
Tree = str | tuple["Tree", str, "Tree"]
"""A number as it is written, or an operator between two trees."""


def search_integers(
    rng: Random, numbers: Sequence[int], target: int, *, use_all: bool, most: int
) -> tuple[int, list[str] | None]:
    """Search depth first, in random order, with whole positive values only (as the television game has it).

    Args:
        rng: Chooses the order.
        numbers: What may be combined.
        target: The value to make.
        use_all: Whether every number must be used.
        most: Combinations after which it gives up.

    Returns:
        How many combinations were made, and the steps that make the target, such as ``3 * 8 = 24``.
    """
    made = 0

    def search(values: list[int]) -> list[str] | None:
        nonlocal made
        pairs = list(combinations(range(len(values)), 2))
        rng.shuffle(pairs)
        for i, j in pairs:
            high, low = max(values[i], values[j]), min(values[i], values[j])
            rest = [value for k, value in enumerate(values) if k not in (i, j)]
            options = [(high + low, "+"), (high * low, "*")]
            if high > low:
                options.append((high - low, "-"))
            if high % low == 0:
                options.append((high // low, "/"))
            rng.shuffle(options)
            for value, sign in options:
                made += 1
                if made > most:
                    return None
                told = f"{high} {sign} {low} = {value}"
                if value == target and (not rest or not use_all):
                    return [told]
                if rest and (found := search([*rest, value])) is not None:
                    return [told, *found]
        return None

    found = search(list(numbers))
    return made, found


def find_expression(numbers: Sequence[int], target: int) -> str | None:
    """Find an expression over all numbers that makes the target, or None where there is none.

    None is a proof: every expression tree is looked at. It is meant for two to seven numbers.
    """
    return next(find_expressions(numbers, target), None)


def find_expressions(numbers: Sequence[int], target: int) -> Iterator[str]:
    """Yield an expression for each way of splitting the numbers in two and giving one part a value.

    It meets in the middle: the values of up to three numbers are listed, and what must be combined with
    them to make the target is looked up.
    """

    @cache
    def values(mask: int) -> dict[Value, Tree]:
        members = [at for at in range(len(numbers)) if mask >> at & 1]
        if len(members) == 1:
            return {(numbers[members[0]], 1): str(numbers[members[0]])}
        found: dict[Value, Tree] = {}
        for one in _splits(mask):
            for a, left in values(one).items():
                for b, right in values(mask ^ one).items():
                    for value, sign, turned in _combine(a, b):
                        if value not in found:
                            found[value] = (right, sign, left) if turned else (left, sign, right)
        return found

    @cache
    def reach(mask: int, goal: Value) -> Tree | None:
        return values(mask).get(goal) if mask.bit_count() <= 3 else next(split(mask, goal), None)

    def split(mask: int, goal: Value) -> Iterator[Tree]:
        for one in _splits(mask):
            small, large = sorted((one, mask ^ one), key=int.bit_count)
            for a, left in values(small).items():
                if not a[0] and not goal[0]:
                    anything = [str(number) for at, number in enumerate(numbers) if large >> at & 1]
                    yield (left, "*", f"({' + '.join(anything)})")
                    continue
                for b, sign, turned in _partners(a, goal):
                    if (right := reach(large, b)) is not None:
                        yield (right, sign, left) if turned else (left, sign, right)

    return map(_write, split((1 << len(numbers)) - 1, (target, 1)))


def _splits(mask: int) -> Iterator[int]:
    """Yield one half of each split into two parts, each split once."""
    low = mask & -mask
    rest = part = mask ^ low
    while part:
        part = (part - 1) & rest
        yield part | low


def _write(tree: Tree) -> str:
    return tree if isinstance(tree, str) else f"({_write(tree[0])} {tree[1]} {_write(tree[2])})"


def _value(over: int, under: int) -> Value:
    """Reduce a fraction; whole values, which are the most, cost nothing."""
    if under == 1:
        return over, 1
    if under < 0:
        over, under = -over, -under
    shared = gcd(over, under)
    return over // shared, under // shared


def _combine(a: Value, b: Value) -> Iterator[tuple[Value, str, bool]]:
    """Yield what two values make, by which operator, and whether they are turned round."""
    (p, q), (r, s) = a, b
    ps, qr, qs = p * s, q * r, q * s
    yield _value(ps + qr, qs), "+", False
    yield _value(p * r, qs), "*", False
    yield _value(ps - qr, qs), "-", False
    yield _value(qr - ps, qs), "-", True
    if r:
        yield _value(ps, qr), "/", False
    if p:
        yield _value(qr, ps), "/", True


def _partners(a: Value, goal: Value) -> Iterator[tuple[Value, str, bool]]:
    """Yield each value that makes the goal with ``a``, and how; nought times anything is the caller's."""
    (p, q), (r, s) = a, goal
    ps, qr, qs = p * s, q * r, q * s
    yield _value(qr - ps, qs), "+", False
    yield _value(ps - qr, qs), "-", False
    yield _value(qr + ps, qs), "-", True
    if p:
        yield _value(qr, ps), "*", False
        yield _value(p * r, qs), "/", True
        if r:
            yield _value(ps, qr), "/", False
