"""What a loss takes and gives: the target tokens of a micro-batch, flat, and the totals of the whole step.

Sizes in the names: N target tokens (those that the policy generated; prompts and observations are not among
them), S sequences of the micro-batch. In ``Rollout`` both count the whole step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["Advantages", "LossOutput", "Rollout", "TokenBatch", "Totals", "merge_metrics"]


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """The whole step as the estimators of advantages see it: NumPy, on the host, before any micro-batch."""

    rewards_S: NDArray[np.float64]
    """NaN where unscorable: such a sequence is left out of every statistic, and its advantage is 0."""
    group_S: NDArray[np.int64]
    """Sequences with the same number answer the same prompt."""
    sequence_N: NDArray[np.int64]
    """The sequence of each token, 0..S-1, ascending."""
    mask_N: NDArray[np.bool_]
    """Tokens that count (``reason.train.masks``)."""
    old_logprobs_N: NDArray[np.float64] | None = None
    """By the policy before the step's first update; needed where the KL divergence is in the reward."""
    reference_logprobs_N: NDArray[np.float64] | None = None
    """By the frozen reference policy."""
    old_values_N: NDArray[np.float64] | None = None
    """The value head's estimate of the state in which the token was chosen (PPO)."""
    credits_N: NDArray[np.float64] | None = None
    """What a token's step earns above ``rewards_S``, which is then that of the text outside of steps."""
    step_N: NDArray[np.int64] | None = None
    """Number of the token's step in the rollout, -1 outside of steps; there where ``credits_N`` is."""

    def __post_init__(self) -> None:
        """Reject arrays that do not belong together, and rewards that are infinite."""
        if self.rewards_S.ndim != 1 or self.rewards_S.shape != self.group_S.shape:
            raise ValueError(
                f"rewards_S {self.rewards_S.shape} and group_S {self.group_S.shape} must be flat and as long"
            )
        if np.isinf(self.rewards_S).any():
            raise ValueError(f"rewards_S must be finite or NaN, got {self.rewards_S}")
        for name in (
            "mask_N", "old_logprobs_N", "reference_logprobs_N", "old_values_N", "credits_N", "step_N",
        ):  # fmt: skip
            values_N = getattr(self, name)
            if values_N is not None and values_N.shape != self.sequence_N.shape:
                raise ValueError(
                    f"{name} {values_N.shape} must be as long as sequence_N {self.sequence_N.shape}"
                )
        if (self.credits_N is None) != (self.step_N is None):
            raise ValueError("credits_N and step_N must be given together")


@dataclass(frozen=True, kw_only=True)
class Advantages:
    """What ``advantages(rollout, options)`` of a loss returns, in the order of the rollout's tokens."""

    advantages_N: NDArray[np.float64]
    mask_N: NDArray[np.bool_]
    """Tokens that enter the loss: the rollout's mask, or less of it where the method learns from some
    sequences only (expert iteration, online DPO). Totals and lengths are counted over this."""
    returns_N: NDArray[np.float64] | None = None
    """Targets of the value head; only of losses that have one."""


@dataclass(frozen=True, kw_only=True)
class TokenBatch:
    """The target tokens of one micro-batch. Tensors share one device; floats are float32 or wider."""

    logprobs_N: Tensor
    """log pi(token) by the policy that is trained, with gradient."""
    sampler_logprobs_N: Tensor
    """By the engine that sampled, at its temperature."""
    old_logprobs_N: Tensor
    """By the trained policy before the step's first update; the sampler's again where no pass was spent."""
    advantages_N: Tensor
    sequence_N: Tensor
    """int64: the token's sequence, 0..S-1. All tokens of a sequence are in the same micro-batch."""
    mask_N: Tensor
    """bool: tokens that enter the loss; what the others hold (NaN, infinities) has no influence."""
    lengths_S: Tensor
    """int64: how many tokens of each sequence are in ``mask_N``. Its size tells S."""
    keep_N: Tensor | None = None
    """bool: tokens whose policy term is kept, the others' is 0 but they still count in every average (top
    entropy). None: all."""
    entropies_N: Tensor | None = None
    """Of the trained policy's distribution at the token; with gradient where an entropy bonus is on."""
    reference_logprobs_N: Tensor | None = None
    """By the frozen reference policy."""
    values_N: Tensor | None = None
    """The value head's estimate, with gradient (PPO)."""
    old_values_N: Tensor | None = None
    """Its estimate before the step's first update."""
    returns_N: Tensor | None = None
    """What the value head shall predict."""
    group_S: Tensor | None = None
    """int64: sequences with the same number answer the same prompt (online DPO)."""

    def __post_init__(self) -> None:
        """Reject tensors of other shapes, which would otherwise broadcast without a word."""
        shapes = {"_N": self.logprobs_N.shape, "_S": self.lengths_S.shape}
        for field in fields(self):
            value = getattr(self, field.name)
            shape = shapes[field.name[-2:]]
            if value is not None and (value.shape != shape or len(shape) != 1):
                raise ValueError(
                    f"{field.name} must be flat, of shape {tuple(shape)}, got {tuple(value.shape)}"
                )

    @property
    def num_sequences(self) -> int:
        """S."""
        return int(self.lengths_S.shape[0])


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What losses are averaged over: of the whole optimiser step, all micro-batches and ranks together.

    The losses of the micro-batches then add up to the loss of the step, and so do their gradients. (Where
    ranks average gradients instead of adding them, multiply the loss by the number of ranks.)
    """

    tokens: int
    """Tokens in the loss."""
    sequences: int
    """Sequences with at least one token in the loss."""
    max_tokens: int
    """The most tokens that a sequence may generate: Dr. GRPO's constant."""

    def __post_init__(self) -> None:
        """Reject counts that cannot be."""
        if not 0 <= self.sequences <= self.tokens or self.max_tokens < 1:
            raise ValueError(f"totals need 0 <= sequences <= tokens and max_tokens >= 1, got {self}")

    @classmethod
    def of(cls, mask_N: NDArray[np.bool_], sequence_N: NDArray[np.int64], *, max_tokens: int) -> Totals:
        """Count a step (of one rank: the totals of all ranks are the sums of ``tokens`` and ``sequences``).

        Args:
            mask_N: Tokens that enter the loss, of ``Advantages``; before sequences that have nothing to teach
                are dropped to save their forward pass, so that dropping them changes nothing.
            sequence_N: The sequence of each token.
            max_tokens: The most tokens that a sequence may generate.
        """
        return cls(
            tokens=int(np.count_nonzero(mask_N)),
            sequences=len(np.unique(sequence_N[mask_N])),
            max_tokens=max_tokens,
        )


@dataclass(frozen=True, kw_only=True)
class LossOutput:
    """A micro-batch's share of the step's loss."""

    loss: Tensor
    """Scalar with gradient; the shares of a step add up to its loss."""
    metrics: Mapping[str, Tensor]
    """Scalars without gradient: those whose name ends in ``_max`` are combined by their maximum, all others
    are shares that add up (``merge_metrics``)."""


def merge_metrics(outputs: Iterable[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """Combine the metrics of a step's micro-batches into those of the step."""
    merged: dict[str, Tensor] = {}
    for metrics in outputs:
        for name, value in metrics.items():
            if name not in merged:
                merged[name] = value
            elif name.endswith("_max"):
                merged[name] = torch.maximum(merged[name], value)
            else:
                merged[name] = merged[name] + value
    return merged
