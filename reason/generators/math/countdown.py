"""Countdown: combine some of the given numbers to make a target."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random

from reason.errors import GenerationError
from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.generators.math.combining import find_expression, search_integers
from reason.registry import register
from reason.task import Task
from reason.verdict import Verdict
from reason.verifiers.expression import check_expression, read_expression

__all__ = ["Countdown", "CountdownConfig"]

LADDER = (
    *((3, 20, 10, 60), (4, 20, 20, 99), (4, 30, 100, 400), (5, 15, 20, 60), (5, 25, 40, 120)),
    *((5, 35, 120, 300), (5, 99, 4_000, 9_999), (6, 50, 200, 999), (6, 75, 1_000, 3_999)),
    (6, 99, 8_000, 29_999),
)
"""How many numbers, the highest number, and the lowest and highest target of each level."""
MAX_DRAWS = 2_000
MAX_COMBINATIONS = 60_000
"""Combinations after which the search that measures effort gives up."""
ANY_ORDER = "any number of them, each at most once"
EVERY_NUMBER = "all of them, each exactly once"


@dataclass(frozen=True, kw_only=True)
class CountdownConfig(Config):
    """Knobs of the numbers."""

    count: int = 6
    """How many numbers there are."""
    max_number: int = 50
    """The highest number; the lowest is 1."""
    min_target: int = 100
    """The lowest target."""
    max_target: int = 999
    """The highest target."""
    use_all: bool = True
    """Whether every number must be used."""

    def __post_init__(self) -> None:
        """Reject what cannot be drawn or takes too long to solve."""
        super().__post_init__()
        self.require(3 <= self.count <= 6, "count", "3 to 6")
        self.require(10 <= self.max_number <= 1_000, "max_number", "10 to 1000")
        self.require(1 <= self.min_target <= 100_000, "min_target", "1 to 100000")
        self.require(self.min_target <= self.max_target <= 1_000_000, "max_target", "min_target to 1000000")


@register
class Countdown(Family[CountdownConfig]):
    """Combine given numbers by plus, minus, times and divided by to make a target.

    Every expression over the numbers is right whose exact value is the target. A solution is planted, and its
    value computed again by the verifier. Effort is the number of combinations that a depth-first search in
    random order makes (at most 60,000) until it finds a solution.

    Source: the numbers round of the television game Countdown (Des chiffres et des lettres).
    """

    id = "Countdown-v0"
    domain = "math"
    max_level = len(LADDER) - 1

    def at_level(self, level: int) -> CountdownConfig:
        """Take more numbers and rarer targets."""
        count, max_number, least, most = LADDER[level]
        return CountdownConfig(count=count, max_number=max_number, min_target=least, max_target=most)

    def generate(self, rng: Random, config: CountdownConfig) -> Draft:
        """Draw numbers, and combine them until the last value is a target."""
        numbers, expression, target, steps = _plant(rng, config)

        def finish(draft: Draft) -> Draft:
            made, found = search_integers(rng, numbers, target, use_all=config.use_all, most=MAX_COMBINATIONS)
            bound = {} if found else {"effort_is_lower_bound": True}
            return replace(draft, effort=float(made), metadata={**draft.metadata, **bound})

        listed = ", ".join(map(str, numbers))
        rule = EVERY_NUMBER if config.use_all else ANY_ORDER
        question = rng.choice(
            (
                f"Write an arithmetic expression of value {target}, using the numbers {listed}: {rule}.",
                f"Numbers: {listed}\nTarget: {target}\nReach the target from the numbers, using {rule}.",
                f"Combine the numbers {listed} into an expression that equals {target}. Use {rule}.",
            )
        )
        return Draft(
            prompt=f"{question}\nYou may use +, -, *, / and parentheses; a minus sign stands only between "
            f"two values, and fractions may occur on the way.\n{ANSWER_INSTRUCTION}",
            ground_truth={"numbers": numbers, "target": target, "use_all": config.use_all},
            reference=expression,
            canonical=[sorted(numbers), target, config.use_all],
            trace=tuple(
                {"id": f"s{at}", "depends_on": after, "text": f"{text} = {value}", "value": str(value)}
                for at, (text, value, after) in enumerate(steps, 1)
            ),
            metadata={"topic": "countdown"},
            finish=finish,
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Evaluate the expression in fractions, and count its numbers."""
        truth = task.ground_truth
        return check_expression(answer, truth["numbers"], truth["target"], use_all=truth["use_all"])

    def solve(self, task: Task) -> str | None:
        """Meet in the middle; where fewer numbers would do, it tries to use them all and may give up."""
        *_, first = task.text.partition("umbers")
        target = int(re.findall(r"(?:value|Target:|equals) ([0-9]+)", task.text)[0])
        listed = re.findall(r"[0-9]+(?:, [0-9]+)+", first)[0]
        return find_expression([int(number) for number in listed.split(", ")], target)

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield expressions with another value, with a number too few or too many, and no expressions."""
        reference, target = task.reference or "", task.ground_truth["target"]
        yield from (
            str(target),
            f"{reference} + 1",
            f"{reference} + 0",
            f"{reference} * 1",
            f"{reference} or 1",
        )
        yield from (f"{reference} = {target + 1}", reference[:-1] + "+", f"-({reference})")
        for at, sign in enumerate(reference):
            if sign in "+-*/":
                for other in "+-*/":
                    changed = reference[:at] + other + reference[at + 1 :]
                    found = read_expression(changed)
                    if not isinstance(found, str) and found.value != target:
                        yield changed

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the expression in other signs, and as an equation."""
        reference = task.reference or ""
        yield from (
            f"({reference})",
            reference.replace(" ", ""),
            f"{reference} = {task.ground_truth['target']}",
        )
        yield reference.replace("*", "\u00d7").replace("/", "\u00f7").replace("-", "\u2212")
        yield f"${reference}$".replace("*", "\\times").replace("/", "\\div")

    def chance(self, config: CountdownConfig) -> float:
        """Say zero: an expression over other numbers is wrong, and no two tasks in thousands share theirs."""
        return 0.0


def _plant(
    rng: Random, config: CountdownConfig
) -> tuple[list[int], str, int, list[tuple[str, int, list[str]]]]:
    """Combine random numbers into whole positive values until one value within the target's range is left.

    Returns:
        The numbers in random order, the expression, its value, and its steps with those they depend on.
    """
    for _ in range(MAX_DRAWS):
        numbers = [rng.randint(1, config.max_number) for _ in range(config.count)]
        used = config.count if config.use_all else rng.randint(3, config.count)
        values: list[tuple[int, str, list[str]]] = [(number, str(number), []) for number in numbers[:used]]
        steps: list[tuple[str, int, list[str]]] = []
        while len(values) > 1:
            rng.shuffle(values)
            (a, left, before), (b, right, after) = sorted(
                (values.pop(), values.pop()), key=lambda value: value[0], reverse=True
            )
            sign, value = _combine(rng, a, b)
            steps.append((f"{a} {sign} {b}", value, [*before, *after]))
            values.append((value, f"({left} {sign} {right})", [f"s{len(steps)}"]))
        target, expression, _ = values[0]
        if config.min_target <= target <= config.max_target and target not in numbers:
            rng.shuffle(numbers)
            return numbers, expression[1:-1], target, steps
    raise GenerationError(
        f"Countdown-v0 drew {MAX_DRAWS} expressions, and none makes a target from {config.min_target} to "
        f"{config.max_target}: raise max_number or lower min_target"
    )


def _combine(rng: Random, a: int, b: int) -> tuple[str, int]:
    options = [("+", a + b), ("*", a * b), ("*", a * b)]
    if a > b:
        options.append(("-", a - b))
    if b > 1 and a % b == 0:
        options += [("/", a // b)] * 2
    return rng.choice(options)
