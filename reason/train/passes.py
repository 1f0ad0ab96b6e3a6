"""Forward passes over trajectories: the log-probability, entropy and value of each token that was sampled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from reason.train.distributed import full_tensor
from reason.train.logprobs import token_logprobs
from reason.train.packing import MicroBatch, pack
from reason.train.policy.protocol import Policy
from reason.train.trajectory import Trajectory

__all__ = ["Passes", "Scored"]


@dataclass(frozen=True, kw_only=True)
class Scored:
    """What a pass over a micro-batch says of its M target tokens."""

    logprobs_M: Tensor
    entropies_M: Tensor
    values_M: Tensor | None


@dataclass(frozen=True, kw_only=True)
class Passes:
    """How passes are made: sizes, temperature, device, precision."""

    max_tokens: int
    """Packed positions of a micro-batch."""
    shared_prefix: bool = True
    temperature: float = 1.0
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    bfloat16: bool = False
    """Whether matrices are multiplied in bfloat16, on float32 weights."""

    def micro_batches(
        self, trajectories: Sequence[Trajectory], *, groups_together: bool = False
    ) -> list[MicroBatch]:
        """Pack trajectories; a single one that is too long for a micro-batch gets one to itself.

        Args:
            trajectories: What to pack.
            groups_together: Whether the members of a group stay in one micro-batch.
        """
        keys = [trajectory.group for trajectory in trajectories] if groups_together else None
        longest = max((len(trajectory.token_ids_T) for trajectory in trajectories), default=1)
        if keys is not None:
            lengths = [len(trajectory.token_ids_T) for trajectory in trajectories]
            longest = int(
                np.bincount(np.unique(keys, return_inverse=True)[1], weights=lengths).max(initial=1)
            )
        return pack(
            trajectories, max(self.max_tokens, longest), shared_prefix=self.shared_prefix, together=keys
        )

    def score(self, policy: Policy, micro: MicroBatch, value_head: nn.Module | None = None) -> Scored:
        """Run a policy over a micro-batch that is on its device.

        Args:
            policy: Sharded or not.
            micro: The micro-batch.
            value_head: From a hidden state to its value.
        """
        with self._precision():
            hidden_N_D = policy(micro.packed)
            hidden_M_D = hidden_N_D[micro.hidden_index_M]
            weight_V_D = full_tensor(policy.output_weight_V_D).to(hidden_M_D.dtype)
            logprobs_M, entropies_M = token_logprobs(
                hidden_M_D, weight_V_D, micro.target_ids_M, temperature=self.temperature or 1.0
            )
        values_M = None if value_head is None else value_head(hidden_M_D)
        return Scored(logprobs_M=logprobs_M, entropies_M=entropies_M, values_M=values_M)

    @torch.no_grad()
    def score_all(
        self, policy: Policy, trajectories: Sequence[Trajectory], value_head: nn.Module | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return log-probabilities, entropies and values of all target tokens, flat, without gradient."""
        count = sum(trajectory.num_generated for trajectory in trajectories)
        found = np.zeros((3, count))
        for micro in self._on_device(self.micro_batches(trajectories)):
            scored = self.score(policy, micro, value_head)
            index = micro.flat_M.cpu().numpy()
            found[0, index] = scored.logprobs_M.double().cpu().numpy()
            found[1, index] = scored.entropies_M.double().cpu().numpy()
            if scored.values_M is not None:
                found[2, index] = scored.values_M.double().cpu().numpy()
        return found[0], found[1], found[2]

    def _on_device(self, micros: Sequence[MicroBatch]) -> Iterator[MicroBatch]:
        return (micro.to(self.device) for micro in micros)

    def _precision(self) -> AbstractContextManager[object]:
        return torch.autocast(self.device.type, torch.bfloat16) if self.bfloat16 else nullcontext()
