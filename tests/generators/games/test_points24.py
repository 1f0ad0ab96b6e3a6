import ast
import operator
from fractions import Fraction
from random import Random

import pytest

from reason.generators.games.playing import rehearsal
from reason.generators.games.points24 import Points24, Points24Config, complete, evaluate

FAMILY = Points24()
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def by_python(node):
    """Evaluate the tree of Python's own parser in fractions; None where it divides by zero."""
    if isinstance(node, ast.Constant):
        return Fraction(node.value)
    left, right = by_python(node.left), by_python(node.right)
    if left is None or right is None or (isinstance(node.op, ast.Div) and not right):
        return None
    return OPERATORS[type(node.op)](left, right)


def random_tokens(rng, depth):
    if depth == 0 or rng.random() < 0.3:
        return [str(rng.randint(0, 9))]
    tokens = [*random_tokens(rng, depth - 1), rng.choice("+-*/"), *random_tokens(rng, depth - 1)]
    return ["(", *tokens, ")"] if rng.random() < 0.5 else tokens


def test_values_are_those_of_pythons_parser():
    rng = Random(1)
    for _ in range(500):
        tokens = random_tokens(rng, 4)
        expected = by_python(ast.parse(" ".join(tokens), mode="eval").body)
        assert evaluate(tokens) == expected, tokens


@pytest.mark.parametrize(
    ("numbers", "target", "possible"),
    [([3, 3, 8, 8], 24, True), ([1, 5, 5, 5], 24, True), ([1, 1, 1, 1], 24, False), ([4, 4, 7, 7], 24, True)],
)
def test_the_oracle_decides_famous_cases(numbers, target, possible):
    tokens = complete([], numbers, target)
    assert (tokens is not None) == possible
    if tokens:
        assert evaluate(tokens[:-1]) == target


def test_the_oracle_completes_what_is_written_or_takes_it_back():
    task = task_of([3, 3, 8, 8], 24)
    written = ["8", "/", "(", "3", "-"]
    assert complete(written, [3, 3, 8, 8], 24) == ["8", "/", "3", ")", "="]
    assert complete(["3", "*", "3"], [3, 3, 8, 8], 24) is None
    assert FAMILY.reference_action(task, {"turn": 3, "tokens": ("3", "*", "3")}) == "undo"
    state = {"turn": 0, "tokens": ("3", "*", "3")}
    for _ in range(30):
        moved = FAMILY.transition(task, state, FAMILY.reference_action(task, state))
        state = moved.state
        if moved.done:
            break
    assert moved.passed


def task_of(numbers, target, turns=40):
    return rehearsal(FAMILY, "", {"numbers": numbers, "target": target, "turns": turns})


def test_rules():
    task = task_of([2, 3, 4], 20)
    assert FAMILY.verify(task, "(\n2\n+\n3\n)\n*\n4\n=").score == 1
    assert FAMILY.verify(task, "(\n2\n+\n4\nundo\n3\n)\n\u00d7\n4\n=").passed
    for play in ("2\n+\n3\n*\n4\n=", "20\n=", "(\n2\n+\n3\n)\n*\n4", "(2+3)*4=", "4\n*\n(\n2\n+\n3\n="):
        assert not FAMILY.verify(task, play).passed, play


@pytest.mark.parametrize(
    ("written", "token"),
    [
        ((), "+"),
        ((), ")"),
        ((), "="),
        ((), "undo"),
        (("2",), "3"),
        (("2",), "("),
        (("2",), "="),
        (("2", "+"), "2"),
        (("2", "+"), ")"),
        (("(", "2"), "="),
        ((), "5"),
        ((), "2.0"),
        ((), "2+3"),
        ((), "9" * 9_999),
        ((), "\u00b2"),
    ],
)
def test_tokens_that_cannot_stand_there_cost_a_turn(written, token):
    moved = FAMILY.transition(task_of([2, 3, 4], 20), {"turn": 0, "tokens": written}, token)
    assert not moved.valid
    assert (tuple(moved.state["tokens"]), moved.state["turn"]) == (written, 1)


def test_a_division_by_zero_is_wrong():
    task = task_of([2, 2, 5], 5)
    assert not FAMILY.verify(task, "5\n/\n(\n2\n-\n2\n)\n=").passed


@pytest.mark.parametrize("level", [0, 1, 2, 4])
def test_both_players_make_the_target(level):
    for index in range(3):
        task = FAMILY.task(level=level, index=index)
        for answer in (task.reference, FAMILY.solve(task), "\n".join(FAMILY.reference_play(task))):
            assert FAMILY.verify(task, answer).passed
            assert (
                by_python(ast.parse(answer[:-1].replace("\n", " ").strip(), mode="eval").body)
                == (task.ground_truth["target"])
            )


def test_knobs_out_of_range_are_refused():
    for knobs in ({"count": 1}, {"max_number": 3}, {"target": "24"}, {"min_ways": 0}):
        with pytest.raises(ValueError, match=next(iter(knobs))):
            Points24Config(**knobs)
