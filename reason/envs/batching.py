"""Put the ``info`` of many environments into Gymnasium's vector form: arrays, each with a mask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["batch_infos"]

LARGEST_INTEGER = 2**63 - 1


def batch_infos(infos: Mapping[int, Mapping[str, Any]], num_envs: int) -> dict[str, Any]:
    """Turn a mapping of environments to ``info`` into one of keys to arrays.

    Gymnasium's own batching makes zeros of what is missing and False of None. Here a float that is
    missing or None is NaN, so that what was not scored never reads as 0. Integers and booleans make
    arrays of their type (0 where missing) unless one of them is None; the rest are object arrays.

    Args:
        infos: The ``info`` of some environments, by position.
        num_envs: Length of the arrays.

    Returns:
        For each key an array, or again a mapping, and under ``_key`` the mask of who has it.
    """
    batch: dict[str, Any] = {}
    for key in dict.fromkeys(key for info in infos.values() for key in info):
        values = {i: info[key] for i, info in infos.items() if key in info}
        mask = np.zeros(num_envs, dtype=np.bool_)
        mask[list(values)] = True
        if all(isinstance(value, dict) for value in values.values()):
            batch[key] = batch_infos(values, num_envs)
        else:
            batch[key] = _array(values, num_envs)
        batch[f"_{key}"] = mask
    return batch


def _array(values: Mapping[int, Any], num_envs: int) -> NDArray[Any]:
    types = {type(value) for value in values.values()}
    array: NDArray[Any]
    if float in types and types <= {float, type(None)}:
        array = np.full(num_envs, np.nan)
    elif types == {bool} or (types == {int} and max(map(abs, values.values())) <= LARGEST_INTEGER):
        array = np.zeros(num_envs, dtype=types.pop())
    else:
        array = np.full(num_envs, None, dtype=object)
    for i, value in values.items():
        array[i] = value
    return array
