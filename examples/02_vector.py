"""Eight environments in two groups of four on equal tasks: ragged turns, group rewards, group levels."""

import random

import gymnasium as gym
import numpy as np

import reason  # noqa: F401  (importing it registers the ids)

guesses = random.Random(0)


def guess(_: str) -> str:
    """Stand in for a model."""
    return f"<answer>{guesses.randrange(16):04b}</answer>"


envs = gym.make_vec("reason/SAT-v0", num_envs=8, group_size=4, level=0, max_turns=2)
observations, infos = envs.reset(seed=7)

for iteration in range(5):
    returns = np.zeros(envs.num_envs)
    playing = dict(enumerate(observations))
    while playing:
        # Only those that still play answer; the rest have been right or are out of turns.
        steps = envs.step_some({i: guess(text) for i, text in playing.items()})
        for i, (_, reward, *_) in steps.items():
            returns[i] += reward
        playing = {
            i: text
            for i, (text, _, terminated, truncated, _) in steps.items()
            if not (terminated or truncated)
        }

    groups = returns.reshape(-1, envs.group_size)
    advantages = groups - np.nanmean(groups, axis=1, keepdims=True)
    print(f"iteration {iteration}: rewards {groups.tolist()}, advantages {np.round(advantages, 2).tolist()}")

    # The first group goes on to its next task; the second plays a harder one where anyone solved this.
    harder = 1 if groups[1].any() else 0
    observations, infos = envs.reset(options={"levels": [0] * 4 + [harder] * 4})

envs.close()
