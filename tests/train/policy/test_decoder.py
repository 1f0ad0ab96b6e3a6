"""Shared prefixes, buckets and recomputation change the cost, not the numbers."""

import numpy as np
import pytest
import torch

from reason.train.policy import segments as segments_module
from reason.train.policy.decoder import Decoder
from reason.train.policy.segments import Spans, buckets_of
from reason.train.policy.shape import DecoderConfig

CONFIG = DecoderConfig(
    vocab_size=96, d_model=32, num_layers=2, num_heads=4, num_kv_heads=2, head_dim=8, d_ff=64, tied=False
)


@pytest.fixture(scope="module")
def policy() -> Decoder:
    return Decoder(CONFIG, seed=0)


def gradients(policy: Decoder, loss: torch.Tensor) -> dict[str, torch.Tensor]:
    policy.zero_grad()
    loss.backward()
    return {
        name: parameter.grad.clone()
        for name, parameter in policy.named_parameters()
        if parameter.grad is not None
    }


def shared_and_plain(lay_out):
    """Two groups and a loner, as a shared and as a plain batch, and where each token went."""
    rng = np.random.default_rng(1)

    def draw(length):
        return rng.integers(0, 96, length).tolist()

    prompts = [draw(40), draw(7)]
    answers = {0: [draw(length) for length in (1, 5, 90, 33)], 1: [draw(length) for length in (64, 2)]}
    loner = draw(20)
    laid = [(prompts[0], -1), *((a, 0) for a in answers[0]), (loner, -1)]
    laid += [(prompts[1], -1), *((a, len(laid)) for a in answers[1])]
    packed = lay_out([tokens for tokens, _ in laid], [prefix for _, prefix in laid])
    whole = [(prefix, tokens) for tokens, prefix in laid]
    plain = lay_out([(laid[prefix][0] if prefix >= 0 else []) + tokens for prefix, tokens in whole])
    place = []
    for start, (prefix, tokens) in zip(plain.bounds_S1, whole, strict=False):
        skipped = len(laid[prefix][0]) if prefix >= 0 else 0
        place += range(start + skipped, start + skipped + len(tokens))
    return packed, plain, torch.tensor(place)


def test_hidden_states_behind_a_shared_prefix_are_those_of_the_whole_sequence(policy, lay_out):
    packed, plain, place = shared_and_plain(lay_out)
    torch.testing.assert_close(policy(packed), policy(plain)[place], atol=1e-5, rtol=1e-5)


def test_gradients_through_a_shared_prefix_are_those_of_the_whole_sequences(policy, lay_out):
    packed, plain, place = shared_and_plain(lay_out)
    weight = torch.randn(len(place), CONFIG.d_model, generator=torch.Generator().manual_seed(2))
    shared = gradients(policy, (policy(packed) * weight).sum())
    expected = gradients(policy, (policy(plain)[place] * weight).sum())
    assert shared.keys() == expected.keys()
    for name, gradient in expected.items():
        torch.testing.assert_close(shared[name], gradient, atol=1e-4, rtol=1e-4)


def test_a_segment_sees_nothing_of_the_others(policy, lay_out, segments):
    alone = torch.cat([policy(lay_out([segment])) for segment in segments])
    torch.testing.assert_close(policy(lay_out(segments)), alone, atol=1e-5, rtol=1e-5)


def test_a_token_sees_nothing_that_comes_later(policy, lay_out):
    first = policy(lay_out([[1, 2, 3, 4], [5, 6, 7]], [-1, 0]))
    other = policy(lay_out([[1, 2, 3, 4], [5, 6, 8]], [-1, 0]))
    torch.testing.assert_close(first[:6], other[:6])
    assert not torch.allclose(first[6], other[6])
    changed = policy(lay_out([[9, 2, 3, 4], [5, 6, 7]], [-1, 0]))
    assert not torch.allclose(first[4:], changed[4:])


def test_recomputation_changes_no_gradient(lay_out, segments):
    policy = Decoder(CONFIG, seed=0)
    packed = lay_out(segments)
    kept = gradients(policy, policy(packed).square().sum())
    policy.recompute = True
    again = gradients(policy, policy(packed).square().sum())
    for name, gradient in kept.items():
        torch.testing.assert_close(again[name], gradient)


def test_weights_follow_the_seed_and_nothing_else():
    torch.manual_seed(1)
    first = Decoder(CONFIG, seed=3).state_dict()
    torch.manual_seed(2)
    before = torch.get_rng_state()
    second = Decoder(CONFIG, seed=3).state_dict()
    for name, tensor in first.items():
        assert torch.equal(tensor, second[name])
    assert not torch.equal(Decoder(CONFIG, seed=4).embed_tokens.weight, first["embed_tokens.weight"])
    assert torch.isfinite(first["lm_head.weight"]).all()
    assert before.shape == torch.get_rng_state().shape


def test_the_first_policy_is_nearly_uniform_and_its_logits_are_of_order_one(policy, lay_out, segments):
    with torch.no_grad():
        logits = policy(lay_out(segments)) @ policy.output_weight_V_D.T
    assert 0.3 < logits.std() < 3
    entropy = torch.distributions.Categorical(logits=logits).entropy().mean()
    assert entropy > 0.8 * np.log(CONFIG.vocab_size)


def test_buckets_hold_every_segment_once_within_their_bounds(lay_out, monkeypatch):
    rng = np.random.default_rng(0)
    laid = [[1] * length for length in rng.integers(1, 400, 60).tolist()]
    prefix_of = [-1] * 20 + rng.integers(0, 20, 40).tolist()
    spans = Spans.of(lay_out(laid, prefix_of))
    monkeypatch.setattr(segments_module, "MAX_PAIRS", 1 << 20)
    buckets = buckets_of(spans)
    assert sorted(np.concatenate([bucket.rows_B for bucket in buckets]).tolist()) == list(range(60))
    assert len(buckets) > 4
    for bucket in buckets:
        assert bucket.query_index_B_Q.size * bucket.key_index_B_T.shape[1] <= 1 << 20
        assert len(set((bucket.prefix_length_B > 0).tolist())) == 1


def test_autocast_and_bfloat16_stay_close(policy, lay_out, segments):
    packed = lay_out(segments, [-1, 0, 0, -1, 3, -1])
    exact = policy(packed)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        cast = policy(packed)
    assert (cast - exact).abs().max() < 0.2
    half = Decoder(CONFIG, seed=0).to(torch.bfloat16)
    assert (half(packed).float() - exact).abs().max() < 0.2
