"""Weights and moments put together from all processes, and taken apart again: what checkpoints hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from reason.train.distributed import World

__all__ = ["load_moments", "load_weights", "whole_moments", "whole_weights"]


def whole_weights(module: nn.Module, world: World) -> dict[str, Any]:
    """Return all weights; of a sharded module in the memory of the first process, and none elsewhere."""
    if world.size == 1:
        return dict(module.state_dict())
    from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict

    return dict(
        get_model_state_dict(module, options=StateDictOptions(full_state_dict=True, cpu_offload=True))
    )


def load_weights(module: nn.Module, weights: Mapping[str, Any], world: World) -> None:
    """Put whole weights into a module, sharded or not; every process has them."""
    if world.size == 1:
        module.load_state_dict(dict(weights))
        return
    from torch.distributed.checkpoint.state_dict import StateDictOptions, set_model_state_dict

    set_model_state_dict(module, dict(weights), options=StateDictOptions(full_state_dict=True))


def whole_moments(module: nn.Module, adam: torch.optim.Optimizer, world: World) -> dict[str, Any]:
    """Return the state of an optimiser, as :func:`whole_weights` does."""
    if world.size == 1:
        return dict(adam.state_dict())
    from torch.distributed.checkpoint.state_dict import StateDictOptions, get_optimizer_state_dict

    options = StateDictOptions(full_state_dict=True, cpu_offload=True)
    return dict(get_optimizer_state_dict(module, adam, options=options))


def load_moments(
    module: nn.Module, adam: torch.optim.Optimizer, moments: Mapping[str, Any], world: World
) -> None:
    """Put the state of an optimiser back."""
    if world.size == 1:
        adam.load_state_dict(dict(moments))
        return
    from torch.distributed.checkpoint.state_dict import StateDictOptions, set_optimizer_state_dict

    options = StateDictOptions(full_state_dict=True)
    set_optimizer_state_dict(module, adam, optim_state_dict=dict(moments), options=options)
