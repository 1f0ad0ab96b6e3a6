from itertools import combinations
from random import Random

import pytest

from reason.generators.games.mine_field import Field, bits, join, read_board, write_board
from reason.generators.games.mine_proofs import deduce, refute_mines, sweep


def field_of(*rows):
    """Return a field whose mines are written as x, and its cells that are written as o, which are open."""
    text = "".join(rows)
    mines, opened = (join(cell for cell, sign in enumerate(text) if sign == each) for each in "xo")
    return Field(height=len(rows), width=len(rows[0]), mines=mines), opened


def certain(field, opened):
    """Return the closed cells without a mine in all layouts that show the same, by listing the layouts."""
    closed = list(bits(field.cells & ~opened))
    shown = field.numbers(opened)
    possible = 0
    for chosen in combinations(closed, field.mines.bit_count()):
        other = Field(height=field.height, width=field.width, mines=join(chosen))
        if other.numbers(opened) == shown:
            possible |= other.mines
    return field.cells & ~opened & ~possible


@pytest.mark.parametrize(
    ("rows", "safe"),
    [
        (("oo.", "ox.", "..."), {2, 5, 6, 7}),  # the corner's 1 has one closed neighbour
        (("ooo", "...", ".x."), {3, 4, 5}),  # no mine near the open row
        (("oo", "x."), set()),  # two 1s that share their neighbours
        (("ooo", "x.x", "..."), {4}),  # 1 2 1
        (("oooo", ".xx.", "...."), {4, 7}),  # 1 2 2 1
        (("ooox", "ooo.", "ooo."), {7, 11}),  # the third row shows none
        (("oxo", "ooo", "oo."), {8}),  # all mines are found: the rest is safe
    ],
)
def test_patterns_that_every_player_knows(rows, safe):
    field, opened = field_of(*rows)
    deduction = deduce(field.height, field.width, field.numbers(opened), field.mines.bit_count())
    assert set(bits(deduction.safe)) == safe
    assert not deduction.mines & ~field.mines


def positions(count, seed):
    rng = Random(seed)
    for _ in range(count):
        field = Field(height=4, width=5, mines=join(rng.sample(range(20), rng.randint(2, 5))))
        opened = 0
        for cell in rng.sample(list(bits(field.cells & ~field.mines)), 4):
            opened = field.open(opened, cell)
        yield field, opened


def test_deductions_are_true_in_every_layout_that_shows_the_same():
    found = 0
    for field, opened in positions(60, seed=4):
        deduction = deduce(4, 5, field.numbers(opened), field.mines.bit_count())
        assert not deduction.safe & ~certain(field, opened)
        assert not deduction.mines & ~field.mines
        found += bool(deduction.safe)
    assert found > 20


def test_the_sat_solver_finds_all_that_is_certain():
    for field, opened in positions(40, seed=5):
        safe = refute_mines(read_board(write_board(field, opened)), field.mines.bit_count())
        assert join(row * 5 + column for row, column in safe) == certain(field, opened)


def test_a_sweep_opens_all_or_nothing():
    rng, swept = Random(6), 0
    for _ in range(40):
        field = Field(height=7, width=7, mines=join(rng.sample(range(49), 8)))
        empty = [cell for cell in bits(field.cells & ~field.mines) if not field.number(cell)]
        if not empty:
            continue
        start = field.open(0, empty[0])
        found = sweep(field, start, 8)
        if found is None:
            continue
        swept += 1
        opened = start
        for cell in found.order:
            assert not opened >> cell & 1
            assert not field.mines >> cell & 1
            opened = field.open(opened, cell)
        assert opened == field.cells & ~field.mines
        assert found.to_open & start == 0
        assert found.forced & ~join(found.order) == 0
    assert swept > 10


def test_a_field_that_needs_a_guess_is_not_swept():
    # Two cells in a corner that nothing tells apart: a mine in one of them.
    field, opened = field_of("xoo", ".oo")
    assert sweep(field, opened, 1) is None
    assert certain(field, opened) == 0
