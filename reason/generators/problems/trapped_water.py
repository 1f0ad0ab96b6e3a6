"""Water between walls."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_two_ends(text: str) -> str:
    """Walk inwards from both ends, at the lower one first."""
    walls = list(map(int, text.split()[1:]))
    left, right, low, total = 0, len(walls) - 1, 0, 0
    while left < right:
        if walls[left] <= walls[right]:
            low = max(low, walls[left])
            total += low - min(low, walls[left])
            left += 1
        else:
            low = max(low, walls[right])
            total += low - min(low, walls[right])
            right -= 1
    return str(total)


def by_columns(text: str) -> str:
    """Look for the highest walls on both sides of each place, from prefix maxima."""
    from itertools import accumulate

    walls = list(map(int, text.split()[1:]))
    left = list(accumulate(walls, max))
    right = list(accumulate(walls[::-1], max))[::-1]
    return str(sum(map(min, left, right)) - sum(walls))


def by_layers(text: str) -> str:
    """Fill layer by layer: in each, what lies between the first and the last wall and is no wall."""
    walls = list(map(int, text.split()[1:]))
    total = 0
    for height in range(1, max(walls) + 1):
        solid = [at for at, wall in enumerate(walls) if wall >= height]
        total += solid[-1] - solid[0] + 1 - len(solid)
    return str(total)


@register
class TrappedWater(BundledProblem):
    """Measure how much rain stays between walls of different heights."""

    id = "ProblemTrappedWater-v0"
    statement = """
Walls of width 1 stand side by side on level ground. Rain falls on them until water runs over on both sides.
How much water stays between the walls?

Input
The first line contains one integer n (3 <= n <= 200).
The second line contains n integers h_1, h_2, ..., h_n (0 <= h_i <= 5000), the heights of the walls.

Output
One integer: the area of the water.
"""
    examples = (("7\n3 0 2 5 1 1 4\n", "10"),)
    solutions = (by_two_ends, by_columns)
    brute_force = by_layers
    seldom = ("0",)
