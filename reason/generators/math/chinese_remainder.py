"""Systems of congruences, by the Chinese remainder theorem."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd, lcm, prod
from random import Random

from reason.family import Config, Draft
from reason.generators.math.number_theory import draw_number
from reason.generators.math.worked import ValueFamily, Working, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["ChineseRemainder", "ChineseRemainderConfig"]

PHRASINGS = (
    "Find the smallest non-negative integer x with\n{system}",
    "Solve the system of congruences\n{system}\nand give the smallest non-negative solution.",
    "What is the least non-negative integer x that satisfies all of these?\n{system}",
)


@dataclass(frozen=True, kw_only=True)
class ChineseRemainderConfig(Config):
    """Knobs of the system."""

    count: int = 3
    """How many congruences."""
    digits: int = 2
    """Digits of a modulus."""
    coprime: bool = True
    """Whether every two moduli are coprime; where they are not, the system is still consistent."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(2 <= self.count <= 40, "count", "2 to 40")
        self.require(2 <= self.digits <= 50, "digits", "2 to 50")


@register
class ChineseRemainder(ValueFamily[ChineseRemainderConfig]):
    """Find the smallest non-negative integer with given remainders.

    Effort is the schoolbook work of merging the congruences one after the other (Sunzi; Gauss, Disquisitiones
    Arithmeticae, article 36).
    """

    id = "ChineseRemainder-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> ChineseRemainderConfig:
        """Add congruences, and digits to their moduli; from level 3 on the moduli share divisors."""
        return ChineseRemainderConfig(
            count=min(2 + (level + 1) // 2, 40), digits=min(2 + level // 2, 50), coprime=level < 3
        )

    def generate(self, rng: Random, config: ChineseRemainderConfig) -> Draft:
        """Draw moduli and a hidden number, and take its remainders."""
        moduli: list[int] = []
        while len(moduli) < config.count:
            modulus = draw_number(rng, config.digits)
            clash = any(gcd(modulus, other) > 1 for other in moduli) if config.coprime else modulus in moduli
            if not clash:
                moduli.append(modulus)
        hidden = rng.randrange(lcm(*moduli))
        remainders = [hidden % modulus for modulus in moduli]
        working = Working()
        value, step = remainders[0], moduli[0]
        after: list[str] = []
        for remainder, modulus in zip(remainders[1:], moduli[1:], strict=True):
            common = gcd(step, modulus)
            factor = (remainder - value) // common * pow(step // common, -1, modulus // common)
            factor %= modulus // common
            work = 3 * multiplying(modulus, modulus) + multiplying(step, factor)
            value, step = value + step * factor, lcm(step, modulus)
            text = f"With x = {remainder} (mod {modulus}): x = {value} (mod {step})"
            after = [working.step(text, value, *after, work=work)]
        pairs = list(zip(remainders, moduli, strict=True))
        system = "\n".join(f"x \u2261 {remainder} (mod {modulus})" for remainder, modulus in pairs)
        return self.draft(
            rng,
            phrasings=PHRASINGS,
            fields={"system": system},
            truth={"remainders": remainders, "moduli": moduli},
            canonical=sorted(pairs),
            answer=str(value),
            working=working,
            topic="congruences",
        )

    def solve(self, task: Task) -> str | None:
        """Sieve where the moduli are few and small, else use Gauss's sum where they are coprime."""
        pairs = [(int(r), int(m)) for r, m in re.findall(r"\u2261 ([0-9]+) \(mod ([0-9]+)\)", task.text)]
        moduli = [modulus for _, modulus in pairs]
        whole = prod(moduli)
        if whole == lcm(*moduli):
            return str(sum(r * (whole // m) * pow(whole // m, -1, m) for r, m in pairs) % whole)
        value, step = 0, 1
        for remainder, modulus in sorted(pairs, key=lambda pair: -pair[1]):
            while value % modulus != remainder:
                value += step
            step = lcm(step, modulus)
        return str(value)

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield neighbours, and the next solution and the one before."""
        value, step = int(task.reference or 0), lcm(*task.ground_truth["moduli"])
        yield from (str(value + step), str(value - step), str(value + 1), str(value - 1), f"{value}.5")
