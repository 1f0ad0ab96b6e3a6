"""Greatest common divisors and least common multiples of several numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd, lcm
from random import Random

from reason.family import Config, Draft
from reason.generators.math.number_theory import draw_number, euclid_steps
from reason.generators.math.worked import ValueFamily, Working, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["GCDLCM", "GCDLCMConfig"]

PHRASINGS = {
    "gcd": (
        "What is the greatest common divisor of {listed}?",
        "Find the largest positive integer that divides each of {listed}.",
        "Compute gcd({numbers}).",
    ),
    "lcm": (
        "What is the least common multiple of {listed}?",
        "Find the smallest positive integer that is a multiple of each of {listed}.",
        "Compute lcm({numbers}).",
    ),
}


@dataclass(frozen=True, kw_only=True)
class GCDLCMConfig(Config):
    """Knobs of the numbers."""

    count: int = 2
    """How many numbers."""
    digits: int = 2
    """Digits of the common divisor."""
    cofactor_digits: int = 2
    """Digits of what it is multiplied with."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(2 <= self.count <= 20, "count", "2 to 20")
        self.require(1 <= self.digits <= 100, "digits", "1 to 100")
        self.require(2 <= self.cofactor_digits <= 100, "cofactor_digits", "2 to 100")


@register
class GCDLCM(ValueFamily[GCDLCMConfig]):
    """Find the greatest common divisor or the least common multiple of some numbers.

    A common divisor is planted, so that no answer is likelier than others. Effort is the schoolbook work of
    Euclid's algorithm (Elements, VII.2).
    """

    id = "GCDLCM-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> GCDLCMConfig:
        """Add a digit each level, to the divisor or its cofactors, and a number every third."""
        return GCDLCMConfig(
            count=min(2 + level // 3, 20),
            digits=min(2 + level // 2, 100),
            cofactor_digits=min(2 + (level + 1) // 2, 100),
        )

    def generate(self, rng: Random, config: GCDLCMConfig) -> Draft:
        """Draw multiples of one divisor."""
        divisor = draw_number(rng, config.digits)
        numbers = [divisor * draw_number(rng, config.cofactor_digits) for _ in range(config.count)]
        asked = rng.choice(("gcd", "lcm"))
        working = Working()
        result = numbers[0]
        after: list[str] = []
        for number in numbers[1:]:
            divisions = list(euclid_steps(max(result, number), min(result, number)))
            common = divisions[-1][1]
            work = sum(multiplying(b, quotient) for _, b, quotient, _ in divisions)
            rests = ", ".join(str(rest) for *_, rest in divisions)
            text = f"gcd({result}, {number}) = {common}, by the remainders {rests}"
            name = working.step(text, common, *after, work=work)
            if asked == "lcm":
                multiple = result // common * number
                text = f"lcm({result}, {number}) = {result} * {number} / {common} = {multiple}"
                name = working.step(text, multiple, name, *after, work=multiplying(result // common, number))
                common = multiple
            result, after = common, [name]
        return self.draft(
            rng,
            phrasings=PHRASINGS[asked],
            fields={
                "numbers": ", ".join(map(str, numbers)),
                "listed": f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}",
            },
            truth={"asked": asked, "numbers": numbers},
            canonical=[asked, sorted(numbers)],
            answer=str(result),
            working=working,
            topic=asked,
        )

    def solve(self, task: Task) -> str | None:
        """Use Python's own functions."""
        numbers = [int(number) for number in re.findall(r"[0-9]+", task.text)]
        least = re.search(r"multiple|lcm", task.text)
        return str(lcm(*numbers) if least else gcd(*numbers))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield common divisors and multiples that are not the greatest or least, and neighbours."""
        value, numbers = int(task.reference or 0), task.ground_truth["numbers"]
        yield from (
            str(value * 2),
            str(value + 1),
            str(value - 1),
            f"-{value}",
            f"{value}.5",
            str(value * 10),
        )
        yield str(lcm(*numbers) if task.ground_truth["asked"] == "gcd" else gcd(*numbers))
