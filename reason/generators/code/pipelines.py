"""Functions on lists of integers as chains of small operations, in the manner of DeepCoder's language.

Each operation says itself in English, in Python and as a function of ours: three spellings that the tests
compare. (Balog et al. 2017, "DeepCoder: Learning to Write Programs", 1611.01989.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

__all__ = ["OPERATIONS", "Operation", "agreeing", "apply_all", "draw_list", "write_function"]

Values = list[int]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One step from a list to a list."""

    english: str
    """An imperative about "the numbers"."""
    python: str
    """An expression of ``values``."""
    apply: Callable[[Values], Values]


def _plain_operations() -> Iterator[Operation]:
    plain: list[tuple[str, str, Callable[[Values], Values]]] = [
        ("sort the numbers in ascending order", "sorted(values)", sorted),
        ("reverse the order of the numbers", "values[::-1]", lambda values: values[::-1]),
        (
            "keep only the even numbers",
            "[v for v in values if v % 2 == 0]",
            lambda vs: [v for v in vs if not v % 2],
        ),
        (
            "keep only the odd numbers",
            "[v for v in values if v % 2 == 1]",
            lambda vs: [v for v in vs if v % 2],
        ),
        (
            "keep only the numbers above 0",
            "[v for v in values if v > 0]",
            lambda vs: [v for v in vs if v > 0],
        ),
        ("change the sign of each number", "[-v for v in values]", lambda vs: [-v for v in vs]),
        (
            "replace each number by its absolute value",
            "[abs(v) for v in values]",
            lambda vs: [abs(v) for v in vs],
        ),
        ("replace each number by its square", "[v * v for v in values]", lambda vs: [v * v for v in vs]),
        (
            "remove every number that has occurred before",
            "list(dict.fromkeys(values))",
            lambda vs: list(dict.fromkeys(vs)),
        ),
        (
            "replace each number by the sum of the numbers up to it, itself included",
            "[sum(values[: i + 1]) for i in range(len(values))]",
            lambda vs: list(accumulate(vs)),
        ),
        (
            "replace the list by the differences of each number and the one before it",
            "[b - a for a, b in zip(values, values[1:])]",
            lambda vs: [vs[at] - vs[at - 1] for at in range(1, len(vs))],
        ),
        ("keep every second number, beginning with the first", "values[::2]", lambda vs: vs[::2]),
        (
            "append the first number again at the end, if there is one",
            "values + values[:1]",
            lambda vs: [*vs, *vs[:1]],
        ),
    ]
    for english, python, apply in plain:
        yield Operation(english=english, python=python, apply=apply)


def _numbered_operations() -> Iterator[Operation]:
    for c in (2, 3, 5):
        yield Operation(
            english=f"multiply each number by {c}",
            python=f"[v * {c} for v in values]",
            apply=lambda vs, c=c: [v * c for v in vs],  # type: ignore[misc]
        )
        yield Operation(
            english=f"drop the first {c} numbers",
            python=f"values[{c}:]",
            apply=lambda vs, c=c: vs[c:],  # type: ignore[misc]
        )
        yield Operation(
            english=f"keep only the first {c + 1} numbers",
            python=f"values[:{c + 1}]",
            apply=lambda vs, c=c: vs[: c + 1],  # type: ignore[misc]
        )
        yield Operation(
            english=f"replace each number by its remainder when divided by {2 * c + 1} (from 0 to {2 * c})",
            python=f"[v % {2 * c + 1} for v in values]",
            apply=lambda vs, c=c: [v % (2 * c + 1) for v in vs],  # type: ignore[misc]
        )
    for c in (-7, -4, 3, 6, 10):
        yield Operation(
            english=f"add {c} to each number" if c > 0 else f"subtract {-c} from each number",
            python=f"[v {'+' if c > 0 else '-'} {abs(c)} for v in values]",
            apply=lambda vs, c=c: [v + c for v in vs],  # type: ignore[misc]
        )
        yield Operation(
            english=f"keep only the numbers greater than {c}",
            python=f"[v for v in values if v > {c}]",
            apply=lambda vs, c=c: [v for v in vs if v > c],  # type: ignore[misc]
        )


OPERATIONS: tuple[Operation, ...] = (*_plain_operations(), *_numbered_operations())


def apply_all(chain: Sequence[Operation], values: Sequence[int]) -> Values:
    """Return what a chain of operations makes of a list."""
    result = list(values)
    for operation in chain:
        result = operation.apply(result)
    return result


def agreeing(
    operations: Sequence[Operation], length: int, examples: Sequence[tuple[Values, Values]]
) -> Iterator[tuple[Operation, ...]]:
    """Yield every chain of at most so many operations that fits all examples."""
    first, wanted = examples[0]
    stack: list[tuple[tuple[Operation, ...], Values]] = [((), first)]
    while stack:
        chain, values = stack.pop()
        if (
            chain
            and values == wanted
            and all(apply_all(chain, given) == gives for given, gives in examples[1:])
        ):
            yield chain
        if len(chain) < length:
            stack.extend(((*chain, operation), operation.apply(values)) for operation in operations)


def draw_list(rng: Random, least: int = 4, most: int = 8) -> Values:
    """Draw a list of small integers, at times with a number twice."""
    values = [rng.randint(-12, 20) for _ in range(rng.randint(least, most))]
    if rng.random() < 0.5:
        values[rng.randrange(len(values))] = rng.choice(values)
    return values


def write_function(name: str, chain: Sequence[Operation]) -> str:
    """Write a chain as a Python function."""
    body = "".join(f"    values = {operation.python}\n" for operation in chain)
    return f"def {name}(values):\n{body}    return values\n"
