"""A learner whose ability is known: what a curriculum must do with it can be worked out."""

import math
import random
from dataclasses import dataclass, field

import numpy as np
import pytest

from reason.curricula.curriculum import Result


@dataclass
class Learner:
    """Passes with probability 1 / (1 + exp(level - ability - help * chunks)); learns where p is near 1/2."""

    abilities: dict[str, float]
    seed: int = 0
    rate: float = 0.0
    """Levels of ability gained in a group at p = 1/2; less elsewhere, as 4 p (1 - p)."""
    group_size: int = 8
    help: float = 1.5
    """Levels that a chunk of a hint is worth."""
    unscorable: float = 0.0
    """Share of members that cannot be scored."""
    rng: random.Random = field(init=False)
    count: int = 0

    def __post_init__(self):
        self.rng = random.Random(self.seed)

    def chance(self, env, level, chunks=0):
        return 1 / (1 + math.exp(level - self.abilities[env] - self.help * chunks))

    def play(self, choice):
        chance = self.chance(choice.env, choice.level, choice.options.get("chunks", 0))
        passed = np.array([float(self.rng.random() < chance) for _ in range(self.group_size)])
        passed[[self.rng.random() < self.unscorable for _ in passed]] = np.nan
        self.abilities[choice.env] += self.rate * 4 * chance * (1 - chance)
        self.count += 1
        index = self.count if choice.index is None else choice.index
        return Result(choice=choice, rewards_G=passed, passed_G=passed, index=index)


@dataclass
class Run:
    """What was chosen and what came of it, step by step."""

    steps: list[list[Result]]

    @property
    def results(self):
        return [result for step in self.steps for result in step]

    def levels(self, last):
        return [result.choice.level for step in self.steps[-last:] for result in step]


def train(curriculum, learner, *, steps, groups=16, seed=0):
    rng = random.Random(seed)
    played = []
    for _ in range(steps):
        results = [learner.play(curriculum.next(rng)) for _ in range(groups)]
        curriculum.update(results)
        played.append(results)
    return Run(played)


@pytest.fixture(name="Learner")
def learner_type():
    return Learner


@pytest.fixture(name="train")
def train_function():
    return train
