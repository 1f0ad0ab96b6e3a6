"""List functions: find the rule behind examples and apply it to a new list."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from reason.errors import GenerationError
from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.frozen import thaw
from reason.generators.code.literal_answers import other_spellings, wrong_values
from reason.generators.code.pipelines import OPERATIONS, agreeing, apply_all, draw_list
from reason.registry import register
from reason.task import Task
from reason.verdict import Verdict
from reason.verifiers.code.literals import check_literal

__all__ = ["ListFunction", "ListFunctionConfig"]

PHRASINGS = (
    "A function on lists does {count} of the things below, in some order. What does it make of {given}?",
    "The examples show a function that does {count} of these things in some order. Apply it to {given}.",
)
MAX_DRAWS = 200
EXAMPLES = 5


@dataclass(frozen=True, kw_only=True)
class ListFunctionConfig(Config):
    """Knobs of the function."""

    length: int = 2
    """Operations in the chain."""
    operations: int = 12
    """Operations that are offered."""

    def __post_init__(self) -> None:
        """Reject spaces that cannot be searched."""
        super().__post_init__()
        self.require(1 <= self.length <= 3, "length", "1 to 3")
        self.require(4 <= self.operations <= len(OPERATIONS), "operations", f"4 to {len(OPERATIONS)}")
        self.require(self.operations**self.length <= 20_000, "operations", "at most 20000 chains of length")


@register
class ListFunction(Family[ListFunctionConfig]):
    """Induce a function on lists from examples and apply it to a new list.

    All chains of the offered operations are tried: those that fit the examples agree on the question. Effort
    is the number of chains.
    """

    id = "ListFunction-v0"
    domain = "code"
    max_level = 7

    def at_level(self, level: int) -> ListFunctionConfig:
        """Offer more operations and chain more of them."""
        length, operations = ((1, 8), (1, 24), (2, 8), (2, 14), (2, 24), (3, 10), (3, 14), (3, 20))[level]
        return ListFunctionConfig(length=length, operations=operations)

    def generate(self, rng: Random, config: ListFunctionConfig) -> Draft:
        """Draw a chain and examples until every chain that fits them gives one answer."""
        for _ in range(MAX_DRAWS):
            offered = sorted(rng.sample(range(len(OPERATIONS)), config.operations))
            operations = [OPERATIONS[place] for place in offered]
            chain = rng.sample(operations, config.length)
            given = [draw_list(rng) for _ in range(EXAMPLES + 1)]
            made = [apply_all(chain, values) for values in given]
            if len(set(map(tuple, made))) < EXAMPLES or not 2 <= len(made[-1]) <= 12 or made[-1] == given[-1]:
                continue
            if max(map(abs, made[-1])) > 10**6:
                continue
            examples = list(zip(given[:-1], made[:-1], strict=True))
            found = agreeing(operations, config.length, examples)
            if any(apply_all(other, given[-1]) != made[-1] for other in found):
                continue
            count = ("one", "up to two", "up to three")[config.length - 1]
            question = rng.choice(PHRASINGS).format(count=count, given=given[-1])
            listing = "\n".join(f"- {operation.english}" for operation in operations)
            shown = "\n".join(f"{values} -> {result}" for values, result in examples)
            return Draft(
                prompt=f"{question}\n\n{listing}\n\nExamples:\n{shown}\n\nAnswer with a list.\n"
                f"{ANSWER_INSTRUCTION}",
                ground_truth={"value": made[-1]},
                reference=repr(made[-1]),
                effort=float(config.operations**config.length),
                canonical=[offered, given],
                metadata={"topic": "induction"},
            )
        raise GenerationError(f"ListFunction-v0 found no examples for {config}")

    def verify(self, task: Task, answer: str) -> Verdict:
        """Compare the lists."""
        return check_literal(answer, thaw(task.ground_truth["value"]))

    def solve(self, task: Task) -> str | None:
        """Search chains backwards from longest to shortest, by the Python of the offered operations."""
        listed = [OPERATIONS_BY_TEXT[line] for line in re.findall(r"^- (.*)$", task.text, re.MULTILINE)]
        pairs = [
            (ast.literal_eval(left), ast.literal_eval(right))
            for left, right in re.findall(r"^(\[.*\]) -> (\[.*\])$", task.text, re.MULTILINE)
        ]
        asked = ast.literal_eval(re.findall(r"(?:of|to) (\[[^\]]*\])", task.text)[0])
        levels = [[((), [list(left) for left, _ in pairs], asked)]]
        wanted = [right for _, right in pairs]
        for _ in range(3 if "three" in task.text else 2 if "two" in task.text else 1):
            grown = []
            for chain, states, value in levels[-1]:
                for operation in listed:
                    after = [operation.apply(state) for state in states]
                    result = operation.apply(value)
                    if after == wanted:
                        return repr(result)
                    grown.append(((*chain, operation), after, result))
            levels.append(grown)  # type: ignore[arg-type]
        return None

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield neighbours of the list."""
        return wrong_values(thaw(task.ground_truth["value"]))

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield other spellings of the list."""
        return other_spellings(thaw(task.ground_truth["value"]))

    def chance(self, config: ListFunctionConfig) -> float:
        """Next to nothing: the lists are drawn anew for each task."""
        return 0.005


OPERATIONS_BY_TEXT = {operation.english: operation for operation in OPERATIONS}
