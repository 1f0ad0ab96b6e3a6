"""Binary: right or wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.rewards._columns import columns, flags, masked

__all__ = ["binary"]


def binary(passed_G: ArrayLike, *, right: float = 1.0, wrong: float = 0.0) -> NDArray[np.float64]:
    """Return one number for a right answer and another for a wrong one.

    Source: AlphaMed and most recipes take 1 and 0; VMR ("1 where the chosen index is the gold one") and
    SATURN (1, 0) are the same rule, DAPO takes 1 and -1.

    >>> binary([1, 0, float("nan")]).tolist()
    [1.0, 0.0, nan]

    Args:
        passed_G: 1 where a member's answer is right, 0 where it is wrong, NaN where it could not be scored.
        right: Reward of a right answer.
        wrong: Reward of a wrong one.

    Returns:
        G rewards; NaN where ``passed_G`` is.

    Raises:
        ValueError: ``passed_G`` holds something else.
    """
    (passed,) = columns(passed_G=passed_G)
    flags(passed, "passed_G")
    return masked(np.where(passed == 1, right, wrong), passed)
