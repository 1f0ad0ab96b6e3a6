"""Checkpoints in GGUF, the format of llama.cpp, quantised or not; the ``gguf`` package dequantises them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from reason.errors import ConfigError, InputFormatError
from reason.train.policy.gguf_file import GGUFTensor, read_layout
from reason.train.policy.rope import frequencies
from reason.train.policy.shape import DecoderConfig, Llama3Scaling

__all__ = ["read_gguf"]

ARCHITECTURES = ("llama", "qwen2", "qwen3")
NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "token_embd": "embed_tokens",
    "output_norm": "norm",
    "output": "lm_head",
}
"""Modules by the names that llama.cpp gives them."""
FREQUENCY_FACTORS = "rope_freqs.weight"


def read_gguf(path: Path) -> tuple[DecoderConfig, dict[str, Tensor]]:
    """Return the sizes and the weights, dequantised to float32 under our decoder's names.

    Raises:
        InputFormatError: the file is no GGUF.
        ConfigError: the model does something that our decoder does not; the message says what.
    """
    metadata, tensors = read_layout(path)
    arrays = {tensor.name: _dequantised(path, tensor) for tensor in tensors}
    factors = arrays.pop(FREQUENCY_FACTORS, None)
    if "token_embd.weight" not in arrays:
        raise InputFormatError(f"{path} must have a tensor token_embd.weight")
    config = _config(metadata, arrays, factors)
    interleaved = metadata["general.architecture"] == "llama"
    weights = {}
    for name, array in arrays.items():
        ours = _name(name)
        if interleaved and ours.endswith(("q_proj.weight", "k_proj.weight")):
            array = _halves(array, config.num_heads if "q_proj" in ours else config.num_kv_heads)
        weights[ours] = torch.from_numpy(np.ascontiguousarray(array))
    return config, weights


def _dequantised(path: Path, tensor: GGUFTensor) -> NDArray[np.float32]:
    try:
        from gguf import GGMLQuantizationType, dequantize
        from gguf.quants import quant_shape_to_byte_shape
    except ImportError as error:
        raise ConfigError(f"GGUF files need the gguf package: pip install gguf ({error})") from error
    try:
        kind = GGMLQuantizationType(tensor.kind)
        shape = quant_shape_to_byte_shape(tensor.shape, kind)
        data = np.memmap(path, dtype=np.uint8, mode="r", offset=tensor.offset, shape=shape)
        return np.array(dequantize(data, kind), dtype=np.float32)
    except NotImplementedError as error:
        raise ConfigError(f"{path}: tensor {tensor.name!r}: {error}") from error
    except (ValueError, KeyError, OSError, IndexError) as error:
        raise InputFormatError(f"{path}: tensor {tensor.name!r} cannot be read: {error}") from error


def _config(
    metadata: dict[str, Any], arrays: dict[str, NDArray[np.float32]], factors: NDArray[np.float32] | None
) -> DecoderConfig:
    kind = metadata.get("general.architecture")
    if kind not in ARCHITECTURES:
        raise ConfigError(f"architecture must be one of {', '.join(ARCHITECTURES)}, got {kind!r}")
    if metadata.get(f"{kind}.expert_count"):
        raise ConfigError("expert_count must be 0: Reason's decoder has no mixture of experts")

    def need(name: str) -> Any:
        try:
            return metadata[f"{kind}.{name}"]
        except KeyError:
            raise ConfigError(f"the GGUF file must have {kind}.{name}") from None

    d_model, num_heads = need("embedding_length"), need("attention.head_count")
    head_dim = metadata.get(f"{kind}.attention.key_length", d_model // num_heads)
    if metadata.get(f"{kind}.rope.dimension_count", head_dim) != head_dim:
        raise ConfigError(f"{kind}.rope.dimension_count must be {head_dim}: the whole head is turned")
    if metadata.get(f"{kind}.rope.scaling.type", "none") != "none":
        raise ConfigError(
            f"{kind}.rope.scaling.type must be none, got {metadata[f'{kind}.rope.scaling.type']!r}"
        )
    config = {
        "vocab_size": len(arrays["token_embd.weight"]),
        "d_model": d_model,
        "num_layers": need("block_count"),
        "num_heads": num_heads,
        "num_kv_heads": metadata.get(f"{kind}.attention.head_count_kv", num_heads),
        "head_dim": head_dim,
        "d_ff": need("feed_forward_length"),
        "max_position": need("context_length"),
        "rope_theta": metadata.get(f"{kind}.rope.freq_base", 10000.0),
        "rms_eps": need("attention.layer_norm_rms_epsilon"),
        "tied": "output.weight" not in arrays,
        "qkv_bias": kind == "qwen2",
        "qk_norm": kind == "qwen3",
    }
    plain = DecoderConfig(**config)
    return plain if factors is None else DecoderConfig(**config, rope_scaling=_scaling(plain, factors))


def _scaling(plain: DecoderConfig, factors: NDArray[np.float32]) -> Llama3Scaling:
    """Find Llama 3's setting behind the divisors that llama.cpp keeps instead of it.

    Every published Llama 3.1, 3.2 and 3.3 has the same low, high and original length; only ``factor``
    differs, and the slowest frequency is divided by just that.
    """
    scaling = Llama3Scaling(factor=float(factors.max()))
    stretched = frequencies(DecoderConfig(**{**vars(plain), "rope_scaling": scaling}))
    divisors = (frequencies(plain) / stretched).numpy()
    if factors.shape != divisors.shape or not np.allclose(factors, divisors, rtol=1e-3):
        raise ConfigError(
            f"{FREQUENCY_FACTORS} does not follow Llama 3's rule, the only one that is known here"
        )
    return scaling


def _name(name: str) -> str:
    """Translate ``blk.3.attn_q.weight`` to ``layers.3.self_attn.q_proj.weight``."""
    place, _, kind = name.rpartition(".")
    block, _, module = place.rpartition(".")
    if module not in NAMES or (block and not block.startswith("blk.")):
        raise ConfigError(f"the GGUF file has a tensor {name!r}, which is no part of Reason's decoder")
    return f"{block.replace('blk.', 'layers.')}{'.' if block else ''}{NAMES[module]}.{kind}"


def _halves(weight: NDArray[np.float32], num_heads: int) -> NDArray[np.float32]:
    """Undo llama.cpp's order of a Llama's query and key rows: pairs (2i, 2i + 1) back to (i, i + D/2)."""
    rows, columns = weight.shape
    pairs = weight.reshape(num_heads, rows // num_heads // 2, 2, columns)
    return pairs.swapaxes(1, 2).reshape(rows, columns)
