"""Engines by name."""

from __future__ import annotations

from reason.errors import ConfigError
from reason.train.engine.protocol import Engine
from reason.train.policy.protocol import Policy
from reason.train.policy.tokenizer import Tokenizer
from reason.train.policy.transformers import TransformersPolicy

__all__ = ["make_engine"]


def make_engine(
    name: str, policy: Policy, *, max_sequences: int, max_tokens: int, tokenizer: Tokenizer | None = None
) -> Engine:
    """Make an engine that samples from a policy.

    Args:
        name: ``eager``, ``graphs``, ``transformers`` or ``vllm``; ``auto`` is ``transformers`` for an adapted
            model, and for our decoder ``graphs`` on a CUDA device and ``eager`` elsewhere.
        policy: What to sample from.
        max_sequences: Sequences that are decoded at once, with those that wait for their environment.
        max_tokens: Of the longest sequence, its prompt and all turns included.
        tokenizer: Of the policy; is written beside the weights that vLLM loads.

    Raises:
        ConfigError: no engine has that name, or it cannot run this policy here.
    """
    if name == "auto":
        on_gpu = policy.output_weight_V_D.device.type == "cuda"
        adapted = isinstance(policy, TransformersPolicy)
        name = "transformers" if adapted else "graphs" if on_gpu else "eager"
    if name == "eager":
        from reason.train.engine.eager import EagerEngine

        return EagerEngine(policy, num_slots=max_sequences, max_length=max_tokens)
    if name == "graphs":
        from reason.train.engine.graphs import GraphEngine

        return GraphEngine(policy, num_slots=max_sequences, max_length=max_tokens)
    if name == "transformers":
        from reason.train.engine.transformers import TransformersEngine

        return TransformersEngine(policy, max_sequences=max_sequences, max_length=max_tokens)
    if name == "vllm":
        from reason.train.engine.vllm import VllmEngine

        return VllmEngine(policy, max_sequences=max_sequences, max_length=max_tokens, tokenizer=tokenizer)
    raise ConfigError(f"engine must be auto, eager, graphs, transformers or vllm, got {name!r}")
