"""What rules over steps are given: the verdicts of each member's steps as columns of a group.

Axes in the names: G members, S entries of each: first what it wrote outside of steps, then its steps in their
order over all its texts; NaN where a member has fewer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from reason.envs.group import GroupOutcome

__all__ = ["are_advantages", "gives_advantages", "step_columns"]

RuleT = TypeVar("RuleT", bound=Callable[..., object])


def gives_advantages(rule: RuleT) -> RuleT:
    """Mark a rule whose values are advantages: no loss shall centre or scale them again."""
    rule.__dict__["gives_advantages"] = True
    return rule


def are_advantages(rule: Callable[..., object] | None) -> bool:
    """Return whether a rule, or a function made of one, gives advantages and not rewards."""
    return bool(getattr(rule, "gives_advantages", False))


def step_columns(outcome: GroupOutcome) -> dict[str, NDArray[np.float64]]:
    """Return the columns of a group that its steps make.

    - ``wrong_GS``: 1 where a step is wrong, 0 where it is right or text outside of steps.
    - ``labels_GS``: of a right answer 1 where a step is right, of a wrong answer 1 where it is wrong and so
      leads there; 1 for text outside of steps, which leads to the answer whatever that is.
    - ``process_G``: the score of the last text's process; only where the family judges steps.

    NaN, beside where there is no step: what has nothing to be compared with, and members whose steps could
    not be judged through our fault.
    """
    size = len(outcome.rewards)
    wrong_GS = np.full((size, 1 + outcome.max_steps), np.nan)
    wrong_GS[:, 0] = 0.0
    for member, texts in enumerate(outcome.processes):
        verdicts = [step.right for process in texts for step in process.steps]
        known = [np.nan if right is None else float(not right) for right in verdicts]
        wrong_GS[member, 1 : 1 + len(known)] = known
        if any(process.score is None for process in texts):
            wrong_GS[member] = np.nan
    right_G_1 = outcome.passed[:, None] == 1
    labels_GS = np.where(right_G_1, 1 - wrong_GS, wrong_GS)
    labels_GS[:, 0] = np.where(np.isnan(wrong_GS[:, 0]), np.nan, 1.0)
    columns = {"wrong_GS": wrong_GS, "labels_GS": labels_GS}
    if outcome.processes:
        scores = [texts[-1].score for texts in outcome.processes]
        columns["process_G"] = np.array([np.nan if one is None else one for one in scores], dtype=np.float64)
    return columns
