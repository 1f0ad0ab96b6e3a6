"""Checkpoints in Hugging Face's format: ``config.json`` and safetensors, whole or in shards."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from reason.errors import ConfigError, InputFormatError
from reason.train.policy.shape import DecoderConfig, Llama3Scaling

__all__ = ["decoder_config", "read_config", "read_weights", "write_checkpoint"]

ARCHITECTURES = {"llama": "LlamaForCausalLM", "qwen2": "Qwen2ForCausalLM", "qwen3": "Qwen3ForCausalLM"}
INDEX, SINGLE = "model.safetensors.index.json", "model.safetensors"
SHARD_BYTES = 5 * 10**9


def read_config(folder: Path) -> dict[str, Any]:
    """Return ``config.json``.

    Raises:
        InputFormatError: there is none, or it is not a JSON object.
    """
    path = folder / "config.json"
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputFormatError(f"{path} cannot be read: {error}") from error
    if not isinstance(settings, dict):
        raise InputFormatError(f"{path} must hold a JSON object, got {type(settings).__name__}")
    return settings


def decoder_config(settings: Mapping[str, Any]) -> DecoderConfig:
    """Translate ``config.json``.

    Raises:
        ConfigError: the model does something that our decoder does not; the message says what.
    """
    kind = settings.get("model_type")
    if kind not in ARCHITECTURES:
        raise ConfigError(
            f"model_type must be one of {', '.join(ARCHITECTURES)}, got {kind!r}; "
            'TransformersPolicy (policy.adapter = "transformers") runs the others'
        )
    _refuse_what_is_not_ours(settings)
    try:
        d_model, num_heads = settings["hidden_size"], settings["num_attention_heads"]
        # What a file leaves out has the defaults of transformers, which differ by architecture.
        default_kv_heads, default_head_dim = num_heads if kind == "llama" else 32, d_model // num_heads
        rope_theta, rope_scaling = _rope(settings)
        return DecoderConfig(
            vocab_size=settings["vocab_size"],
            d_model=d_model,
            num_layers=settings["num_hidden_layers"],
            num_heads=num_heads,
            num_kv_heads=settings.get("num_key_value_heads") or default_kv_heads,
            head_dim=settings.get("head_dim") or (128 if kind == "qwen3" else default_head_dim),
            d_ff=settings["intermediate_size"],
            max_position=settings.get("max_position_embeddings", 2048 if kind == "llama" else 32768),
            rope_theta=rope_theta,
            rope_scaling=rope_scaling,
            rms_eps=settings.get("rms_norm_eps", 1e-6),
            tied=bool(settings.get("tie_word_embeddings", False)),
            qkv_bias=kind == "qwen2",
            qk_norm=kind == "qwen3",
        )
    except KeyError as missing:
        raise ConfigError(f"config.json of a {kind} model must have {missing}") from None
    except (TypeError, ValueError, ZeroDivisionError) as error:
        raise ConfigError(f"config.json has settings that cannot be: {error}") from error


def _refuse_what_is_not_ours(settings: Mapping[str, Any]) -> None:
    expected = {
        "hidden_act": ("silu", "swish"),
        "attention_bias": (False,),
        "mlp_bias": (False,),
        "use_sliding_window": (False,),
        "partial_rotary_factor": (1.0,),
        "quantization_config": (),
    }
    for name, accepted in expected.items():
        value = settings.get(name)
        if value is not None and value not in accepted:
            raise ConfigError(
                f"{name} = {value!r:.80} is not what Reason's decoder computes; "
                'TransformersPolicy (policy.adapter = "transformers") may run this model'
            )
    if any(kind != "full_attention" for kind in settings.get("layer_types") or ()):
        raise ConfigError("layer_types must all be full_attention: Reason's decoder has no sliding window")


def _rope(settings: Mapping[str, Any]) -> tuple[float, Llama3Scaling | None]:
    """Read the rotary settings, in the form of transformers 5 (``rope_parameters``) or the older one."""
    scaling = settings.get("rope_parameters") or settings.get("rope_scaling") or {}
    theta = scaling.get("rope_theta", settings.get("rope_theta", 10000.0))
    kind = scaling.get("rope_type", scaling.get("type", "default"))
    if kind == "default":
        return float(theta), None
    if kind != "llama3":
        raise ConfigError(f"rope_type must be default or llama3, got {kind!r}: Reason's decoder has no other")
    return float(theta), Llama3Scaling(
        factor=scaling["factor"],
        low_freq_factor=scaling["low_freq_factor"],
        high_freq_factor=scaling["high_freq_factor"],
        original_max_position=scaling["original_max_position_embeddings"],
    )


def read_weights(folder: Path, *, tied: bool) -> dict[str, Tensor]:
    """Return the tensors of a checkpoint under our decoder's names.

    Args:
        folder: Holds ``model.safetensors``, or shards and their index.
        tied: Whether to leave the output head out, which some files of tied models repeat.

    Raises:
        InputFormatError: a broken file, or no safetensors (a pickled ``.bin`` may run code: it is not read).
    """
    from safetensors import SafetensorError, safe_open

    weights = {}
    for path in _shards(folder):
        try:
            with safe_open(path, framework="pt") as file:
                for name in file.keys():  # noqa: SIM118 (it is no mapping)
                    if not (name.endswith("rotary_emb.inv_freq") or (tied and name == "lm_head.weight")):
                        weights[name.removeprefix("model.")] = file.get_tensor(name)
        except (OSError, SafetensorError) as error:
            raise InputFormatError(f"{path} cannot be read: {error}") from error
    return weights


def _shards(folder: Path) -> list[Path]:
    if (folder / INDEX).is_file():
        try:
            names = set(json.loads((folder / INDEX).read_text(encoding="utf-8"))["weight_map"].values())
        except (ValueError, KeyError, AttributeError) as error:
            raise InputFormatError(f"{folder / INDEX} is no index of shards: {error}") from error
        return [folder / Path(name).name for name in sorted(names)]
    if (folder / SINGLE).is_file():
        return [folder / SINGLE]
    raise InputFormatError(f"{folder} must hold {SINGLE} or {INDEX}; save the model with save_pretrained")


def write_checkpoint(
    folder: Path,
    config: DecoderConfig,
    weights: Mapping[str, Tensor],
    *,
    stop_ids: Collection[int] = (),
    shard_bytes: int = SHARD_BYTES,
) -> None:
    """Write a checkpoint that transformers, vLLM and :func:`read_weights` load.

    Args:
        folder: Is made if it is not there.
        config: The sizes.
        weights: Under our decoder's names.
        stop_ids: What generation ends at.
        shard_bytes: Largest file of weights.
    """
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    dtype = str(next(iter(weights.values())).dtype).removeprefix("torch.")
    settings = {**_settings(config), "dtype": dtype, "torch_dtype": dtype}
    if stop_ids:
        settings["eos_token_id"] = sorted(stop_ids)
    (folder / "config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    named = {name if name == "lm_head.weight" else f"model.{name}": weights[name] for name in weights}
    shards = list(_divide(named, shard_bytes))
    for stale in [*folder.glob("model-*-of-*.safetensors"), folder / INDEX, folder / SINGLE]:
        stale.unlink(missing_ok=True)
    weight_map = {}
    for number, shard in enumerate(shards, 1):
        name = SINGLE if len(shards) == 1 else f"model-{number:05d}-of-{len(shards):05d}.safetensors"
        save_file(shard, folder / name, metadata={"format": "pt"})
        weight_map.update(dict.fromkeys(shard, name))
    if len(shards) > 1:
        total = sum(tensor.numel() * tensor.element_size() for tensor in named.values())
        index = {"metadata": {"total_size": total}, "weight_map": weight_map}
        (folder / INDEX).write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")


def _divide(weights: Mapping[str, Tensor], shard_bytes: int) -> Iterator[dict[str, Tensor]]:
    shard: dict[str, Tensor] = {}
    size = 0
    for name, tensor in weights.items():
        added = tensor.numel() * tensor.element_size()
        if shard and size + added > shard_bytes:
            yield shard
            shard, size = {}, 0
        shard[name] = tensor.detach().to("cpu").contiguous()
        size += added
    yield shard


def _settings(config: DecoderConfig) -> dict[str, Any]:
    kind = "qwen2" if config.qkv_bias else "qwen3" if config.qk_norm else "llama"
    rope: dict[str, Any] = {"rope_type": "default"}
    if config.rope_scaling is not None:
        rope = {
            "rope_type": "llama3",
            "factor": config.rope_scaling.factor,
            "low_freq_factor": config.rope_scaling.low_freq_factor,
            "high_freq_factor": config.rope_scaling.high_freq_factor,
            "original_max_position_embeddings": config.rope_scaling.original_max_position,
        }
    return {
        "architectures": [ARCHITECTURES[kind]],
        "model_type": kind,
        "vocab_size": config.vocab_size,
        "hidden_size": config.d_model,
        "intermediate_size": config.d_ff,
        "num_hidden_layers": config.num_layers,
        "num_attention_heads": config.num_heads,
        "num_key_value_heads": config.num_kv_heads,
        "head_dim": config.head_dim,
        "hidden_act": "silu",
        "max_position_embeddings": config.max_position,
        "rms_norm_eps": config.rms_eps,
        "rope_theta": config.rope_theta,
        "rope_scaling": None if config.rope_scaling is None else rope,
        "rope_parameters": {**rope, "rope_theta": config.rope_theta},
        "tie_word_embeddings": config.tied,
        "attention_bias": False,
    }
