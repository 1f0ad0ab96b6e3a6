"""Time generation and verification per level, ours beside reasoning-gym's, in one run.

    python benchmarks/generation.py [--levels 0-9] [--seconds 0.5] [--rounds 5] [--json FILE] [--no-peer]

Ours and the peer's run in processes of their own and take turns, round by round, so that a noisy
machine slows both; figures are medians over the rounds. The peer is installed from PyPI into an
environment of its own (``.venv-peers/``) on the first run. Levels are not comparable between the two
in difficulty: read the rates as what one core gives a training loop.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

PEER = "reasoning-gym==0.1.25"
PEERS = Path(__file__).parent.parent / ".venv-peers"

TIMING = '''
import json, sys, time

def rate(work, seconds):
    """Call work(index) for about `seconds`; return calls a second and what the calls returned."""
    results, start = [], time.perf_counter()
    while time.perf_counter() - start < seconds or not results:
        results.append(work(len(results)))
    return len(results) / (time.perf_counter() - start), results

def serve(measure):
    for line in sys.stdin:
        print(json.dumps(measure(**json.loads(line))), flush=True)
'''

OURS = """
import reason

def measure(name, level, seconds, offset):
    family = reason.get(name)
    generate, tasks = rate(lambda i: family.task(level=level, index=offset + i), seconds)
    completions = [reason.format_answer(task.reference) for task in tasks]
    size = len(tasks)
    verify, verdicts = rate(lambda i: reason.score(tasks[i % size], completions[i % size]), seconds / 2)
    assert all(verdict.passed for verdict in verdicts)
    return {"generate": generate, "verify": verify}

serve(measure)
"""

THEIRS = """
import reasoning_gym
from reasoning_gym.factory import create_curriculum

def measure(name, level, seconds, offset):
    curriculum = create_curriculum(name)
    curriculum.set_global_level(level)
    config = curriculum.generate_configuration({"seed": offset, "size": 10**9})
    dataset = type(reasoning_gym.create_dataset(name, seed=0, size=1))(config)
    generate, items = rate(lambda i: dataset[i], seconds)
    answers = [item["answer"] or item["metadata"]["example_answer"] for item in items]
    size = len(items)
    verify, scores = rate(lambda i: dataset.score_answer(answers[i % size], items[i % size]), seconds / 2)
    return {"generate": generate, "verify": verify, "oracle": sum(scores) / len(scores)}

serve(measure)
"""


def peer_python(peer: str) -> str:
    """Return the Python that has a peer (``name==version``), making its environment on the first run."""
    environment = PEERS / peer.replace("==", "-")
    python = environment / "bin" / "python"
    if not (environment / ".ready").exists():
        print(f"Installing {peer} into {environment} ...", file=sys.stderr)
        venv.create(environment, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", peer], check=True)
        (environment / ".ready").touch()
    return str(python)


class Worker:
    """A process that measures one side when asked."""

    def __init__(self, python: str, code: str) -> None:
        """Start it."""
        self.process = subprocess.Popen(
            [python, "-c", TIMING + code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def measure(self, **question: Any) -> dict[str, float]:
        """Ask for one measurement and wait for it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the measuring process died on {question}")
        return dict(json.loads(line))

    def close(self) -> None:
        """End it."""
        self.process.communicate()


def measure_all(
    subjects: list[tuple[str, Worker, str]], levels: range, seconds: float, rounds: int
) -> list[dict[str, Any]]:
    """Measure every subject at every level in turns; return one row a subject and level."""
    rows = []
    for level in levels:
        runs: dict[str, list[dict[str, float]]] = {label: [] for label, _, _ in subjects}
        for turn in range(rounds):
            for label, worker, name in subjects:
                question = {"name": name, "level": level, "seconds": seconds, "offset": turn * 10**6}
                runs[label].append(worker.measure(**question))
        for label, measured in runs.items():
            medians = {key: statistics.median(run[key] for run in measured) for key in measured[0]}
            rows.append({"level": level, "subject": label, **medians})
            print(f"level {level}: {label} {medians['generate']:,.0f} tasks/s", file=sys.stderr)
    return rows


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--levels", default="0-9")
    parser.add_argument("--seconds", type=float, default=0.5, help="a measurement's length")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--family", action="append", default=None, help="ours to measure (default SAT-v0)")
    parser.add_argument("--json", type=Path, default=None)
    parser.add_argument("--no-peer", action="store_true")
    arguments = parser.parse_args()
    first, _, last = arguments.levels.partition("-")

    ours = Worker(sys.executable, OURS)
    subjects = [(f"reason {name}", ours, name) for name in arguments.family or ["SAT-v0"]]
    if not arguments.no_peer:
        theirs = Worker(peer_python(PEER), THEIRS)
        peers = ("propositional_logic", "knights_knaves")
        subjects += [(f"reasoning-gym {name}", theirs, name) for name in peers]
    levels = range(int(first), int(last or first) + 1)
    rows = measure_all(subjects, levels, arguments.seconds, arguments.rounds)

    print(f"{'level':>5}  {'subject':<36} {'generate/s':>11} {'verify/s':>11} {'oracle':>7}")
    for row in rows:
        oracle = row.get("oracle", 1.0)
        rates = f"{row['generate']:>11,.0f} {row['verify']:>11,.0f} {oracle:>7.2f}"
        print(f"{row['level']:>5}  {row['subject']:<36} {rates}")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
