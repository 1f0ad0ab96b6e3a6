from fractions import Fraction

import pytest

from reason.generators.math.markov_chain import QUESTIONS, MarkovChain

FAMILY = MarkovChain()


def move(matrix, row):
    return [sum(row[i] * matrix[i][j] for i in range(len(matrix))) for j in range(len(matrix))]


def simulate(truth, steps):
    """Follow the distribution step by step; what has arrived stays."""
    matrix = [[float(Fraction(p)) for p in row] for row in truth["matrix"]]
    a, b, c = truth["states"]
    ends = {"hitting": (b,), "before": (b, c)}.get(truth["what"], ())
    for end in ends:
        matrix[end] = [float(state == end) for state in range(len(matrix))]
    row = [float(state == a) for state in range(len(matrix))]
    expected, mean = 0.0, [0.0] * len(matrix)
    for _ in range(steps):
        expected += 1 - row[b]
        mean = [total + p / steps for total, p in zip(mean, row, strict=True)]
        row = move(matrix, row)
    return {"hitting": expected, "before": row[b], "stationary": mean[b]}[truth["what"]]


@pytest.mark.parametrize("level", range(10))
def test_simulated_distributions_come_to_the_answer(level):
    for index in range(12):
        task = FAMILY.task(level=level, index=index)
        truth = task.ground_truth
        assert all(sum(map(Fraction, row)) == 1 for row in truth["matrix"])
        if truth["what"] == "steps":
            matrix = [[Fraction(p) for p in row] for row in truth["matrix"]]
            row = [Fraction(state == truth["states"][0]) for state in range(len(matrix))]
            for _ in range(task.config["num_steps"]):
                row = move(matrix, row)
            assert row[truth["states"][1]] == Fraction(task.reference)
        else:
            rough = 3e-2 if truth["what"] == "stationary" else 1e-6
            assert simulate(truth, 3_000) == pytest.approx(float(Fraction(task.reference)), rel=rough)


@pytest.mark.parametrize("level", range(0, 10, 2))
def test_the_fundamental_matrix_gives_the_answer(level):
    for index in range(6):
        task = FAMILY.task(level=level, index=index)
        assert FAMILY.solve(task) == task.reference


def test_every_question_is_asked():
    asked = {FAMILY.task(level=1, index=index).ground_truth["what"] for index in range(40)}
    assert asked == set(QUESTIONS)
