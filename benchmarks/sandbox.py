"""How fast Reason judges programs, beside a container and a process each, in one run.

    python benchmarks/sandbox.py --rounds 5 --output sandbox.json

Every program has ten cases of standard input. The machine is taken to be noisy: rounds of all methods are
interleaved, figures are medians over rounds, and ratios are taken within a round. Wants a Docker engine
(``scripts/engine start``); without one the Docker rows are left out, and said to be.
"""

import argparse
import json
import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sandbox_attack import attack_row
from sandbox_methods import (
    BareProcess,
    DockerExec,
    DockerRun,
    Method,
    Pool,
    processor_seconds,
    processor_table,
)

from reason.errors import SandboxError
from reason.sandbox import Case, Program, open_sandbox

CASES = 10
SOURCES: dict[str, Callable[[list[int]], object]] = {
    "print(sum(map(int, input().split())))": sum,
    "print(*sorted(map(int, input().split())))": lambda numbers: " ".join(map(str, sorted(numbers))),
    "print(len(set(input().split())))": lambda numbers: len(set(numbers)),
    "import math\nprint(math.gcd(*map(int, input().split())))": lambda numbers: gcd(numbers),
    "from collections import Counter\nprint(Counter(input().split()).most_common(1)[0][1])": lambda numbers: (
        max(numbers.count(n) for n in numbers)
    ),
    "n = [int(x) for x in input().split()]\nbest = run = n[0]\nfor x in n[1:]:\n    run = max(x, run + x)\n"
    "    best = max(best, run)\nprint(best)": lambda numbers: max(
        sum(numbers[i:j]) for i in range(len(numbers)) for j in range(i + 1, len(numbers) + 1)
    ),
}
"""Programs, and what each shall print, computed another way."""


def gcd(numbers: list[int]) -> int:
    """Return the greatest common divisor, by trial."""
    return max(d for d in range(1, max(numbers) + 1) if all(n % d == 0 for n in numbers))


def draw_jobs(count: int, seed: int) -> list[tuple[str, list[str], list[str]]]:
    """Draw programs with their inputs and expected outputs."""
    rng, jobs = random.Random(seed), []
    for index in range(count):
        source = list(SOURCES)[index % len(SOURCES)]
        inputs = [[rng.randint(1, 50) for _ in range(12)] for _ in range(CASES)]
        text = f"# {rng.random()}\n{source}\n"  # no two alike: nothing may be remembered
        jobs.append(
            (text, [" ".join(map(str, i)) for i in inputs], [str(SOURCES[source](i)) for i in inputs])
        )
    return jobs


def run_round(method: Method, workers: int, count: int, seed: int) -> dict[str, Any]:
    """Run one round of a method and return its figures."""
    jobs = draw_jobs(count * workers, seed)

    def work(job: tuple[str, list[str], list[str]]) -> tuple[float, bool]:
        started = time.perf_counter()
        right = method.judge(*job)
        return time.perf_counter() - started, right

    engine = "docker" in method.name
    before, started = processor_table(engine=engine), time.perf_counter()
    with ThreadPoolExecutor(workers) as threads:
        done = list(threads.map(work, jobs))
    elapsed = time.perf_counter() - started
    used = processor_seconds(before, processor_table(engine=engine))
    wrong = sum(not right for _, right in done)
    if wrong:
        raise SystemExit(f"{method.name}: {wrong} of {len(jobs)} right programs were judged wrong")
    latencies = [seconds for seconds, _ in done]
    return {
        "method": method.name,
        "workers": workers,
        "programs_per_second": len(jobs) / elapsed,
        "latencies_ms": [round(1000 * seconds, 3) for seconds in latencies],
        "cpu_ms": 1000 * used / len(jobs),
    }


def percentile(values: list[float], share: float) -> float:
    """Return the value below which a share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def open_methods(workers: int, image: tuple[str, str] | None) -> list[Method]:
    """Open every method that can run here."""
    methods: list[Method] = [BareProcess(), Pool("bubblewrap", workers)]
    if image is not None:
        methods += [DockerRun(*image), DockerExec(*image), Pool("docker", workers)]
    for method in methods:
        for job in draw_jobs(2, seed=-1):
            method.judge(*job)
    return methods


def find_image() -> tuple[str, str] | None:
    """Return the sandbox image and the path of its interpreter, or None without an engine."""
    try:
        from reason.sandbox.engine import connect
        from reason.sandbox.image import PYTHON, ImageRecipe, ensure_image

        return ensure_image(connect(), ImageRecipe()), PYTHON
    except SandboxError as error:
        print(f"NO DOCKER ENGINE: the Docker rows are left out ({error})", file=sys.stderr)
        return None


def cold_start(backend: str) -> float:
    """Return the seconds from nothing to the first outcome."""
    started = time.perf_counter()
    with open_sandbox(backend=backend, workers=1) as sandbox:
        outcome = sandbox.run(Program(source="print(input())"), [Case(stdin="x", expected="x")])[0]
        elapsed = time.perf_counter() - started
    if outcome.judgement != "AC":
        raise SystemExit(f"{backend}: a first program got {outcome}")
    return elapsed


def summarise(rounds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Take medians over the rounds of each method and number of workers, and ratios within rounds."""
    groups: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for figures in rounds:
        groups.setdefault((figures["method"], figures["workers"]), []).append(figures)
    rows = []
    for (method, workers), group in groups.items():
        latencies = [value for figures in group for value in figures["latencies_ms"]]
        row: dict[str, Any] = {
            "method": method,
            "workers": workers,
            "programs_per_second": statistics.median(f["programs_per_second"] for f in group),
            "lowest": min(f["programs_per_second"] for f in group),
            "highest": max(f["programs_per_second"] for f in group),
            "p50_ms": percentile(latencies, 0.5),
            "p99_ms": percentile(latencies, 0.99),
            "cpu_ms": statistics.median(f["cpu_ms"] for f in group),
        }
        for rival in (DockerRun.name, DockerExec.name):
            beside = groups.get((rival, workers), [])
            pairs = zip(group, beside, strict=False)
            ratios = [own["programs_per_second"] / other["programs_per_second"] for own, other in pairs]
            row[f"times {rival}"] = statistics.median(ratios) if ratios else None
        rows.append(row)
    return rows


def speed_table(rows: list[dict[str, Any]]) -> Table:
    """Lay out the rows."""
    table = Table(title=f"Programs of {CASES} stdin cases, medians of rounds (lowest to highest)")
    heads = ("method", "workers", "programs/s", "p50 ms", "p99 ms", "CPU ms", "x docker run", "x docker exec")
    for head in heads:
        table.add_column(head, justify="left" if head == "method" else "right")
    for row in sorted(rows, key=lambda row: (row["workers"], row["programs_per_second"])):
        ratios = [row[f"times {rival}"] for rival in (DockerRun.name, DockerExec.name)]
        table.add_row(
            row["method"],
            str(row["workers"]),
            f"{row['programs_per_second']:.1f} ({row['lowest']:.0f}-{row['highest']:.0f})",
            *(f"{row[name]:.1f}" for name in ("p50_ms", "p99_ms", "cpu_ms")),
            *("-" if ratio is None else f"{ratio:.1f}" for ratio in ratios),
        )
    return table


def measure(rounds: int, workers: list[int], scale: float, say: Callable[[str], None]) -> dict[str, Any]:
    """Run everything and return the figures."""
    image = find_image()
    backends = ["bubblewrap"] if image is None else ["bubblewrap", "docker"]
    load = os.getloadavg()[0]
    cold = {backend: [cold_start(backend) for _ in range(3)] for backend in backends}
    figures: list[dict[str, Any]] = []
    for count in workers:
        methods = open_methods(count, image)
        try:
            for number in range(rounds):
                say(f"{count} worker(s), round {number + 1} of {rounds}")
                for method in methods:
                    programs = max(2, round(method.programs * scale))
                    figures.append(run_round(method, count, programs, seed=1000 * count + number))
        finally:
            for method in methods:
                method.close()
    attacks = {}
    for backend in backends:
        say(f"the always-equal attack, {backend}")
        with open_sandbox(backend=backend, workers=1) as sandbox:
            attacks[backend] = attack_row(sandbox)
    machine = {"processors": os.cpu_count(), "python": platform.python_version(), "load_before": load}
    return {
        "machine": machine,
        "cold_start_seconds": cold,
        "rows": summarise(figures),
        "attacks": attacks,
        "rounds": figures,
    }


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--scale", type=float, default=1.0, help="programs a round, times this")
    parser.add_argument("--output", type=Path, help="write the figures here, as JSON")
    options = parser.parse_args()
    console = Console(width=120)
    result = measure(
        options.rounds, options.workers, options.scale, lambda text: console.print(text, style="dim")
    )
    console.print(speed_table(result["rows"]))
    for backend, seconds in result["cold_start_seconds"].items():
        console.print(f"cold start to first outcome, {backend}: {statistics.median(seconds):.2f} s")
    for backend, row in result["attacks"].items():
        ways = ("same process", "function", "checks")
        counts = ", ".join(f"{way} {row[f'{way}: fooled']} of {row['attacks']}" for way in ways)
        right = ", ".join(f"{way} {row[f'{way}: right']} of {row['problems']}" for way in ways)
        console.print(f"always-equal attack, {backend}: fooled {counts}; right solutions passed {right}")
    if options.output:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
