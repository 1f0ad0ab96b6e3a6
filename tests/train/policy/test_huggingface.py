"""transformers on the same weights is the oracle: loaded by us, and loading what we wrote."""

import json

import pytest
import torch

from reason.errors import ConfigError, InputFormatError
from reason.train.policy.decoder import Decoder
from reason.train.policy.huggingface import write_checkpoint
from reason.train.policy.loading import export_policy, load_policy
from reason.train.policy.shape import DecoderConfig, Llama3Scaling


def logits(policy, packed) -> torch.Tensor:
    with torch.no_grad():
        return policy(packed) @ policy.output_weight_V_D.T


def check_equal(policy, model, lay_out, segments) -> None:
    packed = lay_out(segments)
    found = logits(policy, packed)
    for segment, start in zip(segments, packed.bounds_S1, strict=False):
        with torch.no_grad():
            expected = model(torch.tensor([segment])).logits[0]
        torch.testing.assert_close(found[start : start + len(segment)], expected, atol=1e-4, rtol=1e-4)


def test_a_loaded_checkpoint_computes_what_transformers_computes(
    random_model, kind, lay_out, segments, tmp_path
):
    model = random_model(kind)
    model.save_pretrained(tmp_path)
    policy = load_policy(tmp_path)
    check_equal(policy, model, lay_out, segments)
    assert policy.num_parameters == sum(parameter.numel() for parameter in model.parameters())
    assert all(parameter.requires_grad for parameter in policy.parameters())


def test_transformers_loads_what_we_export(random_model, kind, lay_out, segments, tmp_path):
    from transformers import AutoModelForCausalLM

    random_model(kind).save_pretrained(tmp_path / "theirs")
    policy = load_policy(tmp_path / "theirs")
    export_policy(policy, tmp_path / "ours")
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "ours").eval()
    check_equal(policy, model, lay_out, segments)
    again = load_policy(tmp_path / "ours")
    assert again.config == policy.config
    for name, tensor in again.state_dict().items():
        assert torch.equal(tensor, policy.state_dict()[name])


def test_shards_are_read_and_written(random_model, lay_out, segments, tmp_path):
    from transformers import AutoModelForCausalLM

    model = random_model("llama")
    model.save_pretrained(tmp_path / "theirs", max_shard_size="20KB")
    assert len(list((tmp_path / "theirs").glob("*.safetensors"))) > 2
    policy = load_policy(tmp_path / "theirs")
    check_equal(policy, model, lay_out, segments)
    ours = tmp_path / "ours"
    write_checkpoint(ours, policy.config, policy.state_dict(), shard_bytes=20_000)
    assert len(list(ours.glob("*.safetensors"))) > 2
    check_equal(policy, AutoModelForCausalLM.from_pretrained(ours).eval(), lay_out, segments)
    check_equal(load_policy(ours), model, lay_out, segments)
    # Written over, in one file: the shards are gone.
    export_policy(policy, ours)
    assert [path.name for path in ours.glob("*.safetensors*")] == ["model.safetensors"]
    check_equal(load_policy(ours), model, lay_out, segments)


@pytest.mark.parametrize("kind", ["llama-theta", "llama3"], ids=["theta", "llama3"])
def test_settings_of_older_transformers_are_understood(random_model, kind, tmp_path):
    random_model(kind).save_pretrained(tmp_path)
    expected = load_policy(tmp_path).config
    path = tmp_path / "config.json"
    settings = json.loads(path.read_text())
    rope = settings.pop("rope_parameters")
    settings["rope_theta"] = rope.pop("rope_theta")
    settings["rope_scaling"] = rope if kind == "llama3" else None
    path.write_text(json.dumps(settings))
    assert load_policy(tmp_path).config == expected
    assert (expected.rope_scaling is not None) == (kind == "llama3")


def test_a_tied_checkpoint_may_repeat_its_head(random_model, tmp_path):
    from safetensors.torch import load_file, save_file

    random_model("llama-tied").save_pretrained(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    weights["lm_head.weight"] = weights["model.embed_tokens.weight"].clone()
    save_file(weights, tmp_path / "model.safetensors", metadata={"format": "pt"})
    policy = load_policy(tmp_path)
    assert policy.output_weight_V_D is policy.embed_tokens.weight


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model_type": "gemma2"}, "model_type must be one of llama, qwen2, qwen3"),
        ({"hidden_act": "gelu"}, "hidden_act"),
        ({"attention_bias": True}, "attention_bias"),
        ({"mlp_bias": True}, "mlp_bias"),
        ({"use_sliding_window": True}, "use_sliding_window"),
        ({"layer_types": ["full_attention", "sliding_attention"]}, "layer_types"),
        ({"quantization_config": {"bits": 4}}, "quantization_config"),
        ({"rope_parameters": {"rope_type": "yarn", "rope_theta": 1.0, "factor": 2.0}}, "got 'yarn'"),
        ({"rope_parameters": {"rope_type": "llama3", "rope_theta": 1.0}}, "must have 'factor'"),
        ({"num_attention_heads": 3}, "num_heads must be a multiple"),
        ({"hidden_size": None}, "settings that cannot be"),
        ({"num_attention_heads": 0}, "settings that cannot be"),
        ({"vocab_size": "many"}, "vocab_size must be above 0"),
    ],
)
def test_a_model_that_computes_something_else_is_refused(random_model, tmp_path, changes, message):
    random_model("llama").save_pretrained(tmp_path)
    path = tmp_path / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    with pytest.raises(ConfigError, match=message):
        load_policy(tmp_path)


def test_files_that_do_not_belong_together_are_refused(random_model, tmp_path):
    random_model("llama").save_pretrained(tmp_path)
    path = tmp_path / "config.json"
    settings = path.read_text()
    for changes in ({"num_hidden_layers": 3}, {"intermediate_size": 65}, {"tie_word_embeddings": True}):
        path.write_text(json.dumps({**json.loads(settings), **changes}))
        if "tie_word_embeddings" in changes:
            load_policy(tmp_path)
            continue
        with pytest.raises(InputFormatError, match="does not hold the tensors"):
            load_policy(tmp_path)


def test_files_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(InputFormatError, match="neither a checkpoint's folder nor a GGUF file"):
        load_policy(tmp_path / "nothing")
    with pytest.raises(InputFormatError, match=r"config\.json cannot be read"):
        load_policy(tmp_path)
    (tmp_path / "config.json").write_text("[]")
    with pytest.raises(InputFormatError, match="must hold a JSON object"):
        load_policy(tmp_path)
    config = DecoderConfig(
        vocab_size=8, d_model=8, num_layers=1, num_heads=2, num_kv_heads=2, head_dim=4, d_ff=8
    )
    export_policy(Decoder(config), tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"\x08")
    with pytest.raises(InputFormatError, match=r"model\.safetensors cannot be read"):
        load_policy(tmp_path)
    (tmp_path / "model.safetensors").rename(tmp_path / "pytorch_model.bin")
    with pytest.raises(InputFormatError, match=r"must hold model\.safetensors"):
        load_policy(tmp_path)


def test_a_shard_outside_of_the_folder_is_not_read(random_model, tmp_path):
    random_model("llama").save_pretrained(tmp_path / "in", max_shard_size="20KB")
    index = tmp_path / "in" / "model.safetensors.index.json"
    listed = json.loads(index.read_text())
    name = next(iter(listed["weight_map"]))
    (tmp_path / "in" / listed["weight_map"][name]).rename(tmp_path / "out.safetensors")
    listed["weight_map"] = dict.fromkeys(listed["weight_map"], "../out.safetensors")
    index.write_text(json.dumps(listed))
    with pytest.raises(InputFormatError, match="cannot be read"):
        load_policy(tmp_path / "in")


def test_weights_may_be_loaded_in_another_type(random_model, tmp_path):
    random_model("llama").save_pretrained(tmp_path)
    policy = load_policy(tmp_path, dtype=torch.bfloat16)
    assert {parameter.dtype for parameter in policy.parameters()} == {torch.bfloat16}
    export_policy(policy, tmp_path / "half")
    assert json.loads((tmp_path / "half" / "config.json").read_text())["dtype"] == "bfloat16"


@pytest.mark.parametrize(
    "changes",
    [
        {"num_heads": 0},
        {"head_dim": 7},
        {"num_kv_heads": 3},
        {"rms_eps": 0.0},
        {"qkv_bias": True, "qk_norm": True},
    ],
)
def test_sizes_that_cannot_be_are_refused(changes):
    sizes = {
        "vocab_size": 8, "d_model": 8, "num_layers": 1, "num_heads": 2, "num_kv_heads": 2, "head_dim": 4,
        "d_ff": 8,
    }  # fmt: skip
    with pytest.raises(ConfigError, match=next(iter(changes))):
        DecoderConfig(**{**sizes, **changes})
    with pytest.raises(ConfigError, match="factor"):
        Llama3Scaling(factor=0.0)
    with pytest.raises(ConfigError, match="high_freq_factor"):
        Llama3Scaling(factor=8.0, low_freq_factor=4.0)
