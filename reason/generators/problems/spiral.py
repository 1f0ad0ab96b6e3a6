"""Reading a table in a spiral."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_walking(text: str) -> str:
    """Walk, and turn right where the way ends."""
    (n, m), *table = [list(map(int, line.split())) for line in text.splitlines()]
    i, j, di, dj = 0, 0, 0, 1
    seen, found = {(0, 0)}, [table[0][0]]
    while len(found) < n * m:
        a, b = i + di, j + dj
        if 0 <= a < n and 0 <= b < m and (a, b) not in seen:
            i, j = a, b
            seen.add((i, j))
            found.append(table[i][j])
        else:
            di, dj = dj, -di
    return " ".join(map(str, found))


def by_peeling(text: str) -> str:
    """Take the first row off, and turn the rest to the left."""
    _, *table = [line.split() for line in text.splitlines()]
    found: list[str] = []
    while table:
        found += table[0]
        table = [list(column) for column in zip(*table[1:], strict=True)][::-1]
    return " ".join(found)


def by_rings(text: str) -> str:
    """Sort the cells by ring and by place on the ring."""

    def key(i: int, j: int) -> tuple[int, int, int]:
        ring = min(i, j, n - 1 - i, m - 1 - j)
        if i == ring:
            return ring, 0, j
        if j == m - 1 - ring:
            return ring, 1, i
        return (ring, 2, -j) if i == n - 1 - ring else (ring, 3, -i)

    (n, m), *table = [list(map(int, line.split())) for line in text.splitlines()]
    cells = sorted((key(i, j), table[i][j]) for i in range(n) for j in range(m))
    return " ".join(str(value) for _, value in cells)


@register
class Spiral(BundledProblem):
    """Read a table in a spiral from its corner to its middle."""

    id = "ProblemSpiral-v0"
    statement = """
Read a table in a spiral: begin at the upper left cell, go right along the first row, down along the last
column, left along the last row, up along the first column, and so on along the cells that are left.

Input
The first line contains two integers n and m (2 <= n, m <= 50).
Each of the next n lines contains m integers a_{i,1}, ..., a_{i,m} (1 <= a_{i,j} <= 10000).

Output
The n * m numbers in the order of the spiral.
"""
    examples = (("3 4\n1 2 3 4\n5 6 7 8\n9 10 11 12\n", "1 2 3 4 8 12 11 10 9 5 6 7"),)
    solutions = (by_walking, by_peeling)
    brute_force = by_rings
