from dataclasses import dataclass, field
from typing import Any

import gymnasium as gym
import pytest
import torch

import reason  # noqa: F401
from reason.train.config import TrainConfig
from reason.train.config_file import build
from reason.train.distributed import World
from reason.train.environments import named, plan_groups
from reason.train.policy.decoder import Decoder
from reason.train.policy.shape import DecoderConfig
from reason.train.policy.word_tokenizer import WordTokenizer
from reason.train.recipes.number_guess import terse
from reason.train.replica import Replica
from reason.train.rollout import Roller

TEXTS = ["guess 0 to 14", "higher lower invalid", *map(str, range(15))]


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@dataclass
class Small:
    """A tiny policy of few words, and what plays it."""

    tokenizer: Any = field(default_factory=lambda: WordTokenizer.from_texts(TEXTS))

    def env(self, **arguments):
        arguments = {"size": 15, "max_offset": 0, "reward": "binary", **arguments}
        return terse(gym.make("reason/NumberGuess-v0", **arguments))

    def policy(self, seed=0, tokenizer=None):
        shape = DecoderConfig(
            vocab_size=(tokenizer or self.tokenizer).vocab_size, d_model=16, num_layers=2, num_heads=2,
            num_kv_heads=1, head_dim=8, d_ff=32, tied=True, max_position=512,
        )  # fmt: skip
        return Decoder(shape, seed=seed)

    def config(self, folder="unused", **sections):
        data = {
            "folder": str(folder),
            "steps": 2,
            "threads": 1,
            "sampling": {"max_new_tokens": 3, "max_tokens": 48},
            "rollout": {"groups": 2, "group_size": 4, "env_threads": 2, "max_sequences": 16},
            "optimizer": {"lr": 1e-3},
            "evaluation": {"episodes": 4, "split": "train"},
            "log": {"samples": 1},
        }
        for name, value in sections.items():
            data[name] = {**data.get(name, {}), **value} if isinstance(value, dict) else value
        return build(TrainConfig, data)

    def play(self, envs, policy, config, *, groups=2, engine=None, **options):
        """Play groups and return them."""
        envs = named(envs)
        engine = engine or Replica(policy, self.tokenizer, config, World()).engine
        roller = Roller(
            envs, self.tokenizer, engine, config=config.rollout,
            seed=config.seed, max_position=policy.config.max_position, **options,
        )  # fmt: skip
        plans = plan_groups(range(groups), seed=config.seed, weights=dict.fromkeys(envs, 1.0))
        try:
            return roller.play(plans, config.rollout.group_size, config.sampling)
        finally:
            roller.close()


@pytest.fixture
def small():
    return Small()
