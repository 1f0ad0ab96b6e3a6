"""Options that losses share: each loss's own ``Options`` adds to one of these."""

from __future__ import annotations

from dataclasses import dataclass

from reason.config import Config
from reason.train.advantages import Scale
from reason.train.kl import KlEstimator
from reason.train.ratios import Correction, Level

__all__ = ["ClipOptions", "GroupOptions", "LossOptions", "PolicyOptions"]


@dataclass(frozen=True, kw_only=True)
class LossOptions(Config):
    """Options of every loss."""

    mask_truncated: bool = False
    """Whether sequences that a limit of tokens cut are left out of the loss (they stay in the statistics of
    their group)."""

    @property
    def needs(self) -> frozenset[str]:
        """Optional fields of ``TokenBatch`` that the loss cannot do without, as it is told."""
        return frozenset()

    @property
    def learns_without_advantage(self) -> bool:
        """Whether a sequence whose advantages are all 0 has a gradient; if not, its passes can be saved."""
        return False

    @property
    def has_advantages(self) -> bool:
        """Whether what it weighs tokens with are advantages, and not signs of what is learned from."""
        return False


@dataclass(frozen=True, kw_only=True)
class PolicyOptions(LossOptions):
    """Options of the policy-gradient losses."""

    kl_coefficient: float = 0.0
    """Beta: weight of the divergence from the reference policy; 0 needs no reference."""
    kl_estimator: KlEstimator = "k3"
    """How it is estimated (``reason.train.kl``)."""
    entropy_coefficient: float = 0.0
    """Weight of the policy's entropy, a bonus."""
    top_entropy: float = 1.0
    """Share of the tokens whose policy term is kept, those of highest entropy: Wang et al. (2506.01939)
    keep 0.2."""
    correction: Correction = "truncate"
    """What is done about a sampler that differs from the old policy; matters only where old log-probabilities
    are the trainer's own."""
    correction_level: Level = "token"
    """Whether its ratio is that of the token or of the whole sequence."""
    correction_threshold: float = 2.0
    """The largest ratio that counts."""

    def __post_init__(self) -> None:
        """Reject values out of range."""
        super().__post_init__()
        self.require(self.kl_coefficient >= 0, "kl_coefficient", "at least 0")
        self.require(0 < self.top_entropy <= 1, "top_entropy", "above 0 and at most 1")
        self.require(self.correction_threshold > 0, "correction_threshold", "above 0")

    @property
    def needs(self) -> frozenset[str]:
        """Optional fields of ``TokenBatch`` that the loss cannot do without, as it is told."""
        wanted = {
            "reference_logprobs_N": self.kl_coefficient != 0,
            "entropies_N": self.entropy_coefficient != 0,
            "keep_N": self.top_entropy < 1,
        }
        return frozenset(name for name, is_wanted in wanted.items() if is_wanted)

    @property
    def kl_in_loss(self) -> bool:
        """Whether the divergence is a term of the loss; else the method takes it from the rewards."""
        return True

    @property
    def learns_without_advantage(self) -> bool:
        """Whether a sequence whose advantages are all 0 has a gradient; if not, its passes can be saved."""
        return (self.kl_coefficient != 0 and self.kl_in_loss) or self.entropy_coefficient != 0

    @property
    def has_advantages(self) -> bool:
        """True."""
        return True


@dataclass(frozen=True, kw_only=True)
class GroupOptions(PolicyOptions):
    """Options of the losses whose baseline is the mean of the group."""

    scale_rewards: Scale = "group"
    """What centred rewards are divided by: the standard deviation in their group, in the batch, or none."""


@dataclass(frozen=True, kw_only=True)
class ClipOptions(PolicyOptions):
    """Options of the losses with PPO's clipped surrogate."""

    clip_low: float = 0.2
    """The ratio counts down to 1 - ``clip_low``."""
    clip_high: float = 0.2
    """And up to 1 + ``clip_high``."""
    dual_clip: float = 0.0
    """The largest ratio that counts where the advantage is negative, such as 3; 0 sets no limit."""

    def __post_init__(self) -> None:
        """Reject values out of range."""
        super().__post_init__()
        self.require(0 <= self.clip_low <= 1, "clip_low", "in 0..1")
        self.require(self.clip_high >= 0, "clip_high", "at least 0")
        self.require(self.dual_clip == 0 or self.dual_clip > 1, "dual_clip", "above 1, or 0 for none")
