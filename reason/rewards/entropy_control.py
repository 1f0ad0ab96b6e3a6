"""Entropy control: the sampling temperature at which the policy explores as much as it should."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.rewards._columns import require

__all__ = ["entropy_at", "entropy_control", "temperature_at"]

TARGET = 0.3
"""Nats of temperature-adjusted entropy that AceReason-Nemotron 1.1 found best."""


def entropy_control(
    temperature: float,
    entropy: float,
    *,
    target: float = TARGET,
    gain: float = 0.5,
    lowest: float = 0.3,
    highest: float = 2.0,
) -> float:
    """Return the temperature of the next step from the mean token entropy measured at this one.

    ``clip(temperature * exp(gain * (target - entropy) / target), lowest, highest)``: higher where the policy
    explores too little, lower where too much; nothing changes where the entropy is NaN.

    Source: "AceReason-Nemotron 1.1" (2506.13284): choose the training temperature so that the entropy of the
    tempered distribution stays around 0.3. The paper picks it once by trying; steering it is ours.

    >>> entropy_control(1.0, 0.3), round(entropy_control(1.0, 0.15), 3), round(entropy_control(1.0, 0.6), 3)
    (1.0, 1.284, 0.607)

    Args:
        temperature: Now, above 0.
        entropy: Mean over the sampled tokens of the entropy of the tempered distribution, in nats.
        target: Entropy that is steered to, above 0.
        gain: How fast: the logarithm of the temperature moves by it where the entropy is 0.
        lowest: Least temperature.
        highest: Most.

    Raises:
        ValueError: an argument is out of its range.
    """
    require(0 < temperature < math.inf, "temperature", "a number above 0", temperature)
    require(0 < target < math.inf, "target", "a number above 0", target)
    require(0 <= gain < math.inf, "gain", "a number from 0", gain)
    require(0 < lowest <= highest < math.inf, "lowest", f"above 0 and at most highest={highest!r}", lowest)
    require(math.isnan(entropy) or entropy >= 0, "entropy", "from 0, or NaN", entropy)
    push = 0.0 if math.isnan(entropy) else gain * max((target - entropy) / target, -20.0)
    return min(max(temperature * math.exp(push), lowest), highest)


def entropy_at(logits_NV: ArrayLike, temperature: float) -> float:
    """Return the mean entropy of softmax(logits / temperature) over N tokens, in nats.

    >>> round(entropy_at([[0.0, 0.0], [5.0, 5.0]], 0.7), 6) == round(math.log(2), 6)
    True

    Args:
        logits_NV: Unscaled logits; -inf for tokens that cannot come.
        temperature: Above 0.

    Raises:
        ValueError: an argument is out of its range.
    """
    require(0 < temperature < math.inf, "temperature", "a number above 0", temperature)
    return _entropy(_checked(logits_NV), temperature)


def temperature_at(
    logits_NV: ArrayLike, *, target: float = TARGET, lowest: float = 0.01, highest: float = 100.0
) -> float:
    """Return the temperature at which the mean entropy of N tokens is ``target``.

    The entropy rises with the temperature, so that halving finds it; the nearer end where no temperature
    between the two gives it.

    Source: AceReason-Nemotron 1.1 (2506.13284), as a computation instead of trials.

    >>> round(temperature_at([[0.0, 2.0]], target=0.5), 3)
    1.441

    Args:
        logits_NV: Unscaled logits; -inf for tokens that cannot come.
        target: Mean entropy in nats, above 0.
        lowest: Least temperature.
        highest: Most.

    Raises:
        ValueError: an argument is out of its range.
    """
    logits = _checked(logits_NV)
    require(0 < target < math.inf, "target", "a number above 0", target)
    require(0 < lowest <= highest < math.inf, "lowest", f"above 0 and at most highest={highest!r}", lowest)
    low, high = math.log(lowest), math.log(highest)
    for _ in range(60):
        middle = (low + high) / 2
        if _entropy(logits, math.exp(middle)) < target:
            low = middle
        else:
            high = middle
    return math.exp((low + high) / 2)


def _checked(logits_NV: ArrayLike) -> NDArray[np.float64]:
    logits = np.asarray(logits_NV, dtype=np.float64)
    require(logits.ndim == 2 and logits.size > 0, "logits_NV", "of two axes, not empty", logits.shape)
    possible = np.isfinite(logits.max(axis=1)).all() and not np.isnan(logits).any()
    require(possible, "logits_NV", "numbers, one finite a row", "others")
    return np.asarray(logits - logits.max(axis=1, keepdims=True), dtype=np.float64)


def _entropy(shifted_NV: NDArray[np.float64], temperature: float) -> float:
    scaled = shifted_NV / temperature
    weights = np.exp(scaled)
    total = weights.sum(axis=1)
    mean = np.where(weights > 0, weights * np.where(np.isfinite(scaled), scaled, 0.0), 0.0).sum(axis=1)
    return float((np.log(total) - mean / total).mean())
