"""CogniSQL-R1-Zero's sparse reward: form, the query's result, and length."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["cogni_sql"]


def cogni_sql(
    passed: ArrayLike,
    strict_form: ArrayLike,
    soft_form: ArrayLike,
    overlong: ArrayLike,
    *,
    correctness: float = 2.0,
    strict: float = 1.0,
    soft: float = 0.5,
    length_penalty: float = 0.5,
) -> NDArray[np.float64]:
    """Return correctness + form + soft form - length penalty, for each rollout.

    Source: "CogniSQL-R1-Zero: Lightweight Reinforced Reasoning for Efficient SQL Generation" (2507.06013):
    2 or 0 for a result equal to the gold query's, 1 or 0 for the strict form, 0.5 or 0 for the soft one,
    -0.5 where the text is overlong; no reward for anything in between.

    >>> cogni_sql([1, 0], [1, 0], [1, 1], [0, 1]).tolist()
    [3.5, 0.0]

    Args:
        passed: 1 where the query's result is the gold one's, else 0; NaN where it could not be scored.
        strict_form: Whether each text keeps its form exactly.
        soft_form: Whether each text has the tags of its form at all.
        overlong: Whether each text is longer than allowed.
        correctness: For a right result.
        strict: For the strict form.
        soft: For the soft form.
        length_penalty: Taken off where overlong.

    Returns:
        One reward a rollout; NaN where ``passed`` is NaN, so that it can be masked.

    Raises:
        ValueError: the arrays differ in length, or ``passed`` holds something else than 0, 1 and NaN.
    """
    right = np.asarray(passed, dtype=float)
    flags = [np.asarray(array, dtype=bool) for array in (strict_form, soft_form, overlong)]
    if right.ndim != 1 or any(flag.shape != right.shape for flag in flags):
        raise ValueError(
            "passed, strict_form, soft_form and overlong must be of one length, got shapes "
            f"{[right.shape, *(flag.shape for flag in flags)]}"
        )
    if not np.all((right == 0) | (right == 1) | np.isnan(right)):
        raise ValueError(f"passed must hold 0, 1 and NaN, got {right.tolist()!r:.80}")
    strict_ok, soft_ok, too_long = flags
    rewards = correctness * right + strict * strict_ok + soft * soft_ok - length_penalty * too_long
    return np.asarray(rewards, dtype=float)
