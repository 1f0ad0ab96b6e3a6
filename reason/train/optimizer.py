"""AdamW over a policy's weights, its schedule and its clipping."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import nn

from reason.train.config import OptimizerConfig

__all__ = ["Optimizer", "learning_rate"]


def learning_rate(config: OptimizerConfig, *, update: int, step: int, total_steps: int) -> float:
    """Return the learning rate, a function of where the run stands alone.

    Args:
        config: Peak, warm-up and schedule.
        update: Optimiser steps made so far.
        step: Number of the step.
        total_steps: Steps of the run.
    """
    rise = min(1.0, (update + 1) / config.warmup_steps) if config.warmup_steps else 1.0
    done = min(1.0, step / max(total_steps, 1))
    fall = 1.0
    if config.schedule == "linear":
        fall = 1 - done * (1 - config.final_fraction)
    elif config.schedule == "cosine":
        fall = config.final_fraction + (1 - config.final_fraction) * (1 + math.cos(math.pi * done)) / 2
    return config.lr * rise * fall


class Optimizer:
    """AdamW with clipped gradients; an update whose gradient is not finite is left out."""

    def __init__(self, modules: Sequence[nn.Module], config: OptimizerConfig, *, total_steps: int) -> None:
        """Make an optimiser.

        Args:
            modules: What is trained. Weight decay acts on matrices alone.
            config: Settings.
            total_steps: Steps of the schedule.
        """
        self._config, self._total_steps = config, total_steps
        self._parameters = [one for module in modules for one in module.parameters() if one.requires_grad]
        decayed = [one for one in self._parameters if one.ndim >= 2]
        others = [one for one in self._parameters if one.ndim < 2]
        on_gpu = bool(self._parameters) and self._parameters[0].device.type == "cuda"
        self.adam: torch.optim.Optimizer = torch.optim.AdamW(
            [
                {"params": decayed, "weight_decay": config.weight_decay},
                {"params": others, "weight_decay": 0.0},
            ],
            lr=config.lr,
            betas=config.betas,
            eps=config.eps,
            fused=on_gpu,
            foreach=not on_gpu,
        )
        self.updates = 0
        """Optimiser steps made so far."""
        self.left_out = 0
        """Updates whose gradient was not finite."""
        self.rate = 0.0
        """Learning rate of the last update."""

    def step(self, step: int) -> float:
        """Make an update with the gradients that are there, and clear them.

        Returns:
            The norm of the gradient before it was clipped.
        """
        limit = self._config.max_grad_norm or math.inf
        norm = torch.nn.utils.clip_grad_norm_(self._parameters, limit)
        norm = norm.full_tensor() if hasattr(norm, "full_tensor") else norm
        value = float(norm)
        self.rate = learning_rate(self._config, update=self.updates, step=step, total_steps=self._total_steps)
        if math.isfinite(value):
            for group in self.adam.param_groups:
                group["lr"] = self.rate
            self.adam.step()
        else:
            self.left_out += 1
        self.adam.zero_grad(set_to_none=True)
        self.updates += 1
        return value

    def state_dict(self) -> dict[str, int]:
        """Return the counts; the moments are ``adam``'s own."""
        return {"updates": self.updates, "left_out": self.left_out}

    def load_state_dict(self, state: Mapping[str, int]) -> None:
        """Take up what :meth:`state_dict` returned."""
        self.updates, self.left_out = int(state["updates"]), int(state["left_out"])
