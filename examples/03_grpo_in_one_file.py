"""GRPO in one file: what ``reason/train`` does fast, done slowly enough to read.

A model from random weights first imitates a player that guesses among the numbers that the answers still
allow, then learns from rewards alone to do better. The player finds one of 15 numbers in 4 guesses with
probability 0.604, so whatever the model gains beyond that it has learned by reinforcement.

    python examples/03_grpo_in_one_file.py            # a few steps, seconds
    python examples/03_grpo_in_one_file.py --full     # the whole run, a few minutes
"""

from __future__ import annotations

import argparse
import random

import gymnasium as gym
import torch
import torch.nn.functional as F
from torch import Tensor, nn

import reason  # noqa: F401  (registers the environments)

SIZE, TURNS, GROUP = 15, 4, 16

# The vocabulary: a word an id. Every action is one token, so a turn of the policy is one sample.
WORDS = ["<start>", "higher", "lower", "invalid", *map(str, range(SIZE))]
ID = {word: number for number, word in enumerate(WORDS)}


class Block(nn.Module):
    """Attention and a feed-forward layer, each after a norm."""

    def __init__(self, width: int, heads: int) -> None:
        """Make the layers."""
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.RMSNorm(width), nn.RMSNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x_B_T_D: Tensor) -> Tensor:
        """Mix along time, then along the width."""
        shape = (*x_B_T_D.shape[:2], self.heads, -1)
        q, k, v = (
            part.view(shape).transpose(1, 2) for part in self.qkv(self.norm1(x_B_T_D)).chunk(3, dim=-1)
        )
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x_B_T_D = x_B_T_D + self.out(mixed.transpose(1, 2).flatten(2))
        return x_B_T_D + self.down(F.silu(self.up(self.norm2(x_B_T_D))))


class Model(nn.Module):
    """A causal transformer over a few tokens."""

    def __init__(self, width: int = 48, layers: int = 2, heads: int = 4) -> None:
        """Draw the weights."""
        super().__init__()
        self.token, self.place = nn.Embedding(len(WORDS), width), nn.Embedding(2 * TURNS, width)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(layers)))
        self.norm, self.head = nn.RMSNorm(width), nn.Linear(width, len(WORDS), bias=False)

    def forward(self, ids_B_T: Tensor) -> Tensor:
        """Return the logits of each next token."""
        places = torch.arange(ids_B_T.shape[1])
        return self.head(self.norm(self.blocks(self.token(ids_B_T) + self.place(places))))


class Episode:
    """One environment, and its conversation as tokens."""

    def __init__(self, env: gym.Env) -> None:
        """Begin after the prompt, which this model does not need to read: the game is always the same."""
        self.env = env
        self.ids, self.sampled, self.logprobs = [ID["<start>"]], [False], [0.0]
        self.reward, self.done = 0.0, False

    def act(self, token: int, logprob: float = 0.0) -> None:
        """Put a sampled token into the conversation, play it, and append what the environment says."""
        self.ids, self.sampled = [*self.ids, token], [*self.sampled, True]
        self.logprobs = [*self.logprobs, logprob]
        observation, reward, terminated, truncated, _ = self.env.step(f"<answer>{WORDS[token]}</answer>")
        self.reward, self.done = self.reward + float(reward), terminated or truncated
        if not self.done:
            said = (
                "higher"
                if "mine is higher" in observation
                else "lower"
                if "lower" in observation
                else "invalid"
            )
            # Observed tokens are read, never learned: the mask is what makes multi-turn training right.
            self.ids, self.sampled = [*self.ids, ID[said]], [*self.sampled, False]
            self.logprobs = [*self.logprobs, 0.0]


def start_group(env: gym.Env, seed: int, size: int) -> list[Episode]:
    """Draw one task and return that many copies of its environment."""
    env.reset(seed=seed)
    return [Episode(copy) for copy in env.fork(size)]  # type: ignore[attr-defined]


@torch.no_grad()
def play(model: Model, episodes: list[Episode], generator: torch.Generator) -> None:
    """Let the model play all episodes to their ends, a turn at a time."""
    while waiting := [episode for episode in episodes if not episode.done]:
        # All that wait are at the same turn, so their conversations are equally long: no padding.
        logits_B_V = model(torch.tensor([episode.ids for episode in waiting]))[:, -1]
        logprobs_B_V = F.log_softmax(logits_B_V, dim=-1)
        tokens_B = torch.multinomial(logprobs_B_V.exp(), 1, generator=generator)[:, 0]
        for episode, token, row_V in zip(waiting, tokens_B.tolist(), logprobs_B_V, strict=True):
            episode.act(token, float(row_V[token]))


def demonstrate(episode: Episode, rng: random.Random) -> None:
    """Play one episode by guessing among the numbers that the answers allow."""
    low, high = 0, SIZE - 1
    while not episode.done:
        guess = rng.randint(low, high)
        episode.act(ID[str(guess)])
        if not episode.done:
            low, high = (guess + 1, high) if episode.ids[-1] == ID["higher"] else (low, guess - 1)


def padded(episodes: list[Episode]) -> tuple[Tensor, Tensor, Tensor]:
    """Return ids, mask of the sampled tokens and their log-probabilities, padded to one length."""
    length = max(len(episode.ids) for episode in episodes)
    rows = [(episode, length - len(episode.ids)) for episode in episodes]
    ids_B_T = torch.tensor([episode.ids + [0] * pad for episode, pad in rows])
    mask_B_T = torch.tensor([episode.sampled + [False] * pad for episode, pad in rows])
    return ids_B_T, mask_B_T, torch.tensor([episode.logprobs + [0.0] * pad for episode, pad in rows])


def logprobs_of(model: Model, ids_B_T: Tensor) -> Tensor:
    """Return the log-probability of each token but the first, given those before it."""
    logprobs_B_T_V = F.log_softmax(model(ids_B_T[:, :-1]), dim=-1)
    return logprobs_B_T_V.gather(-1, ids_B_T[:, 1:, None])[..., 0]


def imitate(model: Model, episodes: list[Episode], optimizer: torch.optim.Optimizer) -> None:
    """Raise the likelihood of what the demonstrator did: one supervised step."""
    ids_B_T, mask_B_T, _ = padded(episodes)
    loss = -logprobs_of(model, ids_B_T)[mask_B_T[:, 1:]].mean()
    update(model, loss, optimizer)


def reinforce(
    model: Model, groups: list[list[Episode]], optimizer: torch.optim.Optimizer, rng: random.Random
) -> tuple[int, float]:
    """Learn from groups of episodes: GRPO with DAPO's loss, four updates a rollout.

    Returns:
        Updates made, and the largest ratio: log both, for a wrong number of updates ruins a run in silence.
    """
    chosen: list[tuple[Episode, float]] = []
    for group in groups:
        rewards_G = torch.tensor([episode.reward for episode in group])
        if rewards_G.max() == rewards_G.min():
            continue  # all the same: nothing to prefer, and nothing to divide by
        advantages_G = (rewards_G - rewards_G.mean()) / (rewards_G.std() + 1e-6)
        chosen += zip(group, advantages_G.tolist(), strict=True)
    rng.shuffle(chosen)
    updates, largest = 0, 1.0
    for part in (chosen[start::4] for start in range(4)):
        if not part:
            continue
        ids_B_T, mask_B_T, old_B_T = padded([episode for episode, _ in part])
        mask_B_T, old_B_T = mask_B_T[:, 1:], old_B_T[:, 1:]
        advantages_B_1 = torch.tensor([[advantage] for _, advantage in part])
        # The sampler's log-probabilities are the old policy's: it sampled with the very same weights.
        ratio_B_T = (logprobs_of(model, ids_B_T) - old_B_T).exp()
        clipped_B_T = ratio_B_T.clamp(1 - 0.2, 1 + 0.28)
        gain_B_T = torch.minimum(ratio_B_T * advantages_B_1, clipped_B_T * advantages_B_1)
        update(model, -gain_B_T[mask_B_T].mean(), optimizer)  # mean over tokens, not over episodes
        updates, largest = updates + 1, max(largest, float(ratio_B_T[mask_B_T].detach().max()))
    return updates, largest


def update(model: Model, loss: Tensor, optimizer: torch.optim.Optimizer) -> None:
    """Step once, with the gradient clipped."""
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()


def solve_rate(model: Model, env: gym.Env, tasks: int) -> float:
    """Return how often the model finds the number, with random numbers of its own."""
    episodes = [start_group(env, 10_000_000 + task, 1)[0] for task in range(tasks)]
    play(model, episodes, torch.Generator().manual_seed(0))
    return sum(episode.reward == 1.0 for episode in episodes) / tasks


def main() -> None:
    """Imitate, then reinforce."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="do the whole run")
    full = parser.parse_args().full
    torch.set_num_threads(1)
    torch.manual_seed(0)
    env = gym.make("reason/NumberGuess-v0", size=SIZE, max_offset=0, reward="binary")
    model, rng, generator = Model(), random.Random(0), torch.Generator().manual_seed(1)

    demonstrations = [start_group(env, seed, 1)[0] for seed in range(2000 if full else 300)]
    for episode in demonstrations:
        demonstrate(episode, rng)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, betas=(0.9, 0.95))
    for _ in range(400 if full else 60):
        imitate(model, rng.sample(demonstrations, 64), optimizer)
    print(f"after imitation: {solve_rate(model, env, 400 if full else 50):.2f} found (the player: 0.60)")

    optimizer = torch.optim.AdamW(model.parameters(), lr=7e-4, betas=(0.9, 0.95), weight_decay=0.0)
    for step in range(1, (100 if full else 3) + 1):
        groups = [start_group(env, 1_000_000 + 12 * step + number, GROUP) for number in range(12)]
        play(model, [episode for group in groups for episode in group], generator)
        updates, largest = reinforce(model, groups, optimizer, rng)
        if step % 10 == 0 or not full:
            rewards = [episode.reward for group in groups for episode in group]
            mean = sum(rewards) / len(rewards)
            print(f"step {step:3}: reward {mean:.2f}, {updates} updates, largest ratio {largest:.2f}")
    print(f"after reinforcement: {solve_rate(model, env, 400 if full else 50):.2f} found")


if __name__ == "__main__":
    main()
