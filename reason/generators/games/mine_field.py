"""Mine fields as sets of bits: neighbours, openings, and their drawing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Field", "bits", "join", "neighbours", "read_board", "write_board"]


def bits(cells: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set, the lowest first."""
    while cells:
        lowest = cells & -cells
        yield lowest.bit_length() - 1
        cells ^= lowest


@lru_cache(maxsize=64)
def neighbours(height: int, width: int) -> tuple[int, ...]:
    """Return, for each cell, the up to eight cells around it."""
    around = []
    for row in range(height):
        for column in range(width):
            cells = 0
            for other_row in range(max(row - 1, 0), min(row + 2, height)):
                for other_column in range(max(column - 1, 0), min(column + 2, width)):
                    cells |= 1 << (other_row * width + other_column)
            around.append(cells & ~(1 << (row * width + column)))
    return tuple(around)


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of cells that are numbered row by row from 0, and its mines."""

    height: int
    width: int
    mines: int

    @property
    def cells(self) -> int:
        """All cells."""
        return (1 << (self.height * self.width)) - 1

    def number(self, cell: int) -> int:
        """Return how many mines are around a cell."""
        return (neighbours(self.height, self.width)[cell] & self.mines).bit_count()

    def numbers(self, opened: int) -> dict[int, int]:
        """Return what the open cells show."""
        return {cell: self.number(cell) for cell in bits(opened)}

    def open(self, opened: int, cell: int) -> int:
        """Return the open cells after one more; a cell without mines around it opens its neighbours."""
        around = neighbours(self.height, self.width)
        waiting = 1 << cell
        while waiting:
            lowest = waiting & -waiting
            cell = lowest.bit_length() - 1
            opened |= lowest
            if not self.mines & around[cell]:
                waiting |= around[cell]
            waiting &= ~opened
        return opened


def join(cells: Iterable[int]) -> int:
    """Set the bits of cells: the inverse of :func:`bits`."""
    return sum(1 << cell for cell in set(cells))


def read_board(text: str) -> list[str]:
    """Read the signs of a drawn field, row by row."""
    return [
        line.replace(" ", "") for line in re.findall(r"^ *[0-9]+ \|((?: +[#.0-8])+)$", text, re.MULTILINE)
    ]


def write_board(field: Field, opened: int) -> str:
    """Draw the field with the numbers of its rows and columns."""
    space = len(str(max(field.height, field.width)))
    signs = {cell: "." if not number else str(number) for cell, number in field.numbers(opened).items()}
    lines = [" " * (space + 2) + "".join(f" {column:>{space}}" for column in range(1, field.width + 1))]
    for row in range(field.height):
        cells = range(row * field.width, (row + 1) * field.width)
        lines.append(f"{row + 1:>{space}} |" + "".join(f" {signs.get(cell, '#'):>{space}}" for cell in cells))
    return "\n".join(lines)
