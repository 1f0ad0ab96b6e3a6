"""Trace prediction: what does a variable hold after a line has run for the n-th time?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from reason.errors import GenerationError
from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.frozen import thaw
from reason.generators.code.drawing import DrawnProgram, draw_arguments, draw_program, show_call
from reason.generators.code.interpreter import ProgramError, Snapshot
from reason.generators.code.literal_answers import is_telling, other_spellings, wrong_values
from reason.generators.code.running import printed_by
from reason.registry import register
from reason.task import Task
from reason.verdict import Verdict
from reason.verifiers.code.literals import check_literal

__all__ = ["TracePrediction", "TracePredictionConfig"]

PHRASINGS = (
    "`{call}` is called. What is the value of `{name}` just after line {line} has run for the {count} time?",
    "During `{call}`, line {line} runs several times. What does `{name}` hold after its {count} run?",
)
MAX_DRAWS = 300


@dataclass(frozen=True, kw_only=True)
class TracePredictionConfig(Config):
    """Knobs of the program and of the place."""

    statements: int = 6
    """About how many statements the function's outer loop holds."""
    min_place: int = 6
    """Fewest assignments that run before the one asked about."""
    max_place: int = 14
    """Most assignments that run before the one asked about."""

    def __post_init__(self) -> None:
        """Reject windows that no program meets."""
        super().__post_init__()
        self.require(2 <= self.statements <= 24, "statements", "2 to 24")
        self.require(1 <= self.min_place <= 500, "min_place", "1 to 500")
        self.require(self.min_place + 2 <= self.max_place <= 1_000, "max_place", "min_place + 2 to 1000")


@register
class TracePrediction(Family[TracePredictionConfig]):
    """Say what a variable of a small Python program holds at a point of its execution.

    Effort is the number of assignments that run up to that point.
    """

    id = "TracePrediction-v0"
    domain = "code"
    max_level = 9

    def at_level(self, level: int) -> TracePredictionConfig:
        """Ask for later points of longer programs."""
        first = round(3 * 1.35**level) + level
        return TracePredictionConfig(statements=4 + level, min_place=first, max_place=first + 4 + level)

    def generate(self, rng: Random, config: TracePredictionConfig) -> Draft:
        """Draw programs until one is at a telling state within the window."""
        for _ in range(MAX_DRAWS):
            program = draw_program(rng, config.statements, max_steps=200 + 30 * config.max_place)
            arguments = draw_arguments(rng, program.kinds)
            interpreter = program.interpreter(max_steps=2_000, record=True)
            try:
                interpreter.call(program.name, arguments)
            except ProgramError:
                continue
            points = _points(interpreter.trace, program, config)
            if points:
                return self._draft(rng, program, arguments, rng.choice(points))
        raise GenerationError(f"TracePrediction-v0 found no program for {config}")

    def _draft(
        self,
        rng: Random,
        program: DrawnProgram,
        arguments: Sequence[Any],
        point: tuple[int, int, int, str, Any],
    ) -> Draft:
        place, line, count, name, value = point
        call = show_call(program.name, arguments)
        question = rng.choice(PHRASINGS).format(call=call, name=name, line=line, count=_ordinal(count))
        numbered = "\n".join(
            f"{number:>2} | {text}".rstrip()
            for number, text in enumerate(program.source.rstrip("\n").split("\n"), 1)
        )
        return Draft(
            prompt=f"{question}\n```\n{numbered}\n```\nAnswer with a Python literal.\n{ANSWER_INSTRUCTION}",
            ground_truth={"value": value},
            reference=repr(value),
            effort=float(place),
            canonical=[program.source, list(arguments), line, count, name],
            metadata={"topic": "reading programs"},
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Read the literal and compare values."""
        return check_literal(answer, thaw(task.ground_truth["value"]))

    def solve(self, task: Task) -> str | None:
        """Print the variable after the line, and let real Python run it in the sandbox."""
        text = task.text
        listing = re.findall(r"^ ?[0-9]+ \|(?: (.*))?$", text, re.MULTILINE)
        call, name = re.findall(r"`([^`]+)`", text)[:2]
        line = int(re.findall(r"line ([0-9]+)", text)[0])
        count = int(re.findall(r"([0-9]+)(?:st|nd|rd|th)", text)[0])
        statement = listing[line - 1]
        indent = statement[: len(statement) - len(statement.lstrip())]
        shown = f"{indent}print(repr({name}))"
        lines = [*listing[:line], shown, *listing[line:], call]
        printed = (printed_by("\n".join(lines)) or "").splitlines()
        return printed[count - 1] if len(printed) >= count else None

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield neighbours of the value, and the same with another type."""
        return wrong_values(thaw(task.ground_truth["value"]))

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield other spellings."""
        return other_spellings(thaw(task.ground_truth["value"]))

    def chance(self, config: TracePredictionConfig) -> float:
        """Small, for what is likely to be guessed is not asked for."""
        return 0.005


def _points(
    trace: Sequence[Snapshot], program: DrawnProgram, config: TracePredictionConfig
) -> list[tuple[int, int, int, str, Any]]:
    """Return the places, lines, counts, names and values that can be asked about."""
    counts: dict[int, int] = {}
    found = []
    for place, snapshot in enumerate(trace):
        if snapshot.function != program.name:
            continue
        counts[snapshot.line] = counts.get(snapshot.line, 0) + 1
        if not config.min_place <= place <= config.max_place or counts[snapshot.line] < 2:
            continue
        for name in _changed(program, snapshot.line):
            value = snapshot.variables.get(name)
            if is_telling(value):
                found.append((place, snapshot.line, counts[snapshot.line], name, value))
    return found


def _changed(program: DrawnProgram, line: int) -> list[str]:
    """Return the variable that a line changes."""
    text = program.source.split("\n")[line - 1]
    return re.findall(r"^\s*([a-z_]+)(?:\[.*?\])? ?(?:[-+/*%]*=|\.append)", text)


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
