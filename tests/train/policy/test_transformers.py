"""Adapted models: other architectures than ours, behind the same protocol."""

import pytest
import torch

from reason.errors import ConfigError, InputFormatError
from reason.train.policy.loading import export_policy, load_policy, load_tokenizer
from reason.train.policy.transformers import TransformersPolicy


@pytest.fixture(scope="module")
def gpt2():
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=96, n_positions=256, n_embd=32, n_layer=2, n_head=4, bos_token_id=0, eos_token_id=0
    )
    return GPT2LMHeadModel(config)


def test_packed_and_prefixed_segments_give_the_logits_of_whole_sequences(gpt2, lay_out, segments):
    policy = TransformersPolicy(gpt2)
    packed = lay_out(segments, [-1, 0, 0, -1, 3, -1])
    with torch.no_grad():
        logits = policy(packed) @ policy.output_weight_V_D.T
    for segment, prefix, start in zip(segments, packed.prefix_of_S, packed.bounds_S1, strict=False):
        before = segments[prefix] if prefix >= 0 else []
        expected = gpt2(torch.tensor([before + segment])).logits[0, len(before) :]
        torch.testing.assert_close(logits[start : start + len(segment)], expected, atol=1e-4, rtol=1e-4)


def test_gradients_are_those_of_whole_sequences(gpt2, lay_out, segments):
    policy = TransformersPolicy(gpt2)
    packed = lay_out(segments[:2], [-1, 0])
    policy.zero_grad()
    policy(packed)[-5:].square().sum().backward()
    found = {name: parameter.grad.clone() for name, parameter in policy.named_parameters()}
    policy.zero_grad()
    ids = torch.tensor([segments[0] + segments[1]])
    gpt2.base_model(ids).last_hidden_state[0, -5:].square().sum().backward()
    for name, parameter in policy.named_parameters():
        torch.testing.assert_close(found[name], parameter.grad, atol=1e-4, rtol=1e-4)


def test_dropout_stays_off(gpt2, lay_out, segments):
    policy = TransformersPolicy(gpt2).train()
    packed = lay_out(segments)
    assert gpt2.config.resid_pdrop > 0
    torch.testing.assert_close(policy(packed), policy(packed))
    torch.manual_seed(5)
    assert torch.equal(policy(packed), policy(packed))
    assert not gpt2.training


def test_our_decoder_and_the_adapter_agree(random_model, kind, lay_out, segments, tmp_path):
    random_model(kind).save_pretrained(tmp_path)
    ours, theirs = load_policy(tmp_path), TransformersPolicy.load(tmp_path)
    packed = lay_out(segments, [-1, 0, 0, -1, 3, -1])
    with torch.no_grad():
        torch.testing.assert_close(ours(packed), theirs(packed), atol=1e-4, rtol=1e-4)
    for name in ("vocab_size", "d_model", "num_layers", "max_position"):
        assert getattr(ours.config, name) == getattr(theirs.config, name)


def test_an_exported_model_is_loaded_as_it_was(gpt2, lay_out, segments, tmp_path):
    policy = TransformersPolicy(gpt2)
    export_policy(policy, tmp_path)
    again = TransformersPolicy.load(tmp_path)
    with torch.no_grad():
        assert torch.equal(policy(lay_out(segments)), again(lay_out(segments)))


def test_a_model_that_caps_its_logits_is_refused():
    from transformers import Gemma2Config, Gemma2ForCausalLM

    config = Gemma2Config(
        vocab_size=96, hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=1, head_dim=16, final_logit_softcapping=0.05, initializer_range=1.0,
    )  # fmt: skip
    with pytest.raises(ConfigError, match="Gemma2ForCausalLM does more"):
        TransformersPolicy(Gemma2ForCausalLM(config))


def test_a_model_without_a_head_is_refused(gpt2):
    with pytest.raises(ConfigError, match="must have a language-modelling head"):
        TransformersPolicy(gpt2.base_model)


def test_nothing_is_downloaded(tmp_path):
    with pytest.raises(InputFormatError, match="cannot be loaded by transformers"):
        TransformersPolicy.load(tmp_path)
    with pytest.raises(InputFormatError, match="is not there; nothing is downloaded"):
        TransformersPolicy.load("no/such-model")
    with pytest.raises(InputFormatError, match="is not there; nothing is downloaded"):
        load_tokenizer("no/such-model")
