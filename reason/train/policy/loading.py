"""Policies from files, and to files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from reason.errors import InputFormatError
from reason.train.policy import huggingface, word_tokenizer
from reason.train.policy.chat_tokenizer import ChatTokenizer
from reason.train.policy.decoder import Decoder
from reason.train.policy.gguf import read_gguf
from reason.train.policy.lora import merged_weights
from reason.train.policy.protocol import Policy
from reason.train.policy.shape import DecoderConfig
from reason.train.policy.tokenizer import Tokenizer
from reason.train.policy.transformers import TransformersPolicy

__all__ = ["export_policy", "load_policy", "load_tokenizer"]


def load_policy(
    path: str | Path, *, dtype: torch.dtype = torch.float32, device: torch.device | str = "cpu"
) -> Decoder:
    """Load a Llama, Qwen2 or Qwen3 into Reason's own decoder.

    Args:
        path: A folder with ``config.json`` and safetensors, or a GGUF file.
        dtype: Of the weights; on a CPU anything but float32 is slower.
        device: Where they go.

    Raises:
        InputFormatError: the files cannot be read, or do not hold the tensors that the sizes ask for.
        ConfigError: another architecture (``TransformersPolicy.load`` takes any), or a feature not ours.
    """
    path = Path(path)
    if path.is_dir():
        config = huggingface.decoder_config(huggingface.read_config(path))
        weights = huggingface.read_weights(path, tied=config.tied)
    elif path.is_file():
        config, weights = read_gguf(path)
    else:
        raise InputFormatError(f"{path} is neither a checkpoint's folder nor a GGUF file")
    return _decoder(config, weights, path, dtype=dtype, device=device)


def _decoder(
    config: DecoderConfig,
    weights: Mapping[str, Tensor],
    path: Path,
    *,
    dtype: torch.dtype,
    device: torch.device | str,
) -> Decoder:
    with torch.device("meta"):
        policy = Decoder(config, seed=None)
    expected = {name: tuple(tensor.shape) for name, tensor in policy.state_dict().items()}
    found = {name: tuple(tensor.shape) for name, tensor in weights.items()}
    if expected != found:
        odd = sorted(set(expected.items()) ^ set(found.items()))[:4]
        raise InputFormatError(f"{path} does not hold the tensors that its sizes ask for; first: {odd}")
    placed = {name: tensor.to(device=device, dtype=dtype) for name, tensor in weights.items()}
    policy.load_state_dict(placed, assign=True)
    return policy


def load_tokenizer(path: str | Path) -> Tokenizer:
    """Load a tokenizer: our own small one, or that of a checkpoint with its chat template.

    Args:
        path: A folder or a GGUF file.

    Raises:
        InputFormatError: there is none.
        ConfigError: it has no chat template.
    """
    path = Path(path)
    if (path / word_tokenizer.FILE).is_file():
        return word_tokenizer.WordTokenizer.load(path)
    return ChatTokenizer.load(path)


def export_policy(
    policy: Policy,
    folder: str | Path,
    *,
    tokenizer: Tokenizer | None = None,
    weights: Mapping[str, Tensor] | None = None,
) -> None:
    """Write a policy in Hugging Face's format, LoRA adapters merged; transformers loads it with equal logits.

    Args:
        policy: Ours, or an adapted one.
        folder: Is made if it is not there.
        tokenizer: Is written beside the weights.
        weights: What to write instead of the policy's own tensors, under its names: of a sharded policy, the
            gathered ones.

    Raises:
        TypeError: a policy that knows no such format.
    """
    folder = Path(folder)
    held = dict(policy.state_dict() if weights is None else weights)
    merged = merged_weights(policy, held)
    if isinstance(policy, TransformersPolicy):
        policy.write_checkpoint(folder, merged)
    elif isinstance(policy, Decoder):
        stop_ids = tokenizer.stop_ids if tokenizer is not None else ()
        huggingface.write_checkpoint(folder, policy.config, merged, stop_ids=stop_ids)
    else:
        raise TypeError(f"policy must be a Decoder or a TransformersPolicy, got {type(policy).__name__}")
    if tokenizer is not None:
        tokenizer.save(folder)
