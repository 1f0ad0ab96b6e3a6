"""Time environments: ours beside GEM's and TextArena's on number guessing, in one run.

    python benchmarks/environments.py [--seconds 1.0] [--rounds 5] [--num-envs 256] [--json FILE] [--no-peers]

All play the same game (find a number of 50 in at most 20 turns) with the same player (halving), each in a
process of its own; they take turns, round by round, so that a noisy machine slows all, and figures are
medians over the rounds. Rates count steps; those of play include resets (with the drawing of tasks), and
256 environments are one vector of ours, GEM's SyncVectorEnv, or a loop over TextArena's, which has no
vector. The single turn is a fixed, trivial task of ours, and an equation of Reasoning Gym's in GEM. ``fork``
is ours; GEM and TextArena have none for this game and are copied by ``copy.deepcopy``. Peers are installed
from PyPI into environments of their own (``.venv-peers/``) on the first run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from pathlib import Path
from typing import Any

from generation import Worker, peer_python

GEM = "gem-llm==0.1.0"
TEXTARENA = "textarena==0.7.4"

PLAYING = """
import contextlib, copy, statistics

# What a library prints must not stand between the replies.
REPLIES, sys.stdout = sys.stdout, sys.stderr

FIRST, COUNT, TURNS, SEEN = 1, 50, 20, 80

class Player:
    def __init__(self):
        self.low, self.high = FIRST, FIRST + COUNT - 1

    def act(self, seen=None):
        if seen is not None and "lower" in seen[-SEEN:]:
            self.high = self.guess - 1
        elif seen is not None:
            self.low = self.guess + 1
        self.guess = (self.low + self.high) // 2
        return form(self.guess)

def measure(what, seconds, num_envs):
    with contextlib.redirect_stdout(sys.stderr):
        return {"single": single, "play": play, "vector": vector, "fork": fork}[what](seconds, num_envs)

def single(seconds, num_envs):
    if Single is None:
        return {}
    env, steps, stepping = Single(), 0, 0.0
    env.reset()
    env.step()  # what is imported and started once is not counted
    begin = time.perf_counter()
    while (now := time.perf_counter()) - begin < seconds:
        env.reset()
        before = time.perf_counter()
        env.step()
        stepping, steps = stepping + time.perf_counter() - before, steps + 1
    return {"with resets": steps / (now - begin), "steps alone": steps / stepping}

def play(seconds, num_envs):
    game, steps, stepping, begin = Game(), 0, 0.0, time.perf_counter()
    while (now := time.perf_counter()) - begin < seconds:
        game.reset(steps)
        player, seen, ended = Player(), None, False
        while not ended:
            action = player.act(seen)
            before = time.perf_counter()
            seen, ended = game.step(action)
            stepping += time.perf_counter() - before
            steps += 1
    return {"with resets": steps / (now - begin), "steps alone": steps / stepping}

def median_seconds(work, seconds):
    times, begin = [], time.perf_counter()
    while time.perf_counter() - begin < seconds:
        before = time.perf_counter()
        work()
        times.append(time.perf_counter() - before)
    return statistics.median(times)

def fork(seconds, num_envs):
    for seed in range(1000):  # ten wrong guesses
        game = Game()
        game.reset(seed)
        if not any(game.step(form(guess))[1] for guess in range(FIRST, FIRST + 10)):
            break
    duplicate = median_seconds(game.duplicate, seconds / 2)
    def duplicate_and_step():
        game.stepped(game.duplicate(), form(FIRST + COUNT))
    return {"fork": duplicate * 1e6, "fork and step": median_seconds(duplicate_and_step, seconds / 2) * 1e6}
"""

OURS = """
import gymnasium, numpy as np, reason

FIRST = 0
KNOBS = {"size": COUNT, "max_offset": 0, "spare_turns": TURNS - COUNT.bit_length()}

def form(guess):
    return f"<answer>{guess}</answer>"

class Game:
    def __init__(self):
        self.env = gymnasium.make("reason/NumberGuess-v0", **KNOBS)
        self.seed = None

    def reset(self, seed):
        self.env.reset(seed=seed if self.seed is None else None)
        self.seed = seed

    def step(self, action):
        seen, _, terminated, truncated, _ = self.env.step(action)
        return seen, terminated or truncated

    def duplicate(self):
        return self.env.fork(1)[0]

    def stepped(self, twin, action):
        twin.step(action)

class Single:
    def __init__(self):
        self.env = gymnasium.make("reason/SAT-v0", level=0)
        self.env.reset(seed=1)
        self.text = form(self.env.task.reference)
        self.options = {"task": self.env.task}

    def reset(self):
        self.env.reset(options=self.options)

    def step(self):
        self.env.step(self.text)

def vector(seconds, num_envs):
    envs = gymnasium.make_vec("reason/NumberGuess-v0", num_envs=num_envs, **KNOBS)
    envs.reset(seed=1)
    players, steps, begin = [Player() for _ in range(num_envs)], 0, time.perf_counter()
    seen = [None] * num_envs
    while (now := time.perf_counter()) - begin < seconds:
        seen, _, terminated, truncated, _ = envs.step([p.act(s) for p, s in zip(players, seen)])
        steps, ended, seen = steps + num_envs, terminated | truncated, list(seen)
        if ended.any():
            envs.reset(options={"reset_mask": ended})
            for i in np.flatnonzero(ended):
                players[i], seen[i] = Player(), None
    envs.close()
    return {"with resets": steps / (now - begin)}
"""

GEM_CODE = """
import gem

ARGUMENTS = {"min_number": FIRST, "max_number": FIRST + COUNT - 1, "max_turns": TURNS}
NAME = "game:GuessTheNumber-v0-easy"

def form(guess):
    return f"\\\\boxed{{{guess}}}"

class Game:
    def __init__(self):
        self.env = gem.make(NAME, **ARGUMENTS)

    def reset(self, seed):
        self.env.reset(seed)

    def step(self, action):
        seen, _, terminated, truncated, _ = self.env.step(action)
        return seen, terminated or truncated

    def duplicate(self):
        return copy.deepcopy(self.env)

    def stepped(self, twin, action):
        twin.step(action)

class Single:
    def __init__(self):
        self.env = gem.make("rg:simple_equations")

    def reset(self):
        self.env.reset()

    def step(self):
        self.env.step(form(7))

def vector(seconds, num_envs):
    envs = gem.make_vec([NAME] * num_envs, vec_kwargs=[ARGUMENTS] * num_envs, seed=1)
    envs.reset()
    players, steps, begin = [Player() for _ in range(num_envs)], 0, time.perf_counter()
    seen = [None] * num_envs
    while (now := time.perf_counter()) - begin < seconds:
        seen, _, terminated, truncated, _ = envs.step([p.act(s) for p, s in zip(players, seen)])
        steps, seen = steps + num_envs, list(seen)
        for i, ended in enumerate(terminated | truncated):
            if ended:  # it has reset itself
                players[i], seen[i] = Player(), None
    return {"with resets": steps / (now - begin)}
"""

TEXTARENA_CODE = """
import textarena

def form(guess):
    return f"[{guess}]"

class Game:
    def __init__(self):
        self.env = textarena.make(
            "GuessTheNumber-v0-raw", min_number=FIRST, max_number=FIRST + COUNT - 1, max_turns=TURNS
        )

    def reset(self, seed):
        self.env.reset(num_players=1, seed=seed)
        self.env.get_observation()

    def step(self, action):
        done, _ = self.env.step(action)
        if done:
            self.env.close()
            return "", True
        return self.env.get_observation()[1][-1][1], False

    def duplicate(self):
        return copy.deepcopy(self.env)

    def stepped(self, twin, action):
        twin.step(action)
        twin.get_observation()

Single = None

def vector(seconds, num_envs):
    games, steps, begin = [Game() for _ in range(num_envs)], 0, time.perf_counter()
    for seed, game in enumerate(games):
        game.reset(seed)
    players, seen = [Player() for _ in games], [None] * num_envs
    while (now := time.perf_counter()) - begin < seconds:
        for i, game in enumerate(games):
            seen[i], ended = game.step(players[i].act(seen[i]))
            steps += 1
            if ended:
                game.reset(steps)
                players[i], seen[i] = Player(), None
    return {"with resets": steps / (now - begin)}
"""

SERVING = """
sys.stdout = REPLIES
serve(measure)
"""

ROWS = {
    ("single", "with resets"): "single turn, steps/s with resets",
    ("single", "steps alone"): "single turn, steps/s alone",
    ("play", "with resets"): "guessing, steps/s with resets",
    ("play", "steps alone"): "guessing, steps/s alone",
    ("vector", "with resets"): "guessing, {num_envs} at once, steps/s with resets",
    ("fork", "fork"): "duplicate at turn 10, microseconds",
    ("fork", "fork and step"): "duplicate and step, microseconds",
}


def measure_all(
    workers: dict[str, Worker], seconds: float, rounds: int, num_envs: int
) -> list[dict[str, Any]]:
    """Measure every library in turns; return one row a figure, with the median of each library."""
    runs: dict[tuple[str, str, str], list[float]] = {}
    for turn in range(rounds):
        for what in ("single", "play", "vector", "fork"):
            for label, worker in workers.items():
                measured = worker.measure(what=what, seconds=seconds, num_envs=num_envs)
                for name, value in measured.items():
                    runs.setdefault((what, name, label), []).append(value)
        print(f"round {turn + 1} of {rounds} is done", file=sys.stderr)
    return [
        {
            "figure": title.format(num_envs=num_envs),
            **{
                label: statistics.median(runs[what, name, label])
                for label in workers
                if (what, name, label) in runs
            },
        }
        for (what, name), title in ROWS.items()
    ]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=1.0, help="a measurement's length")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--num-envs", type=int, default=256)
    parser.add_argument("--json", type=Path, default=None)
    parser.add_argument("--no-peers", action="store_true")
    arguments = parser.parse_args()

    workers = {"reason": Worker(sys.executable, PLAYING + OURS + SERVING)}
    if not arguments.no_peers:
        workers["gem 0.1.0"] = Worker(peer_python(GEM), PLAYING + GEM_CODE + SERVING)
        workers["textarena 0.7.4"] = Worker(peer_python(TEXTARENA), PLAYING + TEXTARENA_CODE + SERVING)
    load = os.getloadavg()[0]
    rows = measure_all(workers, arguments.seconds, arguments.rounds, arguments.num_envs)

    print(f"load of {os.cpu_count()} processors before: {load:.1f}, after: {os.getloadavg()[0]:.1f}")
    print(f"{'':<46}" + "".join(f"{label:>26}" for label in workers))
    for row in rows:
        cells = []
        for label in workers:
            value = row.get(label)
            shown = "-" if value is None else f"{value:,.0f}"
            if value is not None and label != "reason":
                shown += f" (ours {row['reason'] / value:.2f}x)"
            cells.append(f"{shown:>26}")
        print(f"{row['figure']:<46}" + "".join(cells))
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")
    for worker in workers.values():
        worker.close()


if __name__ == "__main__":
    main()
