"""Log-probabilities and entropies of tokens in chunks: memory does not grow with tokens x vocabulary.

Sizes in the names: N tokens, D width of the hidden states, V vocabulary, C tokens of a chunk.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

__all__ = ["token_logprobs"]

CHUNK_ELEMENTS = 2**26
"""Logits that exist at once: 256 MiB in float32, and up to three times that for what is made from them."""


def token_logprobs(
    hidden_N_D: Tensor,
    output_weight_V_D: Tensor,
    target_N: Tensor,
    *,
    temperature: float = 1.0,
    chunk_elements: int = CHUNK_ELEMENTS,
) -> tuple[Tensor, Tensor]:
    """Return log softmax(hidden @ weight.T / temperature)[target] and the entropy of that distribution.

    Logits are made, used and dropped one chunk of tokens at a time, and made again in the backward pass; what
    autograd keeps is the inputs and two numbers a token. Logits and results are in float32 (float64 where the
    hidden states are), matrix products in the precision of the hidden states or of autocast; the weight's
    gradient is summed over the chunks in float32.

    Args:
        hidden_N_D: The hidden states that predict the targets.
        output_weight_V_D: Rows of the output head.
        target_N: int64, in 0..V-1.
        temperature: What the logits are divided by; that of the sampler.
        chunk_elements: Logits that may exist at once; at least one token's are made.

    Returns:
        Log-probabilities and entropies in nats, N each, with gradients to the hidden states and the weight.

    Raises:
        ValueError: shapes do not fit, or ``temperature`` or ``chunk_elements`` is not above 0.
    """
    if (
        hidden_N_D.ndim != 2
        or output_weight_V_D.ndim != 2
        or hidden_N_D.shape[1] != output_weight_V_D.shape[1]
    ):
        raise ValueError(
            f"hidden_N_D and output_weight_V_D must be matrices of one width, got {tuple(hidden_N_D.shape)}"
            f" and {tuple(output_weight_V_D.shape)}"
        )
    if target_N.shape != hidden_N_D.shape[:1]:
        raise ValueError(f"target_N must have shape ({hidden_N_D.shape[0]},), got {tuple(target_N.shape)}")
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0, got {temperature!r}")
    if chunk_elements < 1:
        raise ValueError(f"chunk_elements must be above 0, got {chunk_elements!r}")
    device = hidden_N_D.device.type
    dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else hidden_N_D.dtype
    chunk = max(1, chunk_elements // max(1, output_weight_V_D.shape[0]))
    logprobs_N, entropies_N = _TokenLogprobs.apply(  # type: ignore[no-untyped-call]
        hidden_N_D.to(dtype), output_weight_V_D.to(dtype), target_N, float(temperature), chunk
    )
    return logprobs_N, entropies_N


class _TokenLogprobs(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, hidden_N_D: Tensor, weight_V_D: Tensor, target_N: Tensor, temperature: float, chunk: int
    ) -> tuple[Tensor, Tensor]:
        ctx.temperature, ctx.chunk = temperature, chunk
        ctx.set_materialize_grads(False)
        dtype = torch.promote_types(hidden_N_D.dtype, torch.float32)
        logprobs_N, entropies_N, log_normaliser_N = hidden_N_D.new_empty((3, len(target_N)), dtype=dtype)
        with torch.autocast(hidden_N_D.device.type, enabled=False):
            for part in _chunks(len(target_N), chunk):
                logits_C_V = _logits(hidden_N_D[part], weight_V_D, temperature)
                logits_C = logits_C_V.gather(1, target_N[part, None])[:, 0]
                logprobs_C_V = torch.log_softmax(logits_C_V, dim=1, dtype=dtype)
                logprobs_N[part] = logprobs_C_V.gather(1, target_N[part, None])[:, 0]
                log_normaliser_N[part] = logits_C - logprobs_N[part]
                entropies_N[part] = logprobs_C_V.exp().mul_(logprobs_C_V).sum(dim=1).neg_()
        ctx.save_for_backward(hidden_N_D, weight_V_D, target_N, log_normaliser_N, entropies_N.clone())
        return logprobs_N.clone(), entropies_N.clone()

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any, grad_logprobs_N: Tensor | None, grad_entropies_N: Tensor | None
    ) -> tuple[Tensor | None, Tensor | None, None, None, None]:
        hidden_N_D, weight_V_D, target_N, log_normaliser_N, entropies_N = ctx.saved_tensors
        dtype = log_normaliser_N.dtype
        wants_hidden, wants_weight = ctx.needs_input_grad[:2]
        grad_hidden_N_D = torch.zeros_like(hidden_N_D) if wants_hidden else None
        grad_weight_V_D = torch.zeros_like(weight_V_D, dtype=dtype) if wants_weight else None
        if grad_logprobs_N is None:
            grad_logprobs_N = torch.zeros_like(log_normaliser_N)
        # By the logits before the division: d logprob = ([target] - p) / temperature,
        # d entropy = - p (log p + entropy) / temperature.
        slope_N = grad_logprobs_N / ctx.temperature
        with torch.autocast(hidden_N_D.device.type, enabled=False):
            for part in _chunks(len(target_N), ctx.chunk):
                logits_C_V = _logits(hidden_N_D[part], weight_V_D, ctx.temperature)
                logprobs_C_V = torch.sub(logits_C_V, log_normaliser_N[part, None])
                if grad_entropies_N is None:
                    grad_C_V = logprobs_C_V.exp_().mul_(-slope_N[part, None])
                else:
                    entropy_slope_C_1 = (grad_entropies_N[part] / -ctx.temperature)[:, None]
                    grad_C_V = logprobs_C_V.exp()
                    logprobs_C_V.add_(entropies_N[part, None]).mul_(entropy_slope_C_1)
                    grad_C_V.mul_(logprobs_C_V.sub_(slope_N[part, None]))
                grad_C_V.scatter_add_(1, target_N[part, None], slope_N[part, None])
                grad_C_V = grad_C_V.to(hidden_N_D.dtype)
                if grad_hidden_N_D is not None:
                    grad_hidden_N_D[part] = grad_C_V @ weight_V_D
                if grad_weight_V_D is not None:
                    grad_weight_V_D += grad_C_V.T @ hidden_N_D[part]
        if grad_weight_V_D is not None:
            grad_weight_V_D = grad_weight_V_D.to(weight_V_D.dtype)
        return grad_hidden_N_D, grad_weight_V_D, None, None, None


def _logits(hidden_C_D: Tensor, weight_V_D: Tensor, temperature: float) -> Tensor:
    """Return logits in the precision of the product; dividing them first widens them to float32 at least."""
    logits_C_V = hidden_C_D @ weight_V_D.T
    if temperature == 1:
        return logits_C_V
    return logits_C_V.to(torch.promote_types(logits_C_V.dtype, torch.float32)).div_(temperature)


def _chunks(size: int, chunk: int) -> Iterator[slice]:
    return (slice(start, start + chunk) for start in range(0, size, chunk))
