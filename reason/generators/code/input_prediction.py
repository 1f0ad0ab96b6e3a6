"""Input prediction: find arguments with which a function returns a given value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from reason.errors import GenerationError
from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.frozen import thaw
from reason.generators.code.drawing import DrawnProgram, draw_program
from reason.generators.code.interpreter import Interpreter, ProgramError, parse_program
from reason.generators.code.literal_answers import is_telling
from reason.generators.code.running import printed_by
from reason.generators.code.writing import Kind
from reason.registry import register
from reason.sandbox.compare import same_value
from reason.task import Task
from reason.verdict import Status, Verdict
from reason.verifiers.code.literals import read_literal

__all__ = ["InputPrediction", "InputPredictionConfig"]

PHRASINGS = (
    "Find arguments with which `{name}` returns {value}.",
    "For which arguments does `{name}` return {value}? Give any that do.",
    "`{name}` was called and returned {value}. Give arguments with which it does.",
)
MAX_DRAWS = 400
PROBES = 16
MAX_SHARE = 1
"""Of the probes, how many may give the same value, itself included: more would be found by guessing."""
MAX_STEPS = 3_000


@dataclass(frozen=True, kw_only=True)
class InputPredictionConfig(Config):
    """Knobs of the program."""

    statements: int = 5
    """About how many statements the function's outer loop holds."""
    parameters: int = 1
    """Integers that it takes."""
    domain: int = 200
    """Each is from 0 to this."""
    min_steps: int = 60
    """Fewest expressions and statements that the call evaluates."""

    def __post_init__(self) -> None:
        """Reject what cannot be searched."""
        super().__post_init__()
        self.require(2 <= self.statements <= 20, "statements", "2 to 20")
        self.require(1 <= self.parameters <= 2, "parameters", "1 to 2")
        self.require(50 <= self.domain <= 100_000, "domain", "50 to 100000")
        self.require(10 <= self.min_steps <= 3_000, "min_steps", "10 to 3000")


@register
class InputPrediction(Family[InputPredictionConfig]):
    """Find arguments with which a small Python function returns a given value; any that do are right.

    Effort is what our interpreter evaluates on the arguments that were drawn.
    """

    id = "InputPrediction-v0"
    domain = "code"
    max_level = 9

    def at_level(self, level: int) -> InputPredictionConfig:
        """Take longer programs, wider ranges and, from level 4, two arguments."""
        return InputPredictionConfig(
            statements=3 + level // 2,
            parameters=1 if level < 4 else 2,
            domain=100 * (level + 1) if level < 4 else 30 + 10 * level,
            min_steps=round(20 * 1.3**level),
        )

    def generate(self, rng: Random, config: InputPredictionConfig) -> Draft:
        """Draw programs and arguments until few other arguments give the same."""
        kinds: list[Kind] = ["int" for _ in range(config.parameters)]
        for _ in range(MAX_DRAWS):
            program = draw_program(rng, config.statements, kinds=kinds, max_steps=8 * config.min_steps)
            try:
                found = _rare_call(rng, program, config)
            except ProgramError:
                continue
            if found is not None:
                return self._draft(rng, program, *found, config)
        raise GenerationError(f"InputPrediction-v0 found no program for {config}")

    def _draft(
        self,
        rng: Random,
        program: DrawnProgram,
        arguments: Sequence[int],
        value: Any,
        steps: int,
        config: InputPredictionConfig,
    ) -> Draft:
        question = rng.choice(PHRASINGS).format(name=program.name, value=repr(value))
        one = config.parameters == 1
        form = "the integer alone" if one else "the integers as a list, such as [3, 14]"
        each = "The argument is an integer" if one else "Each argument is an integer"
        return Draft(
            prompt=f"{question}\n```python\n{program.source}```\n{each} from 0 to {config.domain}. "
            f"Answer with {form}.\n{ANSWER_INSTRUCTION}",
            ground_truth={
                "source": program.source,
                "name": program.name,
                "value": value,
                "parameters": config.parameters,
                "domain": config.domain,
            },
            reference=repr(arguments[0] if one else list(arguments)),
            effort=float(steps),
            canonical=[program.source, value],
            metadata={"topic": "reading programs"},
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Call the function, in our own interpreter, with what is given."""
        truth = task.ground_truth
        try:
            given = read_literal(answer)
        except ValueError as error:
            return Verdict.wrong(str(error), status=Status.PARSE_ERROR)
        arguments = list(given) if isinstance(given, list | tuple) else [given]
        if len(arguments) != truth["parameters"] or any(type(each) is not int for each in arguments):
            told = f"there must be {truth['parameters']} integers"
            return Verdict.wrong(told, status=Status.PARSE_ERROR)
        if not all(0 <= each <= truth["domain"] for each in arguments):
            return Verdict.wrong(f"an argument is not from 0 to {truth['domain']}")
        interpreter = Interpreter(program=parse_program(truth["source"]), max_steps=4 * MAX_STEPS)
        try:
            value = interpreter.call(truth["name"], arguments)
        except ProgramError as error:
            return Verdict.wrong(str(error)[:200])
        if same_value(thaw(truth["value"]), value):
            return Verdict.right()
        return Verdict.wrong(f"it returns {value!r}"[:200])

    def solve(self, task: Task) -> str | None:
        """Try all arguments in real Python, in the sandbox."""
        source = task.text.split("```python\n")[1].split("```")[0]
        name = re.findall(r"`([a-z]+)`", task.text)[0]
        value = re.findall(r"returns? (?:for )?(.+?)(?:\.|\?)(?: G|\n)|returned (.+?)\. G", task.text)[0]
        top = int(re.findall(r"from 0 to ([0-9]+)", task.text)[0])
        count = 2 if "[3, 14]" in task.text else 1
        loops = (
            f"import itertools\nfor given in itertools.product(range({top} + 1), repeat={count}):\n"
            f"    try:\n        same = {name}(*given) == {value[0] or value[1]}\n"
            "    except Exception:\n        continue\n"
            "    if same:\n        print(list(given) if len(given) > 1 else given[0])\n        break\n"
        )
        return printed_by(f"{source}\n{loops}") or None

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield neighbours of the reference that return something else, and numbers out of range."""
        given = read_literal(task.reference or "")
        arguments = given if isinstance(given, list) else [given]
        one = len(arguments) == 1
        for change in (1, -1, 2, 5):
            other = [each + change for each in arguments]
            if not self.verify(task, repr(other)).passed:
                yield repr(other[0] if one else other)
        yield repr([*arguments, 1])
        yield repr([str(each) for each in arguments])
        yield repr([-1] * len(arguments))
        yield repr([float(each) for each in arguments])

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the arguments as a tuple and in brackets."""
        given = read_literal(task.reference or "")
        arguments = given if isinstance(given, list) else [given]
        yield repr(tuple(arguments))
        yield repr(arguments)
        yield f" {task.reference} "

    def chance(self, config: InputPredictionConfig) -> float:
        """The share of all arguments that may give the same value."""
        return 0.05


def _rare_call(
    rng: Random, program: DrawnProgram, config: InputPredictionConfig
) -> tuple[list[int], Any, int] | None:
    """Return arguments, value and steps of a call whose value few others, and no likely guess, give."""
    interpreter = program.interpreter(max_steps=MAX_STEPS)
    guesses = [[each] * config.parameters for each in (0, 1, 2, 3, 10, 42, 100) if each <= config.domain]
    guessed = [interpreter.call(program.name, arguments) for arguments in guesses]
    called: list[tuple[list[int], Any, int]] = []
    for _ in range(PROBES):
        arguments = [rng.randint(11, config.domain) for _ in range(config.parameters)]
        called.append((arguments, interpreter.call(program.name, arguments), interpreter.steps))
    for arguments, value, steps in called:
        if not config.min_steps <= steps <= 3 * config.min_steps + 20 or not is_telling(value):
            continue
        hits = sum(same_value(value, other) for _, other, _ in called)
        if hits <= MAX_SHARE and not any(same_value(value, other) for other in guessed):
            return arguments, value, steps
    return None
