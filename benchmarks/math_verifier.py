"""How often mathematical verifiers are wrong, and how long they take, on this project's own cases.

    python benchmarks/math_verifier.py --output math_verifier.json

Every verifier judges every case of ``tests/verifiers/math/*.toml``, one after the other: ours, Math-Verify
(``pip install math-verify[antlr4_13_2]``), the scorer of reasoning-gym's numeric data sets (in the
interpreter given by ``--reasoning-gym``, where it is installed) and the comparison of strings. One that is
not there is left out. Cases that declare a kind or a tolerance are left out: the others cannot be told of it.
"""

import argparse
import contextlib
import json
import logging
import platform
import statistics
import subprocess
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from reason.verifiers.math import verify_math

CASES = Path(__file__).parent.parent / "tests" / "verifiers" / "math"
SCORERS = ("decimal",)
SERVER = """
import json, sys
from reasoning_gym.utils import compute_decimal_reward
score = {"decimal": compute_decimal_reward}[sys.argv[1]]
for line in sys.stdin:
    gold, answer = json.loads(line)
    try:
        passed = score(answer, gold) == 1.0
    except Exception:
        passed = False
    print(json.dumps(passed), flush=True)
"""
Judge = Callable[[str, str], bool]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What one verifier did on the cases."""

    verifier: str
    right: int
    wrong: int
    false_negatives: int
    false_positives: int
    errors: int
    median_ms: float
    p99_ms: float
    longest_ms: float


def main() -> None:
    """Judge all cases with all verifiers, and show the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, help="where to write the figures as JSON")
    parser.add_argument("--reasoning-gym", type=Path, help="a Python that has reasoning-gym")
    parser.add_argument("--show", action="store_true", help="print what each verifier judges wrongly")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)  # Math-Verify reports every answer that it cannot read
    cases = list(read_cases())
    results = [
        measure(name, judge, cases, show=arguments.show) for name, judge in verifiers(arguments.reasoning_gym)
    ]
    table = Table(title=f"{len(cases)} cases, {platform.python_implementation()} {platform.python_version()}")
    for column in (
        "verifier",
        "false negatives",
        "false positives",
        "errors",
        "median ms",
        "p99 ms",
        "max ms",
    ):
        table.add_column(column, justify="left" if column == "verifier" else "right")
    for result in results:
        table.add_row(
            result.verifier,
            f"{result.false_negatives} of {result.right}",
            f"{result.false_positives} of {result.wrong}",
            str(result.errors),
            *(f"{value:.2f}" for value in (result.median_ms, result.p99_ms, result.longest_ms)),
        )
    Console().print(table)
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(json.dumps([asdict(result) for result in results], indent=2) + "\n")


def read_cases() -> Iterator[tuple[str, str, bool]]:
    """Yield gold, answer and whether it is right, of the cases without declarations."""
    for path in sorted(CASES.glob("*.toml")):
        for case in tomllib.loads(path.read_text())["case"]:
            if "kind" not in case and "tolerance" not in case:
                yield from ((case["gold"], answer, True) for answer in case["right"])
                yield from ((case["gold"], answer, False) for answer in case["wrong"])


def verifiers(interpreter: Path | None) -> Iterator[tuple[str, Judge]]:
    """Yield the verifiers that are installed, here and in another interpreter."""
    yield "reason", lambda gold, answer: verify_math(gold, answer).passed is True
    with contextlib.suppress(ImportError):
        yield "Math-Verify", math_verify()
    if interpreter is not None:
        yield from ((f"reasoning-gym {name}", elsewhere(interpreter, name)) for name in SCORERS)
    yield "string match", lambda gold, answer: gold.strip() == answer.strip()


def math_verify() -> Judge:
    """Return Math-Verify with its defaults; formulas without delimiters get them, as its manual asks."""
    from math_verify import parse, verify

    def delimited(text: str) -> str:
        formula = "\\" in text and not any(mark in text for mark in ("$", "\\(", "\\[", "\\boxed"))
        return f"${text}$" if formula else text

    return lambda gold, answer: verify(parse(delimited(gold)), parse(delimited(answer)))


def elsewhere(interpreter: Path, name: str) -> Judge:
    """Return a scorer of reasoning-gym; it is right where it gives the full score."""
    process = subprocess.Popen(
        [interpreter, "-c", SERVER, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    requests, replies = process.stdin, process.stdout
    if requests is None or replies is None:
        raise RuntimeError("the other interpreter has no pipes")

    def judge(gold: str, answer: str) -> bool:
        print(json.dumps([gold, answer]), file=requests)
        return json.loads(replies.readline()) is True

    return judge


def measure(name: str, judge: Judge, cases: list[tuple[str, str, bool]], *, show: bool) -> Result:
    """Judge every case, after one that is not measured."""
    judge(r"\frac{1}{2}", "0.5")
    counts: dict[Any, int] = {True: 0, False: 0, "errors": 0}
    times = []
    for gold, answer, expected in cases:
        start = time.perf_counter()
        try:
            passed = judge(gold, answer)
        except Exception:  # a verifier that fails gives no reward
            passed = False
            counts["errors"] += 1
        times.append((time.perf_counter() - start) * 1000)
        if passed is not expected:
            counts[expected] += 1
            if show:
                print(f"{name}: {gold!r} against {answer!r} is {expected}")
    times.sort()
    right = sum(expected for _, _, expected in cases)
    return Result(
        verifier=name,
        right=right,
        wrong=len(cases) - right,
        false_negatives=counts[True],
        false_positives=counts[False],
        errors=counts["errors"],
        median_ms=round(statistics.median(times), 3),
        p99_ms=round(times[int(len(times) * 0.99)], 2),
        longest_ms=round(times[-1], 1),
    )


if __name__ == "__main__":
    main()
