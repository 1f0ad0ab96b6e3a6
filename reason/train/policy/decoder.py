"""Our own decoder: one module for Llama, Qwen2 and Qwen3, over packed tokens or over an engine's cache.

Parameters are named as in Hugging Face's checkpoints (without the leading ``model.``).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from reason.train.policy.attention import Attend, packed_attention
from reason.train.policy.protocol import Policy
from reason.train.policy.rope import frequencies, rotary_angles, rotate
from reason.train.policy.shape import DecoderConfig

if TYPE_CHECKING:
    from reason.train.packing import Packed

__all__ = ["Decoder"]


class _Attention(nn.Module):
    """Grouped-query attention; who sees whom is the caller's choice."""

    def __init__(self, config: DecoderConfig, layer: int) -> None:
        super().__init__()
        self.layer, self.head_dim = layer, config.head_dim
        query_width, key_width = config.num_heads * config.head_dim, config.num_kv_heads * config.head_dim
        self.q_proj = nn.Linear(config.d_model, query_width, bias=config.qkv_bias)
        self.k_proj = nn.Linear(config.d_model, key_width, bias=config.qkv_bias)
        self.v_proj = nn.Linear(config.d_model, key_width, bias=config.qkv_bias)
        self.o_proj = nn.Linear(query_width, config.d_model, bias=False)
        self.q_norm = nn.RMSNorm(config.head_dim, eps=config.rms_eps) if config.qk_norm else nn.Identity()
        self.k_norm = nn.RMSNorm(config.head_dim, eps=config.rms_eps) if config.qk_norm else nn.Identity()

    def forward(self, x_N_D: Tensor, cosine: Tensor, sine: Tensor, attend: Attend) -> Tensor:
        heads = (-1, self.head_dim)
        query = rotate(self.q_norm(self.q_proj(x_N_D).unflatten(1, heads)), cosine, sine)
        key = rotate(self.k_norm(self.k_proj(x_N_D).unflatten(1, heads)), cosine, sine)
        out: Tensor = attend(self.layer, query, key, self.v_proj(x_N_D).unflatten(1, heads))
        return self.o_proj(out.flatten(1))  # type: ignore[no-any-return]


class _FeedForward(nn.Module):
    """SwiGLU (Shazeer, 2020, arXiv:2002.05202)."""

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.d_model, config.d_ff, bias=False)
        self.up_proj = nn.Linear(config.d_model, config.d_ff, bias=False)
        self.down_proj = nn.Linear(config.d_ff, config.d_model, bias=False)

    def forward(self, x_N_D: Tensor) -> Tensor:
        return self.down_proj(functional.silu(self.gate_proj(x_N_D)) * self.up_proj(x_N_D))  # type: ignore[no-any-return]


class _Block(nn.Module):
    def __init__(self, config: DecoderConfig, layer: int) -> None:
        super().__init__()
        self.input_layernorm = nn.RMSNorm(config.d_model, eps=config.rms_eps)
        self.self_attn = _Attention(config, layer)
        self.post_attention_layernorm = nn.RMSNorm(config.d_model, eps=config.rms_eps)
        self.mlp = _FeedForward(config)

    def forward(self, x_N_D: Tensor, cosine: Tensor, sine: Tensor, attend: Attend) -> Tensor:
        x_N_D = x_N_D + self.self_attn(self.input_layernorm(x_N_D), cosine, sine, attend)
        return x_N_D + self.mlp(self.post_attention_layernorm(x_N_D))  # type: ignore[no-any-return]


class Decoder(Policy):
    """A Llama-style decoder.

    >>> config = DecoderConfig(
    ...     vocab_size=64, d_model=32, num_layers=2, num_heads=4, num_kv_heads=2, head_dim=8, d_ff=96
    ... )
    >>> Decoder(config, seed=0).num_parameters
    26784
    """

    def __init__(self, config: DecoderConfig, *, seed: int | None = 0) -> None:
        """Make the modules and draw their weights.

        Args:
            config: Sizes.
            seed: Of the weights, which are the same on every machine; None leaves them as PyTorch makes them,
                for weights that are loaded next.
        """
        super().__init__()
        self._config = config
        self.embed_tokens = nn.Embedding(config.vocab_size, config.d_model)
        self.layers = nn.ModuleList(_Block(config, layer) for layer in range(config.num_layers))
        self.norm = nn.RMSNorm(config.d_model, eps=config.rms_eps)
        self.lm_head = None if config.tied else nn.Linear(config.d_model, config.vocab_size, bias=False)
        self.recompute = False
        """Whether the backward pass computes each block again instead of keeping what it needs."""
        self._frequency: dict[torch.device, Tensor] = {}
        if seed is not None:
            self._draw_weights(seed)

    @property
    def config(self) -> DecoderConfig:
        """The sizes of the model."""
        return self._config

    @property
    def num_parameters(self) -> int:
        """Numbers that it holds."""
        return sum(parameter.numel() for parameter in self.parameters())

    @property
    def output_weight_V_D(self) -> Tensor:
        """Rows of the output head; the embedding where the two are tied."""
        return self.embed_tokens.weight if self.lm_head is None else self.lm_head.weight

    def hidden_states(self, packed: Packed) -> Tensor:
        """Return the last hidden states of a packed batch, the final norm applied."""
        dtype = self.embed_tokens.weight.dtype
        device = packed.token_ids_N.device
        if torch.is_autocast_enabled(device.type):
            dtype = torch.get_autocast_dtype(device.type)
        return self.advance(packed.token_ids_N, packed.position_ids_N, packed_attention(packed, dtype))

    def advance(self, token_ids_N: Tensor, position_ids_N: Tensor, attend: Attend) -> Tensor:
        """Run the blocks over N tokens that see each other, and perhaps a cache, through ``attend``.

        Args:
            token_ids_N: int64.
            position_ids_N: int64.
            attend: Is handed the rotated queries and keys of each layer.

        Returns:
            ``hidden_N_D``, the final norm applied.
        """
        x_N_D = self.embed_tokens(token_ids_N)
        frequency = self._frequency_on(token_ids_N.device)
        cosine, sine = rotary_angles(frequency, position_ids_N, x_N_D.dtype)
        for block in self.layers:
            if self.recompute and torch.is_grad_enabled():
                x_N_D = checkpoint(block, x_N_D, cosine, sine, attend, use_reentrant=False)
            else:
                x_N_D = block(x_N_D, cosine, sine, attend)
        return self.norm(x_N_D)  # type: ignore[no-any-return]

    def _frequency_on(self, device: torch.device) -> Tensor:
        """Return the rotary frequencies: no buffer, so that no cast to bfloat16 reaches them."""
        if device not in self._frequency:
            self._frequency[device] = frequencies(self._config).to(device)
        return self._frequency[device]

    @torch.no_grad()
    def _draw_weights(self, seed: int) -> None:
        """Draw normal weights of variance 1 / fan-in; what adds to the residual is scaled down by depth."""
        generator = torch.Generator().manual_seed(seed)
        into_residual = ("o_proj.weight", "down_proj.weight")
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2:
                deviation = parameter.shape[1] ** -0.5
                if name.endswith(into_residual):
                    deviation /= math.sqrt(2 * self._config.num_layers)
                parameter.copy_(torch.randn(parameter.shape, generator=generator) * deviation)
            elif name.endswith("bias"):
                parameter.zero_()
