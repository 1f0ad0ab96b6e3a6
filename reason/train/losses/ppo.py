"""PPO: advantages from a value head (``reason.train.value_head``), which learns beside the policy.

Source: Schulman et al., "Proximal Policy Optimization" (1707.06347, eq. 9), with the value clipped as in its
code; the divergence from the reference is taken from the rewards: Ouyang et al., "InstructGPT" (2203.02155).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from reason.train.advantages import batch_normalised, generalised_advantages, token_rewards
from reason.train.batch import Advantages, LossOutput, Rollout, TokenBatch, Totals
from reason.train.objective import over_tokens, require
from reason.train.options import ClipOptions
from reason.train.ratios import masked
from reason.train.surrogate import token_surrogate

__all__ = ["Options", "advantages", "loss"]


@dataclass(frozen=True, kw_only=True)
class Options(ClipOptions):
    """Options of PPO."""

    discount: float = 1.0
    """Gamma: what a token later is worth."""
    smoothing: float = 0.95
    """Lambda of generalised advantage estimation: 1 trusts rewards alone, 0 the value of the next token."""
    normalise_advantages: bool = True
    """Whether advantages have mean 0 and deviation 1 over the batch."""
    value_coefficient: float = 0.5
    """Weight of the squared error of the values."""
    value_clip: float = 0.2
    """How far a value may move in a step before its error no longer falls; 0 sets no limit."""

    def __post_init__(self) -> None:
        """Reject values out of range."""
        super().__post_init__()
        self.require(0 <= self.discount <= 1, "discount", "in 0..1")
        self.require(0 <= self.smoothing <= 1, "smoothing", "in 0..1")
        self.require(self.value_coefficient >= 0, "value_coefficient", "at least 0")
        self.require(self.value_clip >= 0, "value_clip", "at least 0")

    @property
    def needs(self) -> frozenset[str]:
        """Optional fields of ``TokenBatch`` that the loss cannot do without, as it is told."""
        return super().needs | {"values_N", "old_values_N", "returns_N"}

    @property
    def kl_in_loss(self) -> bool:
        """False: it is taken from the rewards."""
        return False

    @property
    def learns_without_advantage(self) -> bool:
        """True: values are learned from every sequence."""
        return True


def advantages(rollout: Rollout, options: Options) -> Advantages:
    """Return generalised advantages, and returns for the values to predict.

    Raises:
        ValueError: the rollout lacks ``old_values_N``.
    """
    if rollout.old_values_N is None:
        raise ValueError("PPO needs rollout.old_values_N, the values before the step's first update")
    advantages_N, returns_N = generalised_advantages(
        token_rewards(rollout, rollout.rewards_S, options.kl_coefficient),
        rollout.old_values_N,
        rollout.sequence_N,
        rollout.mask_N,
        discount=options.discount,
        smoothing=options.smoothing,
    )
    if options.normalise_advantages:
        advantages_N = batch_normalised(advantages_N, rollout.mask_N)
    return Advantages(advantages_N=advantages_N, mask_N=rollout.mask_N, returns_N=returns_N)


def loss(batch: TokenBatch, totals: Totals, options: Options) -> LossOutput:
    """Return the mean over tokens of - min(r A, clip(r) A) + c max((V - R)^2, (clip(V) - R)^2)."""
    weights_N = over_tokens(batch, totals)
    policy = token_surrogate(batch, totals, options, weights_N)
    values_N = masked(require(batch, "values_N"), batch)
    old_N = masked(require(batch, "old_values_N"), batch)
    returns_N = masked(require(batch, "returns_N"), batch)
    errors_N = (values_N - returns_N).square()
    if options.value_clip:
        near_N = old_N + (values_N - old_N).clamp(-options.value_clip, options.value_clip)
        errors_N = torch.maximum(errors_N, (near_N - returns_N).square())
    value_loss = (errors_N * weights_N).sum()
    return replace(
        policy,
        loss=policy.loss + options.value_coefficient * value_loss,
        metrics={**policy.metrics, "value_loss": value_loss.detach()},
    )
