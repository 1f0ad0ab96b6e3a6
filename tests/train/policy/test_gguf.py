"""Files written by the ``gguf`` package as llama.cpp's converter does, read by us and by transformers."""

import struct
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch

from reason.errors import ConfigError, InputFormatError
from reason.train.policy.gguf_file import read_layout
from reason.train.policy.loading import load_policy

NAMES = {
    "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm", "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down", "model.embed_tokens": "token_embd",
    "model.norm": "output_norm", "lm_head": "output",
}  # fmt: skip


def converted(name: str) -> str:
    module, kind = name.rsplit(".", 1)
    if module.startswith("model.layers."):
        _, _, layer, inner = module.split(".", 3)
        return f"blk.{layer}.{NAMES[inner]}.{kind}"
    return f"{NAMES[module]}.{kind}"


def write(path: Path, model, *, quantised: bool = False, frequencies=None, **metadata) -> None:
    """Write a model; query and key rows of a Llama in pairs, as llama.cpp's rotation wants them."""
    config = model.config
    kind = config.model_type
    writer = gguf.GGUFWriter(path, kind)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_vocab_size(config.vocab_size)
    head_dim = getattr(config, "head_dim", None)
    if head_dim:
        writer.add_key_length(head_dim)
        writer.add_value_length(head_dim)
    # Arrays that must be passed over.
    writer.add_token_list([f"token {index}" for index in range(config.vocab_size)])
    writer.add_token_types([1] * config.vocab_size)
    for name, value in metadata.items():
        writer.add_string(name.replace("__", "."), value)
    if frequencies is not None:
        writer.add_tensor("rope_freqs.weight", np.asarray(frequencies, dtype=np.float32))
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        array = tensor.numpy()
        if kind == "llama" and name.endswith(("q_proj.weight", "k_proj.weight")):
            heads = config.num_attention_heads if "q_proj" in name else config.num_key_value_heads
            halves = array.reshape(heads, 2, array.shape[0] // heads // 2, array.shape[1])
            array = np.ascontiguousarray(halves.swapaxes(1, 2).reshape(array.shape))
        if quantised and array.ndim == 2:
            packed = gguf.quantize(array, gguf.GGMLQuantizationType.Q8_0)
            writer.add_tensor(converted(name), packed, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
        else:
            writer.add_tensor(converted(name), array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def check_equal(policy, model, lay_out, segments, atol=1e-4) -> None:
    packed = lay_out(segments)
    with torch.no_grad():
        found = policy(packed) @ policy.output_weight_V_D.T
        for segment, start in zip(segments, packed.bounds_S1, strict=False):
            expected = model(torch.tensor([segment])).logits[0]
            torch.testing.assert_close(found[start : start + len(segment)], expected, atol=atol, rtol=1e-4)


@pytest.mark.parametrize(
    "kind", ["llama", "llama-tied", "llama-theta", "llama-one-key", "qwen2", "qwen2-tied", "qwen3"]
)
def test_a_file_computes_what_the_model_in_it_computes(random_model, kind, lay_out, segments, tmp_path):
    model = random_model(kind)
    write(tmp_path / "model.gguf", model)
    policy = load_policy(tmp_path / "model.gguf")
    check_equal(policy, model, lay_out, segments)
    assert all(parameter.is_leaf and parameter.requires_grad for parameter in policy.parameters())


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
def test_a_quantised_file_computes_what_transformers_reads_from_it(
    random_model, kind, lay_out, segments, tmp_path
):
    from transformers import AutoModelForCausalLM

    write(tmp_path / "model.gguf", random_model(kind), quantised=True)
    theirs = AutoModelForCausalLM.from_pretrained(tmp_path, gguf_file="model.gguf", dtype=torch.float32)
    check_equal(load_policy(tmp_path / "model.gguf"), theirs.eval(), lay_out, segments)


def test_llama_3_frequencies_are_recognised_by_their_divisors(random_model, lay_out, segments, tmp_path):
    rope = {
        "rope_type": "llama3", "rope_theta": 500000.0, "factor": 32.0, "low_freq_factor": 1.0,
        "high_freq_factor": 4.0, "original_max_position_embeddings": 8192,
    }  # fmt: skip
    model = random_model("llama", rope_parameters=rope, head_dim=64)
    divisors = []
    for index in range(32):  # as llama.cpp's converter computes them
        wavelength = 2 * np.pi * 500000.0 ** (index / 32)
        if wavelength < 8192 / 4:
            divisors.append(1.0)
        elif wavelength > 8192:
            divisors.append(32.0)
        else:
            smooth = (8192 / wavelength - 1) / 3
            divisors.append(1 / ((1 - smooth) / 32 + smooth))
    assert len(set(divisors)) > 3
    write(tmp_path / "model.gguf", model, frequencies=divisors)
    policy = load_policy(tmp_path / "model.gguf")
    assert policy.config.rope_scaling.factor == 32
    check_equal(policy, model, lay_out, segments)
    write(tmp_path / "odd.gguf", model, frequencies=np.linspace(1, 32, 32))
    with pytest.raises(ConfigError, match="does not follow Llama 3's rule"):
        load_policy(tmp_path / "odd.gguf")


def test_models_that_compute_something_else_are_refused(random_model, tmp_path):
    path = tmp_path / "model.gguf"
    write(path, random_model("llama"), llama__rope__scaling__type="yarn")
    with pytest.raises(ConfigError, match="must be none, got 'yarn'"):
        load_policy(path)
    writer = gguf.GGUFWriter(path, "mamba")
    writer.add_tensor("token_embd.weight", np.zeros((4, 32), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(ConfigError, match="got 'mamba'"):
        load_policy(path)


def test_a_broken_file_is_named_wherever_it_is_cut(random_model, tmp_path):
    write(tmp_path / "whole.gguf", random_model("llama"))
    data = (tmp_path / "whole.gguf").read_bytes()
    path = tmp_path / "cut.gguf"
    for length in [*range(1, 300, 23), 1000, 3000, len(data) // 2, len(data) - 4000]:
        path.write_bytes(data[:length])
        with pytest.raises((InputFormatError, ConfigError), match=r"cut\.gguf|GGUF"):
            load_policy(path)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GGUX" + bytes(60),
        b"GGUF" + struct.pack("<IQQ", 9, 0, 0),
        b"GGUF" + struct.pack("<IQQ", 3, 2**60, 0),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 2**60),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2**63),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"a" + struct.pack("<IIQ", 9, 8, 2**63),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"a" + struct.pack("<IIQ", 9, 9, 1),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"a" + struct.pack("<I", 77),
    ],
)
def test_hostile_layouts_are_refused_at_once(data, tmp_path):
    path = tmp_path / "hostile.gguf"
    path.write_bytes(data)
    with pytest.raises(InputFormatError, match=r"hostile\.gguf"):
        read_layout(path)


def test_the_layout_is_that_which_the_gguf_package_reads(random_model, tmp_path):
    path = tmp_path / "model.gguf"
    write(path, random_model("llama"), quantised=True)
    metadata, tensors = read_layout(path)
    reader = gguf.GGUFReader(path)
    for tensor, expected in zip(tensors, reader.tensors, strict=True):
        assert tensor.name == expected.name
        assert tensor.shape == tuple(int(size) for size in expected.shape[::-1])
        assert (tensor.kind, tensor.offset) == (expected.tensor_type.value, expected.data_offset)
    scalars = {
        name: field.contents()
        for name, field in reader.fields.items()
        if field.types[0] != gguf.GGUFValueType.ARRAY and not name.startswith("GGUF.")
    }
    assert metadata == scalars
