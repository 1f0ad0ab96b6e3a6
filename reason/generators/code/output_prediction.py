"""Output prediction: what does a call of this function return?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from reason.errors import GenerationError
from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.frozen import thaw
from reason.generators.code.drawing import draw_arguments, draw_program, show_call
from reason.generators.code.interpreter import ProgramError
from reason.generators.code.literal_answers import is_telling, other_spellings, wrong_values
from reason.generators.code.running import printed_by
from reason.registry import register
from reason.task import Task
from reason.verdict import Verdict
from reason.verifiers.code.literals import check_literal

__all__ = ["OutputPrediction", "OutputPredictionConfig"]

PHRASINGS = (
    "What does the call `{call}` return?",
    "Read this program and say what `{call}` returns.",
    "Predict the value of `{call}`.",
)
MAX_DRAWS = 400


@dataclass(frozen=True, kw_only=True)
class OutputPredictionConfig(Config):
    """Knobs of the program and of the call."""

    statements: int = 6
    """About how many statements the function's outer loop holds."""
    min_steps: int = 60
    """Fewest expressions and statements that the call evaluates."""
    max_steps: int = 150
    """Most expressions and statements that the call evaluates."""

    def __post_init__(self) -> None:
        """Reject windows that no program meets."""
        super().__post_init__()
        self.require(2 <= self.statements <= 24, "statements", "2 to 24")
        self.require(10 <= self.min_steps <= 5_000, "min_steps", "10 to 5000")
        self.require(2 * self.min_steps <= self.max_steps <= 10_000, "max_steps", "2 * min_steps to 10000")


@register
class OutputPrediction(Family[OutputPredictionConfig]):
    """Say what a call of a small Python function returns.

    The program is drawn (loops, conditions, recursion over integers, lists, strings and dictionaries), as
    CRUXEval's were collected (Gu et al. 2024, 2401.03065). Effort is what our interpreter evaluates.
    """

    id = "OutputPrediction-v0"
    domain = "code"
    max_level = 11

    def at_level(self, level: int) -> OutputPredictionConfig:
        """Take longer programs, and calls that run half as long again."""
        steps = round(24 * 1.5**level)
        return OutputPredictionConfig(statements=3 + level, min_steps=steps, max_steps=2 * steps + 10)

    def generate(self, rng: Random, config: OutputPredictionConfig) -> Draft:
        """Draw programs and calls until one runs as long as asked and returns no likely guess."""
        for _ in range(MAX_DRAWS):
            program = draw_program(rng, config.statements, max_steps=2 * config.max_steps)
            interpreter = program.interpreter(max_steps=config.max_steps)
            for _ in range(3):
                arguments = draw_arguments(rng, program.kinds)
                try:
                    value = interpreter.call(program.name, arguments)
                except ProgramError:
                    continue
                if interpreter.steps < config.min_steps or not is_telling(value):
                    continue
                call = show_call(program.name, arguments)
                question = rng.choice(PHRASINGS).format(call=call)
                return Draft(
                    prompt=f"{question}\n```python\n{program.source}```\nAnswer with a Python literal.\n"
                    f"{ANSWER_INSTRUCTION}",
                    ground_truth={"value": value},
                    reference=repr(value),
                    effort=float(interpreter.steps),
                    canonical=[program.source, arguments],
                    metadata={"topic": "reading programs"},
                )
        raise GenerationError(f"OutputPrediction-v0 found no program for {config}")

    def verify(self, task: Task, answer: str) -> Verdict:
        """Read the literal and compare values."""
        return check_literal(answer, thaw(task.ground_truth["value"]))

    def solve(self, task: Task) -> str | None:
        """Let real Python run it, in the sandbox."""
        call = re.findall(r"`([a-z]+\(.*\))`", task.text)[0]
        source = task.text.split("```python\n")[1].split("```")[0]
        return printed_by(f"{source}\nprint(repr({call}))")

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield neighbours of the value, and the same with another type."""
        return wrong_values(thaw(task.ground_truth["value"]))

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield other spellings."""
        return other_spellings(thaw(task.ground_truth["value"]))

    def chance(self, config: OutputPredictionConfig) -> float:
        """Small, for what is likely to be guessed is not asked for."""
        return 0.005
