import itertools
from functools import cache

import numpy as np
import pytest

from reason.generators.math.cryptarithm import Cryptarithm, solutions

FAMILY = Cryptarithm()


def by_brute_force(words):
    letters = sorted(set("".join(words)))
    found = []
    for digits in itertools.permutations(range(10), len(letters)):
        table = dict(zip(letters, digits, strict=True))
        if any(table[word[0]] == 0 for word in words):
            continue
        *addends, total = (int("".join(str(table[c]) for c in word)) for word in words)
        if sum(addends) == total:
            found.append(table)
    return found


@pytest.mark.parametrize("level", [0])
def test_trying_all_digits_finds_the_same_single_solution(level):
    for index in range(4):
        task = FAMILY.task(level=level, index=index)
        assert by_brute_force(task.ground_truth["words"]) == [dict(task.ground_truth["solution"])]


@pytest.mark.parametrize("level", [1, 2, 3])
def test_no_other_digits_at_all_fit_longer_puzzles(level):
    """Every assignment of digits at once, as one weighted sum a row."""
    for index in range(3):
        words = FAMILY.task(level=level, index=index).ground_truth["words"]
        letters = sorted(set("".join(words)))
        weights = dict.fromkeys(letters, 0)
        for word in words:
            for power, letter in enumerate(reversed(word)):
                weights[letter] += 10**power * (-1 if word == words[-1] else 1)
        rows = digits_of(len(letters))
        fits = rows @ np.array([weights[letter] for letter in letters]) == 0
        for word in words:
            fits &= rows[:, letters.index(word[0])] > 0
        assert fits.sum() == 1


@cache
def digits_of(count):
    return np.array(list(itertools.permutations(range(10), count)), dtype=np.int64)


@pytest.mark.parametrize("level", range(7))
def test_the_solution_adds_up_and_another_solver_finds_it(level):
    for index in range(6):
        task = FAMILY.task(level=level, index=index)
        table = task.ground_truth["solution"]
        *addends, total = (int("".join(str(table[c]) for c in word)) for word in task.ground_truth["words"])
        assert sum(addends) == total
        assert len(set(table.values())) == len(table)
        assert FAMILY.solve(task) == task.reference


@pytest.mark.parametrize(
    ("puzzle", "count"),
    [
        ("SEND MORE MONEY", 1),
        ("TWO TWO FOUR", 7),
        ("A A B", 4),
        ("EAT THAT APPLE", 1),
        ("A B C", 32),
        ("AB A CDE", 6),
    ],
)
def test_famous_puzzles_have_as_many_solutions_as_brute_force_finds(puzzle, count):
    words = puzzle.split()
    found, _ = solutions(words, most=1_000)
    assert len(found) == count
    if len(set("".join(words))) <= 5:
        key = lambda table: sorted(table.items())  # noqa: E731
        assert sorted(found, key=key) == sorted(by_brute_force(words), key=key)


def test_send_more_money():
    (table,), _ = solutions(["SEND", "MORE", "MONEY"], most=2)
    assert table == {"S": 9, "E": 5, "N": 6, "D": 7, "M": 1, "O": 0, "R": 8, "Y": 2}


def test_part_of_the_letters_is_part_of_the_component():
    task = FAMILY.task(level=0)
    table = dict(task.ground_truth["solution"])
    first, second, *_ = sorted(table)
    table[first], table[second] = table[second], table[first]
    verdict = FAMILY.verify(task, ", ".join(f"{letter}={digit}" for letter, digit in table.items()))
    assert not verdict.passed
    assert verdict.components["correct_letters"] == (len(table) - 2) / len(table)
