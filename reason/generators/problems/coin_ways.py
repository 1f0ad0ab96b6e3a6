"""Counting the ways to pay (Polya, On picture-writing, 1956)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_coin(text: str) -> str:
    """Add one kind of coin after the other."""
    (_, amount), coins = [list(map(int, line.split())) for line in text.splitlines()]
    ways = [1] + [0] * amount
    for coin in coins:
        for paid in range(coin, amount + 1):
            ways[paid] += ways[paid - coin]
    return str(ways[amount])


def by_recursion(text: str) -> str:
    """Pay with the last kind of coin once more, or never again."""
    from functools import cache

    @cache
    def ways(kinds: int, amount: int) -> int:
        if kinds == 1:
            return int(amount % coins[0] == 0)
        return sum(ways(kinds - 1, rest) for rest in range(amount, -1, -coins[kinds - 1]))

    (n, total), coins = [list(map(int, line.split())) for line in text.splitlines()]
    return str(ways(n, total))


def by_all_handfuls(text: str) -> str:
    """Put down every handful, the coins in their order."""

    def count(at: int, rest: int) -> int:
        if rest == 0:
            return 1
        return sum(count(to, rest - coins[to]) for to in range(at, len(coins)) if coins[to] <= rest)

    (_, amount), coins = [list(map(int, line.split())) for line in text.splitlines()]
    return str(count(0, amount))


@register
class CoinWays(BundledProblem):
    """Count the ways to pay an amount in coins."""

    id = "ProblemCoinWays-v0"
    statement = """
There are n kinds of coins, as many of each as you like. In how many ways can an amount be paid exactly? The
order in which coins are put down does not count.

Input
The first line contains two integers n and x (2 <= n <= 100, 5n <= x <= 10n).
The second line contains n distinct integers c_1, c_2, ..., c_n (1 <= c_i <= 12 + n), the values of the coins.

Output
One integer: the number of ways to pay x.
"""
    examples = (("3 25\n1 5 12\n", "10"),)
    solutions = (by_coin, by_recursion)
    brute_force = by_all_handfuls
    seldom = ("0", "1")
