import numpy as np
import pytest
import torch

from reason.envs.timings import Timings
from reason.train.performance import Meter, peak_flops, training_flops
from reason.train.policy.shape import DecoderConfig
from reason.train.trajectory import Group, Trajectory

SHAPE = DecoderConfig(
    vocab_size=10, d_model=8, num_layers=3, num_heads=2, num_kv_heads=2, head_dim=4, d_ff=16, tied=True
)


def member(prompt, generated):
    token_ids = np.zeros(prompt + generated, np.int64)
    sampled = np.arange(len(token_ids)) >= prompt
    return Trajectory(
        token_ids_T=token_ids, generated_T=sampled, sampler_logprobs_T=np.zeros(len(token_ids), np.float32),
        prompt_length=prompt, group=0, member=0, reward=0.0,
    )  # fmt: skip


def test_training_costs_six_flop_a_weight_and_token_and_half_of_full_attention():
    # 6 N T + 6 L d T^2: 6 * 1000 * 30 + 6 * 3 * 8 * (10^2 + 20^2)
    assert training_flops(SHAPE, 1000, [10, 20]) == 6 * 1000 * 30 + 6 * 3 * 8 * 500
    assert training_flops(SHAPE, 1000, [10, 20], tokens=25) == 6 * 1000 * 25 + 6 * 3 * 8 * 500


def test_tokens_a_second_count_a_shared_prompt_once_and_only_what_this_step_took():
    timings = Timings()
    timings.add("decode", 100.0)
    meter = Meter(timings)
    timings.add("decode", 2.0)
    timings.add("rollout", 4.0)
    timings.add("update", 5.0)
    group = Group(index=0, env="a", level=None, members=[member(10, 5), member(10, 15)])
    found = meter.metrics(
        [group], [group], shape=SHAPE, num_parameters=1000, passes=2, device=torch.device("cpu")
    )
    assert found["seconds_decode"] == pytest.approx(2.0)
    assert found["decode_tokens_per_second"] == pytest.approx(20 / 2)
    assert found["rollout_tokens_per_second"] == pytest.approx(20 / 4)
    assert found["update_tokens_per_second"] == pytest.approx(2 * (10 + 5 + 15) / 5)
    assert "mfu" not in found
    assert found["memory_gib"] > 0


def test_the_peak_of_a_cpu_is_not_known():
    assert peak_flops(torch.device("cpu")) is None
