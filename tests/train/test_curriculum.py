"""Curricula in the trainer: what they ask for is played, and what they are told is what was learned."""

import random

import numpy as np
import pytest

from reason.errors import ConfigError
from reason.train.trainer import GRPOTrainer

STAGES = [{"envs": ["game"], "max_tokens": 14, "steps": 2}, {"envs": ["game"], "max_tokens": 40}]


def noise(outcome):
    return np.array(
        [random.Random(f"{n} {c}").random() for n, c in zip(outcome.tokens, outcome.chars, strict=True)]
    )


@pytest.fixture
def make(small, tmp_path):
    made = []

    def make(curriculum, options, *, group_reward=noise, **sections):
        config = small.config(
            tmp_path / f"run{len(made)}", curriculum={"name": curriculum, "options": options},
            **{"steps": 4, **sections},
        )  # fmt: skip
        trainer = GRPOTrainer(
            {"game": small.env()},
            small.policy(),
            config,
            tokenizer=small.tokenizer,
            group_reward=group_reward,
        )
        made.append(trainer)
        played, told = [], []
        tell = trainer._collector.tell_curriculum
        update = trainer._collector.curriculum.update

        def note(groups, advantages):
            played.append(groups)
            tell(groups, advantages)

        def hear(results):
            told.append(results)
            update(results)

        trainer._collector.tell_curriculum, trainer._collector.curriculum.update = note, hear
        trainer.train()
        return played, told

    yield make
    for trainer in made:
        trainer.close()


def test_a_stage_limits_its_episodes_and_the_next_one_lets_them_grow(make):
    played, _ = make("ace_reason", {"stages": STAGES, "lower_below": None})
    longest = [
        max(len(member.token_ids_T) for group in groups for member in group.members) for groups in played
    ]
    assert max(longest[:2]) <= 14 < min(longest[2:])
    assert max(longest[2:]) <= 40
    cut = [
        member for groups in played[:2] for group in groups for member in group.members if member.truncated
    ]
    assert any(member.stop_reason == "max_tokens" for member in cut)


def test_a_stage_that_the_engine_has_no_room_for_is_refused_at_once(make):
    stages = [*STAGES, {"envs": ["game"], "max_tokens": 49}]
    stages[1] = {**stages[1], "steps": 100}
    with pytest.raises(ConfigError, match=r"asks for episodes of 49 tokens, but sampling\.max_tokens is 48"):
        make("ace_reason", {"stages": stages})
    make("ace_reason", {"stages": stages}, sampling={"max_tokens": 49}, steps=1)


def test_a_bandit_is_told_the_advantages_of_the_update(make):
    played, told = make("dump", {"highest": 1}, loss={"name": "dr_grpo"})
    for groups, results in zip(played, told, strict=True):
        for group, result in zip(groups, results, strict=True):
            np.testing.assert_allclose(
                result.advantages_G, group.rewards_G - group.rewards_G.mean(), atol=1e-6
            )
    assert any(np.abs(result.advantages_G).max() > 0.05 for results in told for result in results)


def test_masked_members_and_groups_that_were_not_learned_from_have_no_advantage(make):
    def one_masked(outcome):
        # All rewards of a group are alike where its texts have an even number of characters.
        rewards = np.arange(4.0) * (outcome.chars.sum() % 2)
        rewards[3] = np.nan
        return rewards

    played, told = make("dump", {"highest": 1}, group_reward=one_masked, rollout={"max_redraws": 4})
    alive = [group.alive for groups in played for group in groups]
    results = [result for results in told for result in results]
    assert len(set(alive)) == 2
    for live, result in zip(alive, results, strict=True):
        if live and result.advantages_G is not None:
            assert np.isnan(result.advantages_G).tolist() == [False] * 3 + [True]
        assert live or result.advantages_G is None


def test_a_loss_without_advantages_tells_none(make):
    _, told = make("dump", {"highest": 1}, loss={"name": "expert_iteration", "options": {"min_reward": 0.5}})
    assert all(result.advantages_G is None for results in told for result in results)
