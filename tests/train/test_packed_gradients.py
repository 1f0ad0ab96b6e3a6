"""One step of each way of laying trajectories out gives the same gradients of the real decoder."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from reason.train.batch import Rollout, TokenBatch, Totals
from reason.train.logprobs import token_logprobs
from reason.train.loss import load
from reason.train.masks import lengths, live_sequences, loss_mask
from reason.train.packing import pack, targets_of
from reason.train.policy.decoder import Decoder
from reason.train.policy.shape import DecoderConfig

torch.set_num_threads(1)

VOCABULARY = 40


@dataclass(frozen=True)
class Episode:
    token_ids_T: np.ndarray
    generated_T: np.ndarray
    prompt_length: int


@pytest.fixture(scope="module")
def decoder():
    sizes = {"num_layers": 2, "num_heads": 4, "num_kv_heads": 2, "head_dim": 8, "d_ff": 48}
    return Decoder(DecoderConfig(vocab_size=VOCABULARY, d_model=32, **sizes), seed=1)


@pytest.fixture(scope="module")
def step():
    """Four groups of four, with observations between what is generated; one is unscorable, one truncated."""
    rng = np.random.default_rng(0)
    episodes = []
    for _ in range(4):
        prompt = rng.integers(VOCABULARY, size=rng.integers(4, 20))
        for _ in range(4):
            rest = rng.integers(VOCABULARY, size=rng.integers(1, 25))
            generated = np.r_[np.zeros(len(prompt), bool), rng.random(len(rest)) < 0.7]
            generated[len(prompt)] = True
            episodes.append(Episode(np.r_[prompt, rest], generated, len(prompt)))
    sequence_N, _ = targets_of(episodes)
    size = len(sequence_N)
    rewards_S = rng.random(16)
    rewards_S[2] = np.nan
    old_N = -rng.exponential(3, size)
    rollout = Rollout(
        rewards_S=rewards_S,
        group_S=np.repeat(np.arange(4), 4),
        sequence_N=sequence_N,
        mask_N=loss_mask(sequence_N, rewards_S, np.arange(16) == 9),
        old_logprobs_N=old_N,
        reference_logprobs_N=old_N + rng.normal(0, 0.3, size),
    )
    return episodes, rollout


def gradients(decoder, step, loss, max_tokens, *, shared_prefix, skip=False):
    """``skip``: make no pass for sequences without a signal."""
    episodes, rollout = step
    found = loss.advantages(rollout)
    totals = Totals.of(found.mask_N, rollout.sequence_N, max_tokens=32)
    if skip:
        live_S = live_sequences(found, rollout.sequence_N, len(episodes))
        assert 0 < live_S.sum() < len(episodes)
        # A sequence whose tokens are not generated has no target, and so no segment.
        live_N = live_S[rollout.sequence_N]
        episodes = [
            one if live else replace(one, generated_T=np.zeros_like(one.generated_T))
            for one, live in zip(episodes, live_S, strict=True)
        ]
        rollout = replace(
            rollout,
            sequence_N=rollout.sequence_N[live_N],
            mask_N=rollout.mask_N[live_N],
            old_logprobs_N=rollout.old_logprobs_N[live_N],
            reference_logprobs_N=rollout.reference_logprobs_N[live_N],
        )
        found = replace(found, advantages_N=found.advantages_N[live_N], mask_N=found.mask_N[live_N])
    decoder.zero_grad()
    total = 0.0
    together = rollout.group_S.tolist() if "group_S" in loss.options.needs else None
    micros = pack(episodes, max_tokens, shared_prefix=shared_prefix, together=together)
    for micro in micros:
        hidden = decoder(micro.packed)[micro.hidden_index_M]
        logprobs, entropies = token_logprobs(
            hidden,
            decoder.output_weight_V_D,
            micro.target_ids_M,
            temperature=0.9,
            chunk_elements=VOCABULARY * 16,
        )
        flat = micro.flat_M.numpy()
        row = micro.row_M.numpy()
        arrays = {"advantages_N": found.advantages_N, "old_logprobs_N": rollout.old_logprobs_N}
        arrays |= {"sampler_logprobs_N": rollout.old_logprobs_N}
        arrays |= {"reference_logprobs_N": rollout.reference_logprobs_N}
        batch = TokenBatch(
            logprobs_N=logprobs,
            entropies_N=entropies,
            sequence_N=micro.row_M,
            mask_N=torch.from_numpy(found.mask_N[flat]),
            lengths_S=torch.from_numpy(lengths(found.mask_N[flat], row, len(micro.trajectories_R))),
            group_S=torch.from_numpy(rollout.group_S[list(micro.trajectories_R)]),
            **{name: torch.from_numpy(array[flat]).float() for name, array in arrays.items()},
        )
        part = loss(batch, totals).loss
        part.backward()
        total += part.item()
    return total, [parameter.grad.clone() for parameter in decoder.parameters()], len(micros)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("dapo", {}),
        ("grpo", {"kl_coefficient": 0.1, "entropy_coefficient": 0.1}),
        ("gspo", {"clip_low": 0.5, "clip_high": 0.5}),
        ("sapo", {}),
        ("expert_iteration", {"min_reward": 0.5}),
        ("online_dpo", {}),
    ],
)
def test_packed_shared_and_accumulated_gradients_equal_the_plain_ones(decoder, step, name, options):
    loss = load(name, options)
    # Plain: every trajectory is a segment of its own, all in one batch.
    value, expected, _ = gradients(decoder, step, loss, 10_000, shared_prefix=False)
    assert max(grad.abs().max() for grad in expected) > 1e-3
    for max_tokens, shared_prefix in ((10_000, True), (200, False), (150, True)):
        other, found, count = gradients(decoder, step, loss, max_tokens, shared_prefix=shared_prefix)
        assert (count > 1) == (max_tokens < 10_000)
        assert other == pytest.approx(value, rel=1e-5, abs=1e-5)
        for one, grad in zip(found, expected, strict=True):
            torch.testing.assert_close(one, grad, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("name", ["grpo", "dapo", "dr_grpo", "gspo", "cispo", "sapo", "rloo"])
def test_saving_the_passes_of_groups_of_one_reward_changes_nothing(decoder, step, name):
    episodes, rollout = step
    rewards_S = np.where(np.arange(16) // 4 == 1, 0.1, rollout.rewards_S)
    dull = (episodes, replace(rollout, rewards_S=rewards_S))
    value, expected, _ = gradients(decoder, dull, load(name), 10_000, shared_prefix=True)
    other, found, _ = gradients(decoder, dull, load(name), 10_000, shared_prefix=True, skip=True)
    assert other == pytest.approx(value, rel=1e-5, abs=1e-6)
    for one, grad in zip(found, expected, strict=True):
        torch.testing.assert_close(one, grad, atol=1e-6, rtol=1e-4)
