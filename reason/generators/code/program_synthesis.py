"""Program synthesis from examples: write the function that the examples show."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from reason.errors import GenerationError
from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.generators.code.pipelines import OPERATIONS, agreeing, apply_all, draw_list, write_function
from reason.generators.code.written_programs import cheats, check_function
from reason.registry import register
from reason.task import Task
from reason.verdict import Verdict
from reason.verifiers.code import COMPONENTS

__all__ = ["ProgramSynthesis", "ProgramSynthesisConfig"]

NAMES = ("mystery", "secret", "hidden", "unknown", "puzzle", "riddle")
PHRASINGS = (
    "Write a Python function `{name}(values)` that agrees with these calls, and with others like them.",
    "These are calls of a function and what they return. Write it in Python as `{name}(values)`.",
)
MAX_DRAWS = 200
EXAMPLES, HIDDEN = 6, 10


@dataclass(frozen=True, kw_only=True)
class ProgramSynthesisConfig(Config):
    """Knobs of the function."""

    length: int = 2
    """Operations in the chain."""
    operations: int = 12
    """Operations that are hinted at."""

    def __post_init__(self) -> None:
        """Reject spaces that cannot be searched."""
        super().__post_init__()
        self.require(1 <= self.length <= 3, "length", "1 to 3")
        self.require(4 <= self.operations <= len(OPERATIONS), "operations", f"4 to {len(OPERATIONS)}")
        self.require(self.operations**self.length <= 20_000, "operations", "at most 20000 chains of length")


@register
class ProgramSynthesis(Family[ProgramSynthesisConfig]):
    """Write a Python function from examples of its calls; hidden cases decide, in the sandbox.

    All chains of the operations that are hinted at are tried: none that fits the examples fails a hidden
    case, and no shorter one fits. Effort is the number of chains.
    """

    id = "ProgramSynthesis-v0"
    domain = "code"
    components = COMPONENTS
    answer_kind = "code"
    max_level = 6

    def at_level(self, level: int) -> ProgramSynthesisConfig:
        """Hint at more operations and chain more of them."""
        length, operations = ((1, 8), (1, 24), (2, 8), (2, 14), (2, 24), (3, 10), (3, 14))[level]
        return ProgramSynthesisConfig(length=length, operations=operations)

    def generate(self, rng: Random, config: ProgramSynthesisConfig) -> Draft:
        """Draw a chain and examples until they leave nothing open."""
        for _ in range(MAX_DRAWS):
            offered = sorted(rng.sample(range(len(OPERATIONS)), config.operations))
            operations = [OPERATIONS[place] for place in offered]
            chain = rng.sample(operations, config.length)
            given = [draw_list(rng) for _ in range(EXAMPLES + HIDDEN)]
            made = [apply_all(chain, values) for values in given]
            if len(set(map(tuple, made[:EXAMPLES]))) < EXAMPLES - 1 or len(set(map(tuple, made))) < HIDDEN:
                continue
            if any(abs(value) > 10**9 for each in made for value in each) or max(map(len, made)) < 2:
                continue
            examples = list(zip(given, made, strict=True))
            fitting = list(agreeing(operations, config.length, examples[:EXAMPLES]))
            if any(
                len(other) < config.length or apply_all(other, values) != result
                for other in fitting
                for values, result in examples[EXAMPLES:]
            ):
                continue
            name = rng.choice(NAMES)
            listing = "\n".join(f"- {operation.english}" for operation in operations)
            shown = "\n".join(f"{name}({values}) == {result}" for values, result in examples[:EXAMPLES])
            count = ("one", "two", "three")[config.length - 1]
            return Draft(
                prompt=f"{rng.choice(PHRASINGS).format(name=name)}\n```python\n{shown}\n```\n"
                f"It does {count} of these things, one after the other:\n{listing}\n"
                f"Answer with the whole function.\n{ANSWER_INSTRUCTION}",
                ground_truth={
                    "name": name,
                    "cases": [
                        {"arguments": [values], "expected": result} for values, result in examples[::-1]
                    ],
                },
                reference=write_function(name, chain),
                effort=float(config.operations**config.length),
                canonical=[offered, given[:EXAMPLES], made[:EXAMPLES]],
                metadata={"topic": "writing programs"},
            )
        raise GenerationError(f"ProgramSynthesis-v0 found no examples for {config}")

    def verify(self, task: Task, answer: str) -> Verdict:
        """Run the function on hidden cases, then on the shown ones."""
        return check_function(task.ground_truth["cases"], task.ground_truth["name"], answer)

    def solve(self, task: Task) -> str | None:
        """Search breadth first over the Python of the operations, keeping each state once."""
        by_english = {operation.english: operation for operation in OPERATIONS}
        listed = [by_english[line] for line in re.findall(r"^- (.*)$", task.text, re.MULTILINE)]
        calls = re.findall(r"^(\w+)\((\[.*\])\) == (\[.*\])$", task.text, re.MULTILINE)
        wanted = [ast.literal_eval(result) for _, _, result in calls]
        states = {repr([ast.literal_eval(given) for _, given, _ in calls]): "values"}
        for _ in range(1 + (" two of" in task.text) + 2 * (" three of" in task.text)):
            grown: dict[str, str] = {}
            for state, expression in states.items():
                lists = ast.literal_eval(state)
                for operation in listed:
                    after = [operation.apply(each) for each in lists]
                    program = f"(lambda values: {operation.python})({expression})"
                    if after == wanted:
                        return f"def {calls[0][0]}(values):\n    return {program}\n"
                    grown.setdefault(repr(after), program)
            states = grown
        return None

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield a table of the examples, the function without a step, and programs that cheat."""
        reference, name = task.reference or "", task.ground_truth["name"]
        lines = reference.splitlines()
        yield "\n".join([lines[0], *lines[2:]])
        shown = [(case["arguments"], case["expected"]) for case in task.ground_truth["cases"][-EXAMPLES:]]
        yield from cheats(name, [([list(a[0])], list(b)) for a, b in shown])
        yield reference.replace("return values", "return values or None, 0")

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference with a comment, and in a fence."""
        return (f"# found\n{task.reference}", f"```python\n{task.reference}```")
