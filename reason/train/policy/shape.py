"""The sizes and switches of the decoder: what tells a Llama from a Qwen2 or Qwen3 of the same code."""

from __future__ import annotations

from dataclasses import dataclass, fields

from reason.errors import ConfigError

__all__ = ["DecoderConfig", "Llama3Scaling"]


@dataclass(frozen=True, kw_only=True)
class Llama3Scaling:
    """Rotary frequencies stretched for long contexts, as Llama 3.1 does.

    Wavelengths above ``original_max_position / low_freq_factor`` are stretched by ``factor``, those below
    ``original_max_position / high_freq_factor`` are kept, and the ones between are interpolated.
    """

    factor: float
    low_freq_factor: float = 1.0
    high_freq_factor: float = 4.0
    original_max_position: int = 8192
    """Context length of the model before it was stretched."""

    def __post_init__(self) -> None:
        """Reject factors that cannot be."""
        for name in ("factor", "low_freq_factor", "high_freq_factor", "original_max_position"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"rope_scaling.{name} must be above 0, got {getattr(self, name)!r}")
        if self.high_freq_factor <= self.low_freq_factor:
            raise ConfigError(
                f"rope_scaling.high_freq_factor must be above low_freq_factor={self.low_freq_factor}, "
                f"got {self.high_freq_factor}"
            )


@dataclass(frozen=True, kw_only=True)
class DecoderConfig:
    """A decoder with rotary positions, RMSNorm, SwiGLU and grouped queries."""

    vocab_size: int
    """Rows of the embedding; a tokenizer may use fewer."""
    d_model: int
    num_layers: int
    num_heads: int
    """Query heads."""
    num_kv_heads: int
    """Key and value heads; each serves ``num_heads / num_kv_heads`` query heads."""
    head_dim: int
    """Width of one head; usually ``d_model / num_heads``, but it need not be (Qwen3)."""
    d_ff: int
    """Width between the gate and the down projection."""
    max_position: int = 4096
    """Longest sequence. Positions are computed, so that a greater number costs nothing."""
    rope_theta: float = 10000.0
    rope_scaling: Llama3Scaling | None = None
    rms_eps: float = 1e-6
    tied: bool = True
    """Whether the output head is the embedding."""
    qkv_bias: bool = False
    """Biases on the query, key and value projections (Qwen2)."""
    qk_norm: bool = False
    """RMSNorm over each query and key head (Qwen3)."""

    def __post_init__(self) -> None:
        """Reject sizes that cannot be."""
        for field in fields(self):
            value = getattr(self, field.name)
            if field.type in ("int", "float") and not (isinstance(value, int | float) and value > 0):
                raise ConfigError(f"{field.name} must be above 0, got {value!r}")
        if self.num_heads % self.num_kv_heads:
            raise ConfigError(
                f"num_heads must be a multiple of num_kv_heads={self.num_kv_heads}, got {self.num_heads}"
            )
        if self.head_dim % 2:
            raise ConfigError(f"head_dim must be even (rotary positions turn pairs), got {self.head_dim}")
        if self.qkv_bias and self.qk_norm:
            raise ConfigError("qkv_bias and qk_norm exclude each other: no published architecture has both")
