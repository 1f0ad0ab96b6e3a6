"""Sums of ranges that change (Fenwick 1994)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_tree(text: str) -> str:
    """Keep the sums of stretches in a binary indexed tree (Fenwick)."""
    (n, _), values, *orders = [list(map(int, line.split())) for line in text.splitlines()]
    tree = [0] * (n + 1)
    for at, value in enumerate(values, 1):
        while at <= n:
            tree[at] += value
            at += at & -at
    found = []
    for place, amount in orders:
        at = place
        while at <= n:
            tree[at] += amount
            at += at & -at
        total, at = 0, place
        while at:
            total += tree[at]
            at -= at & -at
        found.append(total)
    return " ".join(map(str, found))


def by_later_changes(text: str) -> str:
    """Add to the first sums what the orders up to each one changed before its place."""
    _, values, *orders = [list(map(int, line.split())) for line in text.splitlines()]
    found = []
    for number, (place, _) in enumerate(orders, 1):
        changed = sum(amount for at, amount in orders[:number] if at <= place)
        found.append(sum(values[:place]) + changed)
    return " ".join(map(str, found))


def by_doing(text: str) -> str:
    """Change the numbers, and add them up each time."""
    _, values, *orders = [list(map(int, line.split())) for line in text.splitlines()]
    found = []
    for place, amount in orders:
        values[place - 1] += amount
        found.append(sum(values[:place]))
    return " ".join(map(str, found))


@register
class RangeSums(BundledProblem):
    """Answer questions for sums of a row of numbers, some of which change."""

    id = "ProblemRangeSums-v0"
    statement = """
An order (i, v) adds v to the i-th number of a row and then asks for the sum of the first i numbers. The
orders
are carried out one after the other, and each works on what those before it left. What are the sums?

Input
The first line contains two integers n and q (2 <= n <= 200, 2 <= q <= 200).
The second line contains n integers a_1, a_2, ..., a_n (-10000 <= a_i <= 10000).
Each of the next q lines contains two integers i and v (1 <= i <= n, -1000 <= v <= 1000), an order.

Output
The q sums, in the order in which they are asked.
"""
    examples = (("4 3\n5 -1 3 8\n2 4\n4 1\n1 -7\n", "8 20 -2"),)
    solutions = (by_tree, by_later_changes)
    brute_force = by_doing
