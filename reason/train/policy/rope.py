"""Rotary positions (Su et al., 2021, arXiv:2104.09864), in the half-split layout of Hugging Face."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from reason.train.policy.shape import DecoderConfig

__all__ = ["frequencies", "rotary_angles", "rotate"]


def frequencies(config: DecoderConfig) -> Tensor:
    """Return the angle per position of each pair of dimensions, ``frequency_(head_dim / 2)`` in float32.

    Computed on the CPU whatever the default device is, so that every device turns by the same angles.
    """
    exponent = torch.arange(0, config.head_dim, 2, dtype=torch.float32, device="cpu") / config.head_dim
    frequency = 1.0 / config.rope_theta**exponent
    scaling = config.rope_scaling
    if scaling is None:
        return frequency
    wavelength = 2 * math.pi / frequency
    turns = scaling.original_max_position / wavelength
    kept = (turns - scaling.low_freq_factor) / (scaling.high_freq_factor - scaling.low_freq_factor)
    kept = kept.clamp(0.0, 1.0)
    return frequency * kept + frequency / scaling.factor * (1 - kept)


def rotary_angles(frequency: Tensor, position_ids_N: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Return cosine and sine of every token's angles, ``(N, 1, head_dim / 2)``, to turn any head with.

    Args:
        frequency: As of :func:`frequencies`, on the device of the positions.
        position_ids_N: int64.
        dtype: Of the result; the angles themselves are float32, since bfloat16 cannot hold a position.
    """
    angle = position_ids_N.to(torch.float32)[:, None] * frequency
    return angle.cos().to(dtype)[:, None], angle.sin().to(dtype)[:, None]


def rotate(x_N_H_D: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Turn each pair (i, i + D/2) of every head by its token's angle."""
    first, second = x_N_H_D.chunk(2, dim=-1)
    turned_first = torch.addcmul(first * cosine, second, sine, value=-1)
    return torch.cat((turned_first, torch.addcmul(second * cosine, first, sine)), dim=-1)
