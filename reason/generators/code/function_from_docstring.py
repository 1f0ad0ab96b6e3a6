"""Function from a docstring: write the function that a precise description asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from reason.errors import GenerationError
from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.generators.code.pipelines import OPERATIONS, Operation, apply_all, draw_list, write_function
from reason.generators.code.written_programs import cheats, check_function
from reason.registry import register
from reason.task import Task
from reason.verdict import Verdict
from reason.verifiers.code import COMPONENTS

__all__ = ["FunctionFromDocstring", "FunctionFromDocstringConfig"]

NAMES = ("rework", "refine", "convert", "arrange", "prepare", "rearrange", "tidy", "remake")
MAX_DRAWS = 200
CASES = 10
_BY_ENGLISH = {operation.english: operation for operation in OPERATIONS}


@dataclass(frozen=True, kw_only=True)
class FunctionFromDocstringConfig(Config):
    """Knobs of the function."""

    steps: int = 3
    """Operations that the docstring tells of."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.steps <= 16, "steps", "1 to 16")


@register
class FunctionFromDocstring(Family[FunctionFromDocstringConfig]):
    """Write a Python function from its docstring; hidden cases decide, in the sandbox.

    Every step matters: leaving one out, or exchanging two neighbours that matter, changes a case. Effort is
    the number of steps.
    """

    id = "FunctionFromDocstring-v0"
    domain = "code"
    components = COMPONENTS
    answer_kind = "code"
    max_level = 7

    def at_level(self, level: int) -> FunctionFromDocstringConfig:
        """Ask for more steps."""
        return FunctionFromDocstringConfig(steps=3 + level)

    def generate(self, rng: Random, config: FunctionFromDocstringConfig) -> Draft:
        """Draw steps and cases until every step matters."""
        for _ in range(MAX_DRAWS):
            chain = rng.sample(OPERATIONS, config.steps)
            given = [*(draw_list(rng, 6, 12) for _ in range(CASES - 1)), []]
            made = [apply_all(chain, values) for values in given]
            if len({tuple(each) for each in made}) < CASES // 2 or max(map(len, made)) < 2:
                continue
            if any(abs(value) > 10**12 for each in made for value in each) or not _all_matter(chain, given):
                continue
            name = rng.choice(NAMES)
            steps = "\n".join(
                f"    {number}. {operation.english};" for number, operation in enumerate(chain, 1)
            )
            return Draft(
                prompt="Complete this Python function.\n```python\n"
                f'def {name}(values: list[int]) -> list[int]:\n    """Return a new list made from values.\n\n'
                f'    Beginning with the numbers of values, step by step:\n{steps}\n    """\n```\n'
                f"Answer with the whole function.\n{ANSWER_INSTRUCTION}",
                ground_truth={
                    "name": name,
                    "cases": [
                        {"arguments": [values], "expected": result}
                        for values, result in zip(given, made, strict=True)
                    ],
                },
                reference=write_function(name, chain),
                effort=float(config.steps),
                canonical=[operation.english for operation in chain],
                metadata={"topic": "writing programs"},
            )
        raise GenerationError(f"FunctionFromDocstring-v0 found no steps for {config}")

    def verify(self, task: Task, answer: str) -> Verdict:
        """Run the function on the hidden cases."""
        return check_function(task.ground_truth["cases"], task.ground_truth["name"], answer)

    def solve(self, task: Task) -> str | None:
        """Translate the docstring line by line into one nested expression."""
        name = re.findall(r"def (\w+)\(", task.text)[0]
        expression = "values"
        for line in re.findall(r"^    [0-9]+\. (.*);$", task.text, re.MULTILINE):
            expression = f"(lambda values: {_BY_ENGLISH[line].python})({expression})"
        return f"def {name}(values):\n    return {expression}\n"

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield programs without the last step, with one step more, that print, and that cheat."""
        reference, name = task.reference or "", task.ground_truth["name"]
        lines = reference.splitlines()
        yield "\n".join([*lines[:-2], lines[-1]])
        yield "\n".join([lines[0], *lines[2:]])
        yield reference.replace("return values", "print(values)")
        yield reference.replace(f"def {name}(", f"def {name}s(")
        shown = [(case["arguments"], case["expected"]) for case in task.ground_truth["cases"][:3]]
        yield from cheats(name, [([list(a[0])], list(b)) for a, b in shown])

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference with a comment, and as a class's method."""
        reference = task.reference or ""
        yield f"# step by step\n{reference}"
        yield f"```python\n{reference}```"


def _all_matter(chain: Sequence[Operation], given: Sequence[list[int]]) -> bool:
    """Tell whether leaving out any one step changes the result of some case."""
    made = [apply_all(chain, values) for values in given]
    for place in range(len(chain)):
        shorter = [*chain[:place], *chain[place + 1 :]]
        if all(apply_all(shorter, values) == result for values, result in zip(given, made, strict=True)):
            return False
    return True
