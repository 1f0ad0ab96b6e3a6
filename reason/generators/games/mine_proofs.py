"""What the open numbers of a mine field prove, by two roads that share nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from reason.generators.games.mine_field import Field, bits, join, neighbours

__all__ = ["Deduction", "Sweep", "deduce", "refute_mines", "sweep"]

MAX_STATEMENTS = 120
"""Statements after which a deduction is given up: it would prove more and more that leads nowhere."""


@dataclass(frozen=True, kw_only=True)
class Deduction:
    """What is certain."""

    safe: int
    mines: int
    work: int
    """Statements that were looked at, each as often as it was."""


def deduce(height: int, width: int, numbers: Mapping[int, int], num_mines: int) -> Deduction:
    """Find cells that must be safe, by rules that people use; it stops at the first rule that finds some.

    A statement says how many mines a set of closed cells holds. A number states that of the closed cells
    around it, the count of mines of all closed cells. Two statements that overlap prove a third: where all of
    the first set lies in the second, about the rest; and where the second needs more mines than the first
    can share, the cells outside the first are mines and those outside the second are safe.
    """
    around = neighbours(height, width)
    closed = (1 << (height * width)) - 1
    for cell in numbers:
        closed &= ~(1 << cell)
    statements = {around[cell] & closed: count for cell, count in numbers.items() if around[cell] & closed}
    mines = work = 0
    while True:
        work += len(statements)
        safe, found = _settle(statements)
        mines |= found
        if safe:
            return Deduction(safe=safe, mines=mines, work=work)
        if found:
            statements = _without(statements, found)
            continue
        proved = _prove(statements)
        if proved.keys() <= statements.keys():
            proved = {closed & ~mines: num_mines - mines.bit_count()}
        if proved.keys() <= statements.keys() or len(statements) > MAX_STATEMENTS:
            return Deduction(safe=0, mines=mines, work=work)
        statements |= proved


def _settle(statements: Mapping[int, int]) -> tuple[int, int]:
    """Return the safe cells and the mines of statements that say "none" or "all"."""
    safe = mines = 0
    for cells, count in statements.items():
        if count == 0:
            safe |= cells
        elif count == cells.bit_count():
            mines |= cells
    return safe, mines


def _without(statements: Mapping[int, int], mines: int) -> dict[int, int]:
    return {
        cells & ~mines: count - (cells & mines).bit_count()
        for cells, count in statements.items()
        if cells & ~mines
    }


def _prove(statements: Mapping[int, int]) -> dict[int, int]:
    """Return what pairs of statements prove."""
    proved: dict[int, int] = {}
    for cells, count in statements.items():
        for others, other_count in statements.items():
            if not cells & others or cells == others:
                continue
            rest, missing = others & ~cells, other_count - count
            if not cells & ~others:
                proved[rest] = missing
            elif rest and missing == rest.bit_count():
                proved[rest] = missing
                proved[cells & ~others] = 0
    return proved


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """A field, the cells that are open from the start, and how the rest is opened without a guess."""

    field: Field
    opened: int
    order: tuple[int, ...]
    work: int

    @property
    def to_open(self) -> int:
        """The closed cells without mines."""
        return self.field.cells & ~self.field.mines & ~self.opened

    @property
    def forced(self) -> int:
        """The cells that only the player can open: numbers with no closed empty cell around them."""
        empty = join(cell for cell in bits(self.to_open) if not self.field.number(cell))
        around = neighbours(self.field.height, self.field.width)
        return join(cell for cell in bits(self.to_open & ~empty) if not around[cell] & empty)


def sweep(field: Field, start: int, num_mines: int) -> Sweep | None:
    """Open what is proved safe until all is open; None where nothing is, or nothing is left to open."""
    opened, order, work = start, [], 0
    while field.cells & ~field.mines & ~opened:
        deduction = deduce(field.height, field.width, field.numbers(opened), num_mines)
        work += deduction.work
        if not deduction.safe:
            return None
        for cell in bits(deduction.safe):
            if not opened >> cell & 1:
                opened = field.open(opened, cell)
                order.append(cell)
    return Sweep(field=field, opened=start, order=tuple(order), work=work) if order else None


def refute_mines(rows: Sequence[str], num_mines: int) -> list[tuple[int, int]]:
    """Return the closed cells in which no mine can be: a SAT solver refutes each, all mines counted.

    Args:
        rows: The signs of a field, as :func:`reason.generators.games.mine_field.read_board` reads them.
        num_mines: In the whole field.

    Returns:
        Rows and columns, from 0.
    """
    from pysat.card import CardEnc, EncType
    from pysat.solvers import Minisat22

    closed = {place: number for number, place in enumerate(_places(rows, "#"), 1)}
    clauses: list[list[int]] = []
    for row, column in _places(rows, ".12345678"):
        count = int(rows[row][column].replace(".", "0"))
        near = [closed[each] for each in closed if abs(each[0] - row) <= 1 and abs(each[1] - column) <= 1]
        clauses += [list(chosen) for chosen in combinations(near, len(near) - count + 1)]
        clauses += [[-each for each in chosen] for chosen in combinations(near, count + 1)]
    total = CardEnc.equals(
        lits=list(closed.values()), bound=num_mines, top_id=len(closed), encoding=EncType.seqcounter
    )
    with Minisat22(bootstrap_with=clauses + total.clauses) as solver:
        return [place for place, number in closed.items() if not solver.solve(assumptions=[number])]


def _places(rows: Sequence[str], signs: str) -> list[tuple[int, int]]:
    return [
        (row, column) for row, line in enumerate(rows) for column, sign in enumerate(line) if sign in signs
    ]
