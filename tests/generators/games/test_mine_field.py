from random import Random

import pytest

from reason.generators.games.mine_field import Field, bits, join, neighbours, read_board, write_board

# A mine in the top left corner of 3 rows and 4 columns.
CORNER = Field(height=3, width=4, mines=1)


def test_bits_and_join_are_inverse():
    assert list(bits(0b10110)) == [1, 2, 4]
    assert join([4, 1, 2, 1]) == 0b10110
    assert join([]) == 0


@pytest.mark.parametrize(("cell", "count"), [(0, 3), (1, 5), (5, 8), (11, 3), (7, 5)])
def test_cells_have_as_many_neighbours_as_their_place_allows(cell, count):
    assert neighbours(3, 4)[cell].bit_count() == count
    assert not neighbours(3, 4)[cell] >> cell & 1


def test_the_right_edge_does_not_touch_the_left():
    assert set(bits(neighbours(3, 4)[3])) == {2, 6, 7}


def test_numbers_and_openings_worked_out_by_hand():
    assert CORNER.numbers(CORNER.cells & ~1) == {1: 1, 2: 0, 3: 0, 4: 1, 5: 1, 6: 0, 7: 0} | dict.fromkeys(
        range(8, 12), 0
    )
    assert CORNER.open(0, 5) == 1 << 5  # a number opens nothing else
    assert CORNER.open(0, 11) == CORNER.cells & ~1  # an empty cell opens all that it reaches


def test_an_opening_is_what_a_search_finds():
    rng = Random(3)
    for _ in range(50):
        field = Field(height=6, width=5, mines=join(rng.sample(range(30), 4)))
        cell = rng.choice(list(bits(field.cells & ~field.mines)))
        found, waiting = set(), [cell]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                row, column = divmod(one, 5)
                around = [
                    r * 5 + c
                    for r in range(row - 1, row + 2)
                    for c in range(column - 1, column + 2)
                    if 0 <= r < 6 and 0 <= c < 5
                ]
                if not any(field.mines >> each & 1 for each in around):
                    waiting += around
        assert field.open(0, cell) == join(found)


def test_a_drawing_is_read_back():
    drawn = write_board(CORNER, CORNER.cells & ~0b10001)
    assert drawn == "    1 2 3 4\n1 | # 1 . .\n2 | # 1 . .\n3 | . . . ."
    assert read_board(f"Rules.\n\n{drawn}\n\n3 turns left.") == ["#1..", "#1..", "...."]
    wide = Field(height=11, width=12, mines=1)
    assert read_board(write_board(wide, 0)) == ["#" * 12] * 11
