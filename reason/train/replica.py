"""What samples: an engine on the trained weights themselves, or on a copy where those are cut or wider."""

from __future__ import annotations

import copy

import torch

from reason.train.config import TrainConfig
from reason.train.distributed import World, full_tensor
from reason.train.engine.loading import make_engine
from reason.train.engine.protocol import Engine
from reason.train.policy.protocol import Policy
from reason.train.policy.tokenizer import Tokenizer

__all__ = ["Replica"]


class Replica:
    """An engine, and the weights that it samples from.

    On one process in float32 these are the policy's own. A sharded policy is copied before it is cut, so make
    the replica first; one that trains in bfloat16 on float32 weights is sampled from a bfloat16 copy.
    """

    def __init__(self, policy: Policy, tokenizer: Tokenizer, config: TrainConfig, world: World) -> None:
        """Make the engine.

        Args:
            policy: What is trained; not sharded yet.
            tokenizer: Of the policy.
            config: Of the run.
            world: The processes.
        """
        narrow = config.policy.dtype == "bfloat16" and world.device.type == "cuda"
        self._policy = policy
        self._copy: Policy | None = None
        if world.size > 1 or narrow:
            self._copy = copy.deepcopy(policy).requires_grad_(False)
            if narrow:
                self._copy.to(torch.bfloat16)
        self.engine: Engine = make_engine(
            config.rollout.engine,
            self.policy,
            max_sequences=config.rollout.max_sequences,
            max_tokens=min(config.sampling.max_tokens, policy.config.max_position),
            tokenizer=tokenizer,
        )

    @property
    def policy(self) -> Policy:
        """The weights that are sampled from, whole."""
        return self._copy or self._policy

    @torch.no_grad()
    def refresh(self) -> None:
        """Sample from the policy's weights as they are now."""
        if self._copy is not None:
            own = dict(self._copy.named_parameters())
            for name, parameter in self._policy.named_parameters():
                own[name].copy_(full_tensor(parameter))
        self.engine.load_weights(self.policy)
