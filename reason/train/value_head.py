"""A value head: what a state is worth, read from the policy's hidden states."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

__all__ = ["ValueHead"]


class ValueHead(nn.Module):
    """One linear map from hidden states to values, in float32; it begins at 0 everywhere."""

    def __init__(self, d_model: int) -> None:
        """Make a head for hidden states of width ``d_model``."""
        super().__init__()
        self.linear = nn.Linear(d_model, 1, dtype=torch.float32)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, hidden_N_D: Tensor) -> Tensor:
        """Return the value of each state (N).

        Args:
            hidden_N_D: The hidden states that predict the targets, the same that their log-probabilities are
                read from.
        """
        values_N_1 = self.linear(hidden_N_D.to(self.linear.weight.dtype))
        return cast("Tensor", values_N_1[:, 0])
