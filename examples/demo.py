"""The main job once through: generate, look, play, import, score, train. Run by ``scripts/demo``.

Everything is written below a temporary folder, the training run below ``runs``; or all below ``--out``.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import gymnasium as gym
from rich.console import Console
from rich.table import Table

import reason
from reason.benchmark.tasks_file import read_tasks

ROOT = Path(__file__).parent.parent
Policy = Callable[[reason.Task, random.Random], str]
console = Console()


def run(*arguments: str, expected: int = 0) -> None:
    """Run a ``reason`` command in front of the reader."""
    console.rule(f"[bold]$ reason {' '.join(arguments)}", align="left")
    code = subprocess.run([sys.executable, "-m", "reason", *arguments], check=False).returncode
    if code != expected:
        raise SystemExit(f"reason {' '.join(arguments)} ended with exit code {code}")


def oracle(task: reason.Task, rng: random.Random) -> str:
    """Answer with the stored reference."""
    return reason.format_answer(task.reference or "")


def guess(task: reason.Task, rng: random.Random) -> str:
    """Answer with a random assignment."""
    bits = "".join(rng.choice("01") for _ in range(task.config["num_vars"]))
    return f"I will guess. <answer>{bits}</answer>"


def blind(task: reason.Task, rng: random.Random) -> str:
    """Answer the same, whatever the question."""
    return "<answer>" + "1" * task.config["num_vars"] + "</answer>"


def play(policy: Policy, level: int, episodes: int) -> float:
    """Return the policy's mean reward over episodes of ``reason/SAT-v0``."""
    env = gym.make("reason/SAT-v0", level=level, split="test")
    rng, rewards = random.Random(level), []
    env.reset(seed=level)
    for _ in range(episodes):
        env.reset()
        _, reward, *_ = env.step(policy(env.unwrapped.task, rng))  # type: ignore[attr-defined]
        rewards.append(float(reward))
    return sum(rewards) / len(rewards)


def play_policies(levels: range, episodes: int) -> None:
    """Print the mean reward of three policies by level."""
    console.rule('[bold]gym.make("reason/SAT-v0", level=...) played by three policies', align="left")
    table = Table("level", "oracle", "random guess", "blind (all ones)")
    for level in levels:
        rates = [play(policy, level, episodes) for policy in (oracle, guess, blind)]
        table.add_row(str(level), *(f"{rate:.2f}" for rate in rates))
    console.print(table)


def answer_file(tasks: Path, answers: Path) -> None:
    """Write answers of a policy that knows the reference for the easy half, and guesses above."""
    rng = random.Random(0)
    with answers.open("w") as file:
        for task in read_tasks(tasks):
            policy = oracle if (task.level or 0) < 5 else guess
            file.write(json.dumps({"task_id": task.task_id, "completion": policy(task, rng)}) + "\n")


def train(out: Path) -> None:
    """Train a small model from random weights to guess numbers, and draw how it learned."""
    from reason.train.curves import curves_of, draw_png, draw_text
    from reason.train.metrics import read_metrics
    from reason.train.recipes.number_guess import demonstrator_success

    folder, bound = out / "number_guess", demonstrator_success(15, 4)
    if (folder / "metrics.jsonl").exists():
        shutil.rmtree(folder)
    config = str(ROOT / "examples" / "number_guess.toml")
    fewer = ("evaluation.every=15", "evaluation.episodes=200", "warmup.episodes=1500")
    run("train", config, f"folder={folder}", "steps=45", "warmup.steps=250", *fewer)
    lines = read_metrics(folder / "metrics.jsonl")
    console.rule("[bold]Numbers found: by the demonstrator (dashed), by the model", align="left")
    console.print(draw_text(curves_of(lines, "solve_rate"), reference=bound), highlight=False)
    first, *_, last = (line for line in lines if line["kind"] == "eval")
    console.print(
        f"From imitation alone {first['solve_rate']:.2f}, after reinforcement {last['solve_rate']:.2f}; "
        f"the demonstrator finds exactly {bound:.3f}, so what lies above was learned from rewards."
    )
    drawn = [folder / "report.html", draw_png(folder, reference=bound)]
    console.print("Curves: " + ", ".join(str(path) for path in drawn if path), highlight=False)


def tour(out: Path) -> None:
    """Generate, look, play, import and score."""
    tasks, answers, imported = out / "tasks.jsonl", out / "answers.jsonl", out / "imported.jsonl"
    run("generate", "SAT", "--levels", "0-9", "--count", "200", "--split", "test", "--out", str(tasks))
    run("show", "SAT", "--level", "1", "--seed", "7")
    play_policies(range(10), episodes=20)
    run("import", "dimacs", str(ROOT / "examples" / "dimacs"), "--out", str(imported))
    answer_file(tasks, answers)
    run("score", str(tasks), str(answers))


def main() -> None:
    """Run the tour, then train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=None, help="keep the files here")
    parser.add_argument("--part", choices=["tour", "train"], help="do one part only")
    arguments = parser.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        out = arguments.out or Path(scratch)
        out.mkdir(parents=True, exist_ok=True)
        if arguments.part != "train":
            tour(out)
    if arguments.part != "tour":
        # The curves are worth keeping, wherever the rest went.
        train(arguments.out or Path("runs"))
    console.print(f"[green]Done in {time.perf_counter() - start:.0f} s.[/]")
    console.print("Next: [bold].venv/bin/reason list[/], [bold].venv/bin/reason play SAT[/], README.md.")


if __name__ == "__main__":
    main()
