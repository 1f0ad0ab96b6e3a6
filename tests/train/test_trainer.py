import json
import math
import os
import random
import signal

import gymnasium as gym
import numpy as np
import pytest
import torch

from reason.errors import ConfigError, InputFormatError
from reason.train.environments import named, plan_groups
from reason.train.metrics import read_metrics
from reason.train.trainer import GRPOTrainer

name = pytest.mark.parametrize

TIMED = ("seconds_", "_per_second", "memory_gib")


def flat(policy):
    return torch.cat([parameter.detach().flatten() for parameter in policy.parameters()]).numpy()


def lines(folder, kind="train"):
    """The metrics of a run, without those of the clock."""
    return [
        {key: value for key, value in line.items() if not any(part in key for part in TIMED)}
        for line in read_metrics(folder / "metrics.jsonl")
        if line["kind"] == kind
    ]


class Stop:
    """Asks for an end when a step was written."""

    def __init__(self, step, how):
        self.step, self.how = step, how

    def write(self, kind, step, metrics):
        if kind == "train" and step == self.step:
            self.how()

    def close(self):
        pass


class Crash(Exception):
    pass


def crash():
    raise Crash


@pytest.fixture
def make(small, tmp_path):
    """Makes trainers in folders of their own."""
    made = []

    def build(name="run", *, envs=None, sinks=(), group_reward=None, **sections):
        sections = {
            "optimizer": {"lr": 3e-3, "updates_per_rollout": 2},
            "checkpoint": {"every": 2},
            **sections,
        }
        config = small.config(tmp_path / name, **{"steps": 5, **sections})
        trainer = GRPOTrainer(
            envs or small.env(), small.policy(), config, tokenizer=small.tokenizer, sinks=sinks,
            group_reward=group_reward,
        )  # fmt: skip
        made.append(trainer)
        return trainer

    yield build
    for trainer in made:
        trainer.close()


def random_reward(outcome):
    """Something to learn from at every step, whatever a tiny policy does: a hash of what was played."""
    return np.array(
        [random.Random(f"{n} {c}").random() for n, c in zip(outcome.tokens, outcome.chars, strict=True)]
    )


@name(
    "sections",
    [
        {},
        {"warmup": {"steps": 3, "episodes": 10, "batch_size": 4}},
        {"loss": {"name": "dapo", "options": {"kl_coefficient": 0.05}}},
        {"loss": {"name": "ppo"}},
        {"rollout": {"max_redraws": 1}},
        {"curriculum": {"name": "rlve"}, "sampling": {"max_new_tokens": 6, "max_tokens": 300}},
    ],
    ids=["plain", "warmup", "reference", "ppo", "redraws", "curriculum"],
)
def test_interrupted_and_resumed_is_bit_for_bit_uninterrupted(make, small, tmp_path, sections):
    envs = (
        small.env() if "curriculum" not in sections else {"NumberGuess-v0": gym.make("reason/NumberGuess-v0")}
    )
    options = {"envs": envs, "group_reward": random_reward, **sections}
    whole = make("whole", **options)
    result = whole.train()
    broken = make("broken", sinks=[Stop(3, crash)], **options)
    with pytest.raises(Crash):
        broken.train()
    resumed = make("broken", **options)
    assert resumed.train(resume="auto") == result
    assert flat(resumed.policy).tobytes() == flat(whole.policy).tobytes()
    assert flat(whole.policy).tobytes() != flat(small.policy()).tobytes()
    for kind in ("train", "eval"):
        assert lines(tmp_path / "broken", kind) == lines(tmp_path / "whole", kind)
    samples = [(tmp_path / run / "samples.jsonl").read_text() for run in ("whole", "broken")]
    assert [json.loads(line) for line in samples[0].splitlines()] == [
        json.loads(line) for line in samples[1].splitlines()
    ]


def test_the_interval_of_evaluations_changes_nothing_else(make, tmp_path):
    often = make("often", group_reward=random_reward, evaluation={"every": 1, "episodes": 3})
    seldom = make("seldom", group_reward=random_reward, evaluation={"every": 0, "episodes": 8})
    often.train()
    seldom.train()
    assert flat(often.policy).tobytes() == flat(seldom.policy).tobytes()
    assert lines(tmp_path / "often") == lines(tmp_path / "seldom")
    assert [len(lines(tmp_path / run, "eval")) for run in ("often", "seldom")] == [6, 2]


def test_evaluating_in_between_changes_nothing(make):
    quiet, asked = make("quiet", group_reward=random_reward), make("asked", group_reward=random_reward)
    first = asked.evaluate()
    assert asked.evaluate() == first
    assert asked.evaluate(temperature=0.0) == asked.evaluate(temperature=0.0)
    quiet.train()
    asked.train()
    assert flat(quiet.policy).tobytes() == flat(asked.policy).tobytes()


def test_another_seed_is_another_run(make):
    one, other = make("one", group_reward=random_reward), make("other", group_reward=random_reward, seed=1)
    one.train()
    other.train()
    assert flat(one.policy).tobytes() != flat(other.policy).tobytes()


def test_ctrl_c_finishes_the_step_and_leaves_a_checkpoint_to_go_on_from(make, tmp_path):
    whole = make("whole", group_reward=random_reward)
    whole.train()
    stopped = make(
        "stopped", group_reward=random_reward, sinks=[Stop(3, lambda: os.kill(os.getpid(), signal.SIGINT))]
    )
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt, match=r"stopped after step 3; checkpoint .*step-000003"):
        stopped.train()
    assert signal.getsignal(signal.SIGINT) is before
    resumed = make("stopped", group_reward=random_reward)
    resumed.train(resume="auto")
    assert flat(resumed.policy).tobytes() == flat(whole.policy).tobytes()


def test_a_second_ctrl_c_does_not_wait_and_the_run_still_goes_on(make):
    def twice():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    whole = make("whole", group_reward=random_reward)
    whole.train()
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt) as stopped:
        make("stopped", group_reward=random_reward, sinks=[Stop(3, twice)]).train()
    assert "checkpoint" not in str(stopped.value)
    assert signal.getsignal(signal.SIGINT) is before
    resumed = make("stopped", group_reward=random_reward)
    resumed.train(resume="auto")
    assert flat(resumed.policy).tobytes() == flat(whole.policy).tobytes()


def test_ctrl_c_after_a_step_that_was_saved_saves_it_once(make, monkeypatch):
    trainer = make("run", group_reward=random_reward, sinks=[Stop(2, lambda: signal.raise_signal(2))])
    saved = []
    save = trainer.save
    monkeypatch.setattr(trainer, "save", lambda: saved.append(trainer.step) or save())
    # The sink hears of step 2 before its checkpoint is due.
    with pytest.raises(KeyboardInterrupt, match="step-000002"):
        trainer.train()
    assert saved == [2]


@name("spoil", ["[]", "{}", '{"step": 2, "collector": {"groups_drawn": null}}'])
def test_a_checkpoint_whose_state_is_another_is_refused(make, tmp_path, spoil):
    make("run", steps=2).train()
    (tmp_path / "run" / "checkpoints" / "step-000002" / "state.json").write_text(spoil)
    with pytest.raises((ConfigError, InputFormatError), match="step-000002"):
        make("run", steps=3).train(resume="auto")


def test_workers_elsewhere_cannot_have_what_the_configuration_does_not_name(make):
    with pytest.raises(ConfigError, match="name both there"):
        make("run", group_reward=random_reward, rollout={"workers": 1})


def test_a_folder_that_holds_a_run_is_not_overwritten(make):
    make("run", steps=2).train()
    with pytest.raises(ConfigError, match="holds a run"):
        make("run", steps=2).train()
    with pytest.raises(ConfigError, match="resume must be"):
        make("run", steps=2).train(resume="nowhere")


def test_resuming_where_there_is_nothing_begins_anew(make, tmp_path):
    make("fresh", steps=1).train(resume="auto")
    assert len(lines(tmp_path / "fresh")) == 1


def test_a_checkpoint_of_another_model_is_refused(make, small, tmp_path):
    make("run", steps=2).train()
    config = small.config(tmp_path / "run", steps=3, loss={"name": "ppo"})
    other = GRPOTrainer(small.env(), small.policy(), config, tokenizer=small.tokenizer)
    with pytest.raises(ConfigError, match="is not of this configuration"):
        other.train(resume="auto")
    other.close()


def test_episodes_that_cannot_be_scored_are_masked_and_the_run_goes_on(make, small, tmp_path):
    before = flat(small.policy())
    trainer = make("nan", envs=small.env(reward=lambda verdict: math.nan), steps=2)
    trainer.train()
    assert flat(trainer.policy).tobytes() == before.tobytes()
    (line, _) = lines(tmp_path / "nan")
    assert (line["masked"], line["reward"], line["updates"]) == (1.0, None, 0.0)


def test_every_metric_of_a_step_is_there(make, tmp_path):
    make("run", group_reward=random_reward, steps=1).train()
    (line,) = [line for line in read_metrics(tmp_path / "run" / "metrics.jsonl") if line["kind"] == "train"]
    wanted = {
        "reward", "reward_low", "reward_high", "solve_rate", "solve_rate_low", "solve_rate_high",
        "dead_groups", "masked", "truncated", "entropy", "clip_fraction_low", "clip_fraction_high",
        "ratio_max", "updates",
        "sampler_mismatch", "sampler_mismatch_max", "grad_norm", "lr", "loss", "turns", "response_tokens",
        "decode_tokens_per_second", "rollout_tokens_per_second", "update_tokens_per_second", "memory_gib",
        "seconds_step", "seconds_decode", "seconds_env", "seconds_update", "staleness",
    }  # fmt: skip
    assert wanted <= set(line)
    assert line["sampler_mismatch_max"] < 1e-4
    assert line["updates"] == 2


def test_dynamic_sampling_draws_more_tasks_until_enough_groups_can_teach(make, tmp_path):
    trainer = make(
        "redraw", steps=3, rollout={"groups": 3, "max_redraws": 4},
        group_reward=lambda outcome: np.arange(4.0) * (outcome.chars.sum() % 2),
    )  # fmt: skip
    trainer.train()
    for line in lines(tmp_path / "redraw"):
        assert line["redrawn_groups"] > 0 or line["dead_groups"] == 0


def test_tasks_are_drawn_by_name_and_not_by_order():
    plans = plan_groups(range(40), seed=3, weights={"a": 3.0, "b": 1.0, "c": 0.0})
    later = plan_groups(range(20, 40), seed=3, weights={"a": 3.0, "b": 1.0, "c": 0.0})
    assert plans[20:] == later
    assert {plan.env for plan in plans} == {"a", "b"}
    assert sum(plan.env == "a" for plan in plans) > 20
    assert len({plan.seed for plan in plans}) == 40
    other = plan_groups(range(40), seed=3, weights={"a": 1.0}, purpose="evaluation")
    assert not {plan.seed for plan in plans} & {plan.seed for plan in other}


def test_several_environments_are_trained_together_and_told_apart(make, small, tmp_path):
    envs = {"small": small.env(), "large": small.env(size=20)}
    make("two", envs=envs, steps=3, rollout={"groups": 6}).train()
    names = {key for line in lines(tmp_path / "two") for key in line}
    assert {"reward/small", "reward/large"} <= names


def test_what_is_no_environment_of_reason_is_refused(make, small):
    with pytest.raises(ConfigError, match="must be an environment of Reason"):
        make("x", envs=gym.make("CartPole-v1"))
    with pytest.raises(ConfigError, match="at least one"):
        named([])


def test_a_tokenizer_that_is_larger_than_the_policy_is_refused(small, tmp_path):
    from reason.train.policy.word_tokenizer import WordTokenizer

    large = WordTokenizer.from_texts([" ".join(f"a{'b' * n}" for n in range(200))])
    with pytest.raises(ConfigError, match="the tokenizer has"):
        GRPOTrainer(small.env(), small.policy(), small.config(tmp_path), tokenizer=large)
