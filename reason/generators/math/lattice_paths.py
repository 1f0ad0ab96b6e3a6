"""Counting shortest lattice paths around forbidden points."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import comb
from random import Random

from reason.family import Config, Draft
from reason.generators.math.worked import ValueFamily, Working, adding
from reason.registry import register
from reason.task import Task

__all__ = ["LatticePaths", "LatticePathsConfig"]

PHRASINGS = (
    "How many paths lead from (0, 0) to ({width}, {height}) if each step goes one unit right or one unit up"
    "{rule}?",
    "A robot at (0, 0) walks to ({width}, {height}). Each of its steps adds 1 to one of its two coordinates"
    "{comma}. In how many ways can it walk?",
    "Count the lattice paths from (0, 0) to ({width}, {height}) with unit steps to the right and up{rule}.",
)


@dataclass(frozen=True, kw_only=True)
class LatticePathsConfig(Config):
    """Knobs of the grid."""

    size: int = 5
    """Width and height are drawn from this up to 3 more."""
    num_blocked: int = 3
    """Points that no path may visit."""
    diagonal: bool = True
    """Whether some grids also forbid all points above the diagonal."""

    def __post_init__(self) -> None:
        """Reject grids that nobody can want."""
        super().__post_init__()
        self.require(3 <= self.size <= 200, "size", "3 to 200")
        self.require(0 <= self.num_blocked <= 2 * self.size, "num_blocked", "0 to twice the size")


@register
class LatticePaths(ValueFamily[LatticePathsConfig]):
    """Count the shortest paths through a grid that avoid some points and may have to stay below the diagonal.

    The count is made point by point (Stanley, Enumerative Combinatorics, volume 1, section 1.2). Effort is
    the schoolbook work of these additions.
    """

    id = "LatticePaths-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> LatticePathsConfig:
        """Take larger grids with more forbidden points."""
        return LatticePathsConfig(
            size=min(3 + level, 200), num_blocked=min(3 + level // 2, 20), diagonal=level >= 2
        )

    def generate(self, rng: Random, config: LatticePathsConfig) -> Draft:
        """Draw grids until one has a path."""
        while True:
            width, height = (config.size + rng.randint(0, 3) for _ in "wh")
            below = config.diagonal and rng.random() < 0.4
            if below:
                width, height = max(width, height), min(width, height)
            points = [
                (x, y)
                for x in range(width + 1)
                for y in range(height + 1)
                if (x, y) not in ((0, 0), (width, height)) and not (below and y > x)
            ]
            blocked = sorted(rng.sample(points, config.num_blocked))
            working = Working()
            count = _count(width, height, blocked, below, working)
            if count > 1:
                break
        rules = []
        if blocked:
            listed = ", ".join(f"({x}, {y})" for x, y in blocked)
            rules.append(f"the path must not visit {'any of ' if len(blocked) > 1 else ''}{listed}")
        if below:
            rules.append("the path must never reach a point (x, y) with y > x")
        rule = " and ".join(rules)
        return self.draft(
            rng,
            phrasings=PHRASINGS,
            fields={
                "width": width,
                "height": height,
                "rule": f", where {rule}" if rule else "",
                "comma": f", and {rule}" if rule else "",
            },
            truth={"width": width, "height": height, "blocked": blocked, "below": below},
            answer=str(count),
            working=working,
            topic="lattice paths",
        )

    def solve(self, task: Task) -> str | None:
        """Take away the paths by the first forbidden point that they visit, counted with binomials."""
        points = [(int(x), int(y)) for x, y in re.findall(r"\(([0-9]+), ([0-9]+)\)", task.text)]
        _, (width, height), *blocked = points
        if "y > x" in task.text:
            blocked += [(x, x + 1) for x in range(height)]
        first: dict[tuple[int, int], int] = {}
        for x, y in [*sorted(set(blocked)), (width, height)]:
            paths = comb(x + y, x)
            for (a, b), count in first.items():
                if a <= x and b <= y:
                    paths -= count * comb(x - a + y - b, x - a)
            first[x, y] = paths
        return str(first[width, height])

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield the count without forbidden points, and neighbours."""
        truth, value = task.ground_truth, int(task.reference or 0)
        width, height = truth["width"], truth["height"]
        yield from (str(comb(width + height, width)), str(value + 1), str(value - 1), str(2 * value))
        yield from (f"{value}.5", f"C({width + height}, {width})", f"-{value}")


def _count(width: int, height: int, blocked: list[tuple[int, int]], below: bool, working: Working) -> int:
    closed = set(blocked)
    row: list[int] = []
    for y in range(height + 1):
        work, before = 0.0, row
        row = []
        for x in range(width + 1):
            if (x, y) in closed or (below and y > x):
                row.append(0)
                continue
            left, down = row[-1] if row else 0, before[x] if before else 0
            row.append(left + down if x or y else 1)
            if left and down:
                work += adding(left, down)
        shown = ", ".join(map(str, row))
        after = [f"s{y}"] if y else []
        working.step(
            f"Paths to the points with y = {y}, from x = 0 on: {shown}", shown, *after, work=work + 1
        )
    return row[-1]
