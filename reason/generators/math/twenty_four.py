"""The 24 game: combine four numbers to make 24, or see that they cannot."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from reason.errors import GenerationError
from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.generators.math.combining import find_expression, find_expressions
from reason.registry import register
from reason.task import Task
from reason.verdict import Status, Verdict
from reason.verifiers.expression import check_expression, read_expression
from reason.verifiers.spelling import plain

__all__ = ["TwentyFour", "TwentyFourConfig"]

LADDER = (
    *((3, 20, None, 1, 100), (4, 10, 24, 9, 100), (4, 10, 24, 6, 8), (4, 13, 24, 4, 5), (4, 16, 24, 2, 4)),
    *((4, 24, 24, 1, 3), (4, 40, 24, 1, 1)),
)
"""How many numbers, the highest, the target (None draws one), and fewest and most ways of each level."""
UNSOLVABLE_SHARE = 0.25
MAX_DRAWS = 4_000
CLAIMS = frozenset(("impossible", "not possible", "no solution", "unsolvable", "none", "it is impossible"))


@dataclass(frozen=True, kw_only=True)
class TwentyFourConfig(Config):
    """Knobs of the numbers."""

    count: int = 4
    """How many numbers there are."""
    max_number: int = 13
    """The highest number."""
    target: int | None = 24
    """The value to make; None draws one from 10 to 99 for each task."""
    min_ways: int = 1
    """The fewest ways to the target: splits of the numbers in two, and values of the smaller part."""
    max_ways: int = 1_000
    """The most ways."""
    unsolvable_share: float = UNSOLVABLE_SHARE
    """Share of the draws whose numbers cannot make the target; then the prompt says that this may be."""

    def __post_init__(self) -> None:
        """Reject what cannot be drawn or takes too long."""
        super().__post_init__()
        self.require(2 <= self.count <= 4, "count", "2 to 4")
        self.require(4 <= self.max_number <= 200, "max_number", "4 to 200")
        self.require(self.min_ways >= 1, "min_ways", "at least 1")
        self.require(self.max_ways >= self.min_ways, "max_ways", "at least min_ways")
        known = self.target is None or (type(self.target) is int and 1 <= self.target <= 10_000)
        self.require(known, "target", "None or an integer from 1 to 10000")
        self.require(0 <= self.unsolvable_share <= 0.5, "unsolvable_share", "0 to 0.5")


@register
class TwentyFour(Family[TwentyFourConfig]):
    """Make 24 from four numbers with plus, minus, times and divided by, or show that it is impossible.

    Every expression over all the numbers is right whose exact value is 24, such as 8 / (3 - 8/3). Whether one
    exists is decided over fractions, by looking at every expression; effort is the binary logarithm of the
    number of combinations of pairs for each way that leads to 24: the bits of luck that a blind search needs.

    Source: the card game 24 points; Game24 in Yao et al., Tree of Thoughts, 2023.
    """

    id = "TwentyFour-v0"
    domain = "math"
    max_level = len(LADDER) - 1

    def at_level(self, level: int) -> TwentyFourConfig:
        """Take numbers that make 24 in fewer and fewer ways."""
        count, max_number, target, least, most = LADDER[level]
        return TwentyFourConfig(
            count=count, max_number=max_number, target=target, min_ways=least, max_ways=most
        )

    def generate(self, rng: Random, config: TwentyFourConfig) -> Draft:
        """Draw numbers until they make the target in as many ways as wanted, or in none."""
        solvable = rng.random() >= config.unsolvable_share
        numbers, target, expressions = _draw(rng, config, solvable)
        expression = rng.choice(expressions) if expressions else None
        pairs = math.prod(math.comb(left, 2) * 6 for left in range(2, config.count + 1))
        listed = ", ".join(map(str, numbers))
        question = rng.choice(
            (
                f"Make {target} from the numbers {listed}.",
                f"Write an arithmetic expression with the value {target} over the numbers {listed}.",
                f"Play the {target} game with these numbers: {listed}.",
            )
        )
        claim = ' If it cannot be done, answer "impossible".' if config.unsolvable_share else ""
        return Draft(
            prompt=f"{question}\nUse each number exactly once, with +, -, *, / and parentheses; a minus "
            f"sign stands only between two values, and fractions may occur on the way.{claim}\n"
            f"{ANSWER_INSTRUCTION}",
            ground_truth={"numbers": numbers, "target": target, "solvable": solvable},
            reference=expression[1:-1] if expression else "impossible",
            effort=math.log2(pairs / max(1, len(expressions))),
            canonical=[sorted(numbers), target],
            trace=tuple(_steps(expression or "")),
            metadata={"topic": "24", "ways": len(expressions)},
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Evaluate the expression, or judge the claim that there is none."""
        truth = task.ground_truth
        if len(answer) < 100 and plain(answer).casefold() in CLAIMS:
            if truth["solvable"]:
                return Verdict.wrong("it is possible")
            return Verdict.right(detail="it is impossible")
        verdict = check_expression(answer, truth["numbers"], truth["target"])
        if not truth["solvable"] and verdict.passed:
            return Verdict.unscorable("the numbers were labelled unsolvable", status=Status.VERIFIER_ERROR)
        return verdict

    def solve(self, task: Task) -> str | None:
        """Meet in the middle."""
        question = task.text.partition("\nUse each")[0]
        target, *numbers = map(int, re.findall(r"[0-9]+", question))
        return find_expression(numbers, target) or "impossible"

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield expressions with another value or other numbers, and false claims."""
        reference, truth = task.reference or "", task.ground_truth
        if not truth["solvable"]:
            numbers = truth["numbers"]
            yield from (
                str(truth["target"]),
                " + ".join(map(str, numbers)),
                "possible",
                "not impossible",
                "yes",
            )
            yield f"impossible or {numbers[0]}"
            return
        yield from (
            "impossible",
            str(truth["target"]),
            f"{reference} + 0",
            f"{reference} * 1",
            f"-({reference})",
        )
        yield from (
            f"{reference} = {truth['target'] + 1}",
            f"{reference} or impossible",
            reference[:-1] + "(",
        )
        for at, sign in enumerate(reference):
            for other in "+-*/" if sign in "+-*/" else "":
                changed = reference[:at] + other + reference[at + 1 :]
                found = read_expression(changed)
                if not isinstance(found, str) and found.value != truth["target"]:
                    yield changed

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the expression in other signs, or the claim in other words."""
        reference, truth = task.reference or "", task.ground_truth
        if not truth["solvable"]:
            yield from ("Impossible", "impossible.", "**impossible**", "no solution", "\\text{impossible}")
            return
        yield from (f"({reference})", reference.replace(" ", ""), f"{reference} = {truth['target']}")
        yield reference.replace("*", "\u00d7").replace("/", "\u00f7").replace("-", "\u2212")

    def chance(self, config: TwentyFourConfig) -> float:
        """Claim that it is impossible; where it is not, no fixed expression has the right numbers."""
        return config.unsolvable_share


def _draw(rng: Random, config: TwentyFourConfig, solvable: bool) -> tuple[list[int], int, list[str]]:
    least, most = (config.min_ways, config.max_ways) if solvable else (0, 0)
    for _ in range(MAX_DRAWS):
        numbers = [rng.randint(1, config.max_number) for _ in range(config.count)]
        target = rng.randint(10, 99) if config.target is None else config.target
        expressions = list(find_expressions(numbers, target))
        if least <= len(expressions) <= most:
            return numbers, target, expressions
    raise GenerationError(
        f"TwentyFour-v0 drew {MAX_DRAWS} times {config.count} numbers up to {config.max_number}, and none "
        f"has {least} to {most} ways to make {config.target or 'its target'}"
    )


def _steps(expression: str) -> Iterable[dict[str, object]]:
    """Yield the steps of a fully parenthesised expression, innermost first."""
    step = 0
    names: dict[str, list[str]] = {}
    while match := re.search(r"\((\S+) ([-+*/]) (\S+)\)", expression):
        left, sign, right = match.groups()
        step += 1
        found = read_expression(f"{_operand(left)} {sign} {_operand(right)}".replace("_", "/"))
        value = str(found.value) if not isinstance(found, str) else ""
        told = value.replace("/", "_")
        after = [*names.pop(left, ()), *names.pop(right, ())]
        names[told] = [f"s{step}"]
        shown = f"{left} {sign} {right} = {value}".replace("_", "/")
        yield {"id": f"s{step}", "depends_on": after, "text": shown, "value": value}
        expression = expression.replace(match[0], told, 1)


def _operand(text: str) -> str:
    return f"({text})" if "_" in text else text
