"""Low-rank adapters (Hu et al., 2021, arXiv:2106.09685), through ``peft``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from reason.errors import ConfigError

__all__ = ["add_lora", "merged_weights"]

ATTENTION_AND_FEED_FORWARD = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
ADAPTER = "default"


def add_lora(
    policy: nn.Module,
    *,
    rank: int,
    alpha: int | None = None,
    targets: Sequence[str] | None = None,
    seed: int = 0,
) -> None:
    """Freeze a policy and add trainable adapters to it, in place; at first they change nothing.

    Args:
        policy: Ours, or an adapted one.
        rank: Of the adapters.
        alpha: Their output is scaled by ``alpha / rank``; None is ``2 * rank``.
        targets: Last names of the linear layers to adapt; None takes those of attention and feed-forward.
        seed: Of their first weights.

    Raises:
        ConfigError: ``peft`` is not installed, the rank is not positive, or no layer has such a name.
    """
    if rank < 1:
        raise ConfigError(f"rank must be at least 1, got {rank}")
    try:
        from peft import LoraConfig, inject_adapter_in_model
    except ImportError as error:
        raise ConfigError(f"LoRA needs the peft package: pip install peft ({error})") from error
    if has_lora(policy.state_dict()):
        raise ConfigError("policy has LoRA adapters already")
    wanted = set(ATTENTION_AND_FEED_FORWARD if targets is None else targets)
    found = {
        name.rpartition(".")[2] for name, module in policy.named_modules() if isinstance(module, nn.Linear)
    }
    missing = sorted(wanted - found)
    if missing:
        raise ConfigError(f"targets must name linear layers ({', '.join(sorted(found))}), got {missing}")
    policy.requires_grad_(False)
    config = LoraConfig(
        r=rank, lora_alpha=2 * rank if alpha is None else alpha, target_modules=sorted(wanted)
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        inject_adapter_in_model(config, policy, adapter_name=ADAPTER)


def has_lora(weights: Mapping[str, Tensor]) -> bool:
    """Whether a state dictionary is of a policy with adapters."""
    return any(".lora_A." in name for name in weights)


def merged_weights(policy: nn.Module, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return weights without adapters: each adapter's product added to the matrix that it adapts.

    Args:
        policy: Whose adapters they are: knows how much each is scaled by.
        weights: Its state dictionary.
    """
    merged = {}
    for name, tensor in weights.items():
        if ".lora_A." in name or ".lora_B." in name:
            continue
        layer, adapted, kind = name.partition(".base_layer.")
        if adapted and kind == "weight":
            down, up = (
                weights[f"{layer}.lora_A.{ADAPTER}.weight"],
                weights[f"{layer}.lora_B.{ADAPTER}.weight"],
            )
            scaling = policy.get_submodule(layer).scaling[ADAPTER]  # type: ignore[index]
            tensor = (tensor.float() + scaling * (up.float() @ down.float())).to(tensor.dtype)
        merged[f"{layer}.{kind}" if adapted else name] = tensor
    return merged
