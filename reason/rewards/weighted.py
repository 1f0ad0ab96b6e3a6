"""Weighted: components of a verdict, each with its weight."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.config import closest
from reason.rewards._columns import columns

__all__ = ["weighted"]


def weighted(components_G: Mapping[str, ArrayLike], *, weights: Mapping[str, float]) -> NDArray[np.float64]:
    """Return the weighted sum of components.

    Source: TimeMaster (0.9 accuracy + 0.1 form), We-Math 2.0 (0.9, 0.1), TRL's ``reward_weights``.

    >>> components = {"accuracy": [1.0, 0.0], "form": [1.0, float("nan")], "length": [9.0, 9.0]}
    >>> weighted(components, weights={"accuracy": 0.9, "form": 0.1}).tolist()
    [1.0, nan]

    Args:
        components_G: Of each name G numbers; NaN where a member could not be scored in it.
        weights: Of each name that counts; the others are left out.

    Returns:
        G rewards; NaN where a component that counts is.

    Raises:
        ValueError: there is no weight, or one is not finite or has no component; or the arrays differ in
            length.
    """
    if not weights:
        raise ValueError("weights must name a component")
    for name, weight in weights.items():
        if name not in components_G:
            raise ValueError(
                f"weights: there is no component {name!r}{closest(name, components_G)} "
                f"(the components: {', '.join(components_G) or 'none'})"
            )
        if not math.isfinite(weight):
            raise ValueError(f"weights[{name!r}] must be finite, got {weight!r}")
    found = columns(**{name: components_G[name] for name in weights})
    return np.asarray(sum(w * c for w, c in zip(weights.values(), found, strict=True)), dtype=np.float64)
