"""Rewards of single steps, from the verdicts of a real environment to the advantages of tokens."""

import math
import random
from dataclasses import replace
from itertools import pairwise

import gymnasium as gym
import numpy as np
import pytest

import reason  # noqa: F401
from reason.errors import ConfigError
from reason.train.batch import Rollout
from reason.train.config import ComponentConfig
from reason.train.credit import credits_of, token_spans
from reason.train.engine.protocol import Completion
from reason.train.environments import make_group_reward
from reason.train.loss import load
from reason.train.policy.word_tokenizer import WordTokenizer
from reason.train.trainer import GRPOTrainer

TASK = {"level": 2, "split": "train", "index": 5}


def solution(task, wrong=None):
    lines = [step["text"] for step in task.trace]
    if wrong is not None:
        head, _, value = lines[wrong].rpartition("= ")
        lines[wrong] = f"{head}= {int(value) + 1}"
    return "\n".join([*lines, f"<answer>{task.reference}</answer>"])


class Dictated:
    """An engine whose policy writes what it is told, member by member."""

    def __init__(self, tokenizer, texts):
        self.tokenizer, self.texts, self.pending = tokenizer, texts, []

    num_waiting = 0

    @property
    def num_active(self):
        return len(self.pending)

    def submit(self, requests):
        self.pending += requests

    def step(self):
        done, self.pending = self.pending, []
        return [
            Completion(
                id=request.id, token_ids=np.array(ids), logprobs=np.zeros(len(ids), np.float32), finish="stop"
            )
            for request in done
            for ids in [[*self.tokenizer.encode(self.texts[request.id.member]), min(self.tokenizer.stop_ids)]]
        ]

    def release(self, ids):
        pass

    def load_weights(self, policy):
        pass


@pytest.fixture
def word_problem():
    env = gym.make("reason/WordProblem-v0", level=2, max_turns=1)
    env.reset(options=TASK)
    return env


@pytest.fixture
def play(small, word_problem, tmp_path):
    """Makes a trainer whose policy writes one solution with a wrong step among right ones."""
    made = []

    def play(reward, *, loss="dapo", options=None):
        task = word_problem.unwrapped.task
        texts = [solution(task), solution(task, wrong=1), solution(task), solution(task)]
        tokenizer = WordTokenizer.from_texts([task.text, *texts])
        config = small.config(
            tmp_path / f"run{len(made)}", steps=8, sampling={"max_new_tokens": 300, "max_tokens": 512},
            rollout={"groups": 1}, reward={"name": reward}, loss={"name": loss, "options": options or {}},
            optimizer={"lr": 3e-3, "recompute_logprobs": True},
        )  # fmt: skip
        trainer = GRPOTrainer(
            word_problem, small.policy(tokenizer=tokenizer), config, tokenizer=tokenizer,
            group_reward=make_group_reward(config.reward),
        )  # fmt: skip
        collector = trainer._collector
        collector.roller._engine = Dictated(tokenizer, texts)
        plan = collector._plan
        collector._plan = lambda count, **ahead: [replace(one, options=TASK) for one in plan(count, **ahead)]
        made.append(trainer)
        return trainer

    yield play
    for trainer in made:
        trainer.close()


def preference(trainer, group):
    """How much likelier the wrong value is than the right one, after the same words."""
    right, wrong = group.members[:2]
    (at,) = np.flatnonzero(right.token_ids_T != wrong.token_ids_T) - right.prompt_length
    scored = [trainer._passes.score_all(trainer.policy, [member])[0] for member in (wrong, right)]
    return scored[0][at] - scored[1][at]


@pytest.mark.parametrize("reward", ["capo", "tp_grpo"])
def test_a_wrong_step_is_unlearned_where_the_outcome_teaches_nothing(play, reward):
    """All answers are right, so that only the verdicts of the steps can tell the members apart."""
    trainer = play(reward)
    (group,) = trainer._collector.collect(steps_left=1)
    text = [
        trainer.tokenizer.decode(group.members[1].token_ids_T[step.start : step.stop].tolist())
        for step in group.members[1].steps
    ]
    assert [line.strip() for line in text] == trainer._collector.roller._engine.texts[1].splitlines()[:-1]
    assert group.alive
    prepared = trainer._learner._prepare(group.members)
    advantages = np.split(prepared.arrays["advantages_N"], prepared.rows[1:-1])
    step = group.members[1].steps[1]
    at = np.flatnonzero(group.members[1].generated_T)
    inside = (at >= step.start) & (at < step.stop)
    assert inside.sum() > 3
    assert len(set(advantages[1][inside])) == 1
    assert advantages[1][inside][0] < min(advantages[1][~inside].min(), 0)
    before = preference(trainer, group)
    trainer.train()
    assert preference(trainer, group) < before - 0.1


def test_interplay_reaches_the_trainer_by_the_same_key(play):
    (group,) = play("interplay")._collector.collect(steps_left=1)
    assert group.rewards_G.argmin() == 1
    assert group.rewards_G[0] == 1.0


def test_a_loss_without_advantages_refuses_those_that_are_given(play):
    with pytest.raises(ConfigError, match="loss 'online_dpo' has no advantages"):
        play("tp_grpo", loss="online_dpo")


@pytest.mark.parametrize(
    "loss", ["grpo", "gspo", "cispo", "rloo", "reinforce_plus_plus", "ppo", "expert_iteration"]
)
def test_every_kind_of_loss_takes_rewards_of_steps(play, loss):
    trainer = play("capo", loss=loss)
    (group,) = trainer._collector.collect(steps_left=1)
    assert math.isfinite(trainer._learner.update([group], 0)["grad_norm"])


def rollout(rewards, lengths, credits, groups=None):
    sequence_N = np.repeat(np.arange(len(lengths)), lengths)
    credits_N = np.concatenate([np.asarray(one, float) for one in credits])
    return Rollout(
        rewards_S=np.array(rewards, float),
        group_S=np.array(groups or [0] * len(lengths)),
        sequence_N=sequence_N,
        mask_N=~np.isnan(np.array(rewards, float))[sequence_N],
        credits_N=credits_N,
        step_N=np.where(credits_N != 0, np.arange(len(credits_N)), -1),
    )


@pytest.mark.parametrize("scale", ["group", "batch", "none"])
def test_advantages_of_tokens_are_those_of_a_loop(scale):
    rng = np.random.default_rng(0)
    lengths, groups = [3, 5, 2, 4, 6], [0, 0, 0, 1, 1]
    rewards = [2.0, 0.0, math.nan, 2.0, 2.0]
    credits = [rng.choice([0.0, -1.0], length) for length in lengths]
    found = load("grpo", {"scale_rewards": scale}).advantages(rollout(rewards, lengths, credits, groups))
    rows = np.split(found.advantages_N, np.cumsum(lengths)[:-1])
    tokens = [reward + credit for reward, credit in zip(rewards, credits, strict=True)]
    means = {g: np.mean([tokens[i].mean() for i in range(5) if groups[i] == g and i != 2]) for g in (0, 1)}

    def deviation(members, mean_of):
        squares = sum(np.mean((tokens[i] - mean_of(i)) ** 2) for i in members)
        return math.sqrt(squares / (len(members) - 1)) + 1e-6

    everyone = np.mean([tokens[i].mean() for i in (0, 1, 3, 4)])
    for index, row in enumerate(rows):
        if index == 2:
            assert not row.any()
            continue
        own = [i for i in range(5) if groups[i] == groups[index] and i != 2]
        divisor = {
            "group": deviation(own, lambda i: means[groups[i]]),
            "batch": deviation([0, 1, 3, 4], lambda i: everyone),
            "none": 1.0,
        }[scale]
        np.testing.assert_allclose(row, (tokens[index] - means[groups[index]]) / divisor, atol=1e-9)


@pytest.mark.parametrize("loss", ["grpo", "rloo", "reinforce_plus_plus", "dr_grpo"])
def test_steps_that_all_earn_alike_are_one_reward_of_the_episode(loss):
    """A credit over all tokens is the same as a higher reward, in the estimators that take a baseline."""
    options = {"baseline": True} if loss == "reinforce_plus_plus" else {}
    lengths = [2, 3, 4]
    with_credit = rollout([1.0, 0.0, 0.0], lengths, [[-0.5] * 2, [0] * 3, [0.25] * 4])
    plain = replace(with_credit, rewards_S=np.array([0.5, 0.0, 0.25]), credits_N=None, step_N=None)
    estimate = load(loss, options).advantages
    np.testing.assert_allclose(estimate(with_credit).advantages_N, estimate(plain).advantages_N, atol=1e-9)


def test_a_return_has_what_later_steps_earn():
    plain = load("reinforce_plus_plus").advantages
    one = rollout([1.0], [5], [[0, -1.0, -1.0, 0, 0]])
    one = replace(one, step_N=np.array([-1, 7, 7, -1, -1]))
    returns = np.array([0.0, 0.0, 0.0, 1.0, 1.0])
    expected = (returns - returns.mean()) / (returns.std() + 1e-6)
    np.testing.assert_allclose(plain(one).advantages_N, expected, atol=1e-9)


def test_parts_of_a_text_are_the_tokens_that_begin_in_them():
    rng = random.Random(0)
    words = ["figs", "=", "12", " ", "\n", "s1", ":", "plums", "+", "unheard"]
    tokenizer = WordTokenizer.from_texts(words[:-1])
    for _ in range(200):
        ids = tokenizer.encode("".join(rng.choice(words) for _ in range(rng.randint(0, 30))))
        ids += [min(tokenizer.stop_ids)] * rng.randint(0, 1)
        text = tokenizer.decode(ids)
        cuts = [0, *sorted(at + 1 for at, character in enumerate(text) if character == "\n"), len(text)]
        parts = list(pairwise(cuts))
        spans = token_spans(tokenizer, ids, parts)
        assert all(one[1] == other[0] for one, other in pairwise(spans))
        assert [tokenizer.decode(ids[start:stop]) for start, stop in spans] == [text[a:b] for a, b in parts]


def test_a_rollout_without_steps_has_no_credits(small):
    members = [
        member
        for group in small.play(small.env(), small.policy(), small.config())
        for member in group.members
    ]
    assert credits_of(members) is None


def test_rewards_of_steps_are_checked_with_the_rest():
    with pytest.raises(ValueError, match="credits_N and step_N must be given together"):
        replace(rollout([1.0], [2], [[0, 0]]), step_N=None)
    with pytest.raises(ConfigError, match="did you mean 'capo'"):
        make_group_reward(ComponentConfig(name="cappo"))
