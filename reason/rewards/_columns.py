"""Arrays over the members of a group, checked in one place."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def columns(**arrays: ArrayLike) -> list[NDArray[np.float64]]:
    """Return arrays over the members as floats, in the order given.

    Raises:
        ValueError: they are not flat, differ in length, or hold an infinity.
    """
    found = [np.asarray(array, dtype=np.float64) for array in arrays.values()]
    if any(array.ndim != 1 or array.shape != found[0].shape for array in found):
        shapes = ", ".join(str(array.shape) for array in found)
        raise ValueError(f"{', '.join(arrays)} must be flat and of one length, got shapes {shapes}")
    for name, array in zip(arrays, found, strict=True):
        if np.isinf(array).any():
            raise ValueError(f"{name} must be finite or NaN, got {array.tolist()!r:.80}")
    return found


def require(condition: bool | np.bool_, name: str, expected: str, value: object) -> None:
    """Reject the argument ``name`` unless the condition holds.

    Raises:
        ValueError: it does not; the message says what was expected.
    """
    if not condition:
        raise ValueError(f"{name} must be {expected}, got {value!r:.80}")


def flags(values: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    """Return an array of 0, 1 and NaN as it is.

    Raises:
        ValueError: it holds something else.
    """
    good = np.isnan(values) | (values == 0) | (values == 1)
    require(good.all(), name, "1, 0 or NaN", values.tolist())
    return values


def masked(values: ArrayLike, *needed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``values`` with NaN wherever one of the ``needed`` arrays is NaN."""
    missing = np.any([np.isnan(array) for array in needed], axis=0)
    return np.asarray(np.where(missing, np.nan, values), dtype=np.float64)
