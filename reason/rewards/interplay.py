"""Interplay: a right answer counts in full only where the steps to it are those of the problem's graph."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.rewards._columns import columns, flags, masked, require

__all__ = ["interplay", "process_score"]

Step = tuple[object, Iterable[Hashable]]
"""The value of a step, and the steps that it rests on."""


def interplay(
    passed_G: ArrayLike, process_G: ArrayLike, *, outcome_weight: float = 0.2, strict: bool = False
) -> NDArray[np.float64]:
    """Return 0 for a wrong answer, outcome_weight + (1 - outcome_weight) * process for a right one.

    Source: "On the Interplay of Pre-Training, Mid-Training, and RL on Reasoning Language Models"
    (2512.07783), its code: R = 0.2 O + 0.8 P if O = 1, else 0; strictly, 0 where anything mismatches.

    >>> interplay([1, 1, 0], [1.0, 0.5, 1.0]).round(3).tolist()
    [1.0, 0.6, 0.0]

    Args:
        passed_G: 1 where a member's answer is right, 0 where it is wrong, NaN where it could not be scored.
        process_G: P of :func:`process_score`, in [0, 1]; NaN where the steps could not be read through our
            fault.
        outcome_weight: Share of the outcome, in [0, 1].
        strict: Whether a right answer whose process is not perfect gets nothing.

    Returns:
        G rewards; NaN where an input is.

    Raises:
        ValueError: an argument is out of its range.
    """
    passed, process = columns(passed_G=passed_G, process_G=process_G)
    flags(passed, "passed_G")
    require(not np.any((process < 0) | (process > 1)), "process_G", "in [0, 1]", process.tolist())
    require(0 <= outcome_weight <= 1, "outcome_weight", "in [0, 1]", outcome_weight)
    mixed = outcome_weight + (1 - outcome_weight) * process
    earned = np.where(process == 1, 1.0, 0.0) if strict else mixed
    return masked(np.where(passed == 1, earned, 0.0), passed, process)


def process_score(
    stated: Mapping[Hashable, Step], gold: Mapping[Hashable, Step], *, answer_right: bool = True
) -> float:
    """Return how far stated steps are those of the gold graph, in [0, 1].

    1 less the mismatches over the number of gold steps, at least 0. Mismatches are gold steps that are
    missing, whose value is another, or that rest on other steps (both counted where both are so); steps
    beyond the gold ones, at most as many as there are of those; and 1 for a wrong answer.

    Source: Interplay (2512.07783), its code.

    >>> gold = {"a": (2, []), "b": (3, []), "c": (5, ["a", "b"])}
    >>> process_score(gold, gold), round(process_score({"a": (2, []), "c": (6, ["a"])}, gold), 3)
    (1.0, 0.0)

    Args:
        stated: Of each step that the text states its value and what it rests on, as a parser read them.
        gold: Of each node of the task's graph (``task.trace``) the same.
        answer_right: Whether the final answer is right.

    Raises:
        ValueError: there is no gold step.
    """
    require(len(gold) > 0, "gold", "a graph with a step", gold)
    mismatches = min(sum(name not in gold for name in stated), len(gold)) + (not answer_right)
    for name, (value, needs) in gold.items():
        if name not in stated:
            mismatches += 1
            continue
        said, rests_on = stated[name]
        mismatches += (said != value) + (set(rests_on) != set(needs))
    return max(0.0, 1 - mismatches / len(gold))
