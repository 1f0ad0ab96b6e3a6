"""Sampling whose outcome depends on a sequence's own seed and logits, and on nothing else in the batch.

Each token's random number is a hash of (seed, how many tokens of the turn came before): there is no generator
whose state the other sequences could move.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["sample", "signed", "uniform"]

GOLDEN, FIRST_MULTIPLIER, SECOND_MULTIPLIER = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
"""Of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014)."""
RANDOM_BITS = 32
BELOW_ONE = 1.0 - 2.0**-RANDOM_BITS
BLOCK = 128
"""Tokens that are summed up before the draw is narrowed down to one of them."""


def signed(number: int) -> int:
    """Return the 64-bit two's complement of a number, as ``int64`` holds it.

    >>> signed(2**64 - 1)
    -1
    """
    return (number + 2**63) % 2**64 - 2**63


def _shifted(x: Tensor, bits: int) -> Tensor:
    """Shift right without the sign."""
    return (x >> bits) & ((1 << (64 - bits)) - 1)


def _mixed(x: Tensor) -> Tensor:
    x = (x ^ _shifted(x, 30)) * signed(FIRST_MULTIPLIER)
    x = (x ^ _shifted(x, 27)) * signed(SECOND_MULTIPLIER)
    return x ^ _shifted(x, 31)


def uniform(seed_B: Tensor, counter_B: Tensor) -> Tensor:
    """Return float64 numbers in [0, 1): SplitMix64's hash of each seed and counter.

    Args:
        seed_B: int64.
        counter_B: int64.
    """
    hashed = _mixed(_mixed(seed_B) + (counter_B + 1) * signed(GOLDEN))
    return _shifted(hashed, 64 - RANDOM_BITS).to(torch.float64) * 2.0**-RANDOM_BITS


def sample(
    logits_B_V: Tensor,
    uniform_B: Tensor,
    temperature_B: Tensor,
    *,
    top_p_B: Tensor | None = None,
    top_k_B: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Draw a token of each row by inverting its distribution function.

    Args:
        logits_B_V: float32.
        uniform_B: float64 in [0, 1).
        temperature_B: 0 takes the likeliest token.
        top_p_B: In (0, 1]; None where no row truncates.
        top_k_B: 0 keeps all; None where no row truncates.

    Returns:
        Tokens, and their log-probabilities under ``softmax(logits / temperature)`` before any truncation (at
        temperature 0: under ``softmax(logits)``).
    """
    greedy_B = temperature_B == 0
    logprobs_B_V = torch.log_softmax(logits_B_V / temperature_B.masked_fill(greedy_B, 1.0)[:, None], dim=-1)
    probability_B_V = logprobs_B_V.exp()
    if top_p_B is not None and top_k_B is not None:
        probability_B_V = _truncated(probability_B_V, top_p_B, top_k_B)
    token_B = torch.where(greedy_B, logits_B_V.argmax(dim=-1), _drawn(probability_B_V, uniform_B))
    return token_B, logprobs_B_V.gather(1, token_B[:, None])[:, 0]


def _truncated(probability_B_V: Tensor, top_p_B: Tensor, top_k_B: Tensor) -> Tensor:
    """Keep the likeliest tokens; of equally likely ones, those of lower id."""
    sorted_B_V, order_B_V = probability_B_V.sort(dim=-1, descending=True, stable=True)
    before_B_V = sorted_B_V.cumsum(dim=-1) - sorted_B_V
    # Rounding lets the sum reach 1 before the last token: then all must still be all.
    most_B = top_p_B.masked_fill(top_p_B >= 1, torch.inf)[:, None]
    rank_V = torch.arange(probability_B_V.shape[1], device=probability_B_V.device)
    size_B = torch.where(top_k_B == 0, probability_B_V.shape[1], top_k_B)[:, None]
    kept_B_V = sorted_B_V * ((before_B_V < most_B) & (rank_V < size_B))
    return torch.zeros_like(kept_B_V).scatter(1, order_B_V, kept_B_V)


def _drawn(probability_B_V: Tensor, uniform_B: Tensor) -> Tensor:
    """Return the token at which the distribution function passes ``uniform_B``: first its block, then it.

    Sums are float64: in float32 those over a large vocabulary would miss unlikely tokens.
    """
    batch, vocabulary = probability_B_V.shape
    if vocabulary % BLOCK or vocabulary == BLOCK:
        return _first_above(probability_B_V.cumsum(dim=-1, dtype=torch.float64), uniform_B)
    blocks = probability_B_V.view(batch, vocabulary // BLOCK, BLOCK)
    total = blocks.sum(dim=-1, dtype=torch.float64)
    function = total.cumsum(dim=-1)
    block_B = _first_above(function, uniform_B)[:, None]
    size = total.gather(1, block_B)[:, 0]
    into = uniform_B * function[:, -1] - (function.gather(1, block_B)[:, 0] - size)
    inner = blocks.gather(1, block_B[:, :, None].expand(batch, 1, BLOCK))[:, 0]
    inner_function = inner.cumsum(dim=-1, dtype=torch.float64)
    return block_B[:, 0] * BLOCK + _first_above(inner_function, (into / size).clamp(0.0, BELOW_ONE))


def _first_above(function: Tensor, share_B: Tensor) -> Tensor:
    """Return where a running sum first exceeds a share (below 1) of its total: never at a term of 0."""
    threshold = share_B * function[:, -1]
    return (function <= threshold[:, None]).sum(dim=-1).clamp(max=function.shape[1] - 1)
