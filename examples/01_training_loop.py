"""The five lines that every trainer turns on, with running statistics.

The policy here guesses bits; yours calls a model and learns from the reward.
"""

import math
import random

import gymnasium as gym

import reason

guesses = random.Random(0)


def policy(prompt: str) -> str:
    """Guess four bits, whatever the prompt says."""
    return f"<answer>{guesses.randrange(16):04b}</answer>"


env = gym.make("reason/SAT-v0", level=0, max_turns=3)
right, masked = 0, 0
for episode in range(1, 201):
    observation, info = env.reset(seed=0 if episode == 1 else None)  # one seed starts the whole stream
    done = False
    while not done:
        observation, reward, terminated, truncated, info = env.step(policy(observation))
        done = terminated or truncated
    # NaN says that we could not score the answer: leave the episode out, never count it as 0.
    masked += math.isnan(reward)
    right += reward == 1.0
    if episode % 50 == 0:
        print(f"{episode:4} episodes: {right / (episode - masked):.0%} right, {masked} masked")

print(f"last episode: {info['task_id']}, {info['turn']} turns, stopped by {info['stop_reason']!r}")
print(
    f"task {info['index']} of the {info['split']} stream, level {info['level']}; reason {reason.__version__}"
)
