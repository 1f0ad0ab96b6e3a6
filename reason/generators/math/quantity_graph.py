"""Graphs of quantities: each is given, or computed from others by one operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

__all__ = ["Quantity", "QuantityGraph", "apply"]

UNARY = ("more", "fewer", "times", "part")
ARITY = {"given": 0, **dict.fromkeys(UNARY, 1), "sum": 2, "difference": 2, "total": 3}
SMALLEST = 2
"""Smallest value of a quantity: none is a singular."""


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """One node."""

    key: int
    operation: str
    """``given``, ``more``, ``fewer``, ``times``, ``part``, ``sum``, ``difference`` or ``total``."""
    parents: tuple[int, ...]
    number: int | None
    """The number that the operation holds, if it holds one."""
    value: int


def apply(operation: str, number: int | None, values: tuple[int, ...]) -> int | None:
    """Return what an operation makes of its parents' values; None where a part is no whole number."""
    n = number or 0
    match operation:
        case "given":
            return n
        case "more":
            return values[0] + n
        case "fewer":
            return values[0] - n
        case "times":
            return values[0] * n
        case "part":
            return values[0] // n if values[0] % n == 0 else None
        case "difference":
            return values[0] - values[1]
    return sum(values)


class QuantityGraph:
    """A graph that is being drawn; its nodes are in an order in which parents come first."""

    def __init__(self, rng: Random, *, max_given: int, max_value: int) -> None:
        """Start without nodes.

        Args:
            rng: The only randomness.
            max_given: Largest number that is given.
            max_value: Value above which operations that make numbers smaller are drawn.
        """
        self.nodes: list[Quantity] = []
        self._rng, self._max_given, self._max_value = rng, max_given, max_value

    def draw(self, num_operations: int, reuse: float = 0.25) -> Quantity:
        """Draw a quantity whose computation takes so many operations that are not in the graph yet.

        Args:
            num_operations: New operations; 0 gives a given quantity or one of the graph.
            reuse: Probability with which the latter is taken where it may.
        """
        if num_operations == 0:
            if self.nodes and self._rng.random() < reuse:
                return self._rng.choice(self.nodes)
            return self.add_given()
        arity = self._rng.choices((1, 2, 3), (5, 5, 1))[0]
        shares = self._split(num_operations - 1, arity)
        parents: list[Quantity] = []
        for share in shares:
            parent = self.draw(share, reuse)
            parents.append(self.add_given() if parent in parents else parent)
        return self.add(tuple(parents))

    def add_given(self) -> Quantity:
        """Add a given quantity."""
        value = self._rng.randint(SMALLEST, self._max_given)
        return self._append("given", (), value, value)

    def add(self, parents: tuple[Quantity, ...]) -> Quantity:
        """Add a quantity that is computed from one to three others by an operation that fits their values."""
        values = tuple(parent.value for parent in parents)
        fitting = []
        for operation, number in self._candidates(values):
            value = apply(operation, number, values)
            if value is not None and SMALLEST <= value <= self._max_value:
                fitting.append((operation, number, value))
        if not fitting:
            operation = {1: "more", 2: "sum", 3: "total"}[len(parents)]
            number = self._rng.randint(SMALLEST, self._max_given) if len(parents) == 1 else None
            fitting = [(operation, number, apply(operation, number, values) or 0)]
        operation, number, value = self._rng.choice(fitting)
        return self._append(operation, tuple(parent.key for parent in parents), number, value)

    def _candidates(self, values: tuple[int, ...]) -> Iterator[tuple[str, int | None]]:
        if len(values) > 1:
            yield from ((name, None) for name, arity in ARITY.items() if arity == len(values))
            return
        yield "more", self._rng.randint(SMALLEST, self._max_given)
        yield "fewer", self._rng.randint(SMALLEST, self._max_given)
        yield "times", self._rng.randint(2, 5)
        if divisors := [each for each in (2, 3, 4, 5) if values[0] % each == 0]:
            yield "part", self._rng.choice(divisors)

    def _append(self, operation: str, parents: tuple[int, ...], number: int | None, value: int) -> Quantity:
        node = Quantity(key=len(self.nodes), operation=operation, parents=parents, number=number, value=value)
        self.nodes.append(node)
        return node

    def _split(self, total: int, shares: int) -> list[int]:
        cuts = sorted(self._rng.randint(0, total) for _ in range(shares - 1))
        return [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]

    def needed(self, asked: Quantity) -> list[Quantity]:
        """Return the asked quantity and all that its computation needs, parents first."""
        keys = {asked.key}
        for node in reversed(self.nodes):
            if node.key in keys:
                keys.update(node.parents)
        return [node for node in self.nodes if node.key in keys]


def settle(facts: Mapping[str, tuple[str, int | None, tuple[str, ...]]]) -> dict[str, int]:
    """Compute all quantities of a set of facts by sweeping over it until nothing is new.

    Args:
        facts: By quantity: operation, number, parents.
    """
    known: dict[str, int] = {}
    found = True
    while found:
        found = False
        for name, (operation, number, parents) in facts.items():
            if name not in known and all(parent in known for parent in parents):
                value = apply(operation, number, tuple(known[parent] for parent in parents))
                if value is not None:
                    known[name], found = value, True
    return known
