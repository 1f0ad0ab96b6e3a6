"""What the trainer, the losses and the engines know of a language model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Protocol

from torch import Tensor, nn

if TYPE_CHECKING:
    from reason.train.packing import Packed

__all__ = ["Policy", "PolicyShape"]


class PolicyShape(Protocol):
    """The sizes of a model, as every policy's ``config`` gives them."""

    @property
    def vocab_size(self) -> int:
        """Rows of the embedding and of the output head."""

    @property
    def d_model(self) -> int:
        """Width of the hidden states."""

    @property
    def num_layers(self) -> int:
        """Transformer blocks."""

    @property
    def max_position(self) -> int:
        """Longest sequence that the model knows positions for."""


class Policy(nn.Module, ABC):
    """A causal language model over packed tokens: an ``nn.Module`` with its output head held apart.

    Logits are ``hidden_N_D @ output_weight_V_D.T``. They are left to the caller, who needs them for a
    few tokens only or a chunk at a time: a ``(N, V)`` tensor is what training would run out of memory on.

    ``policy(packed)`` is ``policy.hidden_states(packed)``: what wraps ``forward`` (FSDP, ``compile``)
    wraps it.
    """

    @property
    @abstractmethod
    def config(self) -> PolicyShape:
        """The sizes of the model."""

    @abstractmethod
    def hidden_states(self, packed: Packed) -> Tensor:
        """Return the last hidden states, ready for the output head (the final norm is applied).

        Args:
            packed: N tokens of several segments, on the device of the parameters.

        Returns:
            ``hidden_N_D``, in the order of ``packed.token_ids_N``. Row i predicts the token after token i.
        """

    @property
    @abstractmethod
    def output_weight_V_D(self) -> Tensor:
        """Rows of the output head, differentiable; the embedding itself where the two are tied."""

    def forward(self, packed: Packed) -> Tensor:
        """Return :meth:`hidden_states`."""
        return self.hidden_states(packed)
